//! `cargo xtask deps`: the dependency policy of `deny.toml`, without installing cargo-deny.
//!
//! It enforces the tables that it reads (licences, bans with their wrappers, wildcards, sources) for both workspaces. It also checks
//! what that file cannot state: the default dependencies of the published crates, and that a user of one API compiles only its
//! crate and the core.

mod defaults;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::codegen::manifest::{self, Manifest};
use crate::workspace::cargo;

/// The permitted dependencies of an API crate, and whether each must be optional.
const OF_API_CRATES: [(&str, bool); 3] = [
    ("anypoint-core", false),
    ("serde", false),
    ("schemars", true),
];

/// The parts of `deny.toml` that are enforced here.
#[derive(Deserialize)]
struct Policy {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    wrappers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

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
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    path: Option<String>,
    /// `dev` or `build`; `None` for a dependency that users compile.
    kind: Option<String>,
    optional: bool,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

/// # Errors
/// `deny.toml` cannot be read, or cargo cannot resolve a workspace.
pub fn command(root: &Path) -> Result<ExitCode> {
    let text =
        std::fs::read_to_string(root.join("deny.toml")).context("deny.toml cannot be read")?;
    let policy: Policy =
        toml::from_str(&text).context("deny.toml does not have the expected form")?;
    let mut wrong = BTreeSet::new();
    let mut checked = 0;
    for manifest in ["Cargo.toml", "xtask/Cargo.toml"] {
        let metadata = metadata(&root.join(manifest))?;
        checked += metadata.packages.len();
        // The generator is never published, so only its licences and sources are checked.
        let bans = if manifest == "Cargo.toml" {
            let mut found = banned(&policy, &metadata);
            found.extend(of_api_crates(&manifest::load(root)?, &metadata));
            found
        } else {
            Vec::new()
        };
        wrong.extend(
            licences(&policy, &metadata)
                .into_iter()
                .chain(sources(&policy, &metadata))
                .chain(bans),
        );
    }
    wrong.extend(defaults::wrong(root)?);
    for line in &wrong {
        eprintln!("{line}");
    }
    if wrong.is_empty() {
        println!("{checked} packages follow deny.toml");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "the dependencies do not follow deny.toml: change them, or the policy with a reason in ARCHITECTURE.md"
    );
    Ok(ExitCode::FAILURE)
}

fn metadata(manifest: &Path) -> Result<Metadata> {
    let output = cargo()
        .args([
            "metadata",
            "--format-version",
            "1",
            "--all-features",
            "--locked",
            "--manifest-path",
        ])
        .arg(manifest)
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout)
        .context("the output of cargo metadata does not have the expected form")
}

fn licences(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let allowed = |expression: &str| {
        let parsed = spdx::Expression::parse_mode(expression, spdx::ParseMode::LAX);
        parsed.is_ok_and(|parsed| {
            parsed.evaluate(|license| {
                license
                    .license
                    .id()
                    .is_some_and(|id| policy.licenses.allow.iter().any(|name| name == id.name))
            })
        })
    };
    let refused = metadata
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(allowed));
    refused
        .map(|package| {
            format!(
                "licence: {} {} is under {}",
                package.name,
                package.version,
                package.license.as_deref().unwrap_or("no licence")
            )
        })
        .collect()
}

fn sources(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        if let Some(source) = &package.source {
            let known = policy
                .sources
                .allow_registry
                .iter()
                .any(|registry| source.strip_prefix("registry+") == Some(registry));
            if !known {
                wrong.push(format!(
                    "source: {} {} comes from {source}",
                    package.name, package.version
                ));
            }
        }
        // Packages of the registry cannot be changed here.
        let own = package.source.is_none();
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| own && dependency.req == "*" && dependency.path.is_none())
        {
            wrong.push(format!(
                "wildcard: {} takes any version of {}",
                package.name, dependency.name
            ));
        }
    }
    wrong
}

fn banned(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let names: BTreeMap<&str, &str> = metadata
        .packages
        .iter()
        .map(|package| (package.id.as_str(), package.name.as_str()))
        .collect();
    let name = |id: &str| names.get(id).copied().unwrap_or_default().to_owned();
    let mut wrong = Vec::new();
    for ban in &policy.bans.deny {
        for node in &metadata.resolve.nodes {
            let uses = node.dependencies.iter().any(|id| name(id) == ban.name);
            if uses && !ban.wrappers.contains(&name(&node.id)) {
                wrong.push(format!("ban: {} depends on {}", name(&node.id), ban.name));
            }
        }
    }
    wrong
}

/// The dependencies of generated crates other than the core and the derives. Dependencies of tests are not limited.
fn of_api_crates(manifest: &Manifest, metadata: &Metadata) -> Vec<String> {
    let is_api = |name: &str| manifest.apis.iter().any(|entry| entry.package == name);
    let mut wrong = Vec::new();
    for package in metadata
        .packages
        .iter()
        .filter(|package| is_api(&package.name))
    {
        let compiled = package.dependencies.iter();
        for dependency in compiled.filter(|dependency| dependency.kind.as_deref() != Some("dev")) {
            let allowed = OF_API_CRATES.iter().any(|(name, optional)| {
                dependency.kind.is_none()
                    && *name == dependency.name
                    && (dependency.optional || !optional)
            });
            if !allowed {
                wrong.push(format!(
                    "api: {} depends on {}, which every user of it would compile",
                    package.name, dependency.name
                ));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(dependencies: &str) -> Vec<String> {
        let manifest = Manifest {
            apis: vec![manifest::Entry {
                name: "things".into(),
                spec: "specs/things.yaml".into(),
                package: "anypoint-things".into(),
                folder: "crates/anypoint-things".into(),
                feature: None,
                version: "0.1.0".into(),
            }],
            handwritten: Vec::new(),
            environments: None,
        };
        let package = |name: &str, dependencies: &str| {
            format!(
                r#"{{ "id": "{name}", "name": "{name}", "version": "1.0.0", "license": null, "source": null, "dependencies": {dependencies} }}"#
            )
        };
        let own = package("anypoint-things", dependencies);
        let other = package(
            "anypoint",
            r#"[{ "name": "tokio", "req": "^1", "path": null, "kind": null, "optional": false }]"#,
        );
        let metadata = serde_json::from_str(&format!(
            r#"{{ "packages": [{own}, {other}], "resolve": {{ "nodes": [] }} }}"#
        ));
        of_api_crates(&manifest, &metadata.unwrap())
    }

    #[test]
    fn an_api_crate_may_have_the_core_the_derives_and_whatever_its_tests_need() {
        let found = complaints(
            r#"[
                { "name": "anypoint-core", "req": "^0.1", "path": null, "kind": null, "optional": false },
                { "name": "serde", "req": "^1", "path": null, "kind": null, "optional": false },
                { "name": "schemars", "req": "^1", "path": null, "kind": null, "optional": true },
                { "name": "tokio", "req": "^1", "path": null, "kind": "dev", "optional": false }
            ]"#,
        );
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn an_api_crate_that_brings_more_is_named() {
        for (name, kind, optional) in [
            ("anypoint-mmc", "null", true),
            ("reqwest", "null", false),
            ("schemars", "null", false),
            ("serde", "\"build\"", false),
        ] {
            let found = complaints(&format!(
                r#"[{{ "name": "{name}", "req": "^1", "path": null, "kind": {kind}, "optional": {optional} }}]"#
            ));
            let wanted = format!(
                "api: anypoint-things depends on {name}, which every user of it would compile"
            );
            assert_eq!(found, [wanted]);
        }
    }
}
