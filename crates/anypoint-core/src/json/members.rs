//! The members of a generated struct: their names, how they are written, and how unknown members are kept.

use serde::de::MapAccess;
use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use super::any::Any;
use super::{Model, Tolerant, memory, parsed, read};
use crate::{Json, UnknownMembers};

/// A member by its names on the wire; the first one is sent.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub names: &'static [&'static str],
    written: Written,
}

/// When a member is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Written {
    Always,
    IfSome,
    IfFilled,
}

/// The constructors have the names of the methods of [`Members`] that write the member.
impl Member {
    #[must_use]
    pub const fn always(names: &'static [&'static str]) -> Self {
        Self {
            names,
            written: Written::Always,
        }
    }

    #[must_use]
    pub const fn some(names: &'static [&'static str]) -> Self {
        Self {
            names,
            written: Written::IfSome,
        }
    }

    #[must_use]
    pub const fn filled(names: &'static [&'static str]) -> Self {
        Self {
            names,
            written: Written::IfFilled,
        }
    }

    pub(crate) fn is_required(&self) -> bool {
        self.written == Written::Always
    }

    pub(crate) fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    /// The index of the member with this name.
    pub(crate) fn position(members: &[Self], name: &str) -> Option<usize> {
        let mut all = members.iter();
        all.position(|member| member.names.contains(&name))
    }
}

/// Keeps the value of an unknown member.
///
/// # Errors
/// The JSON is malformed, or takes too much memory.
pub fn unknown<'de, A: MapAccess<'de>>(
    rest: &mut UnknownMembers,
    name: &str,
    map: &mut A,
) -> Result<bool, A::Error> {
    memory::entry(rest.len(), size_of::<(String, Json)>())?;
    rest.insert(name.to_owned(), map.next_value_seed(Any)?);
    Ok(false)
}

/// Writes a struct, member by member.
pub struct Members<S: Serializer> {
    map: S::SerializeMap,
}

impl<S: Serializer> Members<S> {
    /// A member that is never left out.
    ///
    /// # Errors
    /// The value cannot be written.
    pub fn always<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
        self.map.serialize_entry(name, value)
    }

    /// A member that may be missing.
    ///
    /// # Errors
    /// The value cannot be written.
    pub fn some<T: Serialize>(
        &mut self,
        name: &'static str,
        value: &Option<T>,
    ) -> Result<(), S::Error> {
        match value {
            Some(value) => self.map.serialize_entry(name, value),
            None => Ok(()),
        }
    }

    /// A list or a map that is left out when it is empty.
    ///
    /// # Errors
    /// The value cannot be written.
    pub fn filled<'v, T: Serialize>(
        &mut self,
        name: &'static str,
        value: &'v T,
    ) -> Result<(), S::Error>
    where
        &'v T: IntoIterator,
    {
        match value.into_iter().next() {
            Some(_) => self.map.serialize_entry(name, value),
            None => Ok(()),
        }
    }
}

/// Writes a struct without unknown members.
///
/// # Errors
/// A value cannot be written.
pub fn write<T: Model, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    in_map(value, serializer)
}

/// Writes a struct with the unknown members that it keeps.
///
/// # Errors
/// A value cannot be written.
#[cold]
pub fn write_with_rest<T: Model, S: Serializer>(
    value: &T,
    rest: &UnknownMembers,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    tree(joined(T::MEMBERS, value, rest), serializer)
}

/// A struct of any type, so that the functions below are compiled once for all types.
trait Struct<S: Serializer> {
    fn write(&self, members: &mut Members<S>) -> Result<(), S::Error>;
}

impl<T: Model, S: Serializer> Struct<S> for T {
    fn write(&self, members: &mut Members<S>) -> Result<(), S::Error> {
        self.members(members)
    }
}

/// A struct that is written as text.
trait Text: for<'s, 't> Struct<&'s mut serde_json::Serializer<&'t mut Vec<u8>>> {}

impl<T: Model> Text for T {}

fn in_map<S: Serializer>(value: &dyn Struct<S>, serializer: S) -> Result<S::Ok, S::Error> {
    let map = serializer.serialize_map(None)?;
    let mut members = Members { map };
    value.write(&mut members)?;
    members.map.end()
}

fn tree<S: Serializer>(value: serde_json::Result<Json>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map_err(S::Error::custom)?.serialize(serializer)
}

/// The members of a struct with its unknown members.
///
/// `rest` may also have a known member whose value did not fit its type. It is written as it was read, unless the field has
/// a value now. Of a known list or map it may have the values that did not fit: they are written at their places.
fn joined(members: &[Member], value: &dyn Text, rest: &UnknownMembers) -> serde_json::Result<Json> {
    let written = parsed(&|text| in_map(value, &mut serde_json::Serializer::new(text)))?;
    let Json::Object(mut object) = written else {
        return Ok(Json::Null);
    };
    let mut rest = rest.clone();
    for member in members {
        let name = member.name();
        let mut value = object.remove(name);
        match member.written {
            Written::Always if rest.contains_key(name) => value = value.filter(is_something),
            Written::IfFilled => value = value.or_else(|| rest.nothing_but_parts(name)),
            Written::Always | Written::IfSome => {}
        }
        if let Some(value) = value {
            object.insert(name.to_owned(), rest.complete(name, value));
            rest.remove(name);
        }
    }
    object.extend(rest.into_members());
    Ok(Json::Object(object))
}

