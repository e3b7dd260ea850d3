//! The promises of each release to users of the crates.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::PathBuf;

use support::root;
use xtask::ci;

/// The folders of the crates that are published.
fn published() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("crates")).unwrap();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("Cargo.toml").exists());
    folders.sort();
    folders
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The Rust version is stated once, every crate and the README repeat no other, and each crate has its part of the
/// changelog. What changes in a public surface is in the snapshots under `tests/snapshots/surface`, which `xtask test`
/// holds against the specs, and the generated tree is reproduced by `codegen --check`.
#[test]
fn expectation_20_a_stated_rust_version_a_changelog_and_code_that_one_command_reproduces() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let stated = manifest["workspace"]["package"]["rust-version"]
        .as_str()
        .unwrap();
    assert!(text("README.md").contains(&format!("({stated} or newer)")));
    let changelog = text("CHANGELOG.md");
    let headings: Vec<&str> = changelog
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .flat_map(|heading| heading.split(", "))
        .collect();
    let crates = published();
    assert!(crates.len() >= 9, "{crates:?}");
    for folder in crates {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("rust-version.workspace = true"), "{name}");
        assert!(headings.contains(&name), "{name} is not in CHANGELOG.md");
    }
    for step in ["xtask codegen --check", "xtask test", "xtask packages"] {
        assert!(ci::STEPS.contains(&step), "{step}");
    }
    assert!(text(".ci/run").ends_with("exec cargo xtask ci\n"));
}

/// Generated code uses what only the core of its own revision is known to have.
#[test]
fn each_crate_asks_for_the_others_as_they_are_in_this_tree() {
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let dependencies = &manifest["workspace"]["dependencies"];
    let mut asked = 0;
    for folder in published() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let own = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let own: toml::Table = own.parse().unwrap();
        if let Some(dependency) = dependencies.get(&name) {
            assert_eq!(dependency["version"], own["package"]["version"], "{name}");
            asked += 1;
        }
    }
    assert!(asked >= 8, "{asked}");
}

/// All features that are meant for people.
fn documents_all_features(manifest: &toml::Table) -> bool {
    let docs = &manifest["package"]["metadata"]["docs"]["rs"];
    let Some(listed) = docs.get("features") else {
        return docs["all-features"].as_bool() == Some(true);
    };
    let features = manifest["features"].as_table().unwrap();
    let default = features["default"].as_array().unwrap();
    let is_listed = |name: &String| {
        let is_in = |list: &[toml::Value]| list.iter().any(|it| it.as_str() == Some(name));
        is_in(listed.as_array().unwrap()) || is_in(default)
    };
    let mut meant = features.keys().filter(|name| !name.starts_with('_'));
    meant.all(|name| name == "default" || is_listed(name))
}

/// What crates.io and docs.rs show, and what a licence asks for.
#[test]
fn each_package_brings_its_licences_and_says_what_it_is() {
    for folder in published() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let own = fs::read_to_string(folder.join(licence)).unwrap_or_default();
            assert_eq!(own, text(licence), "{name}/{licence}");
        }
        assert!(folder.join("README.md").exists(), "{name}");
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let package = &manifest["package"];
        for key in [
            "description",
            "readme",
            "documentation",
            "keywords",
            "categories",
            "license",
        ] {
            assert!(package.get(key).is_some(), "{name} has no {key}");
        }
        assert!(documents_all_features(&manifest), "{name}");
        let address = format!("https://docs.rs/{name}");
        assert_eq!(package["documentation"].as_str(), Some(&*address));
    }
}
