//! Numbers in the form that `serde_json` uses if its feature `arbitrary_precision` is enabled, which any crate of a program
//! may do for all: a map with one private key for each number that is not a 64-bit integer.
//!
//! It must not know that key: `serde_json` itself reads and writes this form.

use serde::de::{MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::Number;

use super::odd;
use crate::Json;

/// Passes the number that a map stands for to a visitor of numbers. Any other map does not fit.
pub(crate) fn visit<'de, A, V>(map: A, visitor: V) -> Result<V::Value, A::Error>
where
    A: MapAccess<'de>,
    V: Visitor<'de>,
{
    let json = odd::object(map)?;
    let Json::Number(number) = &json else {
        return Err(odd::put(&visitor, json));
    };
    if let Some(value) = number.as_i64() {
        visitor.visit_i64(value)
    } else if let Some(value) = number.as_u64() {
        visitor.visit_u64(value)
    } else if let Some(value) = number.as_f64().filter(|value| value.is_finite()) {
        visitor.visit_f64(value)
    } else {
        Err(odd::put(&visitor, json))
    }
}

/// Parses a number, or a name that Java uses for values that are not numbers.
pub(crate) fn float(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => text.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

/// The name of a value that JSON cannot write as a number.
pub(crate) fn name(value: f64) -> Option<&'static str> {
    match value {
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => value.is_nan().then_some("NaN"),
    }
}

/// Writes a number as a basic type, which every format supports; only a number that none can hold is written by `serde_json`.
pub(crate) fn write<S: Serializer>(number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
    if let Some(value) = number.as_i64() {
        return serializer.serialize_i64(value);
    }
    if let Some(value) = number.as_u64() {
        return serializer.serialize_u64(value);
    }
    let value = number.as_f64();
    match value.filter(|value| Number::from_f64(*value).as_ref() == Some(number)) {
        Some(value) => serializer.serialize_f64(value),
        None => number.serialize(serializer),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::json::Tolerant;
    use crate::{Json, Number, StringOrNumber, Timestamp};

    fn read<T: Tolerant>(text: &str) -> T {
        let value: Json = serde_json::from_str(text).unwrap();
        // From the text, and once more through a tree, as unions and pages are read.
        drop(T::tolerant(value).unwrap());
        T::tolerant(&mut serde_json::Deserializer::from_str(text)).unwrap()
    }

    /// CI runs it with and without `serde_json/arbitrary_precision`.
    #[test]
    fn fractions_are_read_whatever_features_serde_json_has() {
        assert_eq!(read::<f64>("0.1"), 0.1);
        assert_eq!(read::<f64>("3600.0"), 3600.0);
        assert_eq!(read::<i64>("3600.0"), 3600);
        assert_eq!(read::<i64>("1e3"), 1000);
        assert_eq!(read::<String>("2.0"), "2.0");
        assert_eq!(read::<Number>("0.2").to_string(), "0.2");
        assert_eq!(read::<Option<Vec<f64>>>("[0.1, 2]"), Some(vec![0.1, 2.0]));
        assert_eq!(read::<StringOrNumber>("0.1").as_f64(), Some(0.1));
        assert_eq!(
            read::<Timestamp>("1709290800000.5").as_millis(),
            Some(1_709_290_800_000)
        );
        assert_eq!(
            read::<Timestamp>("1e12").as_millis(),
            Some(1_000_000_000_000)
        );
        for text in ["{}", r#"{"a": 1}"#, "[]", "true", "1e999"] {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            assert!(f64::tolerant(&mut deserializer).is_err(), "{text}");
        }
    }

    #[test]
    fn fractions_are_written_in_json_and_in_forms() {
        let value = json!({ "a": Number::from(0.5), "b": StringOrNumber::from(0.25) });
        assert_eq!(value.to_string(), r#"{"a":0.5,"b":0.25}"#);
        let pairs = [
            ("a", StringOrNumber::from(0.25)),
            ("b", read("0.75")),
            ("c", read("7")),
        ];
        assert_eq!(crate::form::encode(&pairs).unwrap(), "a=0.25&b=0.75&c=7");
        let time = [("t", read::<Timestamp>("1.5"))];
        assert_eq!(crate::form::encode(&time).unwrap(), "t=1.5");
    }
}
