//! `specs/apis.toml`: which specs there are and which crates they become, checked against the workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

/// The path of the manifest below the root.
pub const PATH: &str = "specs/apis.toml";

/// The path of the facade's manifest below the root.
pub const FACADE: &str = "crates/anypoint/Cargo.toml";

/// All APIs, in the order of their names.
#[derive(Debug)]
pub struct Manifest {
    pub apis: Vec<Entry>,
    /// Crates under `crates/` that the generator does not own.
    pub handwritten: Vec<String>,
    /// The name of the API that finds an environment's id by its name.
    pub environments: Option<String>,
}

impl Manifest {
    /// The APIs that users get; the others are there for tests.
    pub fn published(&self) -> impl Iterator<Item = &Entry> {
        self.apis.iter().filter(|entry| entry.feature.is_some())
    }
}

/// One API.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    /// Path of the spec below the root.
    pub spec: String,
    pub package: String,
    /// Folder of the crate below the root.
    pub folder: String,
    /// The facade's feature; none for a crate that is not published.
    pub feature: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    handwritten: Vec<String>,
    environments: Option<String>,
    api: BTreeMap<String, Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    spec: String,
    package: String,
    folder: Option<String>,
    feature: Option<String>,
}

/// Reads the manifest and holds it against `Cargo.toml` and the facade.
///
/// # Errors
/// A file that cannot be read, or all places where the workspace disagrees.
pub fn load(root: &Path) -> Result<Manifest> {
    let file: File = read(root, PATH)?;
    let entry = |(name, table): (String, Table)| Entry {
        folder: table
            .folder
            .unwrap_or_else(|| format!("crates/{}", table.package)),
        spec: table.spec,
        package: table.package,
        feature: table.feature,
        name,
    };
    let manifest = Manifest {
        apis: file.api.into_iter().map(entry).collect(),
        handwritten: file.handwritten,
        environments: file.environments,
    };
    let mut wrong = paths(&manifest);
    wrong.extend(members(root, &manifest)?);
    wrong.extend(features(root, &manifest)?);
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(manifest)
}

/// The generator deletes what it does not know inside these folders, so they must be what they seem.
fn paths(manifest: &Manifest) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, entry) in manifest.apis.iter().enumerate() {
        let plain = |path: &str| {
            !path.is_empty()
                && path
                    .split('/')
                    .all(|part| !part.is_empty() && !part.starts_with('.'))
        };
        let package = entry
            .package
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !plain(&entry.folder)
            || !plain(&entry.spec)
            || !package
            || entry.folder.split('/').count() < 2
        {
            wrong.push(format!("{PATH}: error: api.{} has a spec, package or folder that is no plain name below the root", entry.name));
        }
        let taken = |other: &Entry| other.folder == entry.folder || other.package == entry.package;
        if manifest.apis[..index].iter().any(taken) || manifest.handwritten.contains(&entry.package)
        {
            wrong.push(format!(
                "{PATH}: error: api.{} shares its package or folder with another crate",
                entry.name
            ));
        }
    }
    wrong
}

fn members(root: &Path, manifest: &Manifest) -> Result<Vec<String>> {
    let cargo: toml::Table = read(root, "Cargo.toml")?;
    let members = cargo
        .get("workspace")
        .and_then(|workspace| workspace.get("members"))
        .and_then(toml::Value::as_array);
    let is_member = |folder: &str| {
        members.is_some_and(|members| members.iter().any(|member| member.as_str() == Some(folder)))
    };
    let missing = manifest
        .apis
        .iter()
        .filter(|entry| !is_member(&entry.folder));
    Ok(missing
        .map(|entry| {
            format!(
                "Cargo.toml: error: {0} is no workspace member\n  help: add \"{0}\" to `members`",
                entry.folder
            )
        })
        .collect())
}

fn features(root: &Path, manifest: &Manifest) -> Result<Vec<String>> {
    let cargo: toml::Table = read(root, FACADE)?;
    let features = cargo.get("features").and_then(toml::Value::as_table);
    let lists = |feature: &str, wanted: &str| {
        let listed = features
            .and_then(|features| features.get(feature))
            .and_then(toml::Value::as_array);
        listed.is_some_and(|listed| listed.iter().any(|item| item.as_str() == Some(wanted)))
    };
    let mut wrong = Vec::new();
    for entry in &manifest.apis {
        let Some(feature) = &entry.feature else {
            continue;
        };
        for (owner, wanted) in [
            (feature.as_str(), format!("dep:{}", entry.package)),
            ("full", feature.clone()),
        ] {
            if !lists(owner, &wanted) {
                wrong.push(format!("{FACADE}: error: feature `{owner}` does not list \"{wanted}\"\n  help: {PATH} has api.{} with that feature", entry.name));
            }
        }
    }
    Ok(wrong)
}

pub(super) fn read<T: serde::de::DeserializeOwned>(root: &Path, path: &str) -> Result<T> {
    let text = std::fs::read_to_string(root.join(path))
        .with_context(|| format!("{path}: error: it cannot be read"))?;
    toml::from_str(&text).with_context(|| format!("{path}: error: it is not what it should be"))
}

/// The workspace this generator was built in.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}
