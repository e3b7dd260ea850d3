//! The members of an emitted struct: which there are, how they are written, and what becomes of those that nobody knows.

use serde::de::MapAccess;
use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use super::{Tolerant, read};
use crate::{Json, UnknownMembers};

/// A member by its names on the wire, the one that is sent first.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub names: &'static [&'static str],
    pub required: bool,
}

/// Called like the methods of [`Members`] that write them.
impl Member {
    #[must_use]
    pub const fn always(names: &'static [&'static str]) -> Self {
        Self {
            names,
            required: true,
        }
    }

    #[must_use]
    pub const fn some(names: &'static [&'static str]) -> Self {
        Self {
            names,
            required: false,
        }
    }

    #[must_use]
    pub const fn filled(names: &'static [&'static str]) -> Self {
        Self::some(names)
    }

    pub(crate) fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.names.contains(&name)
    }
}

/// Keeps the value of a member that is not known.
///
/// # Errors
/// When the JSON is broken.
pub fn unknown<'de, A: MapAccess<'de>>(
    rest: &mut UnknownMembers,
    name: &str,
    map: &mut A,
) -> Result<bool, A::Error> {
    rest.insert(name.to_owned(), map.next_value()?);
    Ok(false)
}

/// Writes a struct, member by member.
///
/// The rest may hold a known member, too: one whose value did not fit its type. It is written as it came, unless it has a
/// value by now. Of a known list or map it may hold the values that did not fit: they are written at their places.
pub struct Members<'a, S: Serializer> {
    map: S::SerializeMap,
    rest: Option<&'a UnknownMembers>,
    /// Those of the rest that have been written already.
    written: Vec<&'static str>,
}

impl<'a, S: Serializer> Members<'a, S> {
    /// # Errors
    /// When the serializer refuses a map.
    pub fn new(serializer: S, rest: Option<&'a UnknownMembers>) -> Result<Self, S::Error> {
        Ok(Self {
            map: serializer.serialize_map(None)?,
            rest: rest.filter(|rest| !rest.is_empty()),
            written: Vec::new(),
        })
    }

    /// A member that is never left out.
    ///
    /// # Errors
    /// When the value cannot be written.
    pub fn always<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
        if self.rest.is_some_and(|rest| rest.contains_key(name)) {
            if is_nothing(value) {
                return Ok(());
            }
            self.written.push(name);
        }
        self.entry(name, value)
    }

    /// A member that may be missing.
    ///
    /// # Errors
    /// When the value cannot be written.
    pub fn some<T: Serialize>(
        &mut self,
        name: &'static str,
        value: &Option<T>,
    ) -> Result<(), S::Error> {
        match value {
            Some(value) => self.set(name, value),
            None => Ok(()),
        }
    }

    /// A list or a map that is left out when it is empty.
    ///
    /// # Errors
    /// When the value cannot be written.
    pub fn filled<'v, T: Serialize>(
        &mut self,
        name: &'static str,
        value: &'v T,
    ) -> Result<(), S::Error>
    where
        &'v T: IntoIterator,
    {
        let is_filled = value.into_iter().next().is_some();
        if is_filled || self.rest.is_some_and(|rest| rest.has_parts(name)) {
            return self.set(name, value);
        }
        Ok(())
    }

    fn set<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
        if self.rest.is_some_and(|rest| rest.contains_key(name)) {
            self.written.push(name);
        }
        self.entry(name, value)
    }

    #[inline]
    fn entry<T: Serialize>(&mut self, name: &'static str, value: &T) -> Result<(), S::Error> {
        match self.rest.filter(|rest| rest.has_parts(name)) {
            Some(rest) => {
                let value = serde_json::to_value(value).map_err(S::Error::custom)?;
                self.map.serialize_entry(name, &rest.complete(name, value))
            }
            None => self.map.serialize_entry(name, value),
        }
    }

    /// # Errors
    /// When what nobody knows cannot be written.
    pub fn end(mut self) -> Result<S::Ok, S::Error> {
        for (name, value) in self.rest.into_iter().flatten() {
            if !self.written.contains(&name.as_str()) {
                self.map.serialize_entry(name, value)?;
            }
        }
        self.map.end()
    }
}

