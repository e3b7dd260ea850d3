//! The licences of the crates in the program; most of them require that their text is distributed with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{PACKAGE, files, unreadable};
use crate::workspace::cargo;

/// How the names of files with a licence begin.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// `dev` or `build`; `None` for a dependency that is compiled in.
    kind: Option<String>,
}

/// Each package with its licence, and each text once, below the packages that contain it.
///
/// # Errors
/// Cargo cannot resolve the workspace, or a licence cannot be read.
pub fn of_others(root: &Path, target: &str) -> Result<Vec<u8>> {
    let metadata = metadata(root, target)?;
    let compiled = compiled(&metadata)?;
    let mut list = String::new();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in &metadata.packages {
        if package.source.is_none() || !compiled.contains(&*package.id) {
            continue;
        }
        let name = format!("{} {}", package.name, package.version);
        let licence = package.license.as_deref().unwrap_or("see below");
        list += &format!("{name}: {licence}\n");
        for text in texts_of(package)? {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    let mut texts: Vec<_> = texts
        .into_iter()
        .map(|(text, names)| (names, text))
        .collect();
    texts.sort();
    for (names, text) in texts {
        list += &format!("\n---- {}\n\n{}\n", names.join(", "), text.trim_end());
    }
    Ok(list.into_bytes())
}

fn metadata(root: &Path, target: &str) -> Result<Metadata> {
    let mut metadata = cargo();
    metadata.current_dir(root);
    metadata.args(["metadata", "--format-version", "1", "--locked"]);
    metadata.args(["--filter-platform", target]);
    let output = metadata.output().context("`cargo` cannot be started")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("cargo metadata: {}", said.trim());
    }
    serde_json::from_slice(&output.stdout)
        .context("the output of cargo metadata does not have the expected form")
}

/// The ids of the packages that are in the program.
fn compiled(metadata: &Metadata) -> Result<BTreeSet<&str>> {
    let nodes = metadata
        .resolve
        .nodes
        .iter()
        .map(|node| (&*node.id, &node.deps));
    let nodes: BTreeMap<&str, _> = nodes.collect();
    let program = metadata.packages.iter().find(|it| it.name == PACKAGE);
    let program = program.with_context(|| format!("there is no package {PACKAGE}"))?;
    let mut found = BTreeSet::new();
    let mut left = vec![&*program.id];
    while let Some(id) = left.pop() {
        if found.insert(id) {
            let all = nodes.get(id).into_iter().flat_map(|all| all.iter());
            let normal = all.filter(|it| it.dep_kinds.iter().any(|kind| kind.kind.is_none()));
            left.extend(normal.map(|it| &*it.pkg));
        }
    }
    Ok(found)
}

fn texts_of(package: &Package) -> Result<Vec<String>> {
    let Some(folder) = package.manifest_path.parent() else {
        return Ok(Vec::new());
    };
    let mut texts = Vec::new();
    for name in files(folder)? {
        if NAMES
            .iter()
            .any(|beginning| name.to_uppercase().starts_with(beginning))
        {
            let path = folder.join(&name);
            let text = fs::read_to_string(&path).with_context(|| unreadable(&path))?;
            texts.push(text.replace("\r\n", "\n"));
        }
    }
    Ok(texts)
}
