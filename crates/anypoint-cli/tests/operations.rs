//! Every operation of every API, run as a command against the emulator with the example of its spec.

mod support;

use std::collections::BTreeSet;

use anypoint_cli::examples::{self, Word};
use anypoint_core::Json;
use support::{Program, TestResult};

/// A zip archive without anything in it.
const ARCHIVE: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

#[tokio::test]
async fn every_operation_runs_as_a_command_with_its_example() -> TestResult {
    let program = Program::start().await?;
    let file = program.file("app.jar", ARCHIVE)?;
    let mut failed = Vec::new();
    let all = examples::all()?;
    for (operation, words) in &all {
        // Each meets what the specs show, whatever the ones before it did.
        program.emulator().reset();
        let words = words.iter().map(|word| match word {
            Word::Plain(text) => text.clone(),
            Word::File(before) => format!("{before}{file}"),
        });
        let words: Vec<String> = words.collect();
        let quiet = ["--yes".to_owned(), "--output=json".to_owned()];
        let outcome = program.run(words.iter().chain(&quiet)).await;
        if outcome.code != 0 {
            failed.push(format!(
                "{operation} ({}): {}",
                words.join(" "),
                outcome.messages
            ));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} failed:\n{}",
        failed.len(),
        all.len(),
        failed.join("\n")
    );
    Ok(())
}

/// By the specs themselves, and not by what was made of them.
#[test]
fn no_operation_of_a_spec_is_left_out() -> TestResult {
    let commands: BTreeSet<_> = examples::all()?
        .into_iter()
        .map(|(operation, _)| operation)
        .collect();
    for spec in std::fs::read_dir(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../anypoint-emulator/specs"
    ))? {
        let spec: Json = serde_json::from_slice(&std::fs::read(spec?.path())?)?;
        let paths = spec["paths"].as_object().ok_or("no paths")?;
        for method in paths
            .values()
            .filter_map(Json::as_object)
            .flat_map(|it| it.values())
        {
            if let Some(id) = method["operationId"].as_str() {
                assert!(commands.contains(id), "{id}");
            }
        }
    }
    Ok(())
}

#[test]
fn no_two_operations_are_one_command() -> TestResult {
    let mut seen = BTreeSet::new();
    for (operation, words) in examples::all()? {
        assert!(
            seen.insert(
                words[..3]
                    .iter()
                    .map(|it| format!("{it:?}"))
                    .collect::<Vec<_>>()
            ),
            "{operation}"
        );
    }
    Ok(())
}
