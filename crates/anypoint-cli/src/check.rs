//! Compares a body with its documented type before it is sent, and an answer to find undocumented members.

use std::collections::BTreeMap;

use crate::shape::variant;
use crate::spelling::nearest;
use crate::table::{Api, Field, Shape, Ty};
use crate::value::Value;

/// What is wrong with a body, with its places; and what is only unknown.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) wrong: Vec<String>,
    pub(crate) odd: Vec<String>,
}

/// Holds a body against its type.
pub(crate) fn check(api: &Api, ty: &Ty, body: &Value) -> Findings {
    let mut findings = Findings::default();
    walk(api, ty, body, "body", &mut |place, problem| match problem {
        Problem::Value(text, values) => findings.odd.push(unknown(place, text, values)),
        Problem::Surplus { open: true, .. } => {}
        other => findings.wrong.push(format!("{place}: {}", other.told())),
    });
    findings
}

/// Where an answer differs from its type. The items of lists and maps are taken together, and no value is told.
pub(crate) fn differences(api: &Api, ty: &Ty, answer: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(api, ty, answer, "answer", &mut |place, problem| {
        // A service may leave out whatever it likes; the clients know.
        if !matches!(problem, Problem::Missing) {
            found.insert(general(place), problem.told());
        }
    });
    found
}

/// That a value of an enum is not known.
pub(crate) fn unknown(place: &str, text: &str, values: &[String]) -> String {
    let known = values.join(", ");
    format!("{place}: `{text}` is none of the known values ({known}); it is sent as it is")
}

enum Problem<'a> {
    Missing,
    /// A member that the type does not have, and the one that may be meant.
    Surplus {
        near: Option<&'static str>,
        open: bool,
    },
    /// What was expected, and what was found.
    Kind(&'static str, &'static str),
    /// A value that the enum does not have.
    Value(&'a str, &'a [String]),
    /// A tag that stands for no type of the union.
    Tag(&'static str, String),
}

impl Problem<'_> {
    /// Without the value.
    fn told(&self) -> String {
        match self {
            Self::Missing => "it is required".to_owned(),
            Self::Surplus {
                near: Some(near), ..
            } => format!("there is no such member; did you mean `{near}`?"),
            Self::Surplus { near: None, .. } => "there is no such member".to_owned(),
            Self::Kind(expected, found) => format!("expected {expected}, found {found}"),
            Self::Value(..) => "the value is none of the known ones".to_owned(),
            Self::Tag(tag, known) => format!("`{tag}` is none of {known}"),
        }
    }
}

type Tell<'t> = &'t mut dyn FnMut(&str, Problem<'_>);

fn walk(api: &Api, ty: &Ty, value: &Value, place: &str, tell: Tell<'_>) {
    if *value == Value::Null && matches!(ty, Ty::Nullable(_)) {
        return;
    }
    match (ty.present(), value) {
        (Ty::Json, _)
        | (Ty::Text | Ty::Id(_) | Ty::Secret | Ty::Upload, Value::Text(_))
        | (Ty::TextOrNumber | Ty::Time, Value::Text(_) | Value::Number(_))
        | (Ty::Flag, Value::Flag(_))
        | (Ty::Number, Value::Number(_)) => {}
        (Ty::Integer, Value::Number(number)) if !number.is_f64() => {}
        (Ty::List(item), Value::List(items)) => {
            for (index, value) in items.iter().enumerate() {
                walk(api, item, value, &format!("{place}[{index}]"), tell);
            }
        }
        (Ty::Map(item), Value::Object(members)) => {
            for (name, value) in members {
                walk(api, item, value, &format!("{place}{{{name}}}"), tell);
            }
        }
        (Ty::Named(name), _) => named(api, ty, api.shape(name), value, place, tell),
        (other, _) => tell(place, Problem::Kind(expected(other), found(value))),
    }
}

fn named(api: &Api, ty: &Ty, shape: Option<&Shape>, value: &Value, place: &str, tell: Tell<'_>) {
    match (shape, value) {
        (Some(Shape::Enum { values }), Value::Text(text)) => {
            if !values.contains(text) {
                tell(place, Problem::Value(text, values));
            }
        }
        (Some(Shape::Union { tag, variants }), Value::Object(_)) => match variant(api, ty, value) {
            Some(shape) => named(api, ty, Some(shape), value, place, tell),
            None => {
                let known: Vec<_> = variants.iter().map(|(wire, _)| *wire).collect();
                tell(place, Problem::Tag(tag, known.join(", ")));
            }
        },
        (Some(Shape::Model { fields, open }), Value::Object(members)) => {
            model(api, fields, *open, members, place, tell);
        }
        (Some(Shape::Enum { .. }), _) => tell(place, Problem::Kind("a text", found(value))),
        (Some(_), _) => tell(place, Problem::Kind("an object", found(value))),
        (None, _) => {}
    }
}

fn model(
    api: &Api,
    fields: &[Field],
    open: bool,
    members: &[(String, Value)],
    place: &str,
    tell: Tell<'_>,
) {
    for (name, value) in members {
        let place = format!("{place}.{name}");
        match fields.iter().find(|field| field.is_called(name)) {
            // What is optional may be cleared.
            Some(field) if *value == Value::Null && !field.required => {}
            Some(field) => walk(api, &field.ty, value, &place, tell),
            None => {
                let near = nearest(name, fields.iter().map(|field| field.wire));
                tell(&place, Problem::Surplus { near, open });
            }
        }
    }
    let given = |field: &Field| members.iter().any(|(name, _)| field.is_called(name));
    for field in fields
        .iter()
        .filter(|field| field.required && !given(field))
    {
        tell(&format!("{place}.{}", field.wire), Problem::Missing);
    }
}

/// A place without indexes and the names of maps, which may be private.
fn general(place: &str) -> String {
    let mut general = String::new();
    let mut letters = place.chars();
    while let Some(letter) = letters.next() {
        let end = match letter {
            '[' => ']',
            '{' => '}',
            other => {
                general.push(other);
                continue;
            }
        };
        letters.by_ref().find(|it| *it == end);
        general += "[]";
    }
    general
}

fn expected(ty: &Ty) -> &'static str {
    match ty {
        Ty::Flag => "true or false",
        Ty::Integer => "an integer",
        Ty::Number => "a number",
        Ty::List(_) => "a list",
        Ty::Map(_) | Ty::Named(_) => "an object",
        Ty::TextOrNumber => "a text or a number",
        _ => "a text",
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Flag(_) => "a flag",
        Value::Number(_) => "a number",
        Value::Text(_) => "a text",
        Value::List(_) => "a list",
        Value::Object(_) => "an object",
    }
}
