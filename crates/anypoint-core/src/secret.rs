//! Text that must not be printed.
//!
//! It hides a value from `Debug` only; it does not encrypt or wipe memory.

pub(crate) mod name;
pub(crate) mod redact;
mod spelling;

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::{Tolerant, read};

/// A secret text: a password, a token, a secure property.
///
/// `Debug` prints `Secret(***)` and there is no `Display`, so a secret can only get into a log through
/// [`Secret::expose`] or serialization. Serializing **does** write the value, because it has to be
/// sent: do not serialize a model that contains secrets into a log.
///
/// ```
/// use anypoint_core::Secret;
///
/// let secret = Secret::from("hunter2");
/// assert_eq!(format!("{secret:?}"), "Secret(***)");
/// assert_eq!(secret.expose(), "hunter2");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A user and password in the form of HTTP basic.
    pub(crate) fn basic(user: &str, password: &str) -> Self {
        Self(BASE64_STANDARD.encode(format!("{user}:{password}")))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        redact::note(self);
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl Tolerant for Secret {
    fn absent() -> Self {
        Self::default()
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::tolerant(deserializer)
            .map(Self)
            .inspect(redact::note)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}
