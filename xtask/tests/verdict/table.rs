//! The table of verdicts: `tests/fixtures/verdict/README.md`.

use std::collections::BTreeMap;
use std::fs;

use xtask::diff::Audience;
use xtask::diff::fixtures::Change;

use crate::changes::{Tried as _, told};
use crate::semver::Column;
use crate::support::root;

const HEAD: &str = "# Single changes and their verdicts

The table shows what `cargo xtask diff` finds in each change of [changes.toml](changes.toml), and whether a program still compiles that uses
everything that the crate promised before the change: each call with explicit types, each setter and field, each value in a `match`, each
trait and conversion. `xtask/tests/verdict` generates these programs from the old contract. This command writes the table:

```sh
INSTA_UPDATE=always cargo test --manifest-path xtask/Cargo.toml --target-dir target --locked --test verdict
```

The last column has the verdict of cargo-semver-checks, which reads the JSON of rustdoc. Building that tool takes longer than everything else
that CI builds, so its verdicts are stored in [semver-checks.toml](semver-checks.toml). This command updates them (after
`cargo install cargo-semver-checks --locked`):

```sh
SEMVER_CHECKS=cargo-semver-checks INSTA_UPDATE=always cargo test --manifest-path xtask/Cargo.toml --target-dir target --locked --test verdict
```

| change | found | Rust breaks | the old program | cargo-semver-checks |
|---|---|---|---|---|
";

/// Holds the table against the file, or writes it where snapshots are accepted.
pub fn check(changes: &[Change], errors: &BTreeMap<String, String>, semver: &Column) {
    let rows = changes.iter().map(|change| row(change, errors, semver));
    let rows: String = rows.collect();
    let breaks: Vec<&Change> = changes.iter().filter(|it| is_break(it)).collect();
    let seen = breaks.iter().filter(|it| {
        let lints = semver.lints.get(&it.name);
        lints.is_some_and(|lints| !lints.is_empty())
    });
    let (breaks, seen) = (breaks.len(), seen.count());
    let reasons = changes
        .iter()
        .filter_map(|it| Some(format!("- {}: {}\n", it.name, it.why.as_ref()?)));
    let reasons: String = reasons.collect();
    let text = format!(
        "{HEAD}{rows}\n{} changes, of which {breaks} break; {} sees {seen} of these. Breaks that the compiler does not see:\n\n{reasons}",
        changes.len(),
        semver.tool
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

fn row(change: &Change, errors: &BTreeMap<String, String>, semver: &Column) -> String {
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
    let semver = match semver.lints.get(&change.name).map(Vec::as_slice) {
        None => "was not asked".to_owned(),
        Some([]) => "passes".to_owned(),
        Some(lints) => lints.join(", "),
    };
    format!(
        "| {} | {} | {breaks} | {program} | {semver} |\n",
        change.name,
        found.join(", ")
    )
}
