//! Lenient reading of the plain types: what servers really send instead of what they promise.
//!
//! It must not accept what would change a value: out-of-range numbers and texts that are no
//! numbers stay errors. Error texts never quote a value, because it may be a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{number, trail};
use crate::Json;

/// How a type of a response is read.
pub trait Tolerant: Sized {
    /// The value of a field that is missing.
    fn absent() -> Self;

    /// What null is where the value may also be missing: the same, unless the type tells them apart.
    fn null() -> Option<Self> {
        None
    }

    /// Reads a value; null is the absent one.
    ///
    /// # Errors
    /// When the value cannot be read without changing it.
    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

pub fn absent<T: Tolerant>() -> T {
    T::absent()
}

/// Carries [`Tolerant`] to where serde wants a seed.
pub(crate) struct Seed<T>(PhantomData<T>);

impl<T> Seed<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Tolerant> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::tolerant(deserializer)
    }
}

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
        f.write_str("an integer")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::custom("the integer is out of range"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
        integral(value).ok_or_else(|| E::custom("expected an integer, found another number"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
        let text = text.trim();
        let parsed = text
            .parse()
            .ok()
            .or_else(|| finite(text).and_then(integral));
        parsed.ok_or_else(|| E::custom("expected an integer, found a text that is none"))
    }

    fn visit_unit<E: Error>(self) -> Result<i64, E> {
        Ok(0)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<i64, A::Error> {
        number::visit(map, self)
    }
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
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
        finite(text.trim()).ok_or_else(|| E::custom("expected a number, found a text that is none"))
    }

    fn visit_unit<E: Error>(self) -> Result<f64, E> {
        Ok(0.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<f64, A::Error> {
        number::visit(map, self)
    }
}

struct Boolean;

impl Visitor<'_> for Boolean {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match text.trim() {
            text if text.eq_ignore_ascii_case("true") => Ok(true),
            text if text.eq_ignore_ascii_case("false") => Ok(false),
            _ => Err(E::custom("expected true or false, found another text")),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }
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
        // As JSON writes it: `2.0` stays `2.0`.
        Ok(Json::from(value).to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        number::text(map, &self)
    }
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

impl Tolerant for i32 {
    fn absent() -> Self {
        0
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i64::tolerant(deserializer)?;
        i32::try_from(value).map_err(|_| D::Error::custom("the integer is out of range"))
    }
}

impl Tolerant for () {
    fn absent() -> Self {}

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| ())
    }
}

impl Tolerant for Json {
    fn absent() -> Self {
        Json::Null
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Json::deserialize(deserializer)
    }
}

impl<T: Tolerant> Tolerant for Box<T> {
    fn absent() -> Self {
        Box::new(T::absent())
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::tolerant(deserializer).map(Box::new)
    }
}

/// One visitor for the three containers, told apart by the type parameter.
struct Container<T>(PhantomData<T>);

impl<T: Tolerant> Tolerant for Option<T> {
    fn absent() -> Self {
        None
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(Container::<Option<T>>(PhantomData))
    }
}

impl<'de, T: Tolerant> Visitor<'de> for Container<Option<T>> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(T::null())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(T::null())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::tolerant(deserializer).map(Some)
    }
}

impl<T: Tolerant> Tolerant for Vec<T> {
    fn absent() -> Self {
        Vec::new()
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(Container::<Vec<T>>(PhantomData))
    }
}

impl<'de, T: Tolerant> Visitor<'de> for Container<Vec<T>> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        let failed = |items: &Vec<T>| trail::index(items.len());
        while let Some(item) = seq
            .next_element_seed(Seed::new())
            .inspect_err(|_| failed(&items))?
        {
            items.push(item);
        }
        Ok(items)
    }
}

impl<T: Tolerant> Tolerant for BTreeMap<String, T> {
    fn absent() -> Self {
        BTreeMap::new()
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(Container::<BTreeMap<String, T>>(PhantomData))
    }
}

impl<'de, T: Tolerant> Visitor<'de> for Container<BTreeMap<String, T>> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map
                .next_value_seed(Seed::new())
                .inspect_err(|_| trail::member(&key))?;
            entries.insert(key, value);
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
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
        check::<i32>(&[
            ("3", Some(3)),
            ("-3", Some(-3)),
            ("3.0", Some(3)),
            (r#""3""#, Some(3)),
            (r#"" 3.0 ""#, Some(3)),
            ("null", Some(0)),
            ("2147483647", Some(i32::MAX)),
            ("2147483648", None),
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
            (r#""NaN""#, None),
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
            ("1", None),
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
        check::<Vec<i32>>(&[
            ("null", Some(vec![])),
            (r#"[1,"2",null]"#, Some(vec![1, 2, 0])),
            ("{}", None),
        ]);
        check::<Option<i32>>(&[("null", Some(None)), (r#""2""#, Some(Some(2)))]);
        check::<Option<Vec<bool>>>(&[("null", Some(None)), ("[]", Some(Some(vec![])))]);
        check::<Option<Nullable<i32>>>(&[
            ("null", Some(Some(Nullable::Null))),
            ("2", Some(Some(Nullable::Value(2)))),
        ]);
        check::<Box<i32>>(&[("null", Some(Box::new(0)))]);
        check::<()>(&[(r#"{"any":["thing"]}"#, Some(())), ("null", Some(()))]);
        check::<Json>(&[("null", Some(Json::Null))]);
        let map = |entries: &[(&str, i32)]| {
            Some(
                entries
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), *value))
                    .collect(),
            )
        };
        check::<BTreeMap<String, i32>>(&[
            ("null", map(&[])),
            (r#"{"a":"1","b":null}"#, map(&[("a", 1), ("b", 0)])),
            ("[]", None),
        ]);
    }

    #[test]
    fn errors_do_not_quote_text() {
        for error in [
            read::<i32>(r#""s3cret""#).err(),
            read::<bool>(r#""s3cret""#).err(),
        ] {
            assert!(!error.unwrap().contains("s3cret"));
        }
    }
}
