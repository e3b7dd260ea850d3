//! Unused entries of manifests: dependencies of packages and of the workspace, and crates in `apis.toml`.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use toml::{Table, Value};

use super::{Complaint, File};
use crate::codegen::manifest;
use crate::workspace;

pub fn check(root: &Path, files: &[File]) -> Result<Vec<Complaint>> {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    let members = workspace::members(root)?;
    let own = members.iter().map(|it| (it.folder.as_str(), &it.manifest));
    let generator =
        ["xtask"].map(|folder| Ok((folder, workspace::manifest(root, "xtask/Cargo.toml")?)));
    let generator = generator.into_iter().collect::<Result<Vec<_>>>()?;
    for (folder, manifest) in own.chain(generator.iter().map(|(folder, it)| (*folder, it))) {
        let Some(file) = files
            .iter()
            .find(|file| file.path == format!("{folder}/Cargo.toml"))
        else {
            continue;
        };
        let names = dependencies(manifest);
        let own = names.iter().filter(|_| !file.is_generated());
        for name in own.filter(|name| !is_used(name, folder, manifest, files)) {
            let problem = format!("`{name}` is used nowhere in {folder}: remove it");
            found.push(file.complaint(line(file, name), "unused-dependency", problem));
        }
        used.extend(names);
    }
    if let Some(file) = files.iter().find(|file| file.path == "Cargo.toml") {
        let workspace = workspace::manifest(root, &file.path)?;
        let shared = workspace
            .get("workspace")
            .and_then(|it| it.get("dependencies"));
        for name in shared
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(Table::keys)
        {
            if !used.contains(name) {
                let problem = format!("no package of the workspace uses `{name}`: remove it");
                found.push(file.complaint(line(file, name), "unused-dependency", problem));
            }
        }
    }
    if let Some(file) = files.iter().find(|file| file.path == manifest::PATH) {
        for name in manifest::load(root)?.handwritten {
            if !root.join("crates").join(&name).exists() {
                let problem = format!("there is no crates/{name}: remove it");
                found.push(file.complaint(line(file, &name), "unused-entry", problem));
            }
        }
    }
    Ok(found)
}

/// The names of all dependencies of a package.
fn dependencies(manifest: &Table) -> BTreeSet<String> {
    const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values);
    let tables = targets.filter_map(Value::as_table).chain([manifest]);
    let lists = tables.flat_map(|table| KINDS.map(|kind| table.get(kind)?.as_table()));
    lists.flatten().flat_map(Table::keys).cloned().collect()
}

/// Whether the code, the docs or a feature of a package names a dependency.
fn is_used(name: &str, folder: &str, manifest: &Table, files: &[File]) -> bool {
    let features = manifest.get("features").map(ToString::to_string);
    let forwarded = features.is_some_and(|text| text.contains(&format!("\"{name}/")));
    let word = name.replace('-', "_");
    let below = format!("{folder}/");
    let mut texts = files.iter().filter(|file| {
        let code = file.has_ending("rs") || file.has_ending("md");
        code && file.path.starts_with(&below)
    });
    forwarded || texts.any(|file| names(&file.text, &word))
}

/// Whether a text contains a word that is not a part of a longer word.
fn names(text: &str, word: &str) -> bool {
    let longer = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + word.len()..].chars().next();
        !before.is_some_and(longer) && !behind.is_some_and(longer)
    })
}

/// The line of a manifest that names something.
fn line(file: &File, name: &str) -> usize {
    let quoted = format!("\"{name}\"");
    let mut lines = file.text.lines();
    let found = lines.position(|line| {
        let key = line
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', '.', '=']));
        key || line.contains(&quoted)
    });
    found.map_or(1, |at| at + 1)
}
