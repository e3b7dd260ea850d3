//! Replaces every secret in an answer with a text of the test.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use crate::spec::resolve;

/// The text, and how often it was used.
#[derive(Debug)]
pub(crate) struct Marks {
    text: String,
    used: AtomicU64,
}

impl Marks {
    pub(crate) fn new(text: String) -> Self {
        Self {
            text,
            used: AtomicU64::new(0),
        }
    }

    /// Replaces every string that the schema marks as secret.
    pub(crate) fn replace(&self, document: &Value, schema: &Value, value: &mut Value) {
        let resolved = resolve(document, schema);
        let parts = resolved.get("allOf").or_else(|| resolved.get("oneOf"));
        for part in parts.and_then(Value::as_array).into_iter().flatten() {
            self.replace(document, part, value);
        }
        match value {
            Value::String(text) if is_secret(schema) || is_secret(resolved) => {
                let number = self.used.fetch_add(1, Ordering::Relaxed) + 1;
                *text = format!("{}-{number}", self.text);
            }
            Value::Array(items) => {
                let schema = resolved.get("items").unwrap_or(&Value::Null);
                for item in items {
                    self.replace(document, schema, item);
                }
            }
            Value::Object(members) => {
                let properties = resolved.get("properties");
                let others = resolved.get("additionalProperties");
                for (name, member) in members {
                    let own = properties.and_then(|all| all.get(name));
                    if let Some(schema) = own.or(others) {
                        self.replace(document, schema, member);
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_secret(schema: &Value) -> bool {
    schema.get("x-secret").and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_wherever_they_are_and_nothing_else() {
        let document = json!({ "components": { "schemas": {
            "Inner": { "properties": { "key": { "type": "string", "x-secret": true } } },
        } } });
        let inner = json!({ "$ref": "#/components/schemas/Inner" });
        let schema = json!({ "properties": {
            "name": { "type": "string" },
            "password": { "type": "string", "x-secret": true },
            "list": { "type": "array", "items": inner },
            "map": { "additionalProperties": { "type": "string", "x-secret": true } },
            "joined": { "allOf": [inner, { "properties": {
                "pin": { "type": "string", "x-secret": true } } }] },
        } });
        let mut value = json!({ "name": "n", "password": "p", "list": [{ "key": "k" }],
            "map": { "a": "b" }, "joined": { "key": "k", "pin": "1" }, "other": "o" });
        Marks::new("MARK".to_owned()).replace(&document, &schema, &mut value);
        assert_eq!(value["name"], "n");
        assert_eq!(value["other"], "o");
        let text = value.to_string();
        for number in 1..=5 {
            assert_eq!(
                text.matches(&format!("\"MARK-{number}\"")).count(),
                1,
                "{text}"
            );
        }
    }
}
