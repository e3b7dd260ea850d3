//! Each code and each rule has an explanation, and its right examples are accepted.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::process::Command;

use support::{fixtures, generate, root};
use xtask::codegen::diag::Code;
use xtask::diff::Rule;
use xtask::explain::{examples, explained};

/// The wrong text in the place of the right one gives the code, in a document that is right otherwise.
#[test]
fn the_examples_do_what_they_say() {
    let good: BTreeMap<String, String> = fixtures("good").into_iter().collect();
    let mut wrong = Vec::new();
    for (code, example) in examples().unwrap() {
        let Some(base) = &example.base else { continue };
        let text = &good[base];
        if !text.contains(&example.right) {
            wrong.push(format!("{code}: {base} has not what is right"));
            continue;
        }
        let broken = text.replacen(&example.right, &example.wrong, 1);
        let complaints = generate(base, &broken).err();
        let complaints = complaints.map_or_else(Vec::new, |found| found.0);
        if !complaints.iter().any(|it| it.code.to_string() == code) {
            let found: Vec<String> = complaints.iter().map(ToString::to_string).collect();
            wrong.push(format!("{code}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_code_has_an_example_and_most_are_tried() {
    let examples = examples().unwrap();
    let codes: Vec<String> = Code::ALL.iter().map(|(code, _)| code.to_string()).collect();
    let without: Vec<&String> = codes
        .iter()
        .filter(|it| !examples.contains_key(*it))
        .collect();
    let unknown: Vec<&String> = examples.keys().filter(|it| !codes.contains(it)).collect();
    assert!(
        without.is_empty() && unknown.is_empty(),
        "{without:?} {unknown:?}"
    );
    let tried = examples
        .values()
        .filter(|example| example.base.is_some())
        .count();
    assert!(
        tried * 3 > examples.len() * 2,
        "{tried} of {}",
        examples.len()
    );
}

#[test]
fn a_code_is_explained_with_a_wrong_and_a_right_example_in_whatever_case_it_is_written() {
    let text = explained("Page-Without-List").unwrap();
    assert_eq!(
        text,
        "error[page-without-list]: The answer of a paged list is not a bare list, and no items are named.

Wrong:

    x-paginate: {offset: offset, limit: limit, id: id}

Right:

    x-paginate: {offset: offset, limit: limit, items: data, id: id}
"
    );
    for (rule, _, meaning) in Rule::ALL {
        assert!(
            explained(&rule.to_string()).unwrap().contains(meaning),
            "{rule}"
        );
    }
    let text = explained("FIELD_RETYPED").unwrap();
    let example = "\nFor example, when a member of a request cannot be null any more:\n\n    - note: {type: string, nullable: true}\n    + note: {type: string}\n";
    assert!(text.contains(example), "{text}");
}

#[test]
fn a_code_that_there_is_not_is_told_with_the_one_that_is_meant() {
    let told = |code| explained(code).unwrap_err().to_string();
    assert_eq!(
        told("unknown_keys"),
        "there is no code `unknown_keys`\n  help: did you mean `unknown-key`?"
    );
    assert_eq!(
        told("E0308"),
        "there is no code `E0308`\n  help: `cargo xtask explain` lists all"
    );
}

#[test]
fn editors_get_complaints_as_json() {
    let draft = root().join("tests/fixtures/bad/pagination.yaml");
    let lint = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("lint").arg(&draft).args(more).output().unwrap()
    };
    let (people, editors) = (lint(&[]), lint(&["--json"]));
    assert!(!people.status.success() && !editors.status.success());
    let people = String::from_utf8(people.stderr).unwrap();
    let lines = String::from_utf8(editors.stdout).unwrap();
    assert!(editors.stderr.is_empty());
    for line in lines.lines() {
        let it: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| it[key].as_str().unwrap_or_default().to_owned();
        let (file, code, message) = (text("file"), text("code"), text("message"));
        let told = format!("{file}:{}: error[{code}]: {message}", it["line"]);
        assert!(people.contains(&told), "{told}");
    }
    assert_eq!(lines.lines().count(), people.matches(": error[").count());
}
