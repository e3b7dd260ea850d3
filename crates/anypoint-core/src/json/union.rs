//! Unions that are distinguished by a tag.
//!
//! A value with an unknown tag is kept as a whole. With a known tag, members that do not fit count as missing: guessing
//! another variant would hide them.

use crate::Json;
use crate::unknown_members::Names;

/// Describes a value without a known variant by its names only, because its values may be secrets.
pub fn outline(value: &Json) -> String {
    match value {
        Json::Object(members) => format!("{:?}", Names(members.keys().cloned().collect())),
        other => super::odd::kind(other).to_owned(),
    }
}

/// Implements the traits of a generated `pub enum Name { A(TyA), Unknown(Json) }`.
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
            /// For an unknown value, the names of its members.
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
