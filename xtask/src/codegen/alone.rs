//! A generated crate outside of the workspace, whose manifest inherits nothing.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

use super::fileset::FileSet;
use super::format::SIGN;
use super::names;

/// The name of the package in a folder: the name of the folder.
///
/// # Errors
/// No package can have the name, or the folder contains something that the generator has not written.
pub fn package(out: &Path) -> Result<String> {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    if !names::is_kebab_case(&name) || names::taken(&name).is_some() {
        bail!(
            "`{name}` cannot be the name of a crate\n  help: name the folder like the crate: `anypoint-things`"
        );
    }
    let is_empty = std::fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    let signed = std::fs::read_to_string(out.join("Cargo.toml"));
    if !is_empty && !signed.is_ok_and(|text| text.contains(SIGN)) {
        let out = out.display();
        bail!(
            "{out} contains something that the generator has not written\n  help: name a new folder, or an empty one"
        );
    }
    Ok(name.into_owned())
}

/// The files of a crate in a folder of its own.
///
/// # Errors
/// The workspace's manifest cannot be read, or it lacks something.
pub fn files(root: &Path, folder: &str, set: FileSet) -> Result<FileSet> {
    let mut alone = FileSet::default();
    alone.owned.insert("src".to_owned());
    for (path, text) in set.files {
        let own = path.strip_prefix(folder).unwrap_or(&path);
        let own = own.trim_start_matches('/').to_owned();
        let text = match &*own {
            "Cargo.toml" => signed(&text) + &manifest(root, &text)?,
            _ => text,
        };
        alone.files.insert(own, text);
    }
    Ok(alone)
}

/// The line that marks a file as generated.
fn signed(text: &str) -> String {
    text.lines()
        .next()
        .map_or_else(String::new, |line| format!("{line}\n"))
}

/// The manifest with all inherited values replaced, and with a workspace of its own.
///
/// # Errors
/// The workspace's manifest cannot be read, or it lacks something.
pub fn manifest(root: &Path, text: &str) -> Result<String> {
    let path = root.join("Cargo.toml");
    let workspace = std::fs::read_to_string(&path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let workspace: Table = workspace.parse()?;
    let given = workspace.get("workspace").context("no workspace")?;
    let mut manifest: Table = text.parse()?;
    for (key, section) in &mut manifest {
        let given = match key.as_str() {
            "package" | "lints" => given.get(key),
            "dependencies" | "dev-dependencies" => given.get("dependencies"),
            _ => None,
        };
        if let Some(given) = given {
            written_out(section, given, key, root)?;
        }
    }
    manifest.insert("workspace".to_owned(), Value::Table(Table::new()));
    Ok(manifest.to_string())
}

/// Replaces an inherited value, or the inherited values of a table, by the values of the same name in the workspace.
fn written_out(value: &mut Value, given: &Value, name: &str, root: &Path) -> Result<()> {
    let Value::Table(table) = value else {
        return Ok(());
    };
    if table.remove("workspace").is_some() {
        let own = std::mem::replace(value, given.clone());
        add(value, own);
        rooted(value, root);
        return Ok(());
    }
    for (key, inner) in table {
        let inherits = inner.get("workspace").is_some();
        let given = given.get(key);
        if inherits {
            let given = given.with_context(|| format!("the workspace has no {name} {key}"))?;
            written_out(inner, given, key, root)?;
        }
    }
    Ok(())
}

/// Merges the keys that a dependency has besides `workspace = true`: its features are added, and its other keys replace those of the workspace.
fn add(value: &mut Value, own: Value) {
    let Value::Table(own) = own else { return };
    if own.is_empty() {
        return;
    }
    if let Value::String(version) = value {
        *value = Value::Table(Table::from_iter([(
            "version".to_owned(),
            Value::String(std::mem::take(version)),
        )]));
    }
    let Value::Table(table) = value else { return };
    for (key, more) in own {
        match (table.get_mut(&key), more) {
            (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
            (_, more) => drop(table.insert(key, more)),
        }
    }
}

/// Makes a path absolute.
fn rooted(value: &mut Value, root: &Path) {
    if let Some(Value::String(path)) = value.get_mut("path") {
        *path = root.join(&*path).to_string_lossy().into_owned();
    }
}
