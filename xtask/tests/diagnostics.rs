//! Complaints carry the right line, come all together, and leave the tree alone.
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
            "x.yaml:{line}: error[unknown-type]: `numbre` is no type\n  help: "
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
            .contains("folder `../elsewhere` will not do")
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
