//! Either all files are written or none, and `--check` detects every kind of stale tree.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use support::{fixtures, root, workspace, write};
use xtask::codegen::fileset::{Difference, FileSet, recover};
use xtask::codegen::{self, check};

const FILE: &str = "crates/anypoint-things/src/things.rs";

fn generated() -> tempfile::TempDir {
    let spec = fixtures("good")
        .into_iter()
        .find(|(name, _)| name == "json_answer")
        .unwrap()
        .1;
    let folder = workspace(&spec);
    codegen::command(folder.path(), None, false).unwrap();
    folder
}

fn is_clean(root: &Path) -> bool {
    codegen::command(root, None, true).unwrap() == ExitCode::SUCCESS
}

fn set(files: &[(&str, &str)], owned: &[&str]) -> FileSet {
    FileSet {
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect(),
        owned: owned.iter().map(|path| (*path).to_owned()).collect(),
    }
}

#[test]
fn the_committed_tree_is_what_the_specs_give() {
    assert!(is_clean(&root()), "run `cargo xtask codegen`");
}

#[test]
fn the_output_is_the_same_every_time() {
    let (_, first) = codegen::generate(&root(), None).unwrap();
    let (_, second) = codegen::generate(&root(), None).unwrap();
    assert_eq!(first, second);
}

/// The APIs are generated side by side; what is said about them is in the order of the manifest.
#[test]
fn complaints_about_all_apis_come_at_once_and_in_order() {
    let folder = generated();
    let names = ["animals", "boats", "cars", "dams", "eggs"];
    let mut manifest = "handwritten = []\n".to_owned();
    for name in names {
        write(&folder.path().join(format!("specs/{name}.yaml")), "[]");
        manifest +=
            &format!("[api.{name}]\nspec = \"specs/{name}.yaml\"\npackage = \"anypoint-{name}\"\n");
    }
    let members = names.map(|name| format!("\"crates/anypoint-{name}\""));
    let workspace = format!("[workspace]\nmembers = [{}]\n", members.join(", "));
    write(&folder.path().join("Cargo.toml"), &workspace);
    write(&folder.path().join("specs/apis.toml"), &manifest);
    let complaints = codegen::generate(folder.path(), None)
        .err()
        .unwrap()
        .to_string();
    let mut files: Vec<&str> = complaints
        .lines()
        .filter_map(|line| line.split_once(".yaml:"))
        .map(|(file, _)| file)
        .collect();
    files.dedup();
    assert_eq!(files, names.map(|name| format!("specs/{name}")));
}

