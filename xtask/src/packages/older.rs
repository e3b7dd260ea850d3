//! `cargo xtask older-apis [REV]`: checks that the API crates of a revision compile against the core of the tree.
//!
//! A user may upgrade the core and keep published API crates. The parts of the core that these use are hidden from its docs,
//! and `diff` does not see them, but the compiler does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use super::{check, fresh};
use crate::codegen::format::SIGN;
use crate::diff::crates::Step;
use crate::diff::{self, Report};

const CORE: &str = "anypoint-core";

/// Checks them, unless the core breaks anyway. In this case no older API crate is used with it.
///
/// # Errors
/// There is no revision to compare with, or crates do not compile.
pub fn command(root: &Path, revision: Option<&str>) -> Result<ExitCode> {
    let last = match revision {
        None => diff::last_release(root)?,
        named => named.map(str::to_owned),
    };
    let report = diff::report(root, last.as_deref())?;
    let base = diff::short(&report.base);
    if core_breaks(&report) {
        println!("the core breaks, so no older API crate is used with it");
        return Ok(ExitCode::SUCCESS);
    }
    let files = diff::files(root, &report.base, &["Cargo.toml", "Cargo.lock", "crates"])?;
    let folders = apis(&files);
    if !report.findings().any(|(chapter, _)| chapter == CORE) && !differ(root, &files, &folders) {
        println!("neither the core nor an API crate differs from {base}");
        return Ok(ExitCode::SUCCESS);
    }
    let target = root.join("target");
    let folder = fresh(&target.join("older-apis"))?;
    lay_out(root, &folder, &files, &folders)?;
    check(&folder, &target).with_context(|| {
        format!("an API crate of {base} does not compile with this core\n  help: keep the items that it uses, or declare the break in accepted-changes.toml")
    })?;
    println!(
        "{} API crates of {base} compile with this core",
        folders.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// The files in some folders.
fn within<'f>(
    files: &'f BTreeMap<String, String>,
    folders: &'f BTreeSet<String>,
) -> impl Iterator<Item = (&'f String, &'f String)> {
    let is_within = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
    files.iter().filter(move |(path, _)| is_within(path))
}

/// Whether the tree differs in these folders.
fn differ(root: &Path, files: &BTreeMap<String, String>, folders: &BTreeSet<String>) -> bool {
    within(files, folders).any(|(path, text)| {
        let now = fs::read_to_string(root.join(path));
        now.map_or(true, |now| now != *text)
    })
}

fn lay_out(
    root: &Path,
    folder: &Path,
    files: &BTreeMap<String, String>,
    folders: &BTreeSet<String>,
) -> Result<()> {
    for (path, text) in within(files, folders) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text)?;
    }
    let text = |path: &str| files.get(path).map_or("", String::as_str);
    let workspace = manifest(root, text("Cargo.toml"), folders)?;
    fs::write(folder.join("Cargo.toml"), workspace)?;
    fs::write(folder.join("Cargo.lock"), text("Cargo.lock"))?;
    Ok(())
}

fn core_breaks(report: &Report) -> bool {
    let mut versions = report.versions.iter();
    versions.any(|next| next.package == CORE && next.step == Step::Break)
}

/// The folders of generated crates.
fn apis(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let manifests = files.iter().filter_map(|(path, text)| {
        let folder = path.strip_suffix("Cargo.toml")?;
        let first = text.lines().next()?;
        (first.contains(SIGN) && folder.matches('/').count() == 2).then(|| folder.to_owned())
    });
    manifests.collect()
}

/// The manifest of the workspace, with the API crates as its only members and with the core of the tree.
fn manifest(root: &Path, text: &str, folders: &BTreeSet<String>) -> Result<String> {
    let mut manifest: Table = text.parse().context("Cargo.toml is not TOML")?;
    let workspace = manifest.get_mut("workspace").and_then(Value::as_table_mut);
    let workspace = workspace.context("Cargo.toml has no workspace")?;
    let folders = folders.iter().map(|folder| folder.trim_end_matches('/'));
    let members: Vec<Value> = folders.map(Value::from).collect();
    workspace.insert("members".to_owned(), members.into());
    workspace.remove("exclude");
    let core = workspace
        .get_mut("dependencies")
        .and_then(|it| it.get_mut(CORE)?.as_table_mut())
        .context("Cargo.toml does not list the core")?;
    let path = root.join("crates").join(CORE);
    core.insert("path".to_owned(), path.display().to_string().into());
    Ok(manifest.to_string())
}
