//! Checks the verdicts: single changes, the expected findings, and the compiler's messages for a program that was written for
//! the old crate.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod changes;
mod compile;
#[allow(dead_code, reason = "nothing is linked here")]
#[path = "../accepted/krate.rs"]
mod krate;
mod semver;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod witness;

use std::collections::BTreeSet;

use changes::{Tried as _, told};
use xtask::diff::Rule;

#[test]
fn each_change_is_told_by_its_rules() {
    let mut wrong = String::new();
    for change in changes::all() {
        let found = match change.findings() {
            Ok(found) => found.iter().map(told).collect(),
            Err(complaints) => vec![complaints.to_string()],
        };
        if found != change.expect {
            wrong += &format!("{}\n  found {found:?}\n", change.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What no single change of one spec shows.
const ELSEWHERE: &[(Rule, &str)] = &[
    (Rule::ApiRemoved, "several specs: diff/main.rs"),
    (Rule::ApiAdded, "several specs: diff/main.rs"),
    (Rule::PackageRenamed, "apis.toml"),
    (Rule::FeatureRemoved, "manifests: diff/main.rs"),
    (Rule::FeatureAdded, "manifests: diff/main.rs"),
    (Rule::MsrvRaised, "manifests: diff/main.rs"),
    (Rule::MsrvLowered, "manifests"),
    (Rule::BreakDeclared, "written by hand: diff/main.rs"),
    (Rule::SourcesChanged, "written by hand: diff/main.rs"),
    (Rule::ItemRemoved, "written by hand: diff/items.rs"),
    (Rule::ItemChanged, "written by hand: diff/items.rs"),
    (Rule::ItemAdded, "written by hand: diff/items.rs"),
    (Rule::CoreBreak, "several crates: diff/main.rs"),
    (Rule::ApiBreak, "several crates: diff/main.rs"),
];

/// Of the others, `diff/whole.rs` changes what they are about.
#[test]
fn most_rules_are_shown_by_a_change() {
    let shown = changes::all().into_iter().flat_map(|change| change.expect);
    let shown: BTreeSet<String> = shown
        .filter_map(|it| Some(it.split_once(' ')?.0.to_owned()))
        .collect();
    let elsewhere: Vec<Rule> = ELSEWHERE.iter().map(|(rule, _)| *rule).collect();
    let all = Rule::ALL.iter().map(|(rule, ..)| *rule);
    let of_specs = all
        .filter(|rule| !elsewhere.contains(rule))
        .map(|rule| rule.to_string());
    let (with, without): (Vec<String>, Vec<String>) = of_specs.partition(|it| shown.contains(it));
    assert!(with.len() > 4 * without.len(), "{without:?}");
    let known: BTreeSet<String> = Rule::ALL
        .iter()
        .map(|(rule, ..)| rule.to_string())
        .collect();
    assert!(shown.is_subset(&known), "{shown:?}");
}

/// No break is missed, and each alarm that the compiler does not share has a reason.
#[test]
fn the_compiler_agrees() {
    let changes = changes::all();
    let errors = compile::errors(&changes);
    let mut wrong = String::new();
    for change in &changes {
        let breaks = table::is_break(change);
        let error = errors.get(&change.module());
        let complaint = match (breaks, error, &change.why) {
            (false, Some(error), _) => format!("a break is missed: {error}"),
            (true, None, None) => "a false alarm without a reason".to_owned(),
            (false, _, Some(_)) | (_, Some(_), Some(_)) => "a reason for nothing".to_owned(),
            _ => continue,
        };
        wrong += &format!("{}: {complaint}\n", change.name);
    }
    assert!(wrong.is_empty(), "{wrong}");
    table::check(&changes, &errors, &semver::column(&changes));
}
