//! Replaces components with `allOf` by the objects that they stand for.
//!
//! So all other code finds `type`, `properties` and `required` as in any other object.

use serde_json::{Map, Value};

use super::resolve;

/// Replaces each component that joins several objects.
pub(super) fn components(document: &mut Value) {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
    let joined: Vec<(String, Value)> = schemas
        .filter(|(_, schema)| joins(schema))
        .map(|(name, schema)| (name.clone(), joined(document, schema, 0).into()))
        .collect();
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.extend(joined);
    }
}

/// An `allOf` of one only decorates what it refers to.
fn joins(schema: &Value) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array);
    parts.is_some_and(|parts| parts.len() > 1)
}

fn joined(document: &Value, schema: &Value, depth: usize) -> Map<String, Value> {
    let mut whole = schema.as_object().cloned().unwrap_or_default();
    let Some(Value::Array(parts)) = whole.remove("allOf").filter(|_| depth < 16) else {
        return whole;
    };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in &parts {
        let mut part = joined(document, resolve(document, part), depth + 1);
        if let Some(Value::Object(members)) = part.remove("properties") {
            properties.extend(members);
        }
        if let Some(Value::Array(names)) = part.remove("required") {
            required.extend(names);
        }
    }
    whole.insert("type".to_owned(), "object".into());
    whole.insert("properties".to_owned(), properties.into());
    whole.insert("required".to_owned(), required.into());
    whole
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_component_that_joins_others_is_one_object() {
        let named = json!({ "type": "object", "required": ["name"],
            "properties": { "name": { "type": "string" } } });
        let mut document = json!({ "components": { "schemas": {
            "Named": named,
            "Inner": { "description": "Inner.", "allOf": [
                { "$ref": "#/components/schemas/Named" },
                { "type": "object", "properties": { "size": { "type": "integer" } } },
            ] },
            "Outer": { "allOf": [
                { "$ref": "#/components/schemas/Inner" },
                { "type": "object", "required": ["age"], "properties": { "age": {} } },
            ] },
            "Alias": { "allOf": [{ "$ref": "#/components/schemas/Named" }] },
        } } });
        components(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Named"], named);
        assert_eq!(
            schemas["Inner"],
            json!({ "description": "Inner.", "type": "object", "required": ["name"],
                "properties": { "name": { "type": "string" }, "size": { "type": "integer" } } })
        );
        assert_eq!(schemas["Outer"]["required"], json!(["name", "age"]));
        let properties = schemas["Outer"]["properties"].as_object().unwrap();
        assert_eq!(
            properties.keys().collect::<Vec<_>>(),
            ["age", "name", "size"]
        );
        assert!(schemas["Alias"].get("allOf").is_some());
    }
}
