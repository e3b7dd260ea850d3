//! The undocumented parts of the engine's output that we read: a new version that changes them must fail here first.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::{Value as Json, json};
use xtask::codegen::contract::Ty;
use xtask::codegen::engine;
use xtask::codegen::lower::{Document, Thing};

fn thing(name: &str, members: &[(&str, Json)]) -> Thing {
    let members = members.iter();
    let members = members.map(|(name, schema)| ((*name).to_owned(), schema.clone()));
    Thing {
        name: name.to_owned(),
        members: Some(members.collect()),
    }
}

fn member(schema: Json) -> Ty {
    let things = vec![
        thing("Owner", &[("member_name", schema)]),
        thing("Other", &[]),
    ];
    let types = engine::types(&Document { things }).unwrap();
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
        (json!({ "type": "integer", "format": "int64" }), Ty::Integer),
        (json!({ "$ref": "#/components/schemas/Secret" }), Ty::Secret),
        (json!({ "$ref": "#/components/schemas/T1" }), named("Other")),
        (
            json!({ "$ref": "#/components/schemas/T0" }),
            Ty::Boxed(Box::new(named("Owner"))),
        ),
        (
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/T0" } }),
            list(named("Owner")),
        ),
        (
            json!({ "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Json" } }),
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
fn our_names_come_back_as_they_went_in() {
    let text = || json!({ "type": "string" });
    for name in [
        "id",
        "type_",
        "client_id",
        "host_ips",
        "v_cores",
        "_0day",
        "hostIPs",
        "-> 200",
    ] {
        for owner in ["Owner", "HTTPSettings", "OSType", "T1", "m0"] {
            let things = vec![
                thing("Other", &[]),
                thing(owner, &[("first", text()), (name, text())]),
            ];
            let types = engine::types(&Document { things }).unwrap();
            let members: Vec<_> = types[owner].keys().map(String::as_str).collect();
            let mut expected = ["first", name];
            expected.sort();
            assert_eq!(members, expected, "{owner}");
        }
    }
}

#[test]
fn things_that_are_taken_as_they_are_keep_their_names() {
    let opaque = Thing {
        name: "OSType".to_owned(),
        members: None,
    };
    let things = vec![
        opaque,
        thing(
            "Owner",
            &[("os", json!({ "$ref": "#/components/schemas/T0" }))],
        ),
    ];
    let types = engine::types(&Document { things }).unwrap();
    assert_eq!(types["Owner"]["os"], named("OSType"));
}

#[test]
fn a_refusal_names_the_object() {
    let wrong = json!({ "$ref": "#/components/schemas/Nowhere" });
    let things = vec![thing("Good", &[]), thing("Wrong", &[("a", wrong)])];
    let refusals = engine::types(&Document { things }).unwrap_err();
    let objects: Vec<_> = refusals
        .iter()
        .map(|refusal| refusal.object.as_str())
        .collect();
    assert_eq!(objects, ["Wrong"]);
}
