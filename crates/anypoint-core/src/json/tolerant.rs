//! Lenient reading of the values of an answer.
//!
//! It must not accept what would change a value: numbers that are out of range and texts that are not
//! numbers do not fit. Messages about them never quote a value, because it may be a secret.

mod containers;
mod scalars;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny};

use super::any::Any;
use super::{Member, memory, odd};
use crate::Json;

/// Reads a type of a response leniently.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Tolerant: Sized {
    /// The members of an object.
    const MEMBERS: &'static [Member] = &[];

    /// The value for a missing field.
    fn absent() -> Self;

    /// The value of null in an `Option`: `None`, unless the type distinguishes null from missing.
    fn null() -> Option<Self> {
        None
    }

    /// Whether the type is an object with a member of this name.
    fn knows(name: &str) -> bool {
        Member::position(Self::MEMBERS, name).is_some()
    }

    /// Reads a value; null gives the absent value.
    ///
    /// # Errors
    /// The JSON is malformed, or the value does not fit and was stored as odd.
    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

pub fn absent<T: Tolerant>() -> T {
    T::absent()
}

/// Reads a value that is not an answer: odd values in it are not reported.
///
/// # Errors
/// The JSON is malformed, or of another type.
pub fn read<'de, T: Tolerant, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    odd::clear();
    let value = T::tolerant(deserializer);
    odd::clear();
    value
}

/// Reads a value from JSON by way of text, so that every type is read by one kind of deserializer only.
///
/// # Errors
/// As for [`Tolerant::tolerant`].
pub fn by_text<T: Tolerant, E: Error>(json: &Json) -> Result<T, E> {
    let text = json.to_string();
    let mut text = serde_json::Deserializer::from_str(&text);
    T::tolerant(&mut text).map_err(|error| E::custom(without_place(&error)))
}

/// The message of an error without its position, which refers to a text that is not shown.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

/// A seed of serde that reads with [`Tolerant`].
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
        Any.deserialize(deserializer)
    }
}

impl<T: Tolerant> Tolerant for Box<T> {
    const MEMBERS: &'static [Member] = T::MEMBERS;

    fn absent() -> Self {
        Box::new(T::absent())
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        memory::take(size_of::<T>())?;
        T::tolerant(deserializer).map(Box::new)
    }
}