/// A workspace whose API acts on an environment, with another API that may find it.
fn scoped(environments: &str, feature: &str) -> Result<(), String> {
    let folder = generated();
    let root = folder.path();
    let spec = root.join("specs/things.yaml");
    let text = fs::read_to_string(&spec).unwrap();
    let finder = text.replace("info:", "x-environment: false\ninfo:");
    write(&root.join("specs/places.yaml"), &finder);
    write(&spec, &text.replace("info:", "x-environment: true\ninfo:"));
    let api = |name: &str| {
        format!(
            "[api.{name}]\nspec = \"specs/{name}.yaml\"\npackage = \"anypoint-{name}\"\nfeature = \"{name}\"\n"
        )
    };
    let manifest = [
        "handwritten = [\"anypoint\"]\n",
        environments,
        &api("places"),
        &api("things"),
    ];
    write(&root.join("specs/apis.toml"), &manifest.concat());
    write(
        &root.join("Cargo.toml"),
        "[workspace]\nmembers = [\"crates/anypoint-places\", \"crates/anypoint-things\"]\n",
    );
    write(
        &root.join("crates/anypoint/Cargo.toml"),
        &format!(
            "[features]\nfull = [\"places\", \"things\"]\nplaces = [\"dep:anypoint-places\"]\n{feature}\n"
        ),
    );
    let outcome = codegen::generate(root, None);
    outcome.map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn a_feature_whose_calls_act_on_an_environment_brings_what_finds_it() {
    let named = "environments = \"places\"\n";
    let good = "things = [\"dep:anypoint-things\", \"places\"]";
    assert_eq!(scoped(named, good), Ok(()));
    let bad = "things = [\"dep:anypoint-things\"]";
    let complaint = scoped(named, bad).unwrap_err();
    assert!(
        complaint.starts_with("crates/anypoint/Cargo.toml:4: error[feature-not-listed]: feature `things` does not list \"places\"\n  help: specs/things.yaml has"),
        "{complaint}"
    );
    for nobody in ["", "environments = \"nobody\"\n"] {
        let complaint = scoped(nobody, good).unwrap_err();
        assert!(
            complaint.starts_with("specs/apis.toml:1: error[environments-unnamed]: `environments`"),
            "{complaint}"
        );
    }
}

#[test]
fn check_accepts_what_codegen_wrote() {
    assert!(is_clean(generated().path()));
}

#[test]
fn check_notices_a_changed_spec() {
    let folder = generated();
    let spec = folder.path().join("specs/things.yaml");
    let text = fs::read_to_string(&spec)
        .unwrap()
        .replace("In MiB.", "In KiB.");
    fs::write(&spec, text).unwrap();
    assert!(!is_clean(folder.path()));
}

#[test]
fn check_notices_what_was_done_to_the_tree() {
    type Break = fn(&Path);
    let wrongs: [(&str, Break); 7] = [
        ("an edited file", |root| {
            write(&root.join(FILE), "// edited\n")
        }),
        ("a deleted file", |root| {
            fs::remove_file(root.join(FILE)).unwrap()
        }),
        ("a deleted manifest", |root| {
            fs::remove_file(root.join("crates/anypoint-things/Cargo.toml")).unwrap()
        }),
        ("a deleted crate", |root| {
            fs::remove_dir_all(root.join("crates/anypoint-things")).unwrap()
        }),
        ("a stray file", |root| {
            write(&root.join("crates/anypoint-things/src/extra.rs"), "")
        }),
        ("a stray folder", |root| {
            fs::create_dir(root.join("crates/anypoint-things/src/empty")).unwrap()
        }),
        ("a stray crate", |root| {
            write(&root.join("crates/anypoint-old/Cargo.toml"), "")
        }),
    ];
    for (what, break_it) in wrongs {
        let folder = generated();
        break_it(folder.path());
        assert!(!is_clean(folder.path()), "{what}");
    }
}

#[test]
fn codegen_mends_all_but_strangers() {
    let folder = generated();
    write(&folder.path().join(FILE), "// edited\n");
    write(
        &folder
            .path()
            .join("crates/anypoint-things/src/extra/deep.rs"),
        "",
    );
    codegen::command(folder.path(), None, false).unwrap();
    assert!(is_clean(folder.path()));
    assert!(check::stray_crates(folder.path()).unwrap().is_empty());
}

#[test]
fn unchanged_files_are_not_touched() {
    let folder = generated();
    let before = fs::metadata(folder.path().join(FILE))
        .unwrap()
        .modified()
        .unwrap();
    codegen::command(folder.path(), None, false).unwrap();
    assert_eq!(
        fs::metadata(folder.path().join(FILE))
            .unwrap()
            .modified()
            .unwrap(),
        before
    );
}

/// The second file cannot be written because its folder is a file: the first one must stay as it was.
#[test]
fn a_failed_write_leaves_the_old_tree() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a/old.rs"), "old");
    write(&folder.path().join("b"), "a file where a folder must be");
    let error = set(
        &[("a/old.rs", "new"), ("a/more.rs", "new"), ("b/x.rs", "new")],
        &["a"],
    )
    .write(folder.path())
    .err()
    .unwrap();
    assert!(
        format!("{error:#}").contains("nothing was changed"),
        "{error:#}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("a/old.rs")).unwrap(),
        "old"
    );
    assert!(!folder.path().join("a/more.rs").exists());
    assert!(!folder.path().join(".codegen-staging").exists());
}

