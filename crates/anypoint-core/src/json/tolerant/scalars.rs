//! Numbers, flags and texts, each also in the form of another if that does not change the value.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Tolerant;
use crate::Json;
use crate::json::odd::{self, odd_kinds};
use crate::json::{number, strict};

/// The largest `f64` below which every integer has an `f64` of its own or is rounded within
/// range: 2^63, itself already too large for an `i64`.
const I64_END: f64 = 9_223_372_036_854_775_808.0;

fn integral(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && (-I64_END..I64_END).contains(&value)).then_some(value as i64)
}

struct Integer;

impl<'de> Visitor<'de> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer of 64 bits")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| odd::put(&self, value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
        integral(value).ok_or_else(|| odd::put(&self, value.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        let number = text.trim();
        let parsed = number
            .parse()
            .ok()
            .or_else(|| number::float(number).and_then(integral));
        parsed.ok_or_else(|| odd::put(&self, text.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<i64, E> {
        strict::null(0)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<i64, A::Error> {
        number::visit(map, self)
    }

    odd_kinds!(bool, array);
}

struct Float;

impl<'de> Visitor<'de> for Float {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        number::float(text.trim()).ok_or_else(|| odd::put(&self, text.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<f64, E> {
        strict::null(0.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<f64, A::Error> {
        number::visit(map, self)
    }

    odd_kinds!(bool, array);
}

struct Boolean;

impl<'de> Visitor<'de> for Boolean {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<bool, E> {
        Err(odd::put(&self, value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        match value {
            0 | 1 => Ok(value == 1),
            _ => Err(odd::put(&self, value.into())),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<bool, E> {
        Err(odd::put(&self, value.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match text.trim() {
            "1" => Ok(true),
            "0" => Ok(false),
            flag if flag.eq_ignore_ascii_case("true") => Ok(true),
            flag if flag.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(odd::put(&self, text.into())),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        strict::null(false)
    }

    odd_kinds!(array, object);
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<String, E> {
        // As in JSON: `2.0` stays `2.0`.
        Ok(Json::from(value).to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<String, E> {
        strict::null(String::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        match odd::object(map)? {
            Json::Number(number) => Ok(number.to_string()),
            object => Err(odd::put(&self, object)),
        }
    }

    odd_kinds!(array);
}

macro_rules! tolerant_by_visitor {
    ($($ty:ty = $visitor:expr),* $(,)?) => {$(
        impl Tolerant for $ty {
            fn absent() -> Self {
                Self::default()
            }

            fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($visitor)
            }
        }
    )*};
}

tolerant_by_visitor!(i64 = Integer, f64 = Float, bool = Boolean, String = Text);
