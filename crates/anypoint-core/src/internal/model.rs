//! How emitted structs are read, without a derived `Deserialize`.
//!
//! A derived one fails on a null or a missing field and takes twice as long to compile. Here
//! the emitted code only says which field a name is; everything else is written once.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize as _;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IgnoredAny, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};

use super::tolerant::{Seed, Tolerant};
use super::trail;
use crate::Json;

/// How to tell a page from what may come in its place.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The member that holds the items.
    pub list: &'static str,
    /// All members of the page: an object with none of them is a bare item.
    pub members: &'static [&'static str],
}

impl Page {
    #[must_use]
    pub const fn new(list: &'static str, members: &'static [&'static str]) -> Self {
        Self { list, members }
    }
}

/// A struct of a response, implemented by emitted code.
pub trait Model: Sized {
    const NAME: &'static str;
    /// For a page that may come as a bare array or as one bare item.
    const PAGE: Option<Page> = None;

    fn absent() -> Self;

    /// Reads the value of the named field from `map`, or skips it.
    ///
    /// # Errors
    /// When the value cannot be read.
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// The value of the field that was just named.
///
/// # Errors
/// When it cannot be read.
pub fn next<'de, A: MapAccess<'de>, T: Tolerant>(map: &mut A) -> Result<T, A::Error> {
    map.next_value_seed(Seed::new())
}

/// Skips the value of a field that is not known.
///
/// # Errors
/// When the JSON is broken.
pub fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// Reads a struct: an object, null, or the bare array of a page.
///
/// # Errors
/// When it is none of these or a field cannot be read.
pub fn model<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    if T::PAGE.is_some() {
        return deserializer.deserialize_any(ModelVisitor(PhantomData));
    }
    // Null or an object: both together compile to half of what `deserialize_any` does.
    deserializer.deserialize_option(ModelVisitor(PhantomData))
}

struct ModelVisitor<T>(PhantomData<T>);

impl<T: Model> ModelVisitor<T> {
    /// A constant, so that `visit_seq` costs nothing to compile for the many structs that are
    /// no pages.
    const IS_PAGE: bool = T::PAGE.is_some();
}

impl<'de, T: Model> Visitor<'de> for ModelVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let array = if Self::IS_PAGE { " or an array" } else { "" };
        write!(f, "an object ({}){array}", T::NAME)
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::absent())
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        Ok(T::absent())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        if let Some(page) = T::PAGE {
            return page_or_item(page, map);
        }
        let mut value = T::absent();
        while let Some(name) = map.next_key_seed(FieldName)? {
            value
                .field(&name, &mut map)
                .inspect_err(|_| trail::member(&name))?;
        }
        Ok(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        if Self::IS_PAGE {
            let mut value = T::absent();
            let name = T::PAGE.map_or("", |page| page.list);
            value.field(name, &mut OneValue(Some(SeqAccessDeserializer::new(seq))))?;
            return Ok(value);
        }
        Err(A::Error::custom(format_args!(
            "expected an object ({}), found an array",
            T::NAME
        )))
    }
}

/// A field name, borrowed from the input unless it holds escapes.
struct FieldName;

impl<'de> DeserializeSeed<'de> for FieldName {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for FieldName {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_string<E: Error>(self, name: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name))
    }
}

/// Reads an object that is a page, or one item in the place of a page.
///
/// Which of them it is shows only when all names are known, so it is read into memory first.
///
/// What looks like an object here may be a number, see `internal/number`.
fn page_or_item<'de, T: Model, A: MapAccess<'de>>(page: Page, map: A) -> Result<T, A::Error> {
    let Json::Object(members) = Json::deserialize(MapAccessDeserializer::new(map))? else {
        let expected: &dyn Expected = &ModelVisitor::<T>(PhantomData);
        return Err(A::Error::invalid_type(
            Unexpected::Other("number"),
            expected,
        ));
    };
    let mut value = T::absent();
    let is_item =
        !members.is_empty() && !page.members.iter().any(|name| members.contains_key(*name));
    if is_item {
        let list = Json::Array(vec![Json::Object(members)]);
        value
            .field(page.list, &mut OneValue(Some(list)))
            .map_err(A::Error::custom)?;
        return Ok(value);
    }
    for (name, member) in members {
        value
            .field(&name, &mut OneValue(Some(member)))
            .inspect_err(|_| trail::member(&name))
            .map_err(A::Error::custom)?;
    }
    Ok(value)
}

/// One value in the guise of a map that holds nothing else.
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

/// `Deserialize` through [`Tolerant`], for emitted types.
#[macro_export]
#[doc(hidden)]
macro_rules! __impl_deserialize {
    ($name:ident) => {
        impl<'de> $crate::internal::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <Self as $crate::internal::Tolerant>::tolerant(deserializer)
            }
        }
    };
}

/// `JsonSchema` from a literal, whatever the calling crate calls its own feature.
#[cfg(feature = "schemars")]
#[macro_export]
#[doc(hidden)]
macro_rules! __impl_schema {
    ($name:ident, $schema:tt) => {
        impl $crate::internal::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }

            fn json_schema(
                _: &mut $crate::internal::schemars::SchemaGenerator,
            ) -> $crate::internal::schemars::Schema {
                $crate::internal::schemars::json_schema!($schema)
            }
        }
    };
}

/// Without the feature there is no schema.
#[cfg(not(feature = "schemars"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __impl_schema {
    ($name:ident, $schema:tt) => {};
}

/// `Deserialize` and [`Tolerant`] for emitted structs.
#[macro_export]
#[doc(hidden)]
macro_rules! impl_model {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::internal::Tolerant for $name {
            fn absent() -> Self {
                <Self as $crate::internal::Model>::absent()
            }

            fn tolerant<'de, D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::internal::model(deserializer)
            }
        }

        $crate::__impl_deserialize!($name);
    )*};
}
