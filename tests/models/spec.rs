//! A spec as JSON: its components, its media types and what a `$ref` points to. It knows no Rust type.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

pub(crate) struct Spec(Json);

/// What a request or response holds, in one media type.
pub(crate) struct Media<'a> {
    pub(crate) place: String,
    pub(crate) name: &'a str,
    pub(crate) value: &'a Json,
}

impl Spec {
    /// The spec of an API as the emulator serves it; that of the test API is beside its table.
    pub(crate) fn load(api: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = ["../crates/anypoint-emulator/specs", "models/tables"];
        let mut files = folders
            .map(|folder| root.join(folder).join(format!("{api}.json")))
            .into_iter();
        let file = files.find(|file| file.exists()).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        Self::new(serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn new(document: Json) -> Self {
        Self(document)
    }

    pub(crate) fn components(&self) -> impl Iterator<Item = (&str, &Json)> {
        let schemas = members(&self.0["components"]["schemas"]);
        schemas.map(|(name, schema)| (name.as_str(), schema))
    }

    /// The component of that name.
    pub(crate) fn component(&self, name: &str) -> &Json {
        &self.0["components"]["schemas"][name]
    }

    /// Every media type of every request and response, wherever it stands.
    pub(crate) fn media(&self) -> Vec<Media<'_>> {
        let mut found = Vec::new();
        collect(&self.0["paths"], "", &mut found);
        collect(&self.0["components"]["responses"], "responses", &mut found);
        found
    }

    /// The schema of the JSON that an operation answers with success.
    pub(crate) fn answer(&self, operation: &str) -> Option<Json> {
        let operations = members(&self.0["paths"]).flat_map(|(_, path)| members(path));
        let mut named = operations.filter(|(_, it)| it["operationId"] == operation);
        let (_, operation) = named.next()?;
        let mut successes = members(&operation["responses"]);
        let (_, success) = successes.find(|(status, _)| status.starts_with('2'))?;
        let success = match success["$ref"].as_str() {
            Some(place) => self.0.pointer(place.strip_prefix('#')?)?,
            None => success,
        };
        let mut media = members(&success["content"]).filter(|(name, _)| name.ends_with("json"));
        media.next().map(|(_, media)| media["schema"].clone())
    }

    /// The components that are multipart forms, which have no JSON form.
    pub(crate) fn forms(&self) -> BTreeSet<&str> {
        let forms = self.media().into_iter().filter(Media::is_form);
        forms
            .filter_map(|media| target(&media.value["schema"]))
            .collect()
    }

    /// How many examples of components and of media types there are, counted in another way than they are found.
    pub(crate) fn count_examples(&self) -> usize {
        let schemas = self
            .components()
            .filter(|(_, schema)| schema.get("example").is_some());
        let operations = members(&self.0["paths"]).flat_map(|(_, path)| members(path));
        let holders = operations.flat_map(|(_, operation)| {
            let responses = members(&operation["responses"]).map(|(_, response)| response);
            responses.chain(operation.get("requestBody"))
        });
        let shared = members(&self.0["components"]["responses"]).map(|(_, response)| response);
        let media = holders
            .chain(shared)
            .flat_map(|holder| members(&holder["content"]));
        schemas.count()
            + media
                .filter(|(_, media)| media.get("example").is_some())
                .count()
    }
}

impl Media<'_> {
    pub(crate) fn is_form(&self) -> bool {
        self.name == "multipart/form-data"
    }

    /// Form-encoded bodies are models like those of JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.name == "application/json"
            || self.name.ends_with("+json")
            || self.name == "application/x-www-form-urlencoded"
    }
}

/// A schema that is nothing but a reference to the component.
pub(crate) fn reference(component: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{component}") })
}

/// The component that a schema refers to, also from within an `allOf` that only decorates it.
pub(crate) fn target(schema: &Json) -> Option<&str> {
    if let Some(target) = schema["$ref"].as_str() {
        return target.strip_prefix("#/components/schemas/");
    }
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([only]) => target(only),
        _ => None,
    }
}

fn members(value: &Json) -> impl Iterator<Item = (&String, &Json)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// Examples may hold whatever looks like a media type, so they are not looked into.
fn collect<'a>(node: &'a Json, place: &str, found: &mut Vec<Media<'a>>) {
    for (key, value) in members(node).filter(|(key, _)| *key != "example") {
        let place = format!("{place} {key}").trim_start().to_owned();
        if key == "content" {
            let types = members(value).filter(|(name, _)| name.contains('/'));
            found.extend(types.map(|(name, value)| Media {
                place: format!("{} {name}", place.trim_end_matches(" content")),
                name,
                value,
            }));
        }
        collect(value, &place, found);
    }
}
