//! The errors if nothing can be compared. Each has one line with the problem, and one with what to do.

use std::fs;

use xtask::diff::report;

use crate::repository::{Repository, git};

fn refusal(repository: &Repository, revision: Option<&str>) -> String {
    let refused = report(repository.root(), revision).unwrap_err();
    format!("{refused:#}")
}

#[test]
fn a_revision_that_does_not_exist_is_named() {
    let repository = Repository::new();
    for name in ["v9", "--help", "main:specs"] {
        let said = refusal(&repository, Some(name));
        let first = format!("there is no revision `{name}`\n  help: ");
        assert!(said.starts_with(&first), "{said}");
        assert_eq!(said.lines().count(), 2, "{said}");
    }
}

#[test]
fn a_revision_without_pages_is_told_from_one_with_others() {
    let repository = Repository::new();
    let page = "tests/snapshots/surface/things/things.snap";
    let now = fs::read_to_string(repository.root().join(page)).unwrap();
    for old in ["surface 0\n", "surface 1\n\noperation\n"] {
        repository.write(page, old);
        repository.commit("Changed");
        repository.write(page, &now);
        let said = refusal(&repository, Some("HEAD"));
        assert!(
            said.contains("has pages of another format: tests/snapshots/surface/things/things:"),
            "{said}"
        );
        assert!(
            said.contains("\n  help: compare with a later revision"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 2, "{said}");
    }
    repository.git(&["rm", "-r", "--quiet", "--force", "tests/snapshots/surface"]);
    repository.commit("Changed");
    repository.pages();
    let said = refusal(&repository, Some("HEAD"));
    assert!(
        said.contains("has no pages in tests/snapshots/surface\n  help: compare with a later"),
        "{said}"
    );
}

#[test]
fn a_tree_without_pages_is_told_how_to_write_them() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.root().join("tests/snapshots/surface")).unwrap();
    let said = refusal(&repository, None);
    assert!(
        said.ends_with("help: `cargo xtask surface --write` writes them"),
        "{said}"
    );
}

#[test]
fn without_a_branch_main_a_revision_must_be_named() {
    let repository = Repository::new();
    repository.git(&["branch", "--move", "main", "other"]);
    let said = refusal(&repository, None);
    assert!(said.starts_with("there is no branch `main`"), "{said}");
    report(repository.root(), Some("HEAD")).unwrap();
}

#[test]
fn histories_without_a_common_commit_are_told_apart_from_a_shallow_clone() {
    let repository = Repository::new();
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    repository.commit("Changed");
    let said = refusal(&repository, None);
    assert!(
        said.starts_with("HEAD and `main` have no commit in common"),
        "{said}"
    );

    let whole = Repository::new();
    whole.git(&["checkout", "--quiet", "-b", "topic"]);
    whole.commit("Changed");
    whole.git(&["checkout", "--quiet", "main"]);
    whole.commit("Changed, too");
    let shallow = Repository::new();
    fs::remove_dir_all(shallow.root().join(".git")).unwrap();
    let from = format!("file://{}", whole.root().display());
    shallow.git(&["init", "--quiet", "--initial-branch=unborn"]);
    let both = ["topic:topic", "main:main"];
    git(
        shallow.root(),
        &["fetch", "--quiet", "--depth=1", &from, both[0], both[1]],
    );
    shallow.git(&["checkout", "--quiet", "--force", "topic"]);
    let said = refusal(&shallow, None);
    assert!(said.starts_with("this clone is shallow"), "{said}");
    assert!(said.contains("\n  help: `git fetch --unshallow`"), "{said}");
    let said = refusal(&shallow, Some("v1"));
    assert!(
        said.contains("help: this clone is shallow: `git fetch --unshallow`"),
        "{said}"
    );
}

#[test]
fn a_folder_outside_of_git_is_refused() {
    let repository = Repository::new();
    fs::remove_dir_all(repository.root().join(".git")).unwrap();
    let said = refusal(&repository, None);
    assert!(
        said.ends_with("is not in a git repository\n  help: run this in a clone"),
        "{said}"
    );
}

#[test]
fn what_is_accepted_needs_a_rule_and_a_reason() {
    let repository = Repository::new();
    let entry = |rule: &str, reason: &str| {
        format!(
            "\n[[accepted]]\napi = \"things\"\nrule = \"{rule}\"\nat = \"x\"\nreason = \"{reason}\"\n"
        )
    };
    for (text, complaint) in [
        (
            entry("OP_GONE", "why"),
            "accepted-changes.toml:2: there is no rule `OP_GONE`",
        ),
        (
            entry("OP_REMOVED", " "),
            "accepted-changes.toml:2: a change without a reason",
        ),
        (
            "\n[[accepted]]\nwho = 1\n".to_owned(),
            "accepted-changes.toml:3: unknown field `who`",
        ),
        (
            "[[declared]]\ncrate = \"anypoint-cor\"\nreason = \"r\"\n".to_owned(),
            "accepted-changes.toml:1: there is no crate `anypoint-cor`",
        ),
    ] {
        repository.write("accepted-changes.toml", &text);
        let said = refusal(&repository, None);
        assert!(said.starts_with(complaint), "{said}");
    }
}
