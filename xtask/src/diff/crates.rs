//! The crates of the workspace: their versions, features and MSRV, and the next version of each.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Serialize;
use toml::Table;

use super::finding::{Finding, Place};
use super::rules::Rule;
use crate::codegen::source;

/// The manifests of a revision or of the tree, by the folders of their crates.
pub type Manifests = BTreeMap<String, String>;

/// The facts in the manifest of a crate, including the inherited ones.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub version: String,
    pub rust_version: String,
    /// Whether it is published.
    pub published: bool,
    pub features: Vec<String>,
}

/// How much a crate's next version must differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    #[default]
    None,
    Patch,
    Break,
}

/// The next version of a crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Next {
    pub package: String,
    #[serde(skip)]
    pub folder: String,
    pub before: String,
    pub after: String,
    /// The version in the tree.
    pub declared: String,
    pub step: Step,
}

/// The facts in the manifest of a crate.
///
/// # Errors
/// The manifest is not TOML.
pub fn facts(manifests: &Manifests, folder: &str) -> Result<Option<Facts>> {
    let Some(text) = manifests.get(&format!("{folder}/Cargo.toml")) else {
        return Ok(None);
    };
    let parse = |text: &str| -> Result<Table> { Ok(text.parse()?) };
    let own = parse(text).with_context(|| format!("{folder}/Cargo.toml"))?;
    let root = parse(manifests.get("Cargo.toml").map_or("", String::as_str))?;
    let package = own.get("package");
    let shared = root.get("workspace").and_then(|it| it.get("package"));
    let text = |key: &str| {
        let own = package.and_then(|it| it.get(key));
        let text = own.and_then(|it| it.as_str());
        let text = text.or_else(|| shared?.get(key)?.as_str());
        text.unwrap_or_default().to_owned()
    };
    let features = own.get("features").and_then(|it| it.as_table());
    let features = features.into_iter().flat_map(Table::keys);
    Ok(Some(Facts {
        version: text("version"),
        rust_version: text("rust-version"),
        published: package.and_then(|it| it.get("publish")?.as_bool()) != Some(false),
        features: features.cloned().collect(),
    }))
}

/// The meaning of a change of the manifest for users.
pub fn compare(old: &Facts, new: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |rule, at: &str, before: Option<&String>, after: Option<&String>| {
        found.push(Finding {
            before: before.cloned(),
            after: after.cloned(),
            ..Finding::new(rule, at, Place::Api)
        });
    };
    for gone in old.features.iter().filter(|it| !new.features.contains(it)) {
        say(Rule::FeatureRemoved, "features", Some(gone), None);
    }
    for added in new.features.iter().filter(|it| !old.features.contains(it)) {
        say(Rule::FeatureAdded, "features", None, Some(added));
    }
    let (before, after) = (&old.rust_version, &new.rust_version);
    if before != after {
        let raised = numbers(before) < numbers(after);
        let rule = if raised {
            Rule::MsrvRaised
        } else {
            Rule::MsrvLowered
        };
        say(rule, "rust-version", Some(before), Some(after));
    }
    found
}

/// The numbers of a version, which are ordered like versions.
pub fn numbers(version: &str) -> Vec<u64> {
    version
        .split('.')
        .map_while(|part| part.parse().ok())
        .collect()
}

/// The facts that users of a crate of the tree need to compile it.
///
/// # Errors
/// The manifest cannot be read.
pub fn needs(root: &Path, folder: &str) -> Result<Vec<String>> {
    let path = format!("{folder}/Cargo.toml");
    let manifest: Table = source::read(&root.join(&path), &path)?.parse()?;
    let dependencies = manifest.get("dependencies").and_then(|it| it.as_table());
    Ok(dependencies
        .into_iter()
        .flat_map(Table::keys)
        .cloned()
        .collect())
}

/// The next version. In 0.x a break increases the minor version, and any other change the patch version.
///
/// # Errors
/// The version is not three numbers.
pub fn next(version: &str, step: Step, news: bool) -> Result<String> {
    let [major, minor, patch] = numbers(version)[..] else {
        anyhow::bail!("`{version}` is not a version of three numbers");
    };
    Ok(match (step, major) {
        (Step::None, _) => version.to_owned(),
        (Step::Break, 0) => format!("0.{}.0", minor + 1),
        (Step::Break, _) => format!("{}.0.0", major + 1),
        (Step::Patch, 1..) if news => format!("{major}.{}.0", minor + 1),
        (Step::Patch, _) => format!("{major}.{minor}.{}", patch + 1),
    })
}
