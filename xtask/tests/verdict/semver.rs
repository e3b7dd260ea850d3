//! The verdicts of cargo-semver-checks on the same changes. CI does not have the tool, so its verdicts are stored and updated
//! on request.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde::{Deserialize, Serialize};
use xtask::diff::fixtures::Change;

use crate::changes::Tried as _;
use crate::krate::Crate;
use crate::support::root;

/// The lints that fail for each change, by its name.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The version that was asked, and the compiler whose rustdoc it read.
    pub tool: String,
    pub lints: BTreeMap<String, Vec<String>>,
}

fn path() -> PathBuf {
    root().join("tests/fixtures/verdict/semver-checks.toml")
}

/// What is kept, once the tool that `SEMVER_CHECKS` names has said the same.
pub fn column(changes: &[Change]) -> Column {
    let kept = || toml::from_str(&fs::read_to_string(path()).unwrap()).unwrap();
    let Some(tool) = std::env::var_os("SEMVER_CHECKS") else {
        return kept();
    };
    let asked = asked(&tool, changes);
    if std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        fs::write(path(), toml::to_string(&asked).unwrap()).unwrap();
    }
    assert_eq!(asked, kept());
    asked
}

/// Asks the tool once, of a crate that has all changes as modules.
fn asked(tool: &OsStr, changes: &[Change]) -> Column {
    let before = documented("verdict-before", changes, |change| change.before());
    let after = documented("verdict-after", changes, |change| change.after());
    let mut check = Command::new(tool);
    check.args([
        "semver-checks",
        "--release-type",
        "minor",
        "--color",
        "never",
    ]);
    check.arg("--baseline-rustdoc").arg(before);
    check.arg("--current-rustdoc").arg(after);
    let output = check.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    // Breaks are there, so a run without any has not looked.
    assert!(said.contains("--- failure "), "{said}\n{complaint}");
    let lints = changes.iter().map(|change| {
        let lints = failed(&said, &change.module());
        (change.name.clone(), lints)
    });
    let versions = [
        version(tool, "semver-checks"),
        version(OsStr::new("rustc"), ""),
    ];
    Column {
        tool: versions.join(", "),
        lints: lints.collect(),
    }
}

/// `cargo-semver-checks 0.44.0`.
fn version(tool: &OsStr, command: &str) -> String {
    let mut asked = Command::new(tool);
    asked
        .args(Some(command).filter(|it| !it.is_empty()))
        .arg("--version");
    let said = String::from_utf8(asked.output().unwrap().stdout).unwrap();
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    words.join(" ")
}

/// The description of the crate of all documents, as JSON.
fn documented(name: &str, changes: &[Change], document: impl Fn(&Change) -> String) -> PathBuf {
    let mut crates = Crate::new(name);
    for change in changes {
        crates.add(&change.module(), &change.generated(&document(change)));
    }
    crates.finish();
    let json = [
        "--lib",
        "--",
        "-Zunstable-options",
        "--output-format",
        "json",
    ];
    let mut rustdoc = crates.cargo("rustdoc", &json);
    // That JSON is unstable; no other toolchain is needed for it.
    let output = rustdoc.env("RUSTC_BOOTSTRAP", "1").output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let described = root().join("target/accepted/target/doc/accepted.json");
    let kept = crates.folder.join("accepted.json");
    fs::copy(described, &kept).unwrap();
    kept
}

/// The lints that fail in a module.
fn failed(said: &str, module: &str) -> Vec<String> {
    let (path, file) = (format!("accepted::{module}::"), format!("/{module}/src/"));
    let lints = said.split("--- failure ").skip(1);
    let lints = lints.filter(|lint| {
        let mut places = lint.lines().skip_while(|line| *line != "Failed in:");
        places.any(|line| line.contains(&path) || line.contains(&file))
    });
    let names = lints.filter_map(|lint| lint.split(':').next());
    names.map(str::to_owned).collect()
}
