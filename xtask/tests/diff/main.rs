//! `cargo xtask diff`: the findings of a change, the versions that follow, and the errors if it cannot compare.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod items;
mod older;
mod plan;
mod refusals;
mod repository;
#[path = "../support/mod.rs"]
mod support;
mod whole;

use repository::Repository;
use support::snapshot;
use xtask::diff::{Audience, Form, Report, report, told};

fn since_main(repository: &Repository) -> Report {
    report(repository.root(), None).unwrap()
}

/// Without the commit, which is another one each time.
fn text(report: &Report, form: Form) -> String {
    let text = told(report, form).unwrap();
    text.replace(&report.base, "BASE")
        .replace(&report.base[..10], "BASE")
}

fn rules(report: &Report) -> Vec<String> {
    let findings = report.findings();
    findings
        .map(|(chapter, it)| format!("{chapter} {} {}", it.rule, it.at))
        .collect()
}

/// The step from one version to the next, of each crate that needs one.
fn versions(report: &Report) -> Vec<String> {
    let moved = report
        .versions
        .iter()
        .filter(|next| next.before != next.after);
    moved
        .map(|next| format!("{} {}", next.package, next.after))
        .collect()
}

#[test]
fn nothing_changed_needs_no_version() {
    let repository = Repository::new();
    let report = since_main(&repository);
    assert_eq!((rules(&report), versions(&report)), (vec![], vec![]));
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    let text = text(&report, Form::Markdown);
    assert_eq!(
        text,
        "## What this changes\n\nCompared with `BASE`.\n\nNothing that is visible to users.\n"
    );
}

#[test]
fn a_change_is_told_in_each_form_with_the_line_of_the_spec() {
    let repository = Repository::new();
    repository.change(
        "name: {type: string,",
        "name: {type: integer, x-alias: [title],",
    );
    let report = since_main(&repository);
    for (name, form) in [
        ("people", Form::People),
        ("markdown", Form::Markdown),
        ("json", Form::Json),
    ] {
        snapshot("diff", name, &text(&report, form));
    }
}

#[test]
fn a_break_of_an_api_breaks_the_facade_and_all_else_is_a_patch() {
    let repository = Repository::new();
    repository.change("name: {type: string,", "name: {type: integer,");
    assert_eq!(
        versions(&since_main(&repository)),
        ["anypoint-things 0.4.0", "anypoint 0.4.0"]
    );
    repository.change(
        "name: {type: string,",
        "name: {type: string, x-alias: [title],",
    );
    assert_eq!(
        versions(&since_main(&repository)),
        ["anypoint-things 0.3.2"]
    );
}

#[test]
fn a_break_of_the_core_breaks_every_api_and_the_facade() {
    let repository = Repository::new();
    repository.write("crates/anypoint-core/src/lib.rs", "//! Changed.");
    assert_eq!(versions(&since_main(&repository)), ["anypoint-core 0.3.2"]);
    let declared = "[[declared]]\ncrate = \"anypoint-core\"\nreason = \"Sessions take a host.\"\n";
    repository.write("accepted-changes.toml", declared);
    let report = since_main(&repository);
    assert_eq!(
        versions(&report),
        [
            "anypoint-core 0.4.0",
            "anypoint-things 0.4.0",
            "anypoint 0.4.0"
        ]
    );
    assert!(rules(&report).contains(&"things CORE_BREAK anypoint-core".to_owned()));
}

#[test]
fn features_and_the_oldest_compiler_are_promises_too() {
    let repository = Repository::new();
    let manifest = "[package]\nname = \"anypoint-things\"\nversion.workspace = true\nrust-version = \"1.90\"\n[features]\nrustls = []\n";
    let manifest = format!("{}{manifest}", repository::SIGNATURE);
    repository.write("crates/anypoint-things/Cargo.toml", &manifest);
    let found = [
        "things FEATURE_REMOVED features",
        "things MSRV_RAISED rust-version",
        "things FEATURE_ADDED features",
        "anypoint API_BREAK anypoint-things",
    ];
    let found_now = rules(&since_main(&repository));
    assert_eq!(found_now, found);
}

#[test]
fn an_accepted_break_fails_nothing_and_raises_the_version_all_the_same() {
    let repository = Repository::new();
    repository.change("name: {type: string,", "name: {type: integer,");
    let report = since_main(&repository);
    assert_eq!(report.open(&[Audience::Rust]), 2);
    assert_eq!(report.open(&[Audience::Wire, Audience::Commands]), 0);
    let accepted = |api: &str, rule: &str, at: &str| {
        format!(
            "[[accepted]]\napi = \"{api}\"\nrule = \"{rule}\"\nat = \"{at}\"\nreason = \"It never was text.\"\n"
        )
    };
    let both = accepted("things", "FIELD_RETYPED", "Thing.name")
        + &accepted("anypoint", "API_BREAK", "anypoint-things");
    repository.write("accepted-changes.toml", &both);
    let report = since_main(&repository);
    assert_eq!(report.open(&[Audience::Rust]), 0);
    assert_eq!(
        versions(&report),
        ["anypoint-things 0.4.0", "anypoint 0.4.0"]
    );
    assert!(text(&report, Form::People).contains("accepted: It never was text."));
    repository.write(
        "accepted-changes.toml",
        &(both + &accepted("things", "OP_REMOVED", "x")),
    );
    let notes = since_main(&repository).notes;
    let stale = "accepted-changes.toml:11: no finding matches OP_REMOVED of x in things: remove the entry when it is released";
    assert!(notes.contains(&stale.to_owned()), "{notes:?}");
}

#[test]
fn an_api_that_comes_or_goes_is_told_as_a_whole() {
    let repository = Repository::new();
    repository.git(&["rm", "-r", "--quiet", "tests/snapshots/surface/things"]);
    repository.write("tests/snapshots/surface/others/client.snap", "surface 1\n\nclient\n  package \"p\"\n  title \"t\"\n  version \"1\"\n  origin \"\"\n  path \"\"\n");
    assert_eq!(
        rules(&since_main(&repository)),
        [
            "things API_REMOVED things",
            "anypoint API_BREAK anypoint-things"
        ]
    );
    repository.commit("Changed");
    repository.pages();
    let report = report(repository.root(), Some("HEAD")).unwrap();
    assert_eq!(rules(&report)[0], "things API_ADDED things");
    assert_eq!(versions(&report), Vec::<String>::new());
}

#[test]
fn pages_that_are_older_than_their_spec_are_noted() {
    let repository = Repository::new();
    let changed = repository::spec().replace("name: {type: string,", "name: {type: integer,");
    repository.write("specs/things.yaml", &changed);
    let notes = since_main(&repository).notes;
    assert_eq!(
        notes,
        [
            "not committed: 1 files of specs and pages; the verdict is about the tree as it is; commit or stash them to compare commits",
            "the pages of things are older than specs/things.yaml: `cargo xtask codegen` and `cargo xtask surface --write` write them"
        ]
    );
    repository.pages();
    assert_eq!(since_main(&repository).notes.len(), 1);
    repository.commit("Changed");
    assert_eq!(since_main(&repository).notes, Vec::<String>::new());
}
