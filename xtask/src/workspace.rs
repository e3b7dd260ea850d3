//! The packages of the workspace, from their manifests.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use toml::Table;

use crate::codegen::source;

/// A package of the workspace.
#[derive(Debug)]
pub struct Member {
    pub name: String,
    /// Its folder below the root.
    pub folder: String,
    pub version: String,
    /// Whether it is published.
    pub published: bool,
    pub manifest: Table,
}

/// The cargo that runs this program, or else the cargo in the search path.
///
/// It does not get the variables with which cargo describes the running package: a build script that depends on them, such as that of
/// ring, would run again, and all that depends on it would be compiled again.
#[must_use]
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_a_package) {
            cargo.env_remove(&name);
        }
    }
    cargo
}

fn describes_a_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

/// The manifest at a path below the root.
///
/// # Errors
/// It cannot be read, or is not TOML.
pub fn manifest(root: &Path, path: &str) -> Result<Table> {
    let text = source::read(&root.join(path), path)?;
    text.parse().with_context(|| format!("{path} is not TOML"))
}

/// All members, in the order of the workspace's manifest.
///
/// # Errors
/// A manifest cannot be read, or names no package.
pub fn members(root: &Path) -> Result<Vec<Member>> {
    let workspace = manifest(root, "Cargo.toml")?;
    let workspace = workspace.get("workspace").context("no workspace")?;
    let folders = workspace.get("members").and_then(|it| it.as_array());
    let folders = folders.into_iter().flatten().filter_map(|it| it.as_str());
    folders
        .map(|folder| member(root, workspace, folder))
        .collect()
}

fn member(root: &Path, workspace: &toml::Value, folder: &str) -> Result<Member> {
    let path = format!("{folder}/Cargo.toml");
    let manifest = manifest(root, &path)?;
    let package = manifest.get("package");
    let text = |key: &str| {
        let own = package?.get(key)?;
        let shared = || workspace.get("package")?.get(key)?.as_str();
        own.as_str().or_else(shared).map(str::to_owned)
    };
    Ok(Member {
        name: text("name").with_context(|| format!("{path} names no package"))?,
        folder: folder.to_owned(),
        version: text("version").unwrap_or_default(),
        published: package.and_then(|it| it.get("publish")?.as_bool()) != Some(false),
        manifest,
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    #[test]
    fn what_describes_this_package_is_not_passed_on() {
        let cargo = super::cargo();
        let removed: Vec<&OsStr> = cargo.get_envs().map(|(name, _)| name).collect();
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
            assert!(removed.contains(&OsStr::new(name)), "{name}");
        }
    }
}
