//! The entries in an answer: their ids, their times, and what they decode to.
//!
//! It must not know which of them are new, nor how they were asked for.

use std::collections::HashMap;
use std::sync::Arc;

use super::rules::Following;
use crate::error::{Error, ErrorKind};
use crate::internal::Tolerant;
use crate::response::part;
use crate::{Json, Timestamp};

/// An entry as it was found.
#[derive(Debug)]
pub(super) struct Found<T> {
    /// The service's id, or one made of the entry's text.
    pub(super) id: Arc<str>,
    /// The id is the service's own.
    pub(super) has_id: bool,
    /// In epoch milliseconds.
    pub(super) time: Option<i64>,
    pub(super) order: Option<i64>,
    pub(super) entry: Result<T, Error>,
}

/// The entries of an answer, as they stand there.
///
/// # Errors
/// When the answer is no list of anything.
pub(super) fn entries<T: Tolerant>(
    rules: &Following,
    answer: Json,
) -> Result<Vec<Found<T>>, Error> {
    let mut alike = HashMap::new();
    let found = |json: Json| read(rules, &json, &mut alike);
    Ok(list(answer)?.into_iter().map(found).collect())
}

/// A bare list, one within an object, or one in the text of a JSON string; nothing is an empty one.
fn list(answer: Json) -> Result<Vec<Json>, Error> {
    match answer {
        Json::Null => Ok(Vec::new()),
        Json::Array(items) => Ok(items),
        Json::Object(members) => {
            let mut lists = members.into_iter().filter(|(_, value)| value.is_array());
            match (lists.next(), lists.next()) {
                (Some((_, list)), None) => self::list(list),
                (None, _) => Err(no_list("an object without one")),
                (Some(_), Some(_)) => Err(no_list("an object with several")),
            }
        }
        Json::String(text) if text.trim().is_empty() => Ok(Vec::new()),
        Json::String(text) => match serde_json::from_str(&text) {
            Ok(inner @ (Json::Array(_) | Json::Object(_))) => list(inner),
            _ => Err(no_list("a text")),
        },
        Json::Bool(_) | Json::Number(_) => Err(no_list("a single value")),
    }
}

fn no_list(found: &str) -> Error {
    let problem = format!("the answer is no list of log entries, but {found}");
    Error::new(ErrorKind::Decode, problem)
}

fn read<T: Tolerant>(rules: &Following, json: &Json, alike: &mut HashMap<u64, usize>) -> Found<T> {
    let own = json.pointer(rules.id).and_then(text);
    let time = json.pointer(rules.time).and_then(text);
    let order = rules.order.and_then(|at| json.pointer(at)).and_then(text);
    let entry = match json {
        Json::Object(_) => part(json).map_err(|cause| unreadable(json, cause.to_string())),
        _ => Err(unreadable(json, "it is no JSON object".to_owned())),
    };
    Found {
        has_id: own.is_some(),
        id: own.unwrap_or_else(|| made_up(json, alike)).into(),
        time: time.and_then(|time| millis(&time)),
        order: order.and_then(|number| number.parse().ok()),
        entry,
    }
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Milliseconds as they are, or a date in text.
pub(super) fn millis(time: &str) -> Option<i64> {
    let date = || time.parse::<Timestamp>().ok()?.as_millis();
    time.parse().ok().or_else(date)
}

/// The entry's text, hashed, and how many like it stand before it in the same answer.
fn made_up(json: &Json, alike: &mut HashMap<u64, usize>) -> String {
    let hash = fnv1a(json.to_string().as_bytes());
    let number = alike.entry(hash).or_default();
    *number += 1;
    format!("#{hash:016x}-{number}")
}

/// A hash that is the same in every build, as positions outlive a process.
fn fnv1a(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// The text of the entry is in the error's body and nowhere else.
fn unreadable(json: &Json, cause: String) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("a log entry cannot be read: {cause}"),
    )
    .with_body(&json.to_string().into_bytes().into())
    .with_hint("the entries after it can be; Error::body has its text")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::follow::rules::By;

    const RULES: Following = Following {
        method: "follow_logs",
        id: "/event/id",
        time: "/time",
        order: Some("/line"),
        by: By::Time,
        parts: None,
    };

    fn found(answer: Json) -> Vec<Found<Json>> {
        entries(&RULES, answer).unwrap()
    }

    #[test]
    fn a_list_is_found_in_each_shape() {
        let entry = json!({ "event": { "id": "a" }, "time": 7, "line": 3 });
        let list = json!([entry]);
        let shapes = [
            list.clone(),
            json!({ "data": list, "total": 1 }),
            json!(list.to_string()),
            json!(json!({ "items": list }).to_string()),
        ];
        for shape in shapes {
            let found = found(shape);
            let [only] = found.as_slice() else {
                panic!("{found:?}");
            };
            assert_eq!((&*only.id, only.has_id), ("a", true));
            assert_eq!((only.time, only.order), (Some(7), Some(3)));
            assert_eq!(only.entry.as_ref().unwrap(), &entry);
        }
        for empty in [json!(null), json!([]), json!(" "), json!({ "data": [] })] {
            assert!(found(empty).is_empty());
        }
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        let answers = [
            json!({}),
            json!("text"),
            json!(3),
            json!({ "a": [], "b": [] }),
        ];
        for answer in answers {
            let error = entries::<Json>(&RULES, answer).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
        }
    }

    #[test]
    fn times_come_in_several_forms() {
        let times = [
            (json!(1_743_585_364_218_i64), Some(1_743_585_364_218)),
            (json!("1743585364218"), Some(1_743_585_364_218)),
            (json!("2025-04-02T09:16:04.218Z"), Some(1_743_585_364_218)),
            (json!("soon"), None),
            (json!(null), None),
        ];
        for (time, expected) in times {
            let found = found(json!([{ "time": time }]));
            assert_eq!(found.first().unwrap().time, expected);
        }
    }

    #[test]
    fn entries_without_an_id_are_told_apart_by_their_text_and_number() {
        let ids = |answer: Json| -> Vec<Arc<str>> {
            found(answer).into_iter().map(|found| found.id).collect()
        };
        let first = ids(json!([{ "time": 1 }, { "time": 2 }, { "time": 1 }]));
        assert_eq!(first.len(), 3);
        assert_ne!(first.first(), first.get(1));
        assert_ne!(first.first(), first.get(2));
        assert_eq!(first.first(), ids(json!([{ "time": 1 }])).first());
        // Kept in positions: it must not change.
        assert_eq!(&**first.first().unwrap(), "#8279c03ea324a07f-1");
    }

    #[test]
    fn what_is_no_object_is_kept_as_an_error_that_does_not_show_it() {
        let found = found(json!(["password=s3cret", null]));
        for found in found {
            let error = found.entry.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
    }
}
