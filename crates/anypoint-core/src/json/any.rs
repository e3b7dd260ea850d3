//! Reads JSON of any form as `serde_json` does, and counts the memory that it takes.
//!
//! It may take up to four times the memory of models: a map allocates eleven entries for the first one.

use std::fmt;
use std::sync::LazyLock;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number};

use super::memory;
use crate::Json;

/// The memory is divided by this number before it is counted.
const LESS: usize = 4;
const ITEM: usize = size_of::<Json>() / LESS;
const ENTRY: usize = (size_of::<String>() + size_of::<Json>()) / LESS;

/// The key under which `serde_json` passes a number as a map, if it does so; see [`super::number`].
static NUMBER: LazyLock<Option<String>> = LazyLock::new(|| {
    let mut number = serde_json::Deserializer::from_str("0.5");
    number.deserialize_any(Key).ok().flatten()
});

/// Reads the first key of a map; `None` for a number.
struct Key;

impl<'de> Visitor<'de> for Key {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        map.next_key()
    }
}

/// Reads any JSON.
pub(crate) struct Any;

impl<'de> DeserializeSeed<'de> for Any {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Any)? {
            if items.len() == items.capacity() {
                memory::grow(items.capacity(), ITEM)?;
            }
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.is_empty() && NUMBER.as_ref() == Some(&name) {
                let digits: String = map.next_value()?;
                return serde_json::from_str(&digits).map_err(A::Error::custom);
            }
            memory::entry(members.len(), ENTRY)?;
            members.insert(name, map.next_value_seed(Any)?);
        }
        Ok(Json::Object(members))
    }
}

/// Parses a text as JSON.
///
/// # Errors
/// The text is not JSON, or takes too much memory.
pub(crate) fn read(text: &str) -> Result<Json, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Any.deserialize(&mut deserializer)?;
    deserializer.end().map(|()| value)
}
