//! `cargo xtask release-plan`: the plan that follows from the findings of `diff`.

use xtask::diff::{last_release, report};
use xtask::release::plan;

use crate::repository::{Repository, SIGNATURE};
use crate::snapshot;

fn planned(repository: &Repository) -> String {
    let told = plan(repository.root(), &report(repository.root(), None).unwrap());
    told.unwrap_or_else(|refused| format!("error: {refused:#}"))
}

#[test]
fn what_others_need_is_published_first_and_the_changelog_is_drafted() {
    let repository = Repository::new();
    assert!(planned(&repository).ends_with("nothing to publish.\n"));
    let things = "version.workspace = true\nrust-version.workspace = true\n[dependencies]\nanypoint-core = \"0.3\"\n[features]\nring = []\n";
    let things = format!("{SIGNATURE}[package]\nname = \"anypoint-things\"\n{things}");
    repository.write("crates/anypoint-things/Cargo.toml", &things);
    repository.write("crates/anypoint-core/src/lib.rs", "//! Changed.");
    repository.change(
        "name: {type: string,",
        "name: {type: integer, x-alias: [title],",
    );
    snapshot("diff", "plan", &planned(&repository));
}

#[test]
fn a_crate_that_is_not_published_is_left_out() {
    let repository = Repository::new();
    let emulator = "[package]\nname = \"anypoint-emulator\"\nversion.workspace = true\nrust-version.workspace = true\npublish = false\n[features]\nring = []\n";
    repository.write("crates/anypoint-emulator/Cargo.toml", emulator);
    assert!(planned(&repository).ends_with("nothing to publish.\n"));
}

#[test]
fn a_break_is_not_called_compatible() {
    let repository = Repository::new();
    repository.change("name: {type: string,", "name: {type: integer,");
    let versions = |version: &str| {
        for name in ["anypoint-things", "anypoint"] {
            let path = format!("crates/{name}/Cargo.toml");
            let text = std::fs::read_to_string(repository.root().join(&path)).unwrap();
            let lines = text.lines().map(|line| match line.starts_with("version") {
                true => format!("version = \"{version}\"\n"),
                false => format!("{line}\n"),
            });
            repository.write(&path, &lines.collect::<String>());
        }
    };
    versions("0.3.2");
    assert_eq!(
        planned(&repository),
        "error: anypoint-things 0.3.2 is too low a version for this: FIELD_RETYPED Thing.name: was Option<String>, now Option<i64>
  help: it must be at least 0.4.0
anypoint 0.3.2 is too low a version for this: API_BREAK anypoint-things: An API that the facade shows breaks.
  help: it must be at least 0.4.0"
    );
    versions("0.5.0");
    assert!(planned(&repository).contains("0.3.1 -> 0.5.0"));
}

#[test]
fn a_plan_begins_with_the_last_release() {
    let repository = Repository::new();
    assert_eq!(last_release(repository.root()).unwrap(), None);
    repository.git(&["tag", "v0.3.1"]);
    repository.commit("Later");
    repository.git(&["tag", "version-of-something-else"]);
    assert_eq!(
        last_release(repository.root()).unwrap().as_deref(),
        Some("v0.3.1")
    );
}
