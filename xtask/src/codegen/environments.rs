//! Checks that the facade's features enable the API that looks up an environment by its name, if it is needed.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use serde::Deserialize;
use toml::Spanned;

use super::Generated;
use super::diag::{Code, Diags};
use super::manifest::{self, FACADE, Manifest, PATH};

#[derive(Deserialize)]
struct Facade {
    features: BTreeMap<String, Spanned<Vec<String>>>,
}

/// Compares the facade's features with the APIs that act on an environment.
///
/// # Errors
/// The facade's manifest cannot be read, or features lack the look-up. All of these features are returned.
pub fn check(root: &Path, manifest: &Manifest, generated: &[Generated]) -> Result<()> {
    let scoped = |name: &String| {
        generated
            .iter()
            .any(|api| api.environment && api.name == *name)
    };
    let scoped: Vec<_> = manifest
        .published()
        .filter(|entry| scoped(&entry.name))
        .collect();
    let Some(first) = scoped.first() else {
        return Ok(());
    };
    let finder = manifest
        .published()
        .find(|entry| manifest.environments.as_ref() == Some(&entry.name));
    let Some(finder) = finder.and_then(|entry| entry.feature.as_ref()) else {
        let mut diags = Diags::new(PATH);
        let problem = "`environments` does not name an API with a feature";
        let help = format!(
            "{} has `x-environment: true`, so an API that finds an environment by its name is needed",
            first.spec
        );
        diags.error_help(Code::EnvironmentsUnnamed, 1, problem, help);
        bail!(diags.fail());
    };
    let text = std::fs::read_to_string(root.join(FACADE))?;
    let facade: Facade = manifest::read(root, FACADE)?;
    let mut diags = Diags::new(FACADE);
    for entry in scoped {
        let Some((feature, listed)) = entry
            .feature
            .as_ref()
            .and_then(|name| facade.features.get_key_value(name))
        else {
            continue;
        };
        if feature != finder && !listed.as_ref().contains(finder) {
            let line = text[..listed.span().start].lines().count();
            let help = format!(
                "{} has `x-environment: true`, so its calls may have to look an environment up by its name",
                entry.spec
            );
            manifest::feature_lacks(feature, line, finder, help, &mut diags);
        }
    }
    Ok(diags.finish(())?)
}
