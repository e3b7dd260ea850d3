//! Optional values, lists and maps. A value of a list or a map that does not fit is left out.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Seed, Tolerant, by_text};
use crate::Json;
use crate::json::odd::{self, Watch, odd_kinds};
use crate::json::trail::{self, Step};
use crate::json::{Member, lists, memory, strict};

/// One visitor for the three containers, distinguished by the type parameter.
struct Container<T>(PhantomData<T>);

impl<T: Tolerant> Tolerant for Option<T> {
    const MEMBERS: &'static [Member] = T::MEMBERS;

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
        deserializer.deserialize_any(Container::<Vec<T>>(PhantomData))
    }
}

impl<'de, T: Tolerant> Visitor<'de> for Container<Vec<T>> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        strict::null(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        let mut values = Values::new();
        loop {
            match seq.next_element_seed(Next(&mut items)) {
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(error) => values.odd(error, Step::Index)?,
            }
            values.read(Step::Index);
        }
        values.end();
        Ok(items)
    }

    /// Not as documented: an object that contains the list, or the only item.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let object = match odd::object(map)? {
            Json::Object(object) if !strict::is_on() => lists::list(object, &T::knows),
            other => return Err(odd::put(&self, other)),
        };
        let (list, names) = object.map_err(|object| odd::put(&self, Json::Object(object)))?;
        let watch = Watch::new();
        let items = by_text(&list)?;
        let foreign = odd::take_foreign();
        for name in names {
            watch.clone().stands(&Step::Member(name), None);
        }
        foreign.inspect(|foreign| odd::foreign(*foreign));
        Ok(items)
    }

    odd_kinds!(scalars);
}

/// A seed that adds the next item to a list. A large item is moved less often than if it were returned.
struct Next<'a, T>(&'a mut Vec<T>);

impl<'de, T: Tolerant> DeserializeSeed<'de> for Next<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let (item, items) = (T::tolerant(deserializer), self.0);
        if item.is_ok() && items.len() == items.capacity() {
            memory::grow(items.capacity(), size_of::<T>())?;
        }
        item.map(|item| items.push(item))
    }
}

impl<T: Tolerant> Tolerant for BTreeMap<String, T> {
    fn absent() -> Self {
        BTreeMap::new()
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Container::<BTreeMap<String, T>>(PhantomData))
    }
}

impl<'de, T: Tolerant> Visitor<'de> for Container<BTreeMap<String, T>> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        strict::null(BTreeMap::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        let mut values = Values::new();
        while let Some(key) = map.next_key::<String>()? {
            memory::entry(entries.len(), size_of::<(String, T)>())?;
            match map.next_value_seed(Seed::new()) {
                Ok(value) => {
                    values.read(|_| Step::member(&key));
                    entries.insert(key, value);
                }
                Err(error) => {
                    values.odd(error, |_| Step::member(&key))?;
                    values.read(|_| Step::member(&key));
                }
            }
        }
        values.end();
        Ok(entries)
    }

    /// Not as documented: an empty array for an empty object, or an array with the object.
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        match odd::array(seq)? {
            array if strict::is_on() => Err(odd::put(&self, array)),
            Json::Array(items) if items.is_empty() => Ok(BTreeMap::new()),
            Json::Array(items) if matches!(items[..], [Json::Object(_)]) => by_text(&items[0]),
            array => Err(odd::put(&self, array)),
        }
    }

    odd_kinds!(scalars);
}

/// The values of a list or a map that is being read.
struct Values {
    watch: Watch,
    count: usize,
    unfit: usize,
}

impl Values {
    #[inline]
    fn new() -> Self {
        Self {
            watch: Watch::new(),
            count: 0,
            unfit: 0,
        }
    }

    /// Records a value that does not fit.
    #[cold]
    fn odd<E: Error>(&self, error: E, step: impl FnOnce(usize) -> Step) -> Result<(), E> {
        odd::pardon(error, false).inspect_err(|_| trail::add(step(self.count)))
    }

    /// Counts a value, whether it fits or not.
    #[inline]
    fn read(&mut self, step: impl FnOnce(usize) -> Step) {
        if self.watch.is_noted() {
            self.noted(&step(self.count));
        }
        self.count += 1;
    }

    #[cold]
    fn noted(&mut self, step: &Step) {
        let unfit = self.watch.stands(step, None);
        self.unfit += usize::from(unfit);
    }

    /// If no value fits, the list or map is something else.
    fn end(self) {
        if self.unfit > 0 && self.unfit == self.count {
            odd::foreign(odd::Foreign::List);
        }
    }
}
