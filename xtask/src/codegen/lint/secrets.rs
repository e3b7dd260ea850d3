//! Rules about secrets: they are marked, and their examples can be recognized.
//!
//! The tests search all output for the word in the examples, so they would miss an example without it.

use serde_json::Value as Json;

use crate::codegen::diag::{Code, Diags};
use crate::codegen::spec::{Example, Kind, Parameter, Schema, Spec};

/// The word that the example of every secret contains, with periods if the service does not accept hyphens.
const WORD: &str = "not-a-real";
/// How the names of secrets end, in small letters and digits.
const ENDINGS: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "token",
    "key",
    "passphrase",
    "psk",
    "credential",
    "credentials",
];

/// A text with the name of a secret must say whether it is one.
pub fn names(spec: &Spec, diags: &mut Diags) {
    for component in &spec.schemas {
        members(&component.schema, &component.name, diags);
    }
    for operation in &spec.operations {
        for parameter in &operation.parameters {
            let said = parameter.secret.is_some();
            if !said && sounds_secret(&parameter.name) && holds_text(&parameter.schema) {
                let what = format!("parameter `{}` of {}", parameter.name, operation.id);
                unsaid(parameter.line, &what, diags);
            }
        }
    }
}

fn members(schema: &Schema, owner: &str, diags: &mut Diags) {
    match &schema.kind {
        Kind::Object(properties) => {
            for property in properties {
                if sounds_secret(&property.name) && holds_text(&property.schema) {
                    unsaid(
                        property.line,
                        &format!("property `{}` of {owner}", property.name),
                        diags,
                    );
                }
            }
        }
        Kind::AllOf(parts) => parts.iter().for_each(|part| members(part, owner, diags)),
        _ => {}
    }
}

fn unsaid(line: usize, what: &str, diags: &mut Diags) {
    let problem = format!("{what} has the name of a secret");
    let help = "add `x-secret: true`, or `x-secret: false` if everybody may see it";
    diags.error_help(Code::SecretUnmarked, line, problem, help);
}

/// Whether the name is that of a secret. Public keys are not secrets.
fn sounds_secret(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let ends = ENDINGS
        .iter()
        .any(|ending| letters.ends_with(ending) || letters.ends_with(&format!("{ending}s")));
    ends && !letters.contains("public")
}

/// Text without `x-secret`: a string, or a list or map of strings.
fn holds_text(schema: &Schema) -> bool {
    match &schema.kind {
        _ if schema.secret.is_some() => false,
        // There is a separate complaint about it.
        Kind::String {
            format: Some(format),
        } if format == "password" => false,
        Kind::String { .. } => true,
        Kind::List(inner) | Kind::Map(inner) => holds_text(inner),
        _ => false,
    }
}

/// The example of a parameter.
pub fn parameter(parameter: &Parameter, diags: &mut Diags) {
    if let Some(example) = parameter.example.as_ref().filter(|_| parameter.is_secret()) {
        let what = format!("parameter {}", parameter.name);
        judge("", &example.value, example, &what, diags);
    }
}

/// Every secret in the example of a schema.
pub fn example(spec: &Spec, schema: &Schema, example: &Example, what: &str, diags: &mut Diags) {
    let mut found = Vec::new();
    collect(spec, schema, String::new(), &example.value, &mut found);
    for (place, value) in found {
        judge(&place, value, example, what, diags);
    }
}

fn judge(place: &str, value: &Json, example: &Example, what: &str, diags: &mut Diags) {
    let text = value.as_str().unwrap_or_default();
    let mask = !text.is_empty() && text.chars().all(|c| c == '*');
    if mask || value.is_null() || text.replace('.', "-").contains(WORD) {
        return;
    }
    let at = if place.is_empty() { "" } else { " at " };
    let problem = format!("the secret in the example of {what}{at}{place} could be a real one");
    let help = "write `not-a-real-` and the kind of secret, `not.a.real.` if hyphens are not possible, or the mask `******`; the tests look for that word";
    diags.error_help(Code::SecretExample, example.line, problem, help);
}

/// The values that a schema declares to be secret, with their places. An earlier rule has checked that `allOf` has no cycle.
fn collect<'a>(
    spec: &Spec,
    schema: &Schema,
    place: String,
    value: &'a Json,
    out: &mut Vec<(String, &'a Json)>,
) {
    if schema.is_secret() {
        out.push((place, value));
        return;
    }
    let mut component = |name: &str| {
        if let Some(component) = spec.schema(name) {
            collect(spec, &component.schema, place.clone(), value, out);
        }
    };
    match &schema.kind {
        Kind::Ref(name) => component(name),
        Kind::OneOf { tag, branches } => {
            let chosen = value.get(tag).and_then(Json::as_str);
            let branch = branches
                .iter()
                .find(|branch| Some(branch.value.as_str()) == chosen);
            branch
                .iter()
                .for_each(|branch| component(&branch.component));
        }
        Kind::AllOf(parts) => {
            for part in parts {
                collect(spec, part, place.clone(), value, out);
            }
        }
        Kind::List(item) => {
            for (index, one) in value.as_array().into_iter().flatten().enumerate() {
                collect(spec, item, format!("{place}/{index}"), one, out);
            }
        }
        Kind::Map(inner) => {
            for (key, one) in value.as_object().into_iter().flatten() {
                collect(spec, inner, format!("{place}/{key}"), one, out);
            }
        }
        Kind::Object(properties) => {
            for property in properties {
                if let Some(one) = value.get(&property.name) {
                    let place = format!("{place}/{}", property.name);
                    collect(spec, &property.schema, place, one, out);
                }
            }
        }
        _ => {}
    }
}
