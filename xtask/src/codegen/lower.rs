//! Converts a linted spec to a document for the engine.
//!
//! The engine sees only objects. Each component is an object. Each request is an object, too, whose members are its parameters,
//! its body and its answers, so that one tool decides every Rust type. Parts that the engine does not handle well are removed here
//! and added again by `refine` and `emit`: enums, unions and the types of the runtime become names; `nullable`, defaults,
//! limits and "optional" are left out; and things have numbers, because the engine would change the case of names.

use serde_json::{Value as Json, json};

use super::reach;
use super::request::{Answer, Request};
use super::spec::{Component, Kind, Schema, Spec};

/// Types of the runtime that schemas are mapped to.
pub const RUNTIME_TYPES: [&str; 6] = [
    "Json",
    "Number",
    "Secret",
    "StringOrNumber",
    "Timestamp",
    "Upload",
];

/// The input of the engine. Schemas refer to a thing by its [`neutral`] name.
#[derive(Debug)]
pub struct Document {
    pub things: Vec<Thing>,
}

/// A component or a request, by its name in Rust.
#[derive(Debug)]
pub struct Thing {
    pub name: String,
    /// Names in Rust with their schemas, for which the engine decides the types; `None` if the engine must leave the thing as it is.
    pub members: Option<Vec<(String, Json)>>,
}

/// The name of a thing in the input of the engine.
pub fn neutral(index: usize) -> String {
    format!("T{index}")
}

/// The member of a request that is its body. No parameter can have this name.
pub const BODY: &str = "<- ";

/// The member of a request that is its answer; one for each status if the answers differ.
pub fn answer(status: Option<u16>) -> String {
    format!("-> {}", status.unwrap_or_default())
}

pub fn document(spec: &Spec, requests: &[Request<'_>]) -> Document {
    let component = |component: &Component| {
        let kind = &component.schema.kind;
        let opaque = matches!(kind, Kind::Enum(_) | Kind::OneOf { .. } | Kind::Map(_));
        let members = || {
            let properties = reach::properties(spec, &component.schema);
            let members = properties.iter();
            members
                .map(|it| (it.rust(), member(spec, &it.schema)))
                .collect()
        };
        Thing {
            name: component.rust(),
            members: (!opaque).then(members),
        }
    };
    let request = |request: &Request<'_>| Thing {
        name: request.type_name.clone(),
        members: Some(request_members(spec, request)),
    };
    let components = spec.schemas.iter().map(component);
    Document {
        things: components.chain(requests.iter().map(request)).collect(),
    }
}

fn request_members(spec: &Spec, request: &Request<'_>) -> Vec<(String, Json)> {
    let parameters = request.parameters.iter().map(|parameter| {
        let schema = match parameter.is_secret() {
            true => reference("Secret"),
            false => member(spec, &parameter.schema),
        };
        (parameter.rust(), schema)
    });
    let mut members: Vec<_> = parameters.collect();
    let mut add = |name: String, schema: &Schema| members.push((name, member(spec, schema)));
    let body = request.body.as_ref();
    if let Some(schema) = body.and_then(|body| body.media.schema.as_ref()) {
        add(BODY.into(), schema);
    }
    match &request.answer {
        Answer::Json { schema, .. } => add(answer(None), schema),
        Answer::ByStatus(answers) => {
            for (status, schema) in answers {
                if let Some(schema) = schema {
                    add(answer(Some(*status)), schema);
                }
            }
        }
        Answer::Empty | Answer::Text | Answer::JsonText | Answer::Binary => {}
    }
    members
}

fn member(spec: &Spec, schema: &Schema) -> Json {
    if schema.is_secret() {
        return reference("Secret");
    }
    if schema.lenient {
        return reference("StringOrNumber");
    }
    if let Some(map) = reach::map(spec, schema) {
        return member(spec, map);
    }
    match &schema.kind {
        Kind::Ref(_) | Kind::AllOf(_) => {
            let target = reach::target(schema).and_then(|name| spec.places.get(name));
            target.map_or_else(|| reference("Json"), |place| reference(&neutral(*place)))
        }
        Kind::Bool => json!({ "type": "boolean" }),
        // A larger value is read in any case, whatever limit the service documents.
        Kind::Integer { .. } => json!({ "type": "integer", "format": "int64" }),
        Kind::Number => reference("Number"),
        Kind::String {
            format: Some(format),
        } if format == "date-time" => reference("Timestamp"),
        Kind::String { .. } => json!({ "type": "string" }),
        Kind::Binary => reference("Upload"),
        Kind::List(item) => json!({ "type": "array", "items": member(spec, item) }),
        Kind::Map(values) => {
            json!({ "type": "object", "additionalProperties": member(spec, values) })
        }
        Kind::Any | Kind::Enum(_) | Kind::Object(_) | Kind::OneOf { .. } => reference("Json"),
    }
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
