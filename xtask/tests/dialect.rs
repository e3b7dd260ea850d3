//! The JSON Schema for editors agrees with the reader about the form of a spec.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;

use jsonschema::Validator;
use serde_json::{Value as Json, json};
use support::{fixtures, root};
use xtask::codegen::diag::{Code, Diags};
use xtask::codegen::{load, manifest, read};

/// What the reader complains about where a shape is wrong.
const SHAPE: [Code; 10] = [
    Code::UnknownKey,
    Code::MissingKey,
    Code::WrongType,
    Code::NotText,
    Code::NotPositive,
    Code::NotAnErrorStatus,
    Code::OpenapiVersion,
    Code::UnknownType,
    Code::ParameterPlace,
    Code::UnknownMembersWord,
];

/// What the reader alone knows: keys that depend on the type of a schema.
const BY_TYPE: [&str; 4] = ["type", "items", "allOf", "oneOf"];

fn validator() -> Validator {
    let text = fs::read_to_string(root().join("specs/dialect.schema.json")).unwrap();
    let schema = serde_json::from_str(&text).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn tree(name: &str, text: &str) -> Json {
    load::tree(name, text).unwrap().to_json()
}

/// Whether the shape is right, as the reader says.
fn is_read(document: &Json) -> bool {
    let tree = load::tree("x", &document.to_string()).unwrap();
    let mut diags = Diags::new("x");
    let found = read::spec(&tree, &mut diags).map_or_else(|found| found.0, |_| Vec::new());
    !found.iter().any(|found| SHAPE.contains(&found.code))
}

#[test]
fn every_spec_and_every_good_fixture_is_valid() {
    let validator = validator();
    let mut documents = fixtures("good");
    for entry in manifest::load(&root()).unwrap().apis {
        let text = fs::read_to_string(root().join(&entry.spec)).unwrap();
        documents.push((entry.spec, text));
    }
    assert!(documents.len() > 20);
    for (name, text) in documents {
        let document = tree(&name, &text);
        let errors = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()));
        assert_eq!(errors.collect::<Vec<_>>(), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_spec_points_to_the_schema() {
    for entry in manifest::load(&root()).unwrap().apis {
        let text = fs::read_to_string(root().join(&entry.spec)).unwrap();
        let first = text.lines().next().unwrap();
        let schema = first
            .strip_prefix("# yaml-language-server: $schema=")
            .unwrap();
        let folder = root().join(&entry.spec);
        let schema = folder
            .parent()
            .unwrap()
            .join(schema)
            .canonicalize()
            .unwrap();
        assert_eq!(
            schema,
            root()
                .join("specs/dialect.schema.json")
                .canonicalize()
                .unwrap()
        );
    }
}

#[test]
fn an_unknown_key_and_a_wrong_type_are_marked() {
    let (name, text) = fixtures("good").pop().unwrap();
    let good = tree(&name, &text);
    let validator = validator();
    for (pointer, key) in [
        ("", "x-fallow"),
        ("/info", "descripton"),
        ("/tags/0", "summary"),
    ] {
        let mut bad = good.clone();
        bad.pointer_mut(pointer).unwrap()[key] = json!("x");
        assert!(!validator.is_valid(&bad), "{pointer}/{key}");
    }
    for pointer in ["/info/version", "/tags", "/paths", "/servers/0/url"] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = json!(7);
        assert!(!validator.is_valid(&bad), "{pointer}");
    }
}

/// Every kind of place, with another value, another key and without one of its keys.
#[test]
fn schema_and_reader_agree_on_whatever_is_wrong() {
    let validator = validator();
    let mut seen = BTreeSet::new();
    let mut refused = 0;
    for (name, text) in fixtures("good") {
        let good = tree(&name, &text);
        let mut places = Vec::new();
        pointers(&good, String::new(), &mut places);
        places.retain(|place| {
            let end = place.rsplit('/').take(2);
            !place.contains("/example/") && seen.insert(end.map(str::to_owned).collect::<Vec<_>>())
        });
        for place in places {
            for bad in changes(&good, &place) {
                let valid = validator.is_valid(&bad);
                assert_eq!(
                    valid,
                    is_read(&bad),
                    "{name}{place}: {}",
                    bad.pointer(&place).unwrap()
                );
                refused += usize::from(!valid);
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
}

fn pointers(value: &Json, at: String, out: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                pointers(value, format!("{at}/{}", escaped(key)), out);
            }
        }
        Json::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, format!("{at}/{index}"), out);
            }
        }
        _ => {}
    }
    out.push(at);
}

fn changes(good: &Json, place: &str) -> Vec<Json> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!(7),
        json!("a"),
        json!([]),
        json!({}),
    ];
    let old = good.pointer(place).unwrap();
    if let Json::Object(members) = old {
        let mut more = members.clone();
        more.insert("unknown-key".to_owned(), json!({}));
        // A component that nothing refers to is not read, but complained about.
        let is_read = !["/components/responses", "/components/parameters"].contains(&place);
        values.extend(is_read.then(|| more.into()));
        for key in members.keys() {
            let mut fewer = members.clone();
            fewer.remove(key);
            values.push(fewer.into());
        }
    }
    let by_type = |value: &Json| BY_TYPE.iter().any(|key| value.get(key) != old.get(key));
    let is_schema =
        |value: &Json| value.is_object() && old.get("operationId").is_none() && by_type(value);
    let without = |value: &Json| place.ends_with("Of") && *value == json!([]);
    let values = values
        .into_iter()
        .filter(|value| !is_schema(value) && !without(value));
    values
        .map(|value| {
            let mut bad = good.clone();
            *bad.pointer_mut(place).unwrap() = value;
            bad
        })
        .collect()
}
