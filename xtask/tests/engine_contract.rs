//! What we read from the engine's output, which it documents nowhere: a new version that changes it must fail here first.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::json;
use xtask::codegen::contract::Ty;
use xtask::codegen::engine;
use xtask::codegen::lower::{self, Document};

fn document(objects: serde_json::Value) -> Document {
    Document {
        objects: objects.as_object().unwrap().clone(),
        opaque: vec![lower::runtime("Secret"), lower::runtime("Json")],
    }
}

fn member(schema: serde_json::Value) -> Ty {
    let document = document(json!({
        "Owner": { "type": "object", "required": ["member_name"], "properties": { "member_name": schema } },
        "Other": { "type": "object", "properties": {} },
    }));
    let types = engine::types(&document).unwrap();
    types["Owner"]["member_name"].clone()
}

fn named(name: &str) -> Ty {
    Ty::Named(name.to_owned())
}

fn list(item: Ty) -> Ty {
    Ty::List(Box::new(item))
}

#[test]
fn every_schema_we_lower_to_has_its_type() {
    for (schema, expected) in [
        (json!({ "type": "string" }), Ty::Text),
        (json!({ "type": "boolean" }), Ty::Flag),
        (json!({ "type": "integer", "format": "int32" }), Ty::Int32),
        (json!({ "type": "integer", "format": "int64" }), Ty::Int64),
        (
            json!({ "type": "number", "format": "double" }),
            named("f64"),
        ),
        (
            json!({ "$ref": "#/components/schemas/::Secret" }),
            Ty::Secret,
        ),
        (
            json!({ "$ref": "#/components/schemas/Other" }),
            named("Other"),
        ),
        (
            json!({ "$ref": "#/components/schemas/Owner" }),
            Ty::Boxed(Box::new(named("Owner"))),
        ),
        (
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/Owner" } }),
            list(named("Owner")),
        ),
        (
            json!({ "type": "object", "additionalProperties": { "$ref": "#/components/schemas/::Json" } }),
            Ty::Map(Box::new(Ty::Json)),
        ),
        (
            json!({ "type": "array", "items": { "type": "array", "items": { "type": "string" } } }),
            list(list(Ty::Text)),
        ),
    ] {
        assert_eq!(member(schema.clone()), expected, "{schema}");
    }
}

#[test]
fn our_member_names_come_back_as_they_went_in() {
    for name in ["id", "type_", "client_id", "host_ips", "v_cores", "_0day"] {
        let document = document(
            json!({ "Owner": { "type": "object", "required": [name], "properties": { name: { "type": "string" } } } }),
        );
        let types = engine::types(&document).unwrap();
        assert!(
            types["Owner"].contains_key(name),
            "{name}: {:?}",
            types["Owner"].keys()
        );
    }
}

#[test]
fn a_refusal_names_the_object() {
    let document = document(json!({
        "Good": { "type": "object", "properties": {} },
        "Wrong": { "type": "object", "properties": { "a": { "$ref": "#/components/schemas/Nowhere" } } },
    }));
    let refusals = engine::types(&document).unwrap_err();
    assert_eq!(
        refusals
            .iter()
            .map(|refusal| refusal.object.as_str())
            .collect::<Vec<_>>(),
        ["Wrong"]
    );
}
