//! The types of values.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ty {
    /// Any JSON.
    #[default]
    Json,
    Text,
    Flag,
    Integer,
    /// A number that keeps its form.
    Number,
    /// The server may send either form.
    TextOrNumber,
    /// A text that must not be shown.
    Secret,
    Time,
    /// The bytes of a file.
    Upload,
    /// The id of something.
    Id(String),
    /// A component.
    Named(String),
    List(Box<Ty>),
    /// A map with texts as keys.
    Map(Box<Ty>),
    /// It may be null.
    Nullable(Box<Ty>),
    /// It may be missing.
    Optional(Box<Ty>),
    /// It contains itself, so Rust needs a pointer.
    Boxed(Box<Ty>),
}

/// The names of the simple types in Rust.
pub const SCALARS: [(&str, Ty); 9] = [
    ("Json", Ty::Json),
    ("String", Ty::Text),
    ("bool", Ty::Flag),
    ("i64", Ty::Integer),
    ("Number", Ty::Number),
    ("StringOrNumber", Ty::TextOrNumber),
    ("Secret", Ty::Secret),
    ("Timestamp", Ty::Time),
    ("Upload", Ty::Upload),
];

type Wrap = fn(Box<Ty>) -> Ty;

/// The names of the types that contain another type.
pub const WRAPPERS: [(&str, Wrap); 4] = [
    ("Vec", Ty::List),
    ("Nullable", Ty::Nullable),
    ("Option", Ty::Optional),
    ("Box", Ty::Boxed),
];

/// The name of an id, whatever it identifies.
pub const ID: &str = "Id";

/// The name of a map, whose keys are texts.
pub const MAP: &str = "BTreeMap";

impl Ty {
    /// The type of its values if they are present.
    pub fn present(&self) -> &Self {
        match self {
            Self::Nullable(inner) | Self::Optional(inner) => inner.present(),
            other => other,
        }
    }

    /// The type without the pointer, which only a member needs.
    pub fn unboxed(self) -> Self {
        match self {
            Self::Boxed(inner) => *inner,
            other => other,
        }
    }

    /// The component that its values are.
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Boxed(inner) | Self::Nullable(inner) | Self::Optional(inner) => inner.named(),
            _ => None,
        }
    }

    /// The thing that its values, or the items in them, are ids of.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Id(of) => Some(of),
            Self::List(inner)
            | Self::Map(inner)
            | Self::Boxed(inner)
            | Self::Nullable(inner)
            | Self::Optional(inner) => inner.id(),
            _ => None,
        }
    }

    /// The type in an answer, where null means missing.
    #[must_use]
    pub fn received(self) -> Self {
        let within = |inner: Box<Self>| Box::new(inner.received());
        match self {
            Self::Nullable(inner) => Self::Optional(within(inner)),
            Self::Optional(inner) => Self::Optional(within(inner)),
            Self::List(inner) => Self::List(within(inner)),
            Self::Map(inner) => Self::Map(within(inner)),
            Self::Boxed(inner) => Self::Boxed(within(inner)),
            other => other,
        }
    }

    pub fn optional(self) -> Self {
        Self::Optional(Box::new(self))
    }

    pub fn nullable(self) -> Self {
        Self::Nullable(Box::new(self))
    }

    /// The same type, or an optional one.
    pub fn required_if(self, required: bool) -> Self {
        if required { self } else { self.optional() }
    }
}
