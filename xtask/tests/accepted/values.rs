//! Values of the components of a document, and the expected output after their types have read and written them.
//!
//! The values are made from the schemas and not from the contract, so that the tests detect parts that the generator loses. The
//! contract only says which components have a type, and whether the caller or the server fills it.
//!
//! The output equals the input, with the exceptions that ARCHITECTURE.md lists for tolerant reading:
//! - members that the document does not name are ignored, except those of a union's unknown branch;
//! - an alias is written as the name that it stands for;
//! - in a response, null means missing: the member is left out, and a list or a map is empty;
//! - in a response, an optional list or map that is empty is left out.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use xtask::codegen::contract::{Contract, Face, Shape};

use crate::draw::Draw;

/// Deeper than this, nothing is added that may be left out.
const DEEP: usize = 3;
/// What no document names.
const UNKNOWN: &str = "of 2031";
/// Every kind of style.
const STYLES: usize = 27;

const TEXTS: &[&str] = &[
    "",
    " a ",
    "null",
    "1.0",
    "true",
    "a\"b\\c\n",
    "ünï \u{1f600}",
    "[]",
];
const TIMES: &[&str] = &[
    "2020-01-01T00:00:00Z",
    "2020-01-01T00:00:00.000+0100",
    "2020-01-01",
    "not yet",
];

/// A value, and what must come back of it.
struct Pair {
    given: Json,
    kept: Json,
}

/// A value of a component.
pub struct Sample {
    pub component: String,
    pub given: Json,
    pub kept: Json,
}

#[derive(Clone, Copy)]
enum Often {
    Always,
    Never,
    Sometimes,
}

/// How often optional members are there, what may be null is so, and unknown members are added.
#[derive(Clone, Copy)]
struct Style {
    optional: Often,
    null: Often,
    unknown: Often,
}

impl Style {
    fn of(number: usize) -> Self {
        let often = |number: usize| [Often::Always, Often::Never, Often::Sometimes][number % 3];
        Self {
            optional: often(number),
            null: often(number / 3),
            unknown: often(number / 9),
        }
    }
}

struct Values<'a> {
    draw: Draw,
    style: Style,
    schemas: &'a Json,
    faces: BTreeMap<&'a str, (Face, Keeps)>,
}

/// Whether a model keeps members that it does not know.
type Keeps = bool;

/// Values of every component that has a type with a JSON form: of each style, one.
pub fn samples(document: &Json, contract: &Contract, seed: u64) -> Vec<Sample> {
    let models = contract.types.iter().filter(|it| !it.is_form());
    let face = |shape: &Shape| match shape {
        Shape::Model(model) => (model.face, model.keeps_unknown),
        Shape::Enum(_) | Shape::Union { .. } => Default::default(),
    };
    let faces = models.map(|it| (it.schema.as_str(), face(&it.shape)));
    let mut values = Values {
        draw: Draw::new(seed),
        style: Style::of(0),
        schemas: &document["components"]["schemas"],
        faces: faces.collect(),
    };
    let names: Vec<&str> = values.faces.keys().copied().collect();
    let mut samples = Vec::new();
    for (name, number) in names
        .iter()
        .flat_map(|name| (0..STYLES).map(move |n| (name, n)))
    {
        values.style = Style::of(number);
        let Pair { given, kept } = values.component(name, 0);
        let component = (*name).to_owned();
        samples.push(Sample {
            component,
            given,
            kept,
        });
    }
    samples
}

impl Pair {
    fn same(value: Json) -> Self {
        Self {
            given: value.clone(),
            kept: value,
        }
    }
}

