//! Schemas of the specs as JSON Schema, compiled at their first use.
//!
//! Unknown enum values are accepted, formats are not checked, a time may be a number of milliseconds,
//! and `x-lenient` accepts both forms, as a server of another version would.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::{Api, resolve};

/// A schema and, once it has been used, its validator.
#[derive(Debug)]
pub(crate) struct Check {
    schema: Value,
    validator: OnceLock<Option<Validator>>,
}

impl Check {
    pub(crate) fn new(schema: Option<&Value>) -> Self {
        Self {
            schema: schema.cloned().unwrap_or(Value::Null),
            validator: OnceLock::new(),
        }
    }

    /// What is wrong with a value: where, and what. Values are not repeated; they may be secret.
    pub(crate) fn complaint(&self, api: &Api, value: &Value) -> Option<(String, String)> {
        let validator = self.validator(api)?;
        let error = validator.iter_errors(value).next()?;
        let pointer = error.instance_path().to_string();
        let place = pointer.trim_start_matches('/').replace('/', ".");
        Some((place, error.masked().to_string()))
    }

    /// Turns the text of a parameter or form member into the value that its schema describes;
    /// what does not fit stays text, for the validator to refuse.
    pub(crate) fn coerce(&self, api: &Api, text: &str) -> Value {
        coerce(resolve(&api.document, &self.schema), text)
    }

    /// The same for one member of an object.
    pub(crate) fn coerce_member(&self, api: &Api, name: &str, text: &str) -> Value {
        self.member(api, name)
            .map_or_else(|| Value::from(text), |schema| coerce(schema, text))
    }

    /// The schema of a member of an object.
    pub(crate) fn member<'a>(&'a self, api: &'a Api, name: &str) -> Option<&'a Value> {
        let schema = resolve(&api.document, &self.schema);
        let member = schema.get("properties")?.get(name)?;
        Some(resolve(&api.document, member))
    }

    /// The names of the members that must be there.
    pub(crate) fn required<'a>(&'a self, api: &'a Api) -> impl Iterator<Item = &'a str> {
        let schema = resolve(&api.document, &self.schema);
        let list = schema.get("required").and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    /// The schema of the items, when it is an array.
    pub(crate) fn items<'a>(&'a self, api: &'a Api) -> Option<&'a Value> {
        let schema = resolve(&api.document, &self.schema);
        let items = schema.get("items")?;
        Some(resolve(&api.document, items))
    }

    #[cfg(test)]
    pub(crate) fn compiles(&self, api: &Api) -> bool {
        self.validator(api).is_some()
    }

    fn validator(&self, api: &Api) -> Option<&Validator> {
        let compile = || jsonschema::validator_for(&standalone(&api.document, &self.schema)).ok();
        self.validator.get_or_init(compile).as_ref()
    }
}

/// Text as a value of a scalar schema.
pub(crate) fn coerce(schema: &Value, text: &str) -> Value {
    let parsed = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}

/// The schema with all that it refers to, as one JSON Schema document.
fn standalone(document: &Value, schema: &Value) -> Value {
    let mut names = BTreeSet::new();
    let mut root = convert(schema, &mut names);
    let mut definitions = Map::new();
    while let Some(name) = names.pop_first() {
        if definitions.contains_key(&name) {
            continue;
        }
        let node = document.pointer(&format!("/components/schemas/{name}"));
        let converted = convert(node.unwrap_or(&Value::Null), &mut names);
        definitions.insert(name, converted);
    }
    if let Value::Object(members) = &mut root {
        members.insert("$defs".to_owned(), Value::Object(definitions));
    }
    root
}

fn convert(schema: &Value, names: &mut BTreeSet<String>) -> Value {
    let Value::Object(members) = schema else {
        return json!({});
    };
    if let Some(name) = members.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap_or_default();
        names.insert(name.to_owned());
        return json!({ "$ref": format!("#/$defs/{name}") });
    }
    let mut out = Map::new();
    for (key, value) in members {
        match key.as_str() {
            "properties" => {
                let members = value.as_object().into_iter().flatten();
                let members: Map<_, _> = members
                    .map(|(name, member)| (name.clone(), convert(member, names)))
                    .collect();
                out.insert(key.clone(), Value::Object(members));
            }
            "items" | "additionalProperties" if value.is_object() => {
                out.insert(key.clone(), convert(value, names));
            }
            "allOf" => {
                let parts = value.as_array().into_iter().flatten();
                let parts = parts.map(|part| convert(part, names)).collect();
                out.insert(key.clone(), Value::Array(parts));
            }
            "type"
            | "required"
            | "additionalProperties"
            | "pattern"
            | "minLength"
            | "maxLength"
            | "minimum"
            | "maximum"
            | "minItems"
            | "maxItems"
            | "uniqueItems" => {
                out.insert(key.clone(), value.clone());
            }
            _ => {}
        }
    }
    if members.get("format").and_then(Value::as_str) == Some("date-time") {
        out.insert("type".to_owned(), json!(["string", "integer"]));
    }
    if members.get("x-lenient").is_some() {
        out.insert("type".to_owned(), json!(["string", "integer", "number"]));
    }
    if members.get("nullable").and_then(Value::as_bool) == Some(true) {
        // Without a detour over anyOf where possible: its complaints say little.
        if let Some(Value::String(kind)) = out.get("type") {
            let both = json!([kind, "null"]);
            out.insert("type".to_owned(), both);
            return Value::Object(out);
        }
        return json!({ "anyOf": [Value::Object(out), { "type": "null" }] });
    }
    Value::Object(out)
}
