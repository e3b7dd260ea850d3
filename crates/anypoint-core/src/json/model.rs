//! Reads generated structs without a derived `Deserialize`.
//!
//! A derived one fails on null or a missing field and takes twice as long to compile. Here the
//! generated code only says which field has which name; everything else is written once.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::members::{Member, Members};
use super::odd::{self, Foreign, Watch, odd_kinds};
use super::page;
use super::strict::{self, Check};
use super::tolerant::{Seed, Tolerant, by_text};
use super::trail::{self, Step};
use crate::{Json, UnknownMembers};

/// A struct; implemented by generated code.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Model: Tolerant {
    const NAME: &'static str;
    /// For a page: the member with its items.
    const LIST: Option<&'static str> = None;
    /// Whether it is a model of a request, which may have to be read strictly.
    const STRICT: bool = false;
    /// Whether unknown members are kept and sent.
    const KEEPS: bool = false;

    /// Reads the value of the field `name` from `map`, or skips or keeps it. Returns whether there is such a field.
    ///
    /// # Errors
    /// The value cannot be read.
    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;

    /// Writes the members.
    ///
    /// # Errors
    /// A value cannot be written.
    fn members<S: Serializer>(&self, members: &mut Members<S>) -> Result<(), S::Error>;

    /// The field that keeps values that do not fit, to send them back.
    fn rest(&mut self) -> Option<&mut UnknownMembers> {
        None
    }
}

/// Reads the value of the field whose name was just read.
///
/// # Errors
/// The value cannot be read.
pub fn next<'de, A: MapAccess<'de>, T: Tolerant>(map: &mut A) -> Result<T, A::Error> {
    map.next_value_seed(Seed::new())
}

/// Skips the value of an unknown field.
///
/// # Errors
/// The JSON is malformed.
pub fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<bool, A::Error> {
    map.next_value::<IgnoredAny>().map(|_| false)
}

/// Reads a struct: an object, a list with one object, the bare list of a page, or null.
///
/// # Errors
/// The value is none of these.
pub fn model<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ModelVisitor(PhantomData))
}

/// The name under which a field is sent.
fn wire_name<T: Model>(name: &str) -> Option<&'static str> {
    let member = T::MEMBERS.get(Member::position(T::MEMBERS, name)?)?;
    Some(member.name())
}

/// The result of reading a member.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    Read,
    /// There is no such field.
    Unknown,
    /// The value does not fit and counts as missing.
    Odd,
}

/// Reads the value of the field `name`, which the answer has under the name `at`, into `value`.
///
/// # Errors
/// The JSON is malformed.
#[inline]
pub(super) fn member<'de, T: Model, A: MapAccess<'de>>(
    value: &mut T,
    watch: &mut Watch,
    at: &str,
    name: &str,
    map: &mut A,
) -> Result<Outcome, A::Error> {
    let read = value.field(name, map);
    match read {
        Ok(is_known) if !watch.is_noted() => Ok(match is_known {
            true => Outcome::Read,
            false => Outcome::Unknown,
        }),
        read => noted(value, watch, at, name, read),
    }
}

/// The result for a member in which a value does not fit.
#[cold]
#[inline(never)]
fn noted<T: Model, E: Error>(
    value: &mut T,
    watch: &mut Watch,
    at: &str,
    name: &str,
    read: Result<bool, E>,
) -> Result<Outcome, E> {
    let is_known = match read {
        Ok(is_known) => is_known,
        Err(error) => {
            odd::pardon(error, true).inspect_err(|_| trail::add(Step::member(at)))?;
            true
        }
    };
    let is_odd = watch.stands(
        &Step::member(at),
        Some(value.rest().zip(wire_name::<T>(name))),
    );
    Ok(match is_known {
        _ if is_odd => Outcome::Odd,
        true => Outcome::Read,
        false => Outcome::Unknown,
    })
}

/// Compiled once, and not for each model.
fn expecting(f: &mut fmt::Formatter<'_>, name: &str, is_page: bool) -> fmt::Result {
    let array = if is_page { " or an array" } else { "" };
    write!(f, "an object ({name}){array}")
}

struct ModelVisitor<T>(PhantomData<T>);

impl<'de, T: Model> Visitor<'de> for ModelVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expecting(f, T::NAME, T::LIST.is_some())
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        strict::null(T::absent())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        // Only this form is left out where it is false, so that the code of pages is not compiled for every model.
        if const { T::LIST.is_some() } {
            return page::of_object(T::LIST.unwrap_or_default(), map);
        }
        let mut value = T::absent();
        let mut watch = Watch::new();
        let mut check = Check::begin::<T>();
        let (mut known, mut empty) = (false, true);
        while let Some(name) = map.next_key_seed(FieldName)? {
            if let Some(check) = &mut check {
                check.member(&name);
            }
            known |= member(&mut value, &mut watch, &name, &name, &mut map)? != Outcome::Unknown;
            empty = false;
        }
        match check {
            Some(check) => check.end()?,
            None if known || empty => {}
            None => odd::foreign(Foreign::Object(T::NAME)),
        }
        Ok(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        if const { T::LIST.is_some() } {
            return page::of_array(T::LIST.unwrap_or_default(), seq);
        }
        match odd::array(seq)? {
            Json::Array(items) if !strict::is_on() && matches!(items[..], [Json::Object(_)]) => {
                by_text(&items[0])
            }
            array => Err(odd::put(&self, array)),
        }
    }

    odd_kinds!(scalars);
}

/// A field name, borrowed from the input unless it has escapes.
pub(super) struct FieldName;

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

#[cfg(test)]
mod tests;

/// `Deserialize` through [`Tolerant`], for generated types.
#[macro_export]
#[doc(hidden)]
macro_rules! __impl_deserialize {
    ($name:ident) => {
        impl<'de> $crate::internal::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::internal::read(deserializer)
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
