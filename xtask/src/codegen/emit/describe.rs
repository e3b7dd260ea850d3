//! The docs of a member that the spec does not describe: only facts that its name does not say.

use serde_json::Value as Json;

use crate::codegen::contract::{Field, Index, Keyword, Limit};
use crate::codegen::prose::{code, markdown};

/// The lower and the upper limit of a kind of value, and what they count.
const LIMITS: [(Keyword, Keyword, &str); 3] = [
    (Keyword::Minimum, Keyword::Maximum, ""),
    (Keyword::MinLength, Keyword::MaxLength, " characters"),
    (Keyword::MinItems, Keyword::MaxItems, " items"),
];

/// Its description; otherwise the description of its named type; otherwise its wire name with the default and the limits.
///
/// `kind` is the word for it on the wire, such as `member`.
pub fn member(contract: &Index<'_>, kind: &str, field: &Field) -> String {
    if !field.description.is_empty() {
        return markdown(&field.description).to_string();
    }
    let named = field.ty.named().and_then(|name| contract.component(name));
    let summary = named.map(|component| first_sentence(&component.description));
    if let Some(summary) = summary.filter(|summary| !summary.is_empty()) {
        return markdown(summary).to_string();
    }
    let limits = limits(&field.limits);
    let limits = if limits.is_empty() {
        String::new()
    } else {
        format!(": {}", limits.join(", "))
    };
    let default = field.default.as_ref();
    let default = default.map(|value| {
        let value = code(&value.to_string());
        format!("\n\nIf not set, the service uses {value}.")
    });
    format!(
        "The {} {kind}{limits}.{}",
        code(&field.wire),
        default.unwrap_or_default()
    )
}

/// `1 to 63 characters`, and the pattern.
fn limits(limits: &[Limit]) -> Vec<String> {
    let limit = |wanted: Keyword| wanted.of(limits);
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
    if let Some(Json::String(pattern)) = limit(Keyword::Pattern) {
        found.push(format!("matches {}", code(pattern)));
    }
    if limit(Keyword::UniqueItems) == Some(&Json::Bool(true)) {
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
