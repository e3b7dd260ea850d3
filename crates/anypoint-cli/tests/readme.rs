//! The transcript of the README, repeated.

mod support;

use snapbox::Assert;
use support::{Program, TestResult};

#[tokio::test]
async fn the_transcript_of_the_readme_is_true() -> TestResult {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"))?;
    let program = Program::start()
        .await?
        .set("ANYPOINT_ORG", "")
        .set("ANYPOINT_ENV", "Sandbox");
    let blocks = readme.split("```console\n").skip(1);
    let transcript: String = blocks
        .filter_map(|block| block.split("```").next())
        .collect();
    let mut commands = 0;
    for step in transcript.split("$ anypoint ").skip(1) {
        let (line, expected) = step.split_once('\n').unwrap_or((step, ""));
        let outcome = program.run(words(line)).await;
        let said = outcome.messages + &outcome.output;
        Assert::new().eq(said.trim_end(), expected.trim_end().to_owned());
        commands += 1;
    }
    assert!(commands > 3);
    Ok(())
}

/// As a shell splits a line; nothing in it is quoted twice.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (index, part) in line.split('\'').enumerate() {
        let quoted = index % 2 == 1;
        for (index, piece) in part.split(' ').enumerate() {
            match words.last_mut() {
                Some(last) if quoted && index > 0 => *last += &format!(" {piece}"),
                Some(last) if index == 0 => *last += piece,
                _ => words.push(piece.to_owned()),
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
