//! `cargo xtask new`: the new API is complete, and an invalid name changes nothing.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use support::{copy, write};
use xtask::codegen::{self, manifest};
use xtask::{diff, new};

fn texts(folder: &Path, below: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(folder, &path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(folder).unwrap();
            found.insert(name.to_string_lossy().into_owned(), text);
        }
    }
}

fn all(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    texts(folder, folder, &mut found);
    found
}

#[test]
fn a_new_api_is_generated_listed_and_on_pages() {
    let folder = copy();
    let root = folder.path();
    let before = all(root);
    // Behind all others, and between two of them.
    for name in ["runtime-fabric", "api-manager"] {
        new::create(root, name).unwrap();
        assert!(
            root.join(format!("crates/anypoint-{name}/src/things.rs"))
                .exists()
        );
        assert!(
            root.join(format!("tests/snapshots/surface/{name}/things.snap"))
                .exists()
        );
    }
    assert_eq!(
        codegen::command(root, None, true).unwrap(),
        ExitCode::SUCCESS
    );
    let after = all(root);
    for (path, text) in &before {
        let lines: Vec<&str> = after[path].lines().collect();
        let kept = |line: &&str| {
            lines.contains(line) || line.starts_with("full = [") || text.contains("@generated")
        };
        assert!(
            text.lines().all(|line| kept(&line)),
            "{path} has lost something"
        );
    }
    let apis = &after["specs/apis.toml"];
    let place = |text: &str| apis.find(text).unwrap();
    assert!(place("[api.api-manager]") < place("[api.application-manager]"));
    assert!(place("[api.runtime-fabric]") < place("# Every construct of the dialect"));
    let manifest = manifest::load(root).unwrap();
    assert!(
        manifest
            .published()
            .any(|entry| entry.name == "api-manager")
    );
    assert!(
        after["tests/Cargo.toml"]
            .contains("anypoint-api-manager.workspace = true\nanypoint-application-manager")
    );
    assert!(
        after["specs/api-manager.yaml"]
            .matches("PLACEHOLDER")
            .count()
            > 10
    );
    for path in ["README.md", "CHANGELOG.md"] {
        let added = after[path]
            .lines()
            .filter(|line| line.contains("PLACEHOLDER"))
            .count();
        assert_eq!(added, 2, "{path}");
    }
}

/// As `diff` sees it.
#[test]
fn a_new_api_needs_no_version_of_others() {
    let folder = copy();
    let root = folder.path();
    let git = |arguments: &[&str]| {
        let who = [
            "-c",
            "user.name=A test",
            "-c",
            "user.email=test@example.org",
            "-c",
            "commit.gpgsign=false",
        ];
        let status = Command::new("git")
            .current_dir(root)
            .args(who)
            .args(arguments)
            .status();
        assert!(status.unwrap().success());
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message=All"]);
    new::create(root, "runtime-fabric").unwrap();
    let report = diff::report(root, None).unwrap();
    let found: Vec<String> = report
        .findings()
        .map(|(chapter, it)| format!("{chapter} {}", it.rule))
        .collect();
    assert_eq!(
        found,
        [
            "runtime-fabric API_ADDED",
            "anypoint FEATURE_ADDED",
            "anypoint SOURCES_CHANGED",
            "anypoint ITEM_ADDED",
            "anypoint ITEM_ADDED",
            "anypoint ITEM_ADDED",
            "anypoint ITEM_ADDED",
            "anypoint-cli SOURCES_CHANGED",
            "anypoint-emulator SOURCES_CHANGED"
        ]
    );
}

#[test]
fn a_name_that_will_not_do_changes_nothing() {
    let folder = copy();
    let root = folder.path();
    write(&root.join("specs/written.yaml"), "# A draft.");
    let before = all(root);
    for (name, complaint) in [
        (
            "RuntimeFabric",
            "`RuntimeFabric` cannot be the name of an API\n  help: lower case",
        ),
        ("../x", "`../x` cannot be the name of an API"),
        ("core", "`core` cannot be the name of an API"),
        ("emulator", "crates/anypoint-emulator already exists"),
        ("mmc", "specs/mmc.yaml already exists"),
        ("written", "specs/written.yaml already exists"),
        ("shapes", "there is already an API `shapes`"),
        ("full", ""),
    ] {
        let said = new::create(root, name).unwrap_err().to_string();
        assert!(said.starts_with(complaint), "{said}");
        assert!(all(root) == before, "{name}");
    }
}
