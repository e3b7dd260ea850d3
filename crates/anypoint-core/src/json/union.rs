//! Unions that a tag tells apart.
//!
//! A tag that is not known keeps the whole value. Behind a known one, what does not fit counts as missing: guessing
//! another variant would hide it.

use crate::Json;
use crate::unknown_members::Names;

/// What a value that no variant was found for looks like, without a value: it may be a secret.
pub fn outline(value: &Json) -> String {
    match value {
        Json::Object(members) => format!("{:?}", Names(members.keys().cloned().collect())),
        other => super::odd::kind(other).to_owned(),
    }
}

/// Gives an emitted `pub enum Name { A(TyA), Unknown(Json) }` its behaviour.
#[macro_export]
#[doc(hidden)]
macro_rules! impl_union {
    ($name:ident, $tag:literal, { $($wire:literal => $variant:ident($ty:ty)),* $(,)? }) => {
        $(
            impl ::core::convert::From<$ty> for $name {
                fn from(value: $ty) -> Self {
                    Self::$variant(value)
                }
            }
        )*

        impl ::core::fmt::Debug for $name {
            /// Of a value that is not known, the names of its members.
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    $(Self::$variant(value) => {
                        f.debug_tuple(::core::stringify!($variant)).field(value).finish()
                    })*
                    Self::Unknown(value) => {
                        ::core::write!(f, "Unknown({})", $crate::internal::outline(value))
                    }
                }
            }
        }

        impl $crate::internal::Tolerant for $name {
            const MEMBERS: &'static [$crate::internal::Member] =
                &[$crate::internal::Member::always(&[$tag])];

            fn absent() -> Self {
                Self::Unknown($crate::Json::Null)
            }

            fn tolerant<'de, D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let value = <$crate::Json as $crate::internal::Tolerant>::tolerant(deserializer)?;
                match value.get($tag).and_then($crate::Json::as_str) {
                    $(
                        ::core::option::Option::Some($wire) => {
                            $crate::internal::by_text::<$ty, D::Error>(&value).map(Self::$variant)
                        }
                    )*
                    _ => ::core::result::Result::Ok(Self::Unknown(value)),
                }
            }
        }

        $crate::__impl_deserialize!($name);

        impl $crate::internal::serde::Serialize for $name {
            fn serialize<S: $crate::internal::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => {
                        $crate::internal::serde::Serialize::serialize(value, serializer)
                    })*
                    Self::Unknown(value) => {
                        $crate::internal::serde::Serialize::serialize(value, serializer)
                    }
                }
            }
        }

        $crate::__impl_schema!($name, {});
    };
}
