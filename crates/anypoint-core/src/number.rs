//! A JSON number as the server wrote it.
//!
//! It must not normalise: a strict reader of integers refuses `1.0`, and a reader of what changed sees a
//! difference where `1` becomes `1.0`.

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::odd::{self, odd_kinds};
use crate::json::{Tolerant, number, read, strict};
use crate::parameter::Parameter;

/// A number with or without a fraction. It is sent back in the form in which it was received.
///
/// ```
/// use anypoint_core::Number;
///
/// let cores = Number::from(0.5);
/// assert_eq!(cores.as_f64(), 0.5);
/// assert_eq!(Number::from(2), 2.0);
/// assert_eq!(Number::from(2).to_string(), "2");
/// ```
#[derive(Clone, Copy)]
pub struct Number(Form);

#[derive(Clone, Copy)]
enum Form {
    Whole(i64),
    /// What no `i64` holds.
    Large(u64),
    Fraction(f64),
}

impl Number {
    /// The value as an integer, if it is one that an `i64` holds.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Form::Whole(value) => Some(value),
            Form::Large(_) | Form::Fraction(_) => None,
        }
    }

    /// The value as an integer, if it is one that a `u64` holds.
    pub fn as_u64(self) -> Option<u64> {
        match self.0 {
            Form::Whole(value) => value.try_into().ok(),
            Form::Large(value) => Some(value),
            Form::Fraction(_) => None,
        }
    }

    /// The value. Integers above 2⁵³ lose their last digits. It is not finite if the service sent `"NaN"` or `"Infinity"`.
    #[expect(clippy::cast_precision_loss, reason = "documented")]
    pub fn as_f64(self) -> f64 {
        match self.0 {
            Form::Whole(value) => value as f64,
            Form::Large(value) => value as f64,
            Form::Fraction(value) => value,
        }
    }
}

impl Default for Number {
    /// Zero.
    fn default() -> Self {
        Self(Form::Whole(0))
    }
}

impl PartialEq for Number {
    /// By value: `1` and `1.0` are the same number, and so are two that are none.
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (Form::Whole(one), Form::Whole(other)) => one == other,
            (Form::Large(one), Form::Large(other)) => one == other,
            _ => {
                let (one, other) = (self.as_f64(), other.as_f64());
                one == other || (one.is_nan() && other.is_nan())
            }
        }
    }
}

impl PartialEq<f64> for Number {
    fn eq(&self, other: &f64) -> bool {
        self.as_f64() == *other
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(Form::Fraction(value))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Form::Whole(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(i64::try_from(value).map_or(Form::Large(value), Form::Whole))
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self(Form::Whole(value.into()))
    }
}

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.as_f64()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Whole(value) => fmt::Display::fmt(&value, f),
            Form::Large(value) => fmt::Display::fmt(&value, f),
            Form::Fraction(value) => match number::name(value) {
                Some(name) => f.pad(name),
                None => fmt::Display::fmt(&value, f),
            },
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Form::Whole(value) => serializer.serialize_i64(value),
            Form::Large(value) => serializer.serialize_u64(value),
            Form::Fraction(value) => match number::name(value) {
                Some(name) => serializer.serialize_str(name),
                None => serializer.serialize_f64(value),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl Tolerant for Number {
    fn absent() -> Self {
        Self::default()
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNumber)
    }
}

struct AnyNumber;

impl<'de> Visitor<'de> for AnyNumber {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Number, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
        let number = text.trim();
        if let Ok(whole) = number.parse::<i64>() {
            return Ok(whole.into());
        }
        if let Ok(large) = number.parse::<u64>() {
            return Ok(large.into());
        }
        let value = number::float(number);
        value
            .map(Number::from)
            .ok_or_else(|| odd::put(&self, text.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Number, E> {
        strict::null(Number::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Number, A::Error> {
        number::visit(map, self)
    }

    odd_kinds!(bool, array);
}

impl Parameter for Number {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        take(&self.to_string());
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(json: &str) -> String {
        let number: Number = serde_json::from_str(json).unwrap();
        serde_json::to_string(&number).unwrap()
    }

    #[test]
    fn the_form_is_kept() {
        for json in [
            "1",
            "1.0",
            "0.1",
            "-3",
            "1000.0",
            "9007199254740993",
            "18446744073709551615",
            "1e300",
        ] {
            assert_eq!(again(json), json.replace("1e300", "1e+300"), "{json}");
        }
    }

    #[test]
    fn texts_and_null_are_numbers_too() {
        assert_eq!(again(r#""0.07""#), "0.07");
        assert_eq!(again(r#"" 2 ""#), "2");
        assert_eq!(again(r#""18446744073709551615""#), "18446744073709551615");
        assert_eq!(again("null"), "0");
        for json in [r#""many""#, r#""inf""#, "true", "[]"] {
            assert!(serde_json::from_str::<Number>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn what_is_no_number_is_kept() {
        for json in [r#""NaN""#, r#""Infinity""#, r#""-Infinity""#] {
            assert_eq!(again(json), json);
            let number = || serde_json::from_str::<Number>(json).unwrap();
            assert_eq!(number(), number());
            assert_eq!(format!("\"{}\"", number()), json);
        }
    }

    #[test]
    fn whole_numbers_stay_whole() {
        let largest: Number = serde_json::from_str("18446744073709551615").unwrap();
        assert_eq!(largest.as_u64(), Some(u64::MAX));
        assert_eq!((largest.as_i64(), largest), (None, u64::MAX.into()));
        assert_eq!(Number::from(-1).as_i64(), Some(-1));
        assert_eq!(Number::from(-1).as_u64(), None);
        assert_eq!(Number::from(0.5).as_i64(), None);
    }

    #[test]
    fn equal_is_by_value() {
        assert_eq!(Number::from(1), Number::from(1.0));
        assert_ne!(Number::from(1), Number::from(1.5));
        assert_eq!(Number::from(1), 1.0);
    }
}
