//! Names in `specs/apis.toml` are checked before they become folders, crates and features; nothing is written elsewhere.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use support::{fixtures, workspace, write};
use xtask::codegen::fileset::{FileSet, recover};
use xtask::codegen::{self};

const GOOD: &str = "handwritten = [\"anypoint\", \"anypoint-emulator\"]\n[api.things]\nspec = \"specs/things.yaml\"\npackage = \"anypoint-things\"\nfeature = \"things\"\n";

fn good() -> tempfile::TempDir {
    let fixtures = fixtures("good");
    let (_, text) = fixtures
        .into_iter()
        .find(|(name, _)| name == "json_answer")
        .unwrap();
    workspace(&text)
}

/// What a manifest is answered with; nothing may be written for it.
fn refusal(root: &Path, manifest: &str) -> String {
    write(&root.join("specs/apis.toml"), manifest);
    let before = listing(root.parent().unwrap());
    let error = codegen::command(root, None, false).err();
    assert_eq!(listing(root.parent().unwrap()), before, "{manifest}");
    format!(
        "{:#}",
        error.unwrap_or_else(|| panic!("accepted: {manifest}"))
    )
}

fn listing(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.symlink_metadata().unwrap().is_dir() {
            found.extend(listing(&path));
        }
        found.insert(path.display().to_string());
    }
    found
}

/// A workspace in a folder that nothing else is in, so that what leads out of it shows.
fn nested() -> (tempfile::TempDir, std::path::PathBuf) {
    let (outer, inner) = (tempfile::tempdir().unwrap(), good());
    let root = outer.path().join("a/workspace");
    for path in [
        "specs/things.yaml",
        "specs/apis.toml",
        "Cargo.toml",
        "crates/anypoint/Cargo.toml",
    ] {
        write(
            &root.join(path),
            &fs::read_to_string(inner.path().join(path)).unwrap(),
        );
    }
    (outer, root)
}

#[test]
fn a_name_that_will_not_do_is_refused_with_its_line() {
    let (_outer, root) = nested();
    write(&root.join("crates/anypoint/src/deploy.rs"), "");
    for (line, from, to) in [
        (2, "[api.things]", "[api.\"../../../../outside/pwn\"]"),
        (2, "[api.things]", "[api.\"/tmp/pwn\"]"),
        (2, "[api.things]", "[api.\"a\\\\b\"]"),
        (2, "[api.things]", "[api.\"a\\nb\"]"),
        (2, "[api.things]", "[api.CON]"),
        (2, "[api.things]", "[api.nul]"),
        (2, "[api.things]", "[api.self]"),
        (2, "[api.things]", "[api.core]"),
        (2, "[api.things]", "[api.Things]"),
        (2, "[api.things]", "[api.\"\"]"),
        (4, "\"anypoint-things\"", "\"../pwn\""),
        (4, "\"anypoint-things\"", "\"std\""),
        (4, "\"anypoint-things\"", "\"core\""),
        (4, "\"anypoint-things\"", "\"test\""),
        (4, "\"anypoint-things\"", "\"proc-macro\""),
        (4, "\"anypoint-things\"", "\"async\""),
        (4, "\"anypoint-things\"", "\"serde\""),
        (4, "\"anypoint-things\"", "\"anypoint-core\""),
        (4, "\"anypoint-things\"", "\"anypoint-emulator\""),
        (4, "\"anypoint-things\"", "\"anypoint_emulator\""),
        (4, "\"anypoint-things\"", "\"Anypoint-Things\""),
        (4, "\"anypoint-things\"", "\"anypoint--things\""),
        (4, "\"anypoint-things\"", "\"-things\""),
        (4, "\"anypoint-things\"", "\"1things\""),
        (4, "\"anypoint-things\"", "\"aux\""),
        (4, "\"anypoint-things\"", "\"th\u{202e}ings\""),
        (5, "\"things\"", "\"default\""),
        (5, "\"things\"", "\"full\""),
        (5, "\"things\"", "\"ring\""),
        (5, "\"things\"", "\"native-tls\""),
        (5, "\"things\"", "\"deploy\""),
        (5, "\"things\"", "\"dep:serde\""),
        (3, "\"specs/things.yaml\"", "\"../things.yaml\""),
        (3, "\"specs/things.yaml\"", "\"/etc/things.yaml\""),
        (3, "\"specs/things.yaml\"", "\"specs\\\\things.yaml\""),
        (3, "\"specs/things.yaml\"", "\"specs/con.yaml\""),
        (
            3,
            "\"specs/things.yaml\"",
            "\"specs/things.yaml --> <script>.yaml\"",
        ),
        (3, "\"specs/things.yaml\"", "\"specs/.yaml\""),
        (1, "\"anypoint-emulator\"", "\"../anypoint\""),
    ] {
        let manifest = GOOD.replacen(from, to, 1);
        assert_ne!(manifest, GOOD, "{from}");
        let complaints = refusal(&root, &manifest);
        assert!(
            complaints.contains(&format!("specs/apis.toml:{line}: error[")),
            "{to}: {complaints}"
        );
    }
}

