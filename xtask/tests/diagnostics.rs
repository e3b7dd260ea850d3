//! Complaints have the right line, are reported together, and do not change the tree.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::process::ExitCode;

use support::{fixtures, generate, workspace};
use xtask::codegen;
use xtask::codegen::diag::Diagnostics;

fn good(name: &str) -> String {
    fixtures("good")
        .into_iter()
        .find(|(known, _)| known == name)
        .unwrap()
        .1
}

/// Breaks a good spec in one place and gives the complaints.
fn complaints(replace: &str, by: &str) -> String {
    let text = good("json_answer");
    assert!(text.contains(replace), "{replace}");
    generate("x", &text.replacen(replace, by, 1))
        .err()
        .map(|found| found.to_string())
        .unwrap_or_default()
}

#[test]
fn a_complaint_names_its_line() {
    let text = good("json_answer");
    let line = 1 + text
        .lines()
        .position(|line| line.contains("weight:"))
        .unwrap();
    let found = complaints("weight: {type: number}", "weight: {type: numbre}");
    assert!(
        found.starts_with(&format!(
            "x.yaml:{line}: error[unknown-type]: `numbre` is not a type\n  help: "
        )),
        "{found}"
    );
}

#[test]
fn a_typing_mistake_in_a_key_gets_a_suggestion() {
    let found = complaints("description: In MiB.", "descripton: In MiB.");
    assert!(
        found.contains("unknown key `descripton`\n  help: did you mean `description`?"),
        "{found}"
    );
}

/// A spec with a line in place of another one, as complaints about it are shown.
fn shown(line: &str) -> Diagnostics {
    let text = good("json_answer").replacen("description: In MiB.", line, 1);
    let found = generate("x", &text).err().unwrap();
    found.with_lines(|file| (file == "x.yaml").then(|| text.clone()))
}

#[test]
fn the_line_is_shown_with_the_place_marked() {
    let text = good("json_answer");
    let number = 1 + text
        .find("In MiB.")
        .map_or(0, |at| text[..at].matches('\n').count());
    let found = shown("descripton: In MiB.").to_string();
    let expected = format!(
        "x.yaml:{number}: error[unknown-key]: property size of schema Thing has an unknown key `descripton`
   |
{number} |         size: {{type: integer, format: int32, descripton: In MiB.}}
   |                                              ^^^^^^^^^^
  help: did you mean `description`?"
    );
    assert_eq!(found, expected);
}

/// A file may be one line of megabytes.
#[test]
fn a_long_line_is_cut_around_the_place() {
    let long = "ä".repeat(100_000);
    for line in [
        format!("example: \"{long}\", descripton: {long}"),
        format!("descripton: \"{long}\""),
        format!("\"{long}\": 1"),
    ] {
        let found = shown(&line).to_string();
        assert!(found.contains("^^^^"), "{found}");
        let longest = found.lines().map(|line| line.chars().count()).max();
        assert!(longest.unwrap() < 1_100, "{found}");
    }
}

#[test]
fn what_nobody_sees_is_escaped_and_marked() {
    let found = shown("description: a\u{202e}b\u{1b}[31m").to_string();
    let marked = "description: a\\u{202e}b\\u{1b}[31m";
    assert!(found.contains(marked), "{found}");
    let column = |text: &str| {
        let mut lines = found.lines();
        lines.find_map(|line| line.find(text)).unwrap()
    };
    assert_eq!(column("\\u{202e}"), column("^^^^^^^^"));
    assert!(!found.contains(['\u{202e}', '\u{1b}']), "{found:?}");
}

#[test]
fn a_complaint_quotes_no_characters_that_control_a_terminal() {
    let folder = workspace(&good("json_answer"));
    let manifest = folder.path().join("specs/apis.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let text = text.replace("[api.things]", "[api.\"th\\u001b[31mings\"]");
    support::write(&manifest, &text);
    let error = codegen::command(folder.path(), None, false).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("th\\u{1b}[31mings") && !error.contains('\u{1b}'),
        "{error:?}"
    );
}

