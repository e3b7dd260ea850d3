//! What we read from the engine's output, which it documents nowhere: a new version that changes it must fail here first.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::json;
use xtask::codegen::engine;
use xtask::codegen::lower::Document;

fn document(objects: serde_json::Value) -> Document {
    Document {
        objects: objects.as_object().unwrap().clone(),
        opaque: vec!["Secret".into(), "Json".into()],
    }
}

fn member(schema: serde_json::Value) -> String {
    let document = document(json!({
        "Owner": { "type": "object", "required": ["member_name"], "properties": { "member_name": schema } },
        "Other": { "type": "object", "properties": {} },
    }));
    let types = engine::types(&document).unwrap();
    let ty = &types["Owner"]["member_name"];
    quote::quote!(#ty).to_string().replace(' ', "")
}

#[test]
fn every_schema_we_lower_to_has_its_type() {
    for (schema, expected) in [
        (json!({ "type": "string" }), "String"),
        (json!({ "type": "boolean" }), "bool"),
        (json!({ "type": "integer", "format": "int32" }), "i32"),
        (json!({ "type": "integer", "format": "int64" }), "i64"),
        (json!({ "type": "number", "format": "double" }), "f64"),
        (json!({ "$ref": "#/components/schemas/Secret" }), "Secret"),
        (json!({ "$ref": "#/components/schemas/Other" }), "Other"),
        (
            json!({ "$ref": "#/components/schemas/Owner" }),
            "Box<Owner>",
        ),
        (
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/Owner" } }),
            "Vec<Owner>",
        ),
        (
            json!({ "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Json" } }),
            "BTreeMap<String,Json>",
        ),
        (
            json!({ "type": "array", "items": { "type": "array", "items": { "type": "string" } } }),
            "Vec<Vec<String>>",
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