#[test]
fn a_folder_of_somebody_else_is_refused() {
    let (outer, root) = nested();
    write(&root.join("tests/payloads/a.json"), "{}");
    write(&root.join("crates/by-hand/Cargo.toml"), "[package]\n");
    fs::create_dir_all(outer.path().join("elsewhere")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path().join("elsewhere"), root.join("crates/linked")).unwrap();
    for folder in [
        "../elsewhere",
        "crates/../../elsewhere",
        "/tmp/elsewhere",
        "crates\\\\x",
        "crates",
        "specs",
        "specs/x",
        ".git/x",
        "target/x",
        "xtask/src",
        "crates/anypoint/src",
        "crates/anypoint",
        "crates/Anypoint",
        "crates/nul",
        "tests/payloads",
        "crates/by-hand",
        #[cfg(unix)]
        "crates/linked",
    ] {
        let complaints = refusal(&root, &format!("{GOOD}folder = \"{folder}\"\n"));
        assert!(
            complaints.contains("specs/apis.toml:6: error[folder-"),
            "{folder}: {complaints}"
        );
    }
}

#[test]
fn a_version_is_three_numbers() {
    let (_outer, root) = nested();
    for version in [
        "0.1",
        "v0.1.0",
        "0.1.0-beta",
        "0.01.0",
        "0.1.0.0",
        "+0.1.0",
        "",
    ] {
        let complaints = refusal(&root, &format!("{GOOD}version = \"{version}\"\n"));
        assert!(
            complaints.contains("specs/apis.toml:6: error[version-form]"),
            "{version}: {complaints}"
        );
    }
}

#[test]
fn what_two_apis_share_is_refused_with_both_lines() {
    let (_outer, root) = nested();
    let second = "[api.others]\nspec = \"specs/things.yaml\"\npackage = \"anypoint-things\"\nfeature = \"things\"\n";
    let complaints = refusal(&root, &format!("{GOOD}{second}"));
    for what in [
        "package `anypoint-things`",
        "folder `crates/anypoint-things`",
        "feature `things`",
    ] {
        assert!(
            complaints.contains(&format!("{what} is already used in line ")),
            "{what}: {complaints}"
        );
    }
}

#[test]
fn a_manifest_that_is_no_toml_is_refused_with_its_line() {
    let (_outer, root) = nested();
    for (line, text) in [
        (2, "handwritten = []\n[api.\n"),
        (3, "handwritten = []\n[api.things]\nspecs = \"a\"\n"),
    ] {
        let complaints = refusal(&root, text);
        assert!(
            complaints.starts_with(&format!("specs/apis.toml:{line}: error[")),
            "{complaints}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_spec_that_is_a_link_out_of_the_tree_is_refused() {
    let (outer, root) = nested();
    write(&outer.path().join("secret.yaml"), "a: b");
    std::os::unix::fs::symlink(
        outer.path().join("secret.yaml"),
        root.join("specs/link.yaml"),
    )
    .unwrap();
    let complaints = refusal(&root, &GOOD.replace("things.yaml", "link.yaml"));
    assert!(
        complaints.contains(
            "specs/apis.toml:3: error[spec-outside]: spec `specs/link.yaml` leads out of the workspace"
        ),
        "{complaints}"
    );
}

/// Whatever was checked before, a set of files never touches what is outside of its root.
#[test]
fn files_outside_of_the_root_are_never_touched() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    write(&folder.path().join("outside/kept.rs"), "kept");
    fs::create_dir_all(&root).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("outside"), root.join("link")).unwrap();
    let absolute = folder.path().join("outside/kept.rs").display().to_string();
    let before = listing(folder.path());
    for (path, owned) in [
        ("../outside/kept.rs", "a"),
        (absolute.as_str(), "a"),
        ("a/../../outside/kept.rs", "a"),
        ("", "a"),
        ("a\\..\\b", "a"),
        ("a/b.rs", "../outside"),
        ("a/b.rs", ""),
        #[cfg(unix)]
        ("link/kept.rs", "a"),
        #[cfg(unix)]
        ("a/b.rs", "link"),
    ] {
        let set = FileSet {
            files: BTreeMap::from([(path.to_owned(), "new".to_owned())]),
            owned: BTreeSet::from([owned.to_owned()]),
        };
        assert!(set.write(&root).is_err(), "{path} {owned}");
        assert_eq!(listing(folder.path()), before, "{path} {owned}");
    }
    write(
        &root.join(".codegen-staging/journal"),
        "+../outside/kept.rs\n",
    );
    assert!(recover(&root).is_err());
    assert_eq!(
        fs::read_to_string(folder.path().join("outside/kept.rs")).unwrap(),
        "kept"
    );
}
