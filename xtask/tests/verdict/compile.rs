//! The compiler's messages for programs, each with the crate of a change.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use xtask::diff::fixtures::Change;

use crate::changes::Tried as _;
use crate::krate::Crate;
use crate::support::write;
use crate::witness;

/// The first error of each change whose program does not compile, by the name of its module.
pub fn errors(changes: &[Change]) -> BTreeMap<String, String> {
    let mut crates = Crate::new("verdict");
    for change in changes {
        let (old, _) = change.contracts().unwrap();
        let module = change.module();
        crates.add(&module, &change.generated(&change.after()));
        let program = witness::program(&module, &old);
        write(
            &crates.folder.join(format!("examples/{module}.rs")),
            &program,
        );
    }
    crates.finish();
    let mut check = crates.cargo(
        "check",
        &[
            "--lib",
            "--examples",
            "--keep-going",
            "--message-format=json",
        ],
    );
    let output = check.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut errors = BTreeMap::new();
    for line in said.lines() {
        let message: Json = serde_json::from_str(line).unwrap();
        if message["message"]["level"] != "error" {
            continue;
        }
        let target = message["target"]["name"].as_str().unwrap().to_owned();
        let text = message["message"]["rendered"].as_str().unwrap().to_owned();
        assert_ne!(target, "accepted", "the crates themselves: {text}");
        errors.entry(target).or_insert(text);
    }
    // Anything else that fails would make all changes look harmless.
    assert_eq!(
        output.status.success(),
        errors.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    errors
}