/// Whether a value is what a missing one is read as.
fn is_nothing<T: Serialize>(value: &T) -> bool {
    match serde_json::to_value(value) {
        Ok(Json::Null | Json::Bool(false)) => true,
        Ok(Json::Number(number)) => number.as_f64() == Some(0.0),
        Ok(Json::String(text)) => text.is_empty(),
        Ok(Json::Array(items)) => items.is_empty(),
        Ok(Json::Object(members)) => members.is_empty(),
        Ok(Json::Bool(true)) | Err(_) => false,
    }
}

/// A body with all that was read: members that it does not know, or that have another type there, are in its rest.
pub fn carried<T: Serialize, B: Tolerant>(from: &T) -> B {
    let text = serde_json::to_string(from).unwrap_or_default();
    let body = read(&mut serde_json::Deserializer::from_str(&text));
    body.unwrap_or_else(|_| B::absent())
}

/// Gives an emitted struct its behaviour.
///
/// `answer` is read tolerantly and can be made of nothing; `request` is read strictly. Each member says how it is written:
/// `always`, if it is `some`, or if it is `filled`. `page` names the member that a bare list fills, `rest` the field that
/// keeps what is not known, and `from` what a body can be made of.
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
            const MEMBERS: &'static [$crate::internal::Member] =
                &[$($crate::internal::Member::$kind(&[$wire $(, $alias)*])),*];
            $(
                const LIST: ::core::option::Option<&'static str> =
                    ::core::option::Option::Some($list);
            )?
            $crate::__model_face!($face);

            fn absent() -> Self {
                Self {
                    $($field: $crate::internal::absent(),)*
                    $($rest: $crate::UnknownMembers::new(),)?
                }
            }

            fn field<'de, A: $crate::internal::serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> ::core::result::Result<bool, A::Error> {
                match name {
                    $($wire $(| $alias)* => self.$field = $crate::internal::next(map)?,)*
                    _ => return $crate::__model_rest!(read self name map $($rest)?),
                }
                ::core::result::Result::Ok(true)
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
                let rest = $crate::__model_rest!(write self $($rest)?);
                #[allow(unused_mut, reason = "there may be no member")]
                let mut members = $crate::internal::Members::new(serializer, rest)?;
                $(members.$kind($wire, &self.$field)?;)*
                members.end()
            }
        }

        impl $crate::internal::Tolerant for $name {
            fn absent() -> Self {
                <Self as $crate::internal::Model>::absent()
            }

            fn tolerant<'de, D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::internal::model(deserializer)
            }

            fn knows(name: &str) -> bool {
                $crate::internal::knows::<Self>(name)
            }
        }

        $crate::__impl_face!($face $name);

        $($(
            impl ::core::convert::From<&$read> for $name {
                // Compiled where it is called.
                #[inline]
                fn from(read: &$read) -> Self {
                    $crate::internal::carried(read)
                }
            }
        )+)?
    };
}

/// What becomes of members that are not known: skipped, or kept and sent.
#[macro_export]
#[doc(hidden)]
macro_rules! __model_rest {
    (read $self:ident $name:ident $map:ident) => {
        $crate::internal::skip($map)
    };
    (read $self:ident $name:ident $map:ident $rest:ident) => {
        $crate::internal::unknown(&mut $self.$rest, $name, $map)
    };
    (write $self:ident) => {
        ::core::option::Option::None
    };
    (write $self:ident $rest:ident) => {
        ::core::option::Option::Some(&$self.$rest)
    };
}

/// What tells an answer's model from a request's, within its `Model`.
#[macro_export]
#[doc(hidden)]
macro_rules! __model_face {
    (answer) => {};
    (request) => {
        const STRICT: bool = true;
    };
}

/// What tells an answer's model from a request's, besides its `Model`.
#[macro_export]
#[doc(hidden)]
macro_rules! __impl_face {
    (answer $name:ident) => {
        impl ::core::default::Default for $name {
            fn default() -> Self {
                <Self as $crate::internal::Model>::absent()
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
