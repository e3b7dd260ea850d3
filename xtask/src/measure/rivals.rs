//! Stock progenitor's crates for one of our specs, reduced to what it supports.

use std::path::Path;

use anyhow::{Context as _, Result};
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Map, Value as Json};

use crate::codegen::load;
use crate::codegen::manifest::Entry;

/// # Errors
/// The spec cannot be read.
pub fn spec(root: &Path, entry: &Entry) -> Result<Json> {
    let text = std::fs::read_to_string(root.join(&entry.spec))
        .with_context(|| format!("{} cannot be read", entry.spec))?;
    Ok(reduced(load::tree(&entry.spec, &text)?.to_json()))
}

/// Generates a crate in one of progenitor's styles.
///
/// # Errors
/// Progenitor refuses the spec.
pub fn write(folder: &Path, name: &str, style: InterfaceStyle, document: &Json) -> Result<()> {
    let openapi =
        serde_json::from_value(document.clone()).context("progenitor cannot read the spec")?;
    let tokens = Generator::new(GenerationSettings::new().with_interface(style))
        .generate_tokens(&openapi)?;
    let text = prettyplease::unparse(&syn::parse2(tokens)?);
    let dependencies = "progenitor-client = \"=0.15.1\"
reqwest = { version = \"0.13\", default-features = false, features = [\"json\", \"query\", \"stream\"] }
bytes = \"1\"
chrono = { version = \"0.4\", default-features = false, features = [\"serde\"] }
futures-core = \"0.3\"
regress = \"0.11\"
serde = { version = \"1\", features = [\"derive\"] }
serde_json = \"1\"
serde_urlencoded = \"0.7\"
uuid = { version = \"1\", features = [\"serde\"] }
";
    super::write(
        &folder.join(name).join("Cargo.toml"),
        &(super::package(name) + dependencies),
    )?;
    super::write(&folder.join(name).join("src/lib.rs"), &text)
}

/// Reduces a spec to what progenitor accepts without panicking: one success response, errors of one type, none of our extensions.
fn reduced(mut document: Json) -> Json {
    let Some(paths) = document.get_mut("paths").and_then(Json::as_object_mut) else {
        return document;
    };
    for operation in paths
        .values_mut()
        .filter_map(Json::as_object_mut)
        .flat_map(Map::values_mut)
    {
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        let Some(responses) = operation.get_mut("responses").and_then(Json::as_object_mut) else {
            continue;
        };
        let error = responses.get("default").cloned();
        let success = responses
            .iter()
            .find(|(code, _)| code.starts_with('2'))
            .map(|(code, response)| (code.clone(), response.clone()));
        *responses = success
            .into_iter()
            .chain(error.map(|error| ("4XX".to_owned(), error)))
            .collect();
        if let Some(content) = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
            .and_then(Json::as_object_mut)
        {
            let first = content
                .iter()
                .next()
                .map(|(media, schema)| (media.clone(), schema.clone()));
            *content = first.into_iter().collect();
        }
    }
    document
}
