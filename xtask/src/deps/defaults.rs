//! The dependencies of a crate with default features: the core and one TLS backend.
//!
//! `deny.toml` applies to all features together, so it cannot check the default ones.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::codegen::manifest;
use crate::workspace::cargo;

/// The packages that only a feature may enable.
const ON_REQUEST: &[&str] = &[
    "aws-lc-rs",
    "aws-lc-sys",
    "native-tls",
    "openssl-sys",
    "schemars",
];
/// The packages of the default TLS backend.
const BY_DEFAULT: &[&str] = &["ring", "rustls"];

/// The packages that the published crates bring although they should not.
pub fn wrong(root: &Path) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let manifest = manifest::load(root)?;
    let apis = manifest.published().map(|entry| entry.package.as_str());
    for package in apis.chain(["anypoint"]) {
        wrong.extend(surplus(package, &tree(root, package, &[])?, &[]));
        let bare = tree(root, package, &["--no-default-features"])?;
        wrong.extend(surplus(package, &bare, BY_DEFAULT));
    }
    Ok(wrong)
}

/// The names of the packages that are compiled with a package, for any target.
fn tree(root: &Path, package: &str, more: &[&str]) -> Result<BTreeSet<String>> {
    let output = cargo()
        .args(["tree", "--locked", "--target", "all", "--prefix", "none"])
        .args(["--edges", "normal,build", "--package", package])
        .args(more)
        .current_dir(root)
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!(
            "cargo tree: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect())
}

fn surplus(package: &str, tree: &BTreeSet<String>, further: &[&str]) -> Vec<String> {
    let own = |name: &str| name == package || name == "anypoint-core";
    let unasked = |name: &&String| {
        let listed = ON_REQUEST.contains(&name.as_str()) || further.contains(&name.as_str());
        listed || (name.starts_with("anypoint") && !own(name))
    };
    let found = tree.iter().filter(unasked);
    found
        .map(|name| format!("default: {package} brings {name} by default"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectation_18_a_crate_brings_no_other_api_and_one_tls_backend() {
        assert_eq!(wrong(&manifest::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn only_what_was_not_asked_for_is_surplus() {
        let tree = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let usual: BTreeSet<String> = tree(&["anypoint-mmc", "anypoint-core", "ring", "serde"]);
        assert_eq!(surplus("anypoint-mmc", &usual, &[]), Vec::<String>::new());
        assert_eq!(surplus("anypoint-mmc", &usual, BY_DEFAULT).len(), 1);
        let more = tree(&["anypoint-mmc", "anypoint-cloudhub", "openssl-sys"]);
        assert_eq!(
            surplus("anypoint-mmc", &more, &[]),
            [
                "default: anypoint-mmc brings anypoint-cloudhub by default",
                "default: anypoint-mmc brings openssl-sys by default"
            ]
        );
    }
}