#[test]
fn editors_get_the_columns() {
    let found = shown("descripton: In MiB.").json_lines();
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert_eq!(
        (&found["column"], &found["end_column"]),
        (&46.into(), &56.into())
    );
}

#[test]
fn the_command_reads_the_line_of_a_draft_from_where_it_was_started() {
    let folder = tempfile::tempdir().unwrap();
    let text = good("json_answer").replacen("description: In MiB.", "descripton: In MiB.", 1);
    fs::write(folder.path().join("draft.yaml"), text).unwrap();
    let mut lint = std::process::Command::new(env!("CARGO_BIN_EXE_xtask"));
    lint.current_dir(folder.path()).args(["lint", "draft.yaml"]);
    let said = String::from_utf8(lint.output().unwrap().stderr).unwrap();
    assert!(
        said.starts_with("draft.yaml:") && said.contains(" ^^^^^^^^^^\n"),
        "{said}"
    );
}

#[test]
fn unknown_extensions_are_refused() {
    let found = complaints("summary:", "x-fallow: {}\n      summary:");
    assert!(found.contains("unknown key `x-fallow`"), "{found}");
}

#[test]
fn all_mistakes_come_in_one_run() {
    let text = good("json_answer")
        .replace("weight: {type: number}", "weight: {type: numbre}")
        .replace("extra: {", "extra: {nullable: perhaps, ");
    let found = generate("x", &text).err().unwrap();
    assert_eq!(found.0.len(), 2, "{found}");
}

/// A spec that is wrong in only one API still changes nothing in any.
#[test]
fn a_bad_spec_leaves_the_tree_untouched() {
    let folder = workspace(&good("json_answer").replace("type: number", "type: numbre"));
    let before = listing(folder.path());
    let error = codegen::command(folder.path(), None, false).err().unwrap();
    assert!(
        error.to_string().contains("specs/things.yaml:"),
        "{error:#}"
    );
    assert_eq!(listing(folder.path()), before);
}

#[test]
fn an_api_that_does_not_exist_is_named_with_those_that_do() {
    let folder = workspace(&good("json_answer"));
    for (name, help) in [
        ("thing", "did you mean `things`?"),
        ("stuff", "one of things"),
    ] {
        let error = codegen::command(folder.path(), Some(name), true).unwrap_err();
        let told = format!("there is no API `{name}`\n  help: {help}");
        assert_eq!(error.to_string(), told);
    }
}

#[test]
fn a_manifest_that_the_workspace_contradicts_is_refused() {
    let folder = workspace(&good("json_answer"));
    support::write(
        &folder.path().join("Cargo.toml"),
        "[workspace]\nmembers = []\n",
    );
    support::write(
        &folder.path().join("crates/anypoint/Cargo.toml"),
        "[features]\nfull = []\n",
    );
    let error = codegen::command(folder.path(), None, true)
        .err()
        .unwrap()
        .to_string();
    assert_eq!(error.matches("error[").count(), 3, "{error}");
}

#[test]
fn a_folder_outside_of_the_root_is_refused() {
    let folder = workspace(&good("json_answer"));
    let manifest = folder.path().join("specs/apis.toml");
    let text = fs::read_to_string(&manifest).unwrap() + "folder = \"../elsewhere\"\n";
    support::write(&manifest, &text);
    assert!(
        codegen::command(folder.path(), None, false)
            .err()
            .unwrap()
            .to_string()
            .contains("folder `../elsewhere` is not valid")
    );
}

#[test]
fn a_good_spec_is_written() {
    let folder = workspace(&good("json_answer"));
    assert_eq!(
        codegen::command(folder.path(), None, false).unwrap(),
        ExitCode::SUCCESS
    );
    assert!(
        folder
            .path()
            .join("crates/anypoint-things/src/things.rs")
            .exists()
    );
}

fn listing(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
            }
            found.push(path);
        }
    }
    found.sort();
    found
}