/// A run that was killed between two renames: one file replaced, one created, one still to come.
#[test]
fn a_killed_run_is_undone_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(&root.join("a/replaced.rs"), "new");
    write(&root.join("a/created/file.rs"), "new");
    write(&root.join("a/stray.rs"), "still here");
    write(&root.join(".codegen-staging/old/a/replaced.rs"), "old");
    write(&root.join(".codegen-staging/new/a/later.rs"), "new");
    write(
        &root.join(".codegen-staging/journal"),
        "~a/replaced.rs\n+a/created/file.rs\n+a/later.rs\n~a/stray.rs\n",
    );
    recover(root).unwrap();
    assert_eq!(
        fs::read_to_string(root.join("a/replaced.rs")).unwrap(),
        "old"
    );
    assert_eq!(
        fs::read_to_string(root.join("a/stray.rs")).unwrap(),
        "still here"
    );
    assert!(!root.join("a/created").exists() && !root.join("a/later.rs").exists());
    assert!(!root.join(".codegen-staging").exists());
}

/// Killed while staging: there is no journal yet, so the tree is the old one.
#[test]
fn staged_files_alone_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a/old.rs"), "old");
    write(
        &folder.path().join(".codegen-staging/new/a/old.rs"),
        "half of the n",
    );
    write(&folder.path().join(".codegen-staging/journal.tmp"), "~a/ol");
    recover(folder.path()).unwrap();
    assert_eq!(
        fs::read_to_string(folder.path().join("a/old.rs")).unwrap(),
        "old"
    );
}

#[test]
fn differences_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("a/same"), "1");
    write(&folder.path().join("a/changed"), "1");
    write(&folder.path().join("a/sub/stray"), "1");
    let found = set(
        &[("a/same", "1"), ("a/changed", "2"), ("a/missing", "3")],
        &["a"],
    )
    .differences(folder.path())
    .unwrap();
    let expected = [
        Difference::Missing("a/missing".into()),
        Difference::Changed("a/changed".into()),
        Difference::Stray("a/sub".into()),
    ];
    assert_eq!(found, expected);
}

/// A tag whose file would be too long becomes a folder with a file per operation.
#[test]
fn a_long_tag_becomes_a_folder() {
    let (name, text) = fixtures("good")
        .into_iter()
        .find(|(name, _)| name == "empty_answer")
        .unwrap();
    let start = text.find("  /things/{id}:").unwrap();
    let end = text.find("components:").unwrap();
    let one = &text[start..end];
    let many: String = (0..40)
        .map(|index| {
            one.replace("/things/", &format!("/things{index}/"))
                .replace("delete_thing", &format!("delete_thing_n{index}"))
        })
        .collect();
    let generated = support::generate(&name, &text.replace(one, &many))
        .unwrap_or_else(|complaints| panic!("{complaints}"));
    let paths: Vec<&String> = generated.set.files.keys().collect();
    assert!(
        paths
            .iter()
            .any(|path| path.ends_with("src/things/delete_thing_n7.rs")),
        "{paths:?}"
    );
    assert!(
        generated
            .set
            .files
            .values()
            .all(|text| text.lines().count() < 1_700)
    );
}

#[test]
fn the_crate_of_a_spec_that_is_not_listed_stands_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (spec, out) = (
        folder.path().join("a.yaml"),
        folder.path().join("anypoint-alone"),
    );
    let text = support::fixtures("good")
        .into_iter()
        .find(|(name, _)| name == "json_answer")
        .unwrap()
        .1;
    support::write(&spec, &text);
    for _ in 0..2 {
        xtask::codegen::alone_command(&support::root(), &spec, &out).unwrap();
    }
    let manifest = std::fs::read_to_string(out.join("Cargo.toml")).unwrap();
    assert!(manifest.starts_with("# @generated"), "{manifest}");
    let manifest: toml::Table = manifest.parse().unwrap();
    let core = manifest["dependencies"]["anypoint-core"]["path"]
        .as_str()
        .unwrap();
    assert!(
        std::path::Path::new(core).join("Cargo.toml").is_file(),
        "{core}"
    );
    assert!(
        !manifest.to_string().contains("workspace = true"),
        "{manifest}"
    );
    assert!(out.join("src/things.rs").is_file());

    let foreign = folder.path().join("anypoint-foreign");
    support::write(&foreign.join("notes.txt"), "mine");
    let error = xtask::codegen::alone_command(&support::root(), &spec, &foreign).unwrap_err();
    assert!(error.to_string().contains("has not written"), "{error}");
    assert!(foreign.join("notes.txt").is_file());
}
