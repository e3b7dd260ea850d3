//! The number of crates that a program with one API compiles.

use std::collections::BTreeSet;
use std::process::Command;

/// The most crates of a program that prints something from one API, itself, Tokio and its macros included.
const MOST: usize = 100;
/// The program itself, and `tokio-macros`.
const OWN: usize = 2;

#[test]
fn a_program_with_one_api_needs_at_most_a_hundred_crates() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal"])
        .args([
            "--prefix",
            "none",
            "--package",
            "anypoint-access-management",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{tree:?}");
    let text = String::from_utf8(tree.stdout).unwrap();
    let crates: BTreeSet<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    let count = crates.len() + OWN;
    assert!(count > 50 && count <= MOST, "{count}: {crates:?}");
}
