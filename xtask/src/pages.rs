//! `cargo xtask surface --write`: writes the pages that describe what APIs promise.
//!
//! They are snapshots: the tests compare them with the specs, and reviewers read their diffs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::codegen::manifest::{self, Entry};
use crate::codegen::{self, surface};
use crate::diff::PAGES;

/// The command, as messages name it.
pub const COMMAND: &str = "cargo xtask surface --write";

/// The header of a snapshot, before its page.
const HEADER: &str = "---\nsource: tests/support/mod.rs\n---\n";

/// Writes the pages of all APIs, or of one, and prints which have changed.
///
/// # Errors
/// A spec that is not listed or cannot be read, or all complaints about it.
pub fn command(root: &Path, only: Option<&str>) -> Result<ExitCode> {
    let specs = codegen::listed(root, &manifest::load(root)?, only)?;
    let specs = specs.iter().filter(|(entry, _)| entry.feature.is_some());
    let mut changed = Vec::new();
    for (entry, text) in specs {
        changed.extend(write(root, entry, text)?);
    }
    for path in &changed {
        println!("{path}");
    }
    println!("{} pages written or removed", changed.len());
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages of a spec and returns the paths of those that have changed.
///
/// # Errors
/// There are complaints about the spec, which are all returned, or a page cannot be written.
pub fn write(root: &Path, entry: &Entry, text: &str) -> Result<Vec<String>> {
    let pages = surface::pages(&codegen::contract(entry, text)?);
    let folder = format!("{PAGES}/{}", entry.name);
    fs::create_dir_all(root.join(&folder)).with_context(|| folder.clone())?;
    let mut changed = Vec::new();
    let mut names = BTreeSet::new();
    for (page, text) in pages {
        let path = format!("{folder}/{page}.snap");
        let page = format!("{HEADER}{text}");
        let before = fs::read_to_string(root.join(&path));
        if !before.is_ok_and(|before| before.trim_end() == page.trim_end()) {
            fs::write(root.join(&path), page).with_context(|| path.clone())?;
            changed.push(path.clone());
        }
        names.insert(path);
    }
    for entry in fs::read_dir(root.join(&folder))? {
        let name = entry?.file_name();
        let path = format!("{folder}/{}", name.to_string_lossy());
        if path.ends_with(".snap") && !names.contains(&path) {
            fs::remove_file(root.join(&path)).with_context(|| path.clone())?;
            changed.push(path);
        }
    }
    Ok(changed)
}
