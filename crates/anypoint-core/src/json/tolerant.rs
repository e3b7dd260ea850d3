//! Lenient reading: what servers really send instead of what they promise.
//!
//! It must not accept what would change a value: out-of-range numbers and texts that are no
//! numbers do not fit. What is said about them never quotes a value, because it may be a secret.

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

/// How a type of a response is read.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Tolerant: Sized {
    /// Of an object, or of the objects in a list.
    const MEMBERS: &'static [Member] = &[];

    /// The value of a field that is missing.
    fn absent() -> Self;

    /// What null is where the value may also be missing: the same, unless the type tells them apart.
    fn null() -> Option<Self> {
        None
    }

    /// Whether it is an object that has a member of this name.
    fn knows(name: &str) -> bool {
        Member::position(Self::MEMBERS, name).is_some()
    }

    /// Reads a value; null is the absent one.
    ///
    /// # Errors
    /// When the JSON is broken, or the value does not fit and was put aside.
    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

pub fn absent<T: Tolerant>() -> T {
    T::absent()
}

/// Reads a value for itself, not as an answer: what is odd in it is not told.
///
/// # Errors
/// When the JSON is broken, or is of another kind.
pub fn read<'de, T: Tolerant, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    odd::clear();
    let value = T::tolerant(deserializer);
    odd::clear();
    value
}

/// Reads what is already known as JSON. It goes by the text, so that every type is read by one kind of deserializer
/// only.
///
/// # Errors
/// As [`Tolerant::tolerant`].
pub fn by_text<T: Tolerant, E: Error>(json: &Json) -> Result<T, E> {
    let text = json.to_string();
    let mut text = serde_json::Deserializer::from_str(&text);
    T::tolerant(&mut text).map_err(|error| E::custom(without_place(&error)))
}

/// The words of an error without the place in a text that nobody sees.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
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
