//! A linted spec to the document that the engine handles well.
//!
//! The engine sees objects only. Each component keeps its name; each request is an object too, whose members are its
//! parameters, its body and its answers, so that one tool decides on every Rust type. What the engine mistreats is
//! taken out here and put back by `refine` and `emit`: enums, unions and the runtime's own types become names, and
//! `nullable`, defaults, limits and "optional" disappear.

use serde_json::{Map, Value as Json, json};

use super::names;
use super::reach;
use super::request::{Answer, Request};
use super::spec::{Kind, Schema, Spec};

/// Types of the runtime that schemas are mapped to.
pub const RUNTIME_TYPES: [&str; 6] = [
    "Json",
    "Number",
    "Secret",
    "StringOrNumber",
    "Timestamp",
    "Upload",
];

/// How the engine is told of a type of the runtime, by a name that no component can have.
pub fn runtime(name: &str) -> String {
    format!("::{name}")
}

/// The type of the runtime that a name stands for.
pub fn runtime_type(name: &str) -> Option<&str> {
    name.strip_prefix("::")
}

/// The members of a request that are no parameters, by names that no parameter can have.
pub const BODY: &str = "body__";
pub const ANSWER: &str = "answer__";

/// The member for what an operation answers with a status.
pub fn answer(status: u16) -> String {
    format!("{ANSWER}{status}")
}

/// What the engine is given.
#[derive(Debug)]
pub struct Document {
    /// Objects: the engine decides on the types of their members.
    pub objects: Map<String, Json>,
    /// Names that the engine must use as they are.
    pub opaque: Vec<String>,
}

pub fn document(spec: &Spec, requests: &[Request<'_>]) -> Document {
    let mut document = Document {
        objects: Map::new(),
        opaque: RUNTIME_TYPES.map(runtime).to_vec(),
    };
    for component in &spec.schemas {
        match component.schema.kind {
            Kind::Enum(_) | Kind::OneOf { .. } => document.opaque.push(component.name.clone()),
            Kind::Map(_) => {}
            _ => {
                let members = reach::properties(spec, &component.schema);
                let members = members.iter().map(|property| {
                    (
                        names::argument(&property.name),
                        member(spec, &property.schema),
                    )
                });
                document
                    .objects
                    .insert(component.name.clone(), object(members.collect()));
            }
        }
    }
    for request in requests {
        document.objects.insert(
            request.type_name.clone(),
            object(request_members(spec, request)),
        );
    }
    document
}

fn request_members(spec: &Spec, request: &Request<'_>) -> Map<String, Json> {
    let mut members = Map::new();
    for parameter in &request.parameters {
        let schema = if parameter.is_secret() {
            runtime_reference("Secret")
        } else {
            member(spec, &parameter.schema)
        };
        members.insert(names::argument(&parameter.name), schema);
    }
    if let Some(schema) = request
        .body
        .as_ref()
        .and_then(|body| body.media.schema.as_ref())
    {
        members.insert(BODY.into(), member(spec, schema));
    }
    match &request.answer {
        Answer::Json { schema, .. } => {
            members.insert(ANSWER.into(), member(spec, schema));
        }
        Answer::ByStatus(answers) => {
            for (status, schema) in answers {
                if let Some(schema) = schema {
                    members.insert(self::answer(*status), member(spec, schema));
                }
            }
        }
        Answer::Empty | Answer::Text | Answer::JsonText | Answer::Binary => {}
    }
    members
}

/// Everything is required here: whether a member may be missing is for `refine` to say.
fn object(members: Map<String, Json>) -> Json {
    let required: Vec<&String> = members.keys().collect();
    json!({ "type": "object", "required": required, "properties": members })
}

fn member(spec: &Spec, schema: &Schema) -> Json {
    if schema.is_secret() {
        return runtime_reference("Secret");
    }
    if schema.lenient {
        return runtime_reference("StringOrNumber");
    }
    if let Some(map) = reach::map(spec, schema) {
        return member(spec, map);
    }
    match &schema.kind {
        Kind::Ref(name) => reference(name),
        Kind::AllOf(_) => {
            reach::target(schema).map_or_else(|| runtime_reference("Json"), reference)
        }
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer { int32: true } => json!({ "type": "integer", "format": "int32" }),
        Kind::Integer { int32: false } => json!({ "type": "integer", "format": "int64" }),
        Kind::Number => runtime_reference("Number"),
        Kind::String {
            format: Some(format),
        } if format == "date-time" => runtime_reference("Timestamp"),
        Kind::String { .. } => json!({ "type": "string" }),
        Kind::Binary => runtime_reference("Upload"),
        Kind::List(item) => json!({ "type": "array", "items": member(spec, item) }),
        Kind::Map(values) => {
            json!({ "type": "object", "additionalProperties": member(spec, values) })
        }
        Kind::Any | Kind::Enum(_) | Kind::Object(_) | Kind::OneOf { .. } => {
            runtime_reference("Json")
        }
    }
}

fn runtime_reference(name: &str) -> Json {
    reference(&runtime(name))
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
