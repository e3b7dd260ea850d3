//! The dialect as tables: the keys of each object of a spec, which of them are required, and the types of their values.
//!
//! `fields` uses them for reading, and the JSON Schema for editors is written from them, so that the two cannot differ. Each table is
//! next to the code that uses it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::diag::{Code, Diags};
use super::format::SIGN;
use super::load::{Node, Value};

/// An object and its keys.
pub struct Object {
    /// Its name in the JSON Schema.
    pub name: &'static str,
    pub keys: &'static [&'static [Key]],
    /// Whether it may instead be a `$ref` alone.
    pub reference: bool,
}

pub struct Key {
    pub name: &'static str,
    pub holds: Type,
    pub required: bool,
}

/// The required type of a value. The texts are the names that complaints use for an item of a list.
pub enum Type {
    Any,
    Text,
    /// One of these words, which is checked where it is read.
    Word(&'static [&'static str]),
    Flag,
    /// A text or a flag, or `null`.
    Scalar,
    /// An integer above zero.
    Positive,
    /// The status of an error.
    Status,
    List(&'static str, &'static Self),
    /// One value, or a list of values.
    OneOrMore(&'static str, &'static Self),
    /// A map with any keys.
    Map(&'static Self),
    /// `true`, or an object of this kind.
    TrueOr(&'static Object),
    Object(&'static Object),
}

pub const SOURCE: Key = optional("x-source", Type::Text);

/// The present and the former names of something in Rust.
pub const NAMING: &[Key] = &[
    optional("x-name", Type::Text),
    optional("x-was", Type::OneOrMore("x-was", &Type::Text)),
];

pub const fn required(name: &'static str, holds: Type) -> Key {
    Key {
        name,
        holds,
        required: true,
    }
}

pub const fn optional(name: &'static str, holds: Type) -> Key {
    Key {
        name,
        holds,
        required: false,
    }
}

impl Object {
    pub const fn new(name: &'static str, keys: &'static [&'static [Key]]) -> Self {
        Self {
            name,
            keys,
            reference: false,
        }
    }

    /// An object that may be a `$ref` instead.
    pub const fn or_reference(name: &'static str, keys: &'static [&'static [Key]]) -> Self {
        Self {
            name,
            keys,
            reference: true,
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        self.keys.iter().copied().flatten()
    }

    fn schema(&self, known: &mut BTreeMap<&'static str, Json>) -> Json {
        let mut properties = Map::new();
        for key in self.keys() {
            properties.insert(key.name.to_owned(), key.holds.schema(known));
        }
        let required = self.keys().filter(|key| key.required);
        let required: Vec<&str> = required.map(|key| key.name).collect();
        let whole = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if !self.reference {
            return whole;
        }
        let reference = json!({ "properties": { "$ref": { "type": "string" } }, "additionalProperties": false });
        json!({
            "type": "object",
            "if": { "required": ["$ref"] },
            "then": reference,
            "else": whole,
        })
    }
}

impl Type {
    /// Whether a value has the required type; complains if not. The code that reads an object checks it.
    pub fn check(&self, node: &Node, what: &str, diags: &mut Diags) -> bool {
        match (self, &node.value) {
            (Self::Any | Self::Object(_) | Self::TrueOr(_), _)
            | (Self::Text | Self::Word(_), Value::Text(_))
            | (Self::Flag, Value::Bool(_))
            | (Self::Scalar, Value::Null | Value::Bool(_) | Value::Text(_)) => true,
            (Self::Positive, Value::Integer(1..=0xffff_ffff))
            | (Self::Status, Value::Integer(400..=599)) => true,
            (Self::List(of, item) | Self::OneOrMore(of, item), Value::List(nodes)) => {
                let wrong = nodes.iter().filter(|node| !item.check(node, of, diags));
                wrong.count() == 0
            }
            (Self::OneOrMore(of, item), _) => item.check(node, of, diags),
            (Self::Map(of), Value::Map(entries)) => {
                let wrong = entries.iter();
                let wrong = wrong.filter(|entry| !of.check(&entry.value, &entry.key, diags));
                wrong.count() == 0
            }
            _ => {
                self.refuse(node, what, diags);
                false
            }
        }
    }

    fn refuse(&self, node: &Node, what: &str, diags: &mut Diags) {
        let line = node.line;
        let wanted = match self {
            Self::Text | Self::Word(_) | Self::Scalar => {
                let problem = format!("{what} must be a string, not {}", node.kind());
                return diags.error_help(Code::NotText, line, problem, "put it in quotes");
            }
            Self::Positive => {
                let problem = format!("{what} must be a positive integer");
                return diags.error(Code::NotPositive, line, problem);
            }
            Self::Status => {
                let problem = format!("{what} must be a status from 400 to 599");
                return diags.error(Code::NotAnErrorStatus, line, problem);
            }
            Self::Flag => "true or false",
            Self::List(..) | Self::OneOrMore(..) => "a list",
            Self::Map(_) | Self::Any | Self::Object(_) | Self::TrueOr(_) => "a map",
        };
        wrong(node, what, wanted, diags);
    }

    fn schema(&self, known: &mut BTreeMap<&'static str, Json>) -> Json {
        match self {
            Self::Any => json!({}),
            Self::Text => json!({ "type": "string" }),
            Self::Word(words) => json!({ "enum": words }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Scalar => json!({ "type": ["string", "boolean", "null"] }),
            Self::Positive => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
            Self::Status => json!({ "type": "integer", "minimum": 400, "maximum": 599 }),
            Self::List(_, item) => json!({ "type": "array", "items": item.schema(known) }),
            Self::OneOrMore(_, item) => {
                let item = item.schema(known);
                json!({ "anyOf": [item, { "type": "array", "items": item }] })
            }
            Self::Map(of) => json!({ "type": "object", "additionalProperties": of.schema(known) }),
            Self::TrueOr(object) => {
                json!({ "anyOf": [{ "const": true }, Self::Object(object).schema(known)] })
            }
            Self::Object(object) => {
                if !known.contains_key(object.name) {
                    known.insert(object.name, Json::Null);
                    let schema = object.schema(known);
                    known.insert(object.name, schema);
                }
                json!({ "$ref": format!("#/$defs/{}", object.name) })
            }
        }
    }
}

/// A value is of another type than it must be.
pub fn wrong(node: &Node, what: &str, wanted: &str, diags: &mut Diags) {
    let problem = format!("{what} must be {wanted}, not {}", node.kind());
    diags.error(Code::WrongType, node.line, problem);
}

/// The dialect as a JSON Schema, for editors.
pub fn schema(document: &'static Object) -> String {
    let mut known = BTreeMap::new();
    let root = Type::Object(document).schema(&mut known);
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": format!("{SIGN}the tables of the reader. Do not edit."),
        "title": "A spec of anypoint-rs",
        "allOf": [root],
    });
    schema["$defs"] = json!(known);
    format!("{schema:#}\n")
}
