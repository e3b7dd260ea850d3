//! Reads JSON by pointers that may go through lists.
//!
//! It must not know the meaning of the values.

use serde_json::Value;

/// The scalars at a pointer, in which `*` stands for every item of a list. Missing, null and empty
/// values are left out.
pub(crate) fn texts(answer: &Value, pointer: &str) -> Vec<String> {
    let mut found = vec![answer];
    for name in pointer.split('/').skip(1) {
        found = match name {
            "*" => found
                .into_iter()
                .filter_map(Value::as_array)
                .flatten()
                .collect(),
            name => found.into_iter().filter_map(|v| v.get(name)).collect(),
        };
    }
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let texts = found.into_iter().filter_map(text);
    texts.filter(|text| !text.is_empty()).collect()
}
