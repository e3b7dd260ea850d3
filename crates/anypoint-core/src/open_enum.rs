//! Enums that keep values they do not know.
//!
//! It owns the payload of the `Unknown` variant and the macro that gives a generated enum its
//! behaviour. It must not decide which values exist: those are in the generated code.

/// The text of an enum value that this version does not know.
///
/// It is opaque, because code that matched on the text would break when the value becomes a variant.
/// Use the enum's `as_str()`, which stays the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct UnknownValue(String);

impl UnknownValue {
    #[doc(hidden)]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    #[doc(hidden)]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Implements the traits of a generated `pub enum Name { A, B, Unknown(UnknownValue) }`.
#[macro_export]
#[doc(hidden)]
macro_rules! impl_open_enum {
    ($name:ident { $($variant:ident = $wire:literal),* $(,)? }) => {
        impl $name {
            /// The values that this version knows.
            pub const VALUES: &'static [Self] = &[$(Self::$variant),*];

            /// The value as it is on the wire, also for a value that this version does not know.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }

            fn known(text: &str) -> ::core::option::Option<Self> {
                match text {
                    $($wire => ::core::option::Option::Some(Self::$variant),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match Self::known(text) {
                    ::core::option::Option::Some(value) => value,
                    ::core::option::Option::None => {
                        Self::Unknown($crate::UnknownValue::new(text.to_owned()))
                    }
                }
            }
        }

        impl ::core::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                match Self::known(&text) {
                    ::core::option::Option::Some(value) => value,
                    ::core::option::Option::None => {
                        Self::Unknown($crate::UnknownValue::new(text))
                    }
                }
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok(Self::from(text))
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        // By the text, so that the order stays when a value becomes known.
        impl ::core::cmp::Ord for $name {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl ::core::cmp::PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::Some(self.cmp(other))
            }
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                Self::Unknown($crate::UnknownValue::default())
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::internal::serde::Serialize for $name {
            fn serialize<S: $crate::internal::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        $crate::__impl_deserialize!($name);

        impl $crate::internal::Tolerant for $name {
            fn absent() -> Self {
                Self::default()
            }

            fn tolerant<'de, D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <::std::string::String as $crate::internal::Tolerant>::tolerant(deserializer)
                    .map(Self::from)
            }
        }

        impl $crate::internal::Parameter for $name {
            fn each(&self, take: &mut dyn FnMut(&str)) {
                take(self.as_str());
            }
        }

        $crate::__impl_schema!($name, { "type": "string" });
    };
}
