//! `specs/apis.toml`: the specs and their crates, compared with the workspace.

mod rules;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::Deserialize;
use toml::Spanned;

use super::diag::{Code, Diagnostics, Diags};
use super::source;

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
    /// The published APIs; the others are only for tests.
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
    /// The version of the crate.
    pub version: String,
}

/// The version of a crate whose entry states none.
pub const FIRST_VERSION: &str = "0.1.0";

/// The manifest as it is in the file, with the position of every value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    handwritten: Vec<Spanned<String>>,
    environments: Option<Spanned<String>>,
    api: BTreeMap<Spanned<String>, Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    spec: Spanned<String>,
    package: Spanned<String>,
    folder: Option<Spanned<String>>,
    feature: Option<Spanned<String>>,
    version: Option<Spanned<String>>,
}

/// Reads the manifest and compares it with `Cargo.toml` and the facade.
///
/// # Errors
/// A file cannot be read, or the workspace differs from the manifest. All differences are returned.
pub fn load(root: &Path) -> Result<Manifest> {
    let text = source::read(&root.join(PATH), PATH)?;
    let mut diags = Diags::new(PATH);
    source::check(&text, &mut diags);
    diags.finish(())?;
    let file: File = parse(PATH, &text)?;
    rules::check(root, &file, &text)?;
    let entry = |(name, table): (Spanned<String>, Table)| Entry {
        folder: table.folder(),
        spec: table.spec.into_inner(),
        package: table.package.into_inner(),
        feature: table.feature.map(Spanned::into_inner),
        version: table
            .version
            .map_or_else(|| FIRST_VERSION.to_owned(), Spanned::into_inner),
        name: name.into_inner(),
    };
    let handwritten = file.handwritten.into_iter();
    let manifest = Manifest {
        apis: file.api.into_iter().map(entry).collect(),
        handwritten: handwritten.map(Spanned::into_inner).collect(),
        environments: file.environments.map(Spanned::into_inner),
    };
    let wrong = [members(root, &manifest)?, features(root, &manifest)?];
    let wrong = wrong.into_iter().filter_map(Result::err);
    let wrong: Vec<_> = wrong.flat_map(|wrong| wrong.0).collect();
    if !wrong.is_empty() {
        bail!(Diagnostics(wrong));
    }
    Ok(manifest)
}

impl Table {
    fn folder(&self) -> String {
        let default = || format!("crates/{}", self.package.get_ref());
        let own = self.folder.as_ref();
        own.map_or_else(default, |folder| folder.get_ref().clone())
    }
}

type Judged = Result<(), Diagnostics>;

fn members(root: &Path, manifest: &Manifest) -> Result<Judged, Diagnostics> {
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
    let mut diags = Diags::new("Cargo.toml");
    for Entry { folder, .. } in missing {
        let problem = format!("{folder} is not a workspace member");
        let help = format!("add \"{folder}\" to `members`");
        diags.error_help(Code::NotAMember, 1, problem, help);
    }
    Ok(diags.finish(()))
}

fn features(root: &Path, manifest: &Manifest) -> Result<Judged, Diagnostics> {
    let cargo: toml::Table = read(root, FACADE)?;
    let features = cargo.get("features").and_then(toml::Value::as_table);
    let lists = |feature: &str, wanted: &str| {
        let listed = features
            .and_then(|features| features.get(feature))
            .and_then(toml::Value::as_array);
        listed.is_some_and(|listed| listed.iter().any(|item| item.as_str() == Some(wanted)))
    };
    let mut diags = Diags::new(FACADE);
    for entry in &manifest.apis {
        let Some(feature) = &entry.feature else {
            continue;
        };
        for (owner, wanted) in [
            (feature.as_str(), format!("dep:{}", entry.package)),
            ("full", feature.clone()),
        ] {
            if !lists(owner, &wanted) {
                let help = format!("{PATH} has api.{} with that feature", entry.name);
                feature_lacks(owner, 1, &wanted, help, &mut diags);
            }
        }
    }
    Ok(diags.finish(()))
}

/// Complains that a feature of the facade does not enable what it must.
pub(super) fn feature_lacks(
    feature: &str,
    line: usize,
    wanted: &str,
    help: String,
    diags: &mut Diags,
) {
    let problem = format!("feature `{feature}` does not list \"{wanted}\"");
    diags.error_help(Code::FeatureNotListed, line, problem, help);
}

pub(super) fn read<T: serde::de::DeserializeOwned>(
    root: &Path,
    path: &str,
) -> Result<T, Diagnostics> {
    parse(path, &source::read(&root.join(path), path)?)
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, text: &str) -> Result<T, Diagnostics> {
    toml::from_str(text).map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        let mut diags = Diags::new(path);
        diags.error(Code::NotToml, line(text, place), error.message());
        diags.fail()
    })
}

/// The line of a place in a text.
fn line(text: &str, place: usize) -> usize {
    let before = text.as_bytes().get(..place).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// The workspace of the generator that cargo runs, or, if something else starts it, the workspace in which it was built.
pub fn root() -> PathBuf {
    let run = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let own = run.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    own.parent().unwrap_or(&own).to_path_buf()
}