/// Whether a value differs from the one for a missing member.
fn is_something(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::Bool(flag) => *flag,
        Json::Number(number) => number.as_f64() != Some(0.0),
        Json::String(text) => !text.is_empty(),
        Json::Array(items) => !items.is_empty(),
        Json::Object(members) => !members.is_empty(),
    }
}

/// Makes a body from an answer: members that the body does not declare, or declares with another type, are kept as unknown.
pub fn carried<T: Serialize, B: Tolerant>(from: &T) -> B {
    let text = serde_json::to_string(from).unwrap_or_default();
    let body = read(&mut serde_json::Deserializer::from_str(&text));
    body.unwrap_or_else(|_| B::absent())
}

/// Implements the traits of a generated struct.
///
/// An `answer` is read leniently and has a `Default`; a `request` is read strictly. Each member says when it is written:
/// `always`, if it is `some`, or if it is `filled`. `page` names the member that a bare list fills, `rest` the field that
/// keeps unknown members, and `from` the models from which a body can be made.
#[macro_export]
#[doc(hidden)]
macro_rules! impl_model {
    (
        $face:ident $name:ident {
            $($kind:ident $field:ident = $wire:literal $(| $alias:literal)*),* $(,)?
        }
        $(page $list:literal)?
        $(rest $rest:ident)?
        $(from $($read:ty),+)?
    ) => {
        impl $crate::internal::Model for $name {
            const NAME: &'static str = ::core::stringify!($name);
            $(
                const LIST: ::core::option::Option<&'static str> =
                    ::core::option::Option::Some($list);
            )?
            $crate::__model_face!($face);

            fn field<'de, A: $crate::internal::serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> ::core::result::Result<bool, A::Error> {
                match name {
                    $($wire $(| $alias)* => self.$field = $crate::internal::next(map)?,)*
                    _ => return $crate::__model_rest!(self name map $($rest)?),
                }
                ::core::result::Result::Ok(true)
            }

            #[allow(unused_variables, reason = "there may be no member")]
            fn members<S: $crate::internal::serde::Serializer>(
                &self,
                members: &mut $crate::internal::Members<S>,
            ) -> ::core::result::Result<(), S::Error> {
                $(members.$kind($wire, &self.$field)?;)*
                ::core::result::Result::Ok(())
            }

            $(
                const KEEPS: bool = true;

                fn rest(&mut self) -> ::core::option::Option<&mut $crate::UnknownMembers> {
                    ::core::option::Option::Some(&mut self.$rest)
                }
            )?
        }

        impl $crate::internal::serde::Serialize for $name {
            fn serialize<S: $crate::internal::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $(
                    if !self.$rest.is_empty() {
                        return $crate::internal::write_with_rest(self, &self.$rest, serializer);
                    }
                )?
                $crate::internal::write(self, serializer)
            }
        }

        impl $crate::internal::Tolerant for $name {
            const MEMBERS: &'static [$crate::internal::Member] =
                &[$($crate::internal::Member::$kind(&[$wire $(, $alias)*])),*];

            fn absent() -> Self {
                Self {
                    $($field: $crate::internal::absent(),)*
                    $($rest: $crate::UnknownMembers::new(),)?
                }
            }

            fn tolerant<'de, D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::internal::model(deserializer)
            }
        }

        $crate::__impl_face!($face $name);

        $($(
            impl ::core::convert::From<&$read> for $name {
                // Compiled only where it is called.
                #[inline]
                fn from(read: &$read) -> Self {
                    $crate::internal::carried(read)
                }
            }
        )+)?
    };
}

/// Skips or keeps unknown members.
#[macro_export]
#[doc(hidden)]
macro_rules! __model_rest {
    ($self:ident $name:ident $map:ident) => {
        $crate::internal::skip($map)
    };
    ($self:ident $name:ident $map:ident $rest:ident) => {
        $crate::internal::unknown(&mut $self.$rest, $name, $map)
    };
}

/// The difference between the models of answers and requests within `Model`.
#[macro_export]
#[doc(hidden)]
macro_rules! __model_face {
    (answer) => {};
    (request) => {
        const STRICT: bool = true;
    };
}

/// The difference between the models of answers and requests outside `Model`.
#[macro_export]
#[doc(hidden)]
macro_rules! __impl_face {
    (answer $name:ident) => {
        impl ::core::default::Default for $name {
            fn default() -> Self {
                $crate::internal::absent()
            }
        }

        $crate::__impl_deserialize!($name);
    };
    (request $name:ident) => {
        impl<'de> $crate::internal::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::internal::strictly(deserializer)
            }
        }
    };
}
