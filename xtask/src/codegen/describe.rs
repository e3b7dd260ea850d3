//! What the docs say of a member that the spec does not describe: facts only, since its name says the rest.
//!
//! It must not know Rust or the engine.

use serde_json::Value as Json;

use super::prose::{code, markdown};
use super::reach;
use super::spec::{Schema, Spec};

/// The lower and the upper limit of a kind of value, and what they count.
const LIMITS: [(&str, &str, &str); 3] = [
    ("minimum", "maximum", ""),
    ("minLength", "maxLength", " characters"),
    ("minItems", "maxItems", " items"),
];

/// Its description, else what its named type is, else its wire name with the default and the limits.
///
/// `kind` is what it is called on the wire, such as `member`.
pub fn member(spec: &Spec, wire: &str, kind: &str, schema: &Schema) -> String {
    if !schema.description.is_empty() {
        return markdown(&schema.description).to_string();
    }
    let named = reach::target(schema).and_then(|name| spec.schema(name));
    let summary = named.map(|component| first_sentence(&component.schema.description));
    if let Some(summary) = summary.filter(|summary| !summary.is_empty()) {
        return markdown(summary).to_string();
    }
    let limits = limits(schema);
    let limits = if limits.is_empty() {
        String::new()
    } else {
        format!(": {}", limits.join(", "))
    };
    let default = schema.default.as_ref().map(|default| {
        let value = code(&default.value.to_string());
        format!("\n\nWhen not set, the service takes {value}.")
    });
    format!(
        "The {} {kind}{limits}.{}",
        code(wire),
        default.unwrap_or_default()
    )
}

/// `1 to 63 characters`, and the pattern.
fn limits(schema: &Schema) -> Vec<String> {
    let limit = |wanted: &str| {
        let mut limits = schema.limits.iter();
        limits
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let mut found = Vec::new();
    for (low, high, unit) in LIMITS {
        match (limit(low), limit(high)) {
            (Some(low), Some(high)) => found.push(format!("{low} to {high}{unit}")),
            (Some(Json::Number(low)), None) if !unit.is_empty() && low.as_u64() == Some(1) => {
                found.push("not empty".to_owned());
            }
            (Some(low), None) => found.push(format!("at least {low}{unit}")),
            (None, Some(high)) => found.push(format!("at most {high}{unit}")),
            (None, None) => {}
        }
    }
    if let Some(Json::String(pattern)) = limit("pattern") {
        found.push(format!("matches {}", code(pattern)));
    }
    if limit("uniqueItems") == Some(&Json::Bool(true)) {
        found.push("no item twice".to_owned());
    }
    found
}

/// Up to the first full stop that ends a word, or the first paragraph.
fn first_sentence(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or_default().trim_end();
    let stop = paragraph
        .match_indices('.')
        .find(|(index, _)| paragraph[index + 1..].starts_with([' ', '\n']));
    stop.map_or(paragraph, |(index, _)| &paragraph[..=index])
}

#[cfg(test)]
mod tests {
    use super::first_sentence;

    #[test]
    fn a_sentence_ends_at_a_full_stop_and_not_in_a_number_or_a_path() {
        assert_eq!(
            first_sentence("Size in 0.1 vCores. More."),
            "Size in 0.1 vCores."
        );
        assert_eq!(
            first_sentence("A file like `a.jar`.\nMore."),
            "A file like `a.jar`."
        );
        assert_eq!(first_sentence("One of:\n\n- a. b"), "One of:");
        assert_eq!(first_sentence(""), "");
    }
}
