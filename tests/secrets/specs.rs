//! Where the specs have secrets, read from the JSON that the emulator serves.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::marks;

pub(crate) struct Spec(Json);

impl Spec {
    pub(crate) fn load(api: &str) -> Self {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/anypoint-emulator/specs");
        let text = std::fs::read_to_string(folder.join(format!("{api}.json"))).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// How often `x-secret: true` stands anywhere in it.
    pub(crate) fn places(&self) -> usize {
        count(&self.0)
    }

    /// How often it stands inside a schema.
    pub(crate) fn places_in(schema: &Json) -> usize {
        count(schema)
    }

    pub(crate) fn components(&self) -> impl Iterator<Item = (&str, &Json)> {
        let schemas = members(&self.0["components"]["schemas"]);
        schemas.map(|(name, schema)| (name.as_str(), schema))
    }

    /// The names of all secret members.
    pub(crate) fn secret_names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        for (_, schema) in self.components() {
            for (name, property) in members(&schema["properties"]) {
                if count(property) > 0 {
                    names.insert(name.as_str());
                }
            }
        }
        names
    }

    /// The operations that have a mark in the example of their request.
    pub(crate) fn marked_requests(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for operation in members(&self.0["paths"]).flat_map(|(_, path)| members(path)) {
            let Some(id) = operation.1["operationId"].as_str() else {
                continue;
            };
            let content = members(&operation.1["requestBody"]["content"]);
            if content.map(|(_, media)| self.example(media)).any(is_marked) {
                found.insert(id);
            }
        }
        found
    }

    fn example<'a>(&'a self, media: &'a Json) -> &'a Json {
        media.get("example").unwrap_or_else(|| {
            let target = media["schema"]["$ref"].as_str().unwrap_or_default();
            let name = target.rsplit('/').next().unwrap_or_default();
            &self.0["components"]["schemas"][name]["example"]
        })
    }
}

fn is_marked(example: &Json) -> bool {
    marks::holds(example.to_string().as_bytes(), marks::REQUEST)
}

/// Examples are data and may look like anything.
fn count(node: &Json) -> usize {
    match node {
        Json::Object(object) => {
            let own = usize::from(object.get("x-secret") == Some(&Json::Bool(true)));
            let inner = object.iter().filter(|(key, _)| *key != "example");
            own + inner.map(|(_, value)| count(value)).sum::<usize>()
        }
        Json::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

pub(crate) fn members(value: &Json) -> impl Iterator<Item = (&String, &Json)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
