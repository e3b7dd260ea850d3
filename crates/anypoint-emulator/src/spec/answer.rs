//! The default answer of an operation: the example of its spec.

use serde_json::{Map, Value};

use super::resolve;

const BINARY: &[u8] = b"PK\x03\x04 bytes of the emulator\n";
/// Schemas that refer to themselves end here.
const MAX_DEPTH: usize = 12;

/// The success answer of an operation.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media: Option<String>,
    pub(crate) content: Content,
    /// The schema of the answer, for answers that vary it.
    pub(crate) schema: Value,
}

#[derive(Debug)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    Text(String),
    Binary(&'static [u8]),
}

impl Answer {
    /// Takes the first 2xx with content, else the first 2xx.
    pub(crate) fn read(document: &Value, operation: &Value) -> Self {
        let responses = operation.get("responses").and_then(Value::as_object);
        let mut successes: Vec<(u16, &Value)> = responses
            .into_iter()
            .flatten()
            .filter_map(|(code, node)| Some((code.parse().ok()?, resolve(document, node))))
            .filter(|(code, _)| (200..300).contains(code))
            .collect();
        successes.sort_by_key(|(code, _)| *code);
        let content = |node: &Value| {
            let content = node.get("content").and_then(Value::as_object)?;
            let (media, node) = content.iter().next()?;
            Some((media.clone(), node.clone()))
        };
        let filled = successes
            .iter()
            .find_map(|(code, node)| Some((*code, content(node)?)));
        let Some((status, (media, node))) = filled else {
            return Self {
                status: successes.first().map_or(200, |(code, _)| *code),
                media: None,
                content: Content::Empty,
                schema: Value::Null,
            };
        };
        let schema = node.get("schema").cloned().unwrap_or(Value::Null);
        let own = node.get("example").cloned();
        let content = if schema.get("format").and_then(Value::as_str) == Some("binary") {
            Content::Binary(BINARY)
        } else {
            let example = own.unwrap_or_else(|| example(document, &schema, 0));
            // The servers send a bare text, even if they declare JSON.
            match example {
                Value::String(text) => Content::Text(text),
                other => Content::Json(other),
            }
        };
        Self {
            status,
            media: Some(media),
            content,
            schema,
        }
    }

    /// The JSON of the example; null when the answer has none.
    pub(crate) fn json(&self) -> Value {
        match &self.content {
            Content::Json(value) => value.clone(),
            _ => Value::Null,
        }
    }
}

/// The example of a schema, or one made up from the examples of its members.
pub(crate) fn example(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolve(document, schema);
    if let Some(example) = schema.get("example").or_else(|| schema.get("default")) {
        return example.clone();
    }
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    if let Some(first) = schema.pointer("/enum/0") {
        return first.clone();
    }
    if let Some(first) = schema.pointer("/oneOf/0") {
        return example(document, first, depth + 1);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            Value::Array(vec![example(document, items, depth + 1)])
        }
        Some("string") => Value::from("text"),
        Some("integer" | "number") => Value::from(1),
        Some("boolean") => Value::from(true),
        _ => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let members = properties.into_iter().flatten();
            members
                .map(|(name, member)| (name.clone(), example(document, member, depth + 1)))
                .collect::<Map<_, _>>()
                .into()
        }
    }
}
