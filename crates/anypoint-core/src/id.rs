//! Types of ids, so that one cannot be used in place of another.
//!
//! It owns what an argument takes for an id, and the macro that makes the types. It must not check what an id looks like:
//! services change that.

use crate::Response;
use crate::json::Tolerant;

/// Keeps traits to generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct Sealed;

/// An argument for an id: the id, a reference to it, or an object from an answer that has the id.
///
/// A text is not accepted, because it could be the id of anything. Use `DeploymentId::new("…")`, for example.
///
/// ```
/// use anypoint_core::{IntoId, OrganizationId};
///
/// fn organization(id: impl IntoId<OrganizationId>) -> OrganizationId {
///     id.into_id()
/// }
///
/// let id = OrganizationId::new("0e3d1f52-6b1c-4f0e-9a77-3c1f2f3b8e11");
/// assert_eq!(organization(&id), id);
/// ```
///
/// If an answer has no id, the id is empty, and so is that of `&None`. A call with an empty id fails before it is sent.
///
/// The trait is sealed: the models of the clients implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the id of what is asked for: `{T}`",
    label = "expected `{T}`, or an object that has one",
    note = "text becomes an id by `{T}::new(…)` or by `.parse::<{T}>()`"
)]
pub trait IntoId<T> {
    /// The id.
    fn into_id(self) -> T;

    #[doc(hidden)]
    const SEALED: Sealed;
}

/// A type that the macro made.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Identifier: Tolerant + Clone {}

impl<T: Identifier> IntoId<T> for T {
    fn into_id(self) -> T {
        self
    }

    const SEALED: Sealed = Sealed;
}

impl<T: Identifier> IntoId<T> for &T {
    fn into_id(self) -> T {
        self.clone()
    }

    const SEALED: Sealed = Sealed;
}

impl<T: Identifier> IntoId<T> for &Option<T> {
    fn into_id(self) -> T {
        self.clone().unwrap_or_else(T::absent)
    }

    const SEALED: Sealed = Sealed;
}

impl<'a, M, T> IntoId<T> for &'a Response<M>
where
    &'a M: IntoId<T>,
{
    fn into_id(self) -> T {
        self.value().into_id()
    }

    const SEALED: Sealed = Sealed;
}

/// Makes the type of an id.
#[macro_export]
#[doc(hidden)]
macro_rules! id {
    ($name:ident, $docs:literal) => {
        #[doc = $docs]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(::std::string::String);

        impl $name {
            /// The id as the service shows it. What it looks like is not checked.
            pub fn new(id: impl ::core::convert::Into<::std::string::String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            fn from_str(id: &str) -> ::core::result::Result<Self, Self::Err> {
                ::core::result::Result::Ok(Self::new(id))
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl ::core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::core::cmp::PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == *other
            }
        }

        impl ::core::cmp::PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == **other
            }
        }

        impl $crate::internal::serde::Serialize for $name {
            fn serialize<S: $crate::internal::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        $crate::__impl_deserialize!($name);

        impl $crate::internal::Tolerant for $name {
            fn absent() -> Self {
                Self(::std::string::String::new())
            }

            fn tolerant<'de, D: $crate::internal::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                <::std::string::String as $crate::internal::Tolerant>::tolerant(deserializer).map(Self)
            }
        }

        impl $crate::internal::Parameter for $name {
            fn each(&self, take: &mut dyn FnMut(&str)) {
                take(&self.0);
            }

            fn lacks_id(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl $crate::internal::Id for $name {
            fn id(&self) -> ::core::option::Option<::std::borrow::Cow<'_, str>> {
                $crate::internal::Id::id(&self.0)
            }
        }

        impl $crate::internal::Identifier for $name {}

        $crate::__impl_schema!($name, { "type": ["string", "integer"] });
    };
}

/// Lets a model be used as the id that it has.
#[macro_export]
#[doc(hidden)]
macro_rules! has_id {
    ($model:ty, $field:ident: $id:ty) => {
        impl $crate::IntoId<$id> for &$model {
            fn into_id(self) -> $id {
                $crate::IntoId::into_id(&self.$field)
            }

            const SEALED: $crate::internal::Sealed = $crate::internal::Sealed;
        }
    };
}

id!(
    OrganizationId,
    "The id of an organization, or of a business group, which is one, too."
);
id!(EnvironmentId, "The id of an environment.");

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;

    #[test]
    fn an_id_is_plain_text_to_serde_and_to_people() {
        let id: EnvironmentId = serde_json::from_str(r#""e-1""#).unwrap();
        assert_eq!(id, EnvironmentId::new("e-1"));
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""e-1""#);
        assert_eq!(
            format!("{id} {id:>5} {id:?}"),
            r#"e-1   e-1 EnvironmentId("e-1")"#
        );
        assert_eq!("e-1".parse(), Ok(id.clone()));
        assert!(id == "e-1" && id == *"e-1" && id.as_ref() == "e-1");
    }

    #[test]
    fn an_id_is_found_in_a_map_by_its_text() {
        let id = OrganizationId::new("o-1");
        assert_eq!(HashMap::from([(id.clone(), 1)]).get("o-1"), Some(&1));
        assert_eq!(BTreeMap::from([(id, 1)]).get("o-1"), Some(&1));
    }

    #[test]
    fn a_number_is_read_as_an_id_and_nothing_as_the_empty_one() {
        let ids: Vec<OrganizationId> = serde_json::from_str(r#"["a", 7, null]"#).unwrap();
        assert_eq!(ids, ["a", "7", ""]);
    }

    #[test]
    fn an_object_stands_for_its_id_and_a_missing_one_is_empty() {
        struct Place {
            id: Option<EnvironmentId>,
        }
        has_id!(Place, id: EnvironmentId);
        let place = Place {
            id: Some(EnvironmentId::new("e-1")),
        };
        let id: EnvironmentId = (&place).into_id();
        assert_eq!(id, "e-1");
        let id: EnvironmentId = (&Place { id: None }).into_id();
        assert_eq!(id, "");
    }
}
