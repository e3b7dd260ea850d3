//! Runs the generator on fixtures and returns the output.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, reason = "each test binary uses its share")]

use std::fs;
use std::path::{Path, PathBuf};

use xtask::codegen::diag::Diagnostics;
use xtask::codegen::manifest::{self, Entry};
use xtask::codegen::{self, Generated};

pub fn root() -> PathBuf {
    manifest::root()
}

/// The fixtures in a folder of `tests/fixtures`: name and text, sorted.
pub fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = root().join("tests/fixtures").join(folder);
    let mut found: Vec<(String, String)> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .map(|path| {
            (
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

pub fn entry(name: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        spec: format!("{name}.yaml"),
        package: format!("anypoint-{}", name.replace('_', "-")),
        folder: format!("crates/anypoint-{}", name.replace('_', "-")),
        feature: Some(name.to_owned()),
        version: "0.1.0".to_owned(),
    }
}

pub fn generate(name: &str, text: &str) -> Result<Generated, Diagnostics> {
    codegen::api_crate(&entry(name), text)
}

/// Compares with `tests/snapshots/<folder>/<name>.snap`. `INSTA_UPDATE=always cargo xtask test` accepts what is new.
pub fn snapshot(folder: &str, name: &str, text: &str) {
    let path = root().join("tests/snapshots").join(folder);
    insta::with_settings!({ snapshot_path => path, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// A workspace of one API in a new folder.
pub fn workspace(spec: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("specs/things.yaml", spec),
        (
            "specs/apis.toml",
            "handwritten = [\"anypoint\", \"anypoint-cli\", \"anypoint-emulator\"]\n[api.things]\nspec = \"specs/things.yaml\"\npackage = \"anypoint-things\"\nfeature = \"things\"\n",
        ),
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/anypoint-things\"]\n",
        ),
        (
            "crates/anypoint/Cargo.toml",
            "[features]\nfull = [\"things\"]\nthings = [\"dep:anypoint-things\"]\n",
        ),
    ] {
        write(&folder.path().join(path), text);
    }
    folder
}

pub fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A copy of the files of this tree that git knows or would add.
pub fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_to(folder.path());
    folder
}

/// The same in a folder, in the place of what is there.
pub fn copy_to(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    let mut git = std::process::Command::new("git");
    let listed = git.current_dir(root()).args(["ls-files", "-z"]);
    let listed = listed.args(["--cached", "--others", "--exclude-standard"]);
    let listed = String::from_utf8(listed.output().unwrap().stdout).unwrap();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        let from = root().join(path);
        if from.is_file() {
            let to = folder.join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from, to).unwrap();
        }
    }
}
