//! Reads a page: an object with a list and facts about it.
//!
//! A page in the documented form is read without a copy, except for the few members before its list.

use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess};
use serde_json::{Map, json};

use super::any::Any;
use super::lists::{self, Place};
use super::model::{FieldName, Model, Outcome, member};
use super::odd::{self, Foreign, Watch};
use crate::Json;

/// Reads a page, one with its list under another name, or a single item in place of a page.
pub(super) fn of_object<'de, T: Model, A: MapAccess<'de>>(
    list: &'static str,
    mut map: A,
) -> Result<T, A::Error> {
    let mut page = Reading::<T>::new(list);
    let mut before = Map::new();
    while let Some(name) = map.next_key_seed(FieldName)? {
        if page.is_listed || name == list {
            page.member(&name, &name, &mut map)?;
        } else {
            before.insert(name.into_owned(), map.next_value_seed(Any)?);
        }
    }
    page.end(before).map_err(A::Error::custom)
}

/// Reads the bare list of a page.
pub(super) fn of_array<'de, T: Model, A: SeqAccess<'de>>(
    list: &'static str,
    seq: A,
) -> Result<T, A::Error> {
    let mut value = T::absent();
    value.field(list, &mut OneValue(Some(SeqAccessDeserializer::new(seq))))?;
    Ok(value)
}

/// A page that is being read.
struct Reading<T> {
    list: &'static str,
    value: T,
    watch: Watch,
    /// The list was read, under its documented name.
    is_listed: bool,
    /// At least one known member was read.
    is_known: bool,
    /// The value of the list is not a list, or has no item that fits.
    is_odd: bool,
}

impl<T: Model> Reading<T> {
    fn new(list: &'static str) -> Self {
        Self {
            list,
            value: T::absent(),
            watch: Watch::new(),
            is_listed: false,
            is_known: false,
            is_odd: false,
        }
    }

    /// Reads the member `name`, which the answer has under the name `at`.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        at: &str,
        name: &str,
        map: &mut A,
    ) -> Result<Outcome, A::Error> {
        let outcome = member(&mut self.value, &mut self.watch, at, name, map)?;
        self.is_known |= outcome != Outcome::Unknown;
        self.is_listed |= name == self.list;
        self.is_odd |= name == self.list && outcome == Outcome::Odd;
        Ok(outcome)
    }

    fn read(&mut self, at: &str, name: &str, value: &Json) -> Result<Outcome, serde_json::Error> {
        let text = value.to_string();
        let mut text = serde_json::Deserializer::from_str(&text);
        self.member(at, name, &mut OneValue(Some(&mut text)))
    }

    /// Reads the members before the list, or all members if there is no list of the documented name.
    fn end(mut self, members: Map<String, Json>) -> Result<T, serde_json::Error> {
        let list = self.list;
        let mut rest = Map::new();
        for (name, value) in members {
            if self.read(&name, &name, &value)? == Outcome::Unknown {
                rest.insert(name, value);
            }
        }
        let is_empty = !self.is_known && rest.is_empty();
        if !self.is_listed && !rest.is_empty() {
            // An object with members of the page is not an item.
            let is_page = self.is_known;
            let knows = |name: &str| !is_page && item_knows::<T>(list, name);
            match lists::place(&rest, &knows) {
                Place::Under(name) => drop(self.read(&name, list, &rest[&name])?),
                Place::Item => drop(self.read(list, list, &json!([rest]))?),
                Place::Nowhere => {}
            }
        }
        if self.is_odd {
            odd::foreign(Foreign::List);
        } else if !self.is_known && !is_empty {
            odd::foreign(Foreign::Object(T::NAME));
        }
        Ok(self.value)
    }
}

/// Whether the items of a page have a member of this name.
fn item_knows<T: Model>(list: &'static str, name: &str) -> bool {
    let before = Watch::new();
    let mut scratch = Reading::<T>::new(list);
    let read = scratch.read(list, list, &json!([{ name: null }]));
    before.forget();
    read.is_ok() && !scratch.is_odd
}

/// Presents one value as a map with a single entry.
struct OneValue<D>(Option<D>);

impl<'de, D: Deserializer<'de>> MapAccess<'de> for OneValue<D> {
    type Error = D::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, D::Error> {
        match &self.0 {
            Some(_) => seed.deserialize("".into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, D::Error> {
        match self.0.take() {
            Some(value) => seed.deserialize(value),
            None => Err(D::Error::custom("the value was read twice")),
        }
    }
}
