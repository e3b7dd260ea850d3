//! A server that is one version ahead: its answers have unknown members, values and forms, and leave
//! out optional values.

use serde_json::{Map, Value, json};

use crate::spec::resolve;

const VALUE: &str = "FUTURE_VALUE";
const MEMBER: &str = "memberOfTheFuture";

/// Changes an answer: every object gets an unknown member, the first enum value is unknown,
/// integers are strings, and optional texts and booleans are null.
pub(crate) fn transform(document: &Value, schema: &Value, value: Value) -> Value {
    Future {
        document,
        enum_done: false,
    }
    .change(schema, value)
}

struct Future<'a> {
    document: &'a Value,
    enum_done: bool,
}

impl Future<'_> {
    fn change(&mut self, schema: &Value, value: Value) -> Value {
        let document = self.document;
        let schema = resolve(document, schema);
        if let Some(first) = schema.pointer("/allOf/0") {
            return self.change(first, value);
        }
        match value {
            Value::Object(members) => Value::Object(self.object(schema, members)),
            Value::Array(items) => {
                let item = schema.get("items").unwrap_or(&Value::Null);
                let items = items.into_iter().map(|value| self.change(item, value));
                Value::Array(items.collect())
            }
            Value::String(_) if schema.get("enum").is_some() && !self.enum_done => {
                self.enum_done = true;
                Value::from(VALUE)
            }
            Value::Number(number) if kind(schema) == "integer" => Value::from(number.to_string()),
            other => other,
        }
    }

    fn object(&mut self, schema: &Value, members: Map<String, Value>) -> Map<String, Value> {
        let properties = schema.get("properties");
        let required = schema.get("required").and_then(Value::as_array);
        let mut out = Map::new();
        for (name, value) in members {
            let Some(member) = properties.and_then(|all| all.get(&name)) else {
                out.insert(name, value);
                continue;
            };
            let resolved = resolve(self.document, member);
            let needed = required.is_some_and(|names| names.iter().any(|n| *n == *name));
            let plain = matches!(kind(resolved), "string" | "boolean");
            let changed = if !needed && plain && resolved.get("enum").is_none() {
                Value::Null
            } else {
                self.change(member, value)
            };
            out.insert(name, changed);
        }
        // Not in a map of texts, which would become invalid.
        if properties.is_some() {
            out.insert(MEMBER.to_owned(), json!({ "since": 2030, "list": [null] }));
        }
        out
    }
}

fn kind(schema: &Value) -> &str {
    schema.get("type").and_then(Value::as_str).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_what_a_client_must_survive() {
        let schema = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "string" }, "note": { "type": "string" },
            "count": { "type": "integer" }, "state": { "type": "string", "enum": ["A"] },
            "other": { "type": "string", "enum": ["A"] },
        } });
        let value = json!({ "id": "1", "note": "n", "count": 2, "state": "A", "other": "A" });
        let changed = transform(&Value::Null, &schema, value);
        assert_eq!(changed["id"], "1");
        assert_eq!(changed["note"], Value::Null);
        assert_eq!(changed["count"], "2");
        assert_eq!(changed["other"], VALUE);
        assert_eq!(changed["state"], "A");
        assert!(changed.get(MEMBER).is_some());
    }
}
