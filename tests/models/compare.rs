//! Two JSON values and where they differ. It knows neither specs nor types.

use serde_json::{Map, Value as Json};

/// The value without the members that are null: a client may leave them out.
pub(crate) fn without_nulls(value: &Json) -> Json {
    match value {
        Json::Object(members) => members
            .iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name.clone(), without_nulls(member)))
            .collect::<Map<_, _>>()
            .into(),
        Json::Array(items) => items.iter().map(without_nulls).collect(),
        _ => value.clone(),
    }
}

/// A line for each difference. `1` and `1.0` differ.
pub(crate) fn differences(wanted: &Json, written: &Json) -> Vec<String> {
    let mut found = Vec::new();
    collect(wanted, written, "", &mut found);
    found
}

fn collect(wanted: &Json, written: &Json, path: &str, found: &mut Vec<String>) {
    match (wanted, written) {
        (Json::Object(wanted), Json::Object(written)) => members(wanted, written, path, found),
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                collect(a, b, &format!("{path}/{index}"), found);
            }
        }
        _ if wanted == written => {}
        _ => found.push(format!("{path} is {wanted} and is written as {written}")),
    }
}

fn members(
    wanted: &Map<String, Json>,
    written: &Map<String, Json>,
    path: &str,
    found: &mut Vec<String>,
) {
    for (name, value) in wanted {
        match written.get(name) {
            Some(other) => collect(value, other, &format!("{path}/{name}"), found),
            None if is_empty(value) => found.push(format!(
                "{path}/{name} is {value} and is left out: the spec should call it required"
            )),
            None => found.push(format!("{path}/{name} is {value} and is left out")),
        }
    }
    for (name, value) in written
        .iter()
        .filter(|(name, _)| !wanted.contains_key(*name))
    {
        found.push(format!(
            "{path}/{name} is missing and is written as {value}"
        ));
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_difference_is_named_with_its_place() {
        let wanted =
            json!({"a": 1, "b": [{"c": "2020-01-01T00:00:00Z"}], "d": [], "e": "x", "g": [1]});
        let written = json!({"a": 1.0, "b": [{"c": 1577836800000_i64}], "f": 0, "g": [1, 2]});
        assert_eq!(
            differences(&wanted, &written),
            [
                "/a is 1 and is written as 1.0",
                r#"/b/0/c is "2020-01-01T00:00:00Z" and is written as 1577836800000"#,
                "/d is [] and is left out: the spec should call it required",
                r#"/e is "x" and is left out"#,
                "/g is [1] and is written as [1,2]",
                "/f is missing and is written as 0",
            ]
        );
    }

    #[test]
    fn equal_values_and_left_out_nulls_are_no_difference() {
        let value = json!({"a": null, "b": {"c": [1, {"d": null}]}});
        let without = json!({"b": {"c": [1, {}]}});
        assert_eq!(without_nulls(&value), without);
        assert_eq!(differences(&without, &without), Vec::<String>::new());
    }
}
