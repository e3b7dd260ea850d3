//! `cargo xtask codegen --check`: prints a short list of the differences between the tree and the output for the specs.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::fileset::{Difference, FileSet};
use super::manifest;

/// How many differences are shown; the rest are counted.
const SHOWN: usize = 20;

/// # Errors
/// A tree that cannot be read.
pub fn tree(root: &Path, set: &FileSet, only: Option<&str>) -> Result<ExitCode> {
    let mut differences = set.differences(root)?;
    if only.is_none() {
        differences.extend(stray_crates(root)?);
    }
    if differences.is_empty() {
        println!("the tree matches the specs");
        return Ok(ExitCode::SUCCESS);
    }
    for difference in differences.iter().take(SHOWN) {
        eprintln!("{}", describe(root, set, difference));
    }
    if differences.len() > SHOWN {
        eprintln!("and {} more", differences.len() - SHOWN);
    }
    let command = only.map_or_else(
        || "cargo xtask codegen".to_owned(),
        |name| format!("cargo xtask codegen --api {name}"),
    );
    eprintln!(
        "the tree does not match the specs: run `{command}`, or remove stray files outside of the generated crates"
    );
    Ok(ExitCode::FAILURE)
}

/// Folders next to the generated crates that are neither generated nor listed as hand-written.
///
/// # Errors
/// `crates/` cannot be read.
pub fn stray_crates(root: &Path) -> Result<Vec<Difference>> {
    let manifest = manifest::load(root)?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("crates")).context("crates cannot be read")? {
        let name = entry
            .context("crates cannot be read")?
            .file_name()
            .to_string_lossy()
            .into_owned();
        let generated = manifest
            .apis
            .iter()
            .any(|entry| entry.folder == format!("crates/{name}"));
        // The settings of Cargo.
        let known = name == ".cargo" || manifest.handwritten.contains(&name);
        if !generated && !known {
            found.push(Difference::Stray(format!("crates/{name}")));
        }
    }
    found.sort();
    Ok(found)
}

/// Describes one difference. For a changed file, this includes the first line that differs.
fn describe(root: &Path, set: &FileSet, difference: &Difference) -> String {
    match difference {
        Difference::Missing(path) => format!("missing: {path}"),
        Difference::Stray(path) => format!("stray:   {path}"),
        Difference::Changed(path) => {
            let found = std::fs::read(root.join(path)).unwrap_or_default();
            let found = String::from_utf8_lossy(&found);
            let wanted = set.files.get(path).map(String::as_str).unwrap_or_default();
            let line = found
                .lines()
                .zip(wanted.lines())
                .take_while(|(found, wanted)| found == wanted)
                .count();
            let show = |text: &str| {
                text.lines()
                    .nth(line)
                    .unwrap_or("(the file ends)")
                    .to_owned()
            };
            format!(
                "changed: {path}:{}\n  - {}\n  + {}",
                line + 1,
                show(&found),
                show(wanted)
            )
        }
    }
}
