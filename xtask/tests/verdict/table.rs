//! The table of verdicts: `tests/fixtures/verdict/README.md`.

use std::collections::BTreeMap;
use std::fs;

use xtask::diff::Audience;
use xtask::diff::fixtures::Change;

use crate::changes::{Tried as _, told};
use crate::support::root;

const HEAD: &str = "# Single changes, and what is said of them

What `cargo xtask diff` finds in each change of [changes.toml](changes.toml), and what the compiler says to a program that uses all that
the crate promised before the change: each call with its types written out, each setter and field, each value in a `match`, each trait
and conversion. `xtask/tests/verdict` writes these programs from the old contract. This table is written by

```sh
INSTA_UPDATE=always cargo test --manifest-path xtask/Cargo.toml --target-dir target --locked --test verdict
```

`cargo-semver-checks` is no column: it sees neither changed types of fields and parameters nor re-exports, and building it takes longer
than all else that CI builds.

| change | found | Rust breaks | the old program |
|---|---|---|---|
";

/// Holds the table against the file, or writes it where snapshots are accepted.
pub fn check(changes: &[Change], errors: &BTreeMap<String, String>) {
    let rows: String = changes.iter().map(|change| row(change, errors)).collect();
    let breaks = changes.iter().filter(|it| is_break(it)).count();
    let reasons = changes
        .iter()
        .filter_map(|it| Some(format!("- {}: {}\n", it.name, it.why.as_ref()?)));
    let reasons: String = reasons.collect();
    let text = format!(
        "{HEAD}{rows}\n{} changes, of which {breaks} break. Breaks that the compiler does not see:\n\n{reasons}",
        changes.len()
    );
    let path = root().join("tests/fixtures/verdict").join("README.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
        fs::write(&path, &text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "{} is older than the verdicts: the command in it writes it",
        path.display()
    );
}

pub fn is_break(change: &Change) -> bool {
    let found = change.findings().unwrap();
    found.iter().any(|it| it.audience == Audience::Rust)
}

fn row(change: &Change, errors: &BTreeMap<String, String>) -> String {
    let found = change.findings().unwrap();
    let mut found: Vec<String> = found.iter().map(|it| format!("`{}`", told(it))).collect();
    found.dedup();
    let breaks = if is_break(change) { "yes" } else { "no" };
    // `error[E0308]: mismatched types`.
    let error = errors
        .get(&change.module())
        .and_then(|error| error.split(':').next());
    let program = match (error, breaks) {
        (Some(error), _) => error,
        (None, "yes") => "compiles, see below",
        (None, _) => "compiles",
    };
    format!(
        "| {} | {} | {breaks} | {program} |\n",
        change.name,
        found.join(", ")
    )
}