/// The component that a schema refers to, also from within an `allOf` that only decorates it.
fn target(schema: &Json) -> Option<&str> {
    if let Some(all) = schema["allOf"].as_array() {
        return (all.len() == 1).then(|| target(&all[0])).flatten();
    }
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// A list or a map, by itself or by a name.
fn is_collection(schema: &Json) -> bool {
    match schema["type"].as_str() {
        Some("array") => true,
        Some("object") => schema.get("properties").is_none(),
        _ => false,
    }
}

impl<'a> Values<'a> {
    fn is(&mut self, often: Often) -> bool {
        match often {
            Often::Always => true,
            Often::Never => false,
            Often::Sometimes => self.draw.one_in(2),
        }
    }

    fn resolve(&self, schema: &'a Json) -> &'a Json {
        target(schema).map_or(schema, |name| &self.schemas[name])
    }

    fn component(&mut self, name: &str, depth: usize) -> Pair {
        let schema = &self.schemas[name];
        if schema.get("oneOf").is_some() {
            self.union(schema, depth)
        } else if schema.get("allOf").is_some() || schema.get("properties").is_some() {
            self.object(name, schema, depth)
        } else {
            self.plain(schema, depth)
        }
    }

    /// What stands in a member, a list or a map.
    fn inner(&mut self, schema: &'a Json, depth: usize) -> Pair {
        let nullable = [schema, self.resolve(schema)].map(|it| it["nullable"] == true);
        if nullable.contains(&true) && (depth > DEEP || self.is(self.style.null)) {
            return Pair::same(Json::Null);
        }
        match target(schema) {
            Some(name) => self.component(name, depth),
            None => self.plain(schema, depth),
        }
    }

    fn plain(&mut self, schema: &'a Json, depth: usize) -> Pair {
        if let Some(values) = schema["enum"].as_array() {
            let known = values.get(self.draw.below(values.len() + 1));
            return Pair::same(known.cloned().unwrap_or_else(|| UNKNOWN.into()));
        }
        if schema["x-lenient"] == true {
            let given = [json!("7"), json!(7), json!(0.5)][self.draw.below(3)].clone();
            // An id is text, in whichever form it came.
            let kept = match schema.get("x-id") {
                Some(_) if given.is_number() => given.to_string().into(),
                _ => given.clone(),
            };
            return Pair { given, kept };
        }
        match schema["type"].as_str() {
            Some("array") => self.list(&schema["items"], depth),
            Some("object") => self.map(&schema["additionalProperties"], depth),
            Some("boolean") => Pair::same(self.draw.one_in(2).into()),
            Some("integer") if schema["format"] == "int32" => {
                Pair::same([i32::MIN, -1, 0, i32::MAX][self.draw.below(4)].into())
            }
            Some("integer") => {
                Pair::same([i64::MIN, 0, 1 << 53, i64::MAX][self.draw.below(4)].into())
            }
            Some("number") => Pair::same(self.number()),
            Some("string") if schema["format"] == "date-time" => {
                let number = self.draw.one_in(4);
                let text = self.draw.pick(TIMES);
                Pair::same(if number {
                    json!(1_577_836_800_000_i64)
                } else {
                    text.into()
                })
            }
            Some("string") => Pair::same(self.draw.pick(TEXTS).into()),
            _ => Pair::same(self.any(depth)),
        }
    }

    fn number(&mut self) -> Json {
        let numbers = [
            json!(1),
            json!(1.0),
            json!(0.1),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(-2.5),
        ];
        numbers[self.draw.below(numbers.len())].clone()
    }

    /// Any JSON but null, which says that there is none; within it there may be nulls.
    fn any(&mut self, depth: usize) -> Json {
        let within = |values: &mut Self| match values.draw.one_in(3) {
            true => Json::Null,
            false => values.any(depth + 1),
        };
        match self.draw.below(if depth > DEEP { 3 } else { 5 }) {
            0 => self.draw.one_in(2).into(),
            1 => self.number(),
            2 => self.draw.pick(TEXTS).into(),
            3 => (0..self.draw.below(4)).map(|_| within(self)).collect(),
            _ => {
                let keys = self.draw.some(TEXTS, 3);
                let members = keys.into_iter().map(|key| (key.to_owned(), within(self)));
                members.collect::<Map<_, _>>().into()
            }
        }
    }

    fn list(&mut self, item: &'a Json, depth: usize) -> Pair {
        let count = if depth > DEEP { 0 } else { self.draw.below(4) };
        let items = (0..count).map(|_| self.inner(item, depth + 1));
        let (given, kept): (Vec<_>, Vec<_>) = items.map(|it| (it.given, it.kept)).unzip();
        Pair {
            given: given.into(),
            kept: kept.into(),
        }
    }

    /// The values of a free-form object may be anything.
    fn map(&mut self, value: &'a Json, depth: usize) -> Pair {
        let keys = if depth > DEEP {
            Vec::new()
        } else {
            self.draw.some(TEXTS, 4)
        };
        let (mut given, mut kept) = (Map::new(), Map::new());
        for key in keys {
            let pair = match value.is_object() {
                true => self.inner(value, depth + 1),
                false if self.is(self.style.null) => Pair::same(Json::Null),
                false => Pair::same(self.any(depth + 1)),
            };
            given.insert(key.to_owned(), pair.given);
            kept.insert(key.to_owned(), pair.kept);
        }
        Pair {
            given: given.into(),
            kept: kept.into(),
        }
    }

    fn object(&mut self, name: &str, schema: &'a Json, depth: usize) -> Pair {
        let (face, keeps) = self.faces.get(name).copied().unwrap_or_default();
        let (mut given, mut kept) = (Map::new(), Map::new());
        for (wire, member, required) in self.properties(schema) {
            // An object without any member of a page would be its only item.
            let needed = required || schema["x-page-or-array"] == *wire;
            if !needed && (depth > DEEP || !self.is(self.style.optional)) {
                continue;
            }
            let pair = self.inner(member, depth + 1);
            let aliases = member["x-alias"].as_array().into_iter().flatten();
            let names: Vec<&str> = aliases
                .filter_map(Json::as_str)
                .chain([wire.as_str()])
                .collect();
            given.insert(names[self.draw.below(names.len())].to_owned(), pair.given);
            if let Some(value) = self.kept(face, required, member, pair.kept) {
                kept.insert(wire.clone(), value);
            }
        }
        // A request that keeps no unknown members refuses them.
        if self.is(self.style.unknown) && (keeps || face == Face::Response) {
            let value = match self.any(depth + 1) {
                // It would be taken for the list of a page that has none.
                list @ Json::Array(_) if !keeps => json!({ "any": list }),
                value => value,
            };
            given.insert(UNKNOWN.to_owned(), value.clone());
            if keeps {
                kept.insert(UNKNOWN.to_owned(), value);
            }
        }
        Pair {
            given: given.into(),
            kept: kept.into(),
        }
    }

    /// What is kept of a member, if it is.
    fn kept(&self, face: Face, required: bool, member: &'a Json, value: Json) -> Option<Json> {
        let schema = self.resolve(member);
        let collection = is_collection(schema);
        let is_empty = value == json!([]) || value == json!({});
        match value {
            value if face != Face::Response => Some(value),
            Json::Null if required && collection && schema["type"] == "array" => Some(json!([])),
            Json::Null if required && collection => Some(json!({})),
            Json::Null => None,
            _ if is_empty && collection && !required => None,
            value => Some(value),
        }
    }

    /// Name, schema and whether it is required, of an object and of all parts of its `allOf`.
    fn properties(&self, schema: &'a Json) -> Vec<(&'a String, &'a Json, bool)> {
        let schema = if schema.get("$ref").is_some() {
            self.resolve(schema)
        } else {
            schema
        };
        let required = schema["required"].as_array();
        let is_required =
            |name: &String| required.is_some_and(|all| all.iter().any(|it| *it == **name));
        let own = schema["properties"].as_object().into_iter().flatten();
        let own = own.map(|(name, member)| (name, member, is_required(name)));
        let parts = schema["allOf"].as_array().into_iter().flatten();
        own.chain(parts.flat_map(|part| self.properties(part)))
            .collect()
    }

    /// A branch, or one that no version knows: it is kept whole.
    fn union(&mut self, schema: &'a Json, depth: usize) -> Pair {
        let tag = schema["discriminator"]["propertyName"].as_str().unwrap();
        let mapping = schema["discriminator"]["mapping"].as_object().unwrap();
        let chosen = mapping.iter().nth(self.draw.below(mapping.len() + 1));
        let Some((value, branch)) = chosen.filter(|_| depth <= DEEP) else {
            let mut unknown = Map::from_iter([("any".to_owned(), self.any(depth))]);
            if self.draw.one_in(2) {
                unknown.insert(tag.to_owned(), UNKNOWN.into());
            }
            return Pair::same(unknown.into());
        };
        let name = branch.as_str().and_then(|it| it.rsplit('/').next());
        let mut pair = self.component(name.unwrap(), depth + 1);
        pair.given[tag] = value.as_str().into();
        pair.kept[tag] = value.as_str().into();
        pair
    }
}
