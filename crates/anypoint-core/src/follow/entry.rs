//! The entries of an answer: how they are identified, their times, and what they decode to.
//!
//! It must not know which of them are new, nor how they were requested.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::rules::Following;
use super::split::{Piece, Pieces};
use crate::error::{Error, ErrorKind};
use crate::json::Tolerant;
use crate::response::part;
use crate::{Json, Timestamp};

/// An entry of an answer.
#[derive(Debug)]
pub(super) struct Found<T> {
    /// Identifies the entry: a hash of its id and its content, because ids are not unique.
    pub(super) key: u64,
    /// The service's id.
    pub(super) id: Option<Arc<str>>,
    /// In epoch milliseconds.
    pub(super) time: Option<i64>,
    pub(super) order: Option<i64>,
    pub(super) entry: T,
}

/// The entries of an answer, in its order. They are decoded when they are known to be new.
pub(super) fn entries(rules: &Following, pieces: Pieces) -> Vec<Found<Piece>> {
    let mut alike = HashMap::new();
    let found = |piece: Piece| {
        let (json, is_whole) = match &piece {
            Piece::Whole(json) => (json, true),
            Piece::Damaged(damaged) => (&damaged.mended, false),
        };
        let value = |at: &str| json.pointer(at).and_then(text);
        let (own, time, order) = (
            value(rules.id),
            value(rules.time),
            rules.order.and_then(value),
        );
        let mut key = hash(&content(&piece));
        if own.is_none() && is_whole {
            // Entries without an id that are equal differ only by their number.
            let number = alike.entry(key).or_insert(0_i64);
            *number += 1;
            key = fnv1a(key, &number.to_le_bytes());
        }
        Found {
            key,
            id: own.map(Arc::from),
            time: time.and_then(|time| millis(&time)),
            order: order.and_then(|number| number.parse().ok()),
            entry: piece,
        }
    };
    pieces.0.into_iter().map(found).collect()
}

fn content(piece: &Piece) -> Cow<'_, [u8]> {
    match piece {
        Piece::Whole(json) => Cow::Owned(json.to_string().into_bytes()),
        Piece::Damaged(damaged) => Cow::Borrowed(&damaged.text),
    }
}

/// Decodes an entry.
///
/// # Errors
/// An entry that is damaged, is not an object, or has members of other types.
pub(super) fn decoded<T: Tolerant>(piece: &Piece) -> Result<T, Error> {
    let entry = match piece {
        Piece::Whole(json @ Json::Object(_)) => part(json).map_err(|cause| cause.to_string()),
        Piece::Whole(_) => Err("it is no JSON object".to_owned()),
        Piece::Damaged(damaged) => Err(damaged.problem.clone()),
    };
    entry.map_err(|cause| unreadable(&content(piece), &cause))
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The times that are accepted: after the beginning of the year 1970 (0 stands for no time) and
/// before the year 10000.
const TIMES: std::ops::RangeInclusive<i64> = 1..=253_402_300_799_999;

/// Parses milliseconds, or a date in text.
pub(super) fn millis(time: &str) -> Option<i64> {
    let date = || time.parse::<Timestamp>().ok()?.as_millis();
    let number = || {
        time.parse::<f64>()
            .ok()
            .filter(|millis| millis.is_finite())
            .map(|millis| millis as i64)
    };
    let millis = time.parse().ok().or_else(number).or_else(date)?;
    TIMES.contains(&millis).then_some(millis)
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// A hash that is the same in every build, because positions outlive the process.
fn fnv1a(start: u64, bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(start, step)
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    fnv1a(START, bytes)
}

/// The error has the text of the entry in its body only.
fn unreadable(text: &[u8], cause: &str) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("a log entry cannot be read: {cause}"),
    )
    .with_body(&text.to_vec().into())
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
        by: By::Time {
            length: None,
            refusable: false,
        },
        parts: None,
    };

    fn found(answer: Json) -> Vec<Found<Piece>> {
        let Json::Array(items) = answer else {
            panic!("{answer}");
        };
        entries(
            &RULES,
            Pieces(items.into_iter().map(Piece::Whole).collect()),
        )
    }

    #[test]
    fn id_time_and_order_are_found() {
        let entry = json!({ "event": { "id": "a" }, "time": 7, "line": 3 });
        let found = found(json!([entry]));
        let [only] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(only.id.as_deref(), Some("a"));
        assert_eq!((only.time, only.order), (Some(7), Some(3)));
        assert_eq!(decoded::<Json>(&only.entry).unwrap(), entry);
    }

    #[test]
    fn times_come_in_several_forms() {
        let times = [
            (json!(1_743_585_364_218_i64), Some(1_743_585_364_218)),
            (json!(1_743_585_364_218.0), Some(1_743_585_364_218)),
            (json!("1743585364218"), Some(1_743_585_364_218)),
            (json!("2025-04-02T09:16:04.218Z"), Some(1_743_585_364_218)),
            (json!("soon"), None),
            (json!("NaN"), None),
            (json!(-1), None),
            (json!(0), None),
            (json!("1970-01-01T00:00:00Z"), None),
            (json!(i64::MAX), None),
            (json!(1e300), None),
            (json!(null), None),
            (json!({}), None),
        ];
        for (time, expected) in times {
            let found = found(json!([{ "time": time }]));
            assert_eq!(found.first().unwrap().time, expected, "{time}");
        }
    }

    #[test]
    fn entries_are_told_apart_by_id_and_content_and_without_an_id_by_their_number() {
        let keys = |answer: Json| -> Vec<u64> {
            found(answer).into_iter().map(|found| found.key).collect()
        };
        let first = keys(json!([{ "time": 1 }, { "time": 2 }, { "time": 1 }]));
        assert_eq!(first.len(), 3);
        assert_ne!(first.first(), first.get(1));
        assert_ne!(first.first(), first.get(2));
        assert_eq!(first.first(), keys(json!([{ "time": 1 }])).first());
        let entry = |time: i64| json!({ "event": { "id": "a" }, "time": time });
        let same = keys(json!([entry(1), entry(1), entry(2)]));
        assert_eq!(same.first(), same.get(1));
        assert_ne!(same.first(), same.get(2));
        // Kept in positions: it must not change.
        assert_eq!(same.first(), Some(&KEPT));
    }

    const KEPT: u64 = 14_306_653_053_469_553_789;

    #[test]
    fn what_is_no_object_is_kept_as_an_error_that_does_not_show_it() {
        let found = found(json!(["password=s3cret", null]));
        for found in found {
            let error = decoded::<Json>(&found.entry).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Decode);
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
    }
}
