//! What is read although it is not what the spec says.

use std::collections::BTreeMap;
use std::fmt;

use super::*;
use crate::Nullable;

fn read<T: Tolerant>(json: &str) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    T::tolerant(&mut deserializer).map_err(|error| error.to_string())
}

/// Each line is a JSON text and what it reads as; `None` stands for an error.
fn check<T: Tolerant + PartialEq + fmt::Debug>(table: &[(&str, Option<T>)]) {
    for (json, expected) in table {
        assert_eq!(read::<T>(json).ok().as_ref(), expected.as_ref(), "{json}");
    }
}

#[test]
fn integers() {
    check::<i64>(&[
        ("3", Some(3)),
        ("-3", Some(-3)),
        ("3.0", Some(3)),
        (r#""3""#, Some(3)),
        (r#"" 3.0 ""#, Some(3)),
        ("null", Some(0)),
        ("2147483648", Some(2_147_483_648)),
        ("3.5", None),
        (r#""three""#, None),
        (r#""""#, None),
        ("true", None),
        ("[]", None),
    ]);
    check::<i64>(&[
        ("9223372036854775807", Some(i64::MAX)),
        ("9223372036854775808", None),
        ("1e3", Some(1000)),
        ("1e19", None),
        (r#""9223372036854775807""#, Some(i64::MAX)),
        (r#""inf""#, None),
    ]);
}

#[test]
fn floats() {
    check::<f64>(&[
        ("0.1", Some(0.1)),
        ("1", Some(1.0)),
        (r#""0.07""#, Some(0.07)),
        ("null", Some(0.0)),
        (r#""Infinity""#, Some(f64::INFINITY)),
        (r#""-Infinity""#, Some(f64::NEG_INFINITY)),
        (r#""inf""#, None),
        ("false", None),
    ]);
}

#[test]
fn booleans() {
    check::<bool>(&[
        ("true", Some(true)),
        (r#""TRUE""#, Some(true)),
        (r#""False""#, Some(false)),
        ("null", Some(false)),
        ("1", Some(true)),
        ("0", Some(false)),
        (r#""1""#, Some(true)),
        ("2", None),
        ("-1", None),
        ("0.5", None),
        (r#""yes""#, None),
    ]);
}

#[test]
fn texts() {
    let text = |text: &str| Some(text.to_owned());
    check::<String>(&[
        (r#""a\nb""#, text("a\nb")),
        ("12", text("12")),
        ("-1", text("-1")),
        ("2.0", text("2.0")),
        ("18446744073709551615", text("18446744073709551615")),
        ("true", text("true")),
        ("null", text("")),
        ("{}", None),
    ]);
}

#[test]
fn containers() {
    check::<Vec<i64>>(&[
        ("null", Some(vec![])),
        (r#"[1,"2",null]"#, Some(vec![1, 2, 0])),
        (r#"[1,"x",2,[],{}]"#, Some(vec![1, 2])),
        ("{}", Some(vec![])),
        (r#"{"items":[1]}"#, Some(vec![1])),
        (r#"{"a":1}"#, None),
        ("7", None),
    ]);
    check::<Option<i64>>(&[("null", Some(None)), (r#""2""#, Some(Some(2)))]);
    check::<Option<Vec<bool>>>(&[("null", Some(None)), ("[]", Some(Some(vec![])))]);
    check::<Option<Nullable<i64>>>(&[
        ("null", Some(Some(Nullable::Null))),
        ("2", Some(Some(Nullable::Value(2)))),
    ]);
    check::<Box<i64>>(&[("null", Some(Box::new(0)))]);
    check::<()>(&[(r#"{"any":["thing"]}"#, Some(())), ("null", Some(()))]);
    check::<Json>(&[("null", Some(Json::Null))]);
    let map = |entries: &[(&str, i64)]| {
        Some(
            entries
                .iter()
                .map(|(key, value)| ((*key).to_owned(), *value))
                .collect(),
        )
    };
    check::<BTreeMap<String, i64>>(&[
        ("null", map(&[])),
        (r#"{"a":"1","b":null}"#, map(&[("a", 1), ("b", 0)])),
        (r#"{"a":1,"b":"x"}"#, map(&[("a", 1)])),
        ("[]", map(&[])),
        (r#"[{"a":1}]"#, map(&[("a", 1)])),
        (r#"[{"a":1},{}]"#, None),
        ("true", None),
    ]);
}

#[test]
fn a_number_that_is_none_is_read_where_fractions_are() {
    assert!(read::<f64>(r#""NaN""#).unwrap().is_nan());
    assert!(read::<i64>(r#""NaN""#).is_err());
}

#[test]
fn errors_do_not_quote_text() {
    for error in [
        read::<i64>(r#""s3cret""#).err(),
        read::<bool>(r#""s3cret""#).err(),
    ] {
        assert!(!error.unwrap().contains("s3cret"));
    }
}
