//! Text that must not be printed.
//!
//! It hides a value from `Debug` only; it does not encrypt or wipe memory.

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::internal::Tolerant;

/// A secret text: a password, a token, a secure property.
///
/// `Debug` prints `Secret(***)` and there is no `Display`, so a secret reaches a log only
/// through [`Secret::expose`]. Serialising **does** write the value, because it has to cross
/// the wire: do not serialise a model that holds secrets into a log.
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

    /// Takes this secret out of a text, also where JSON or a form has escaped it.
    pub(crate) fn redact(&self, text: String) -> String {
        if self.0.is_empty() {
            return text;
        }
        let json = crate::Json::from(self.0.as_str()).to_string();
        // Not `trim_matches`: a quote at the end of the secret is part of it.
        let json = &json[1..json.len() - 1];
        let form: String = url::form_urlencoded::byte_serialize(self.0.as_bytes()).collect();
        let percent = utf8_percent_encode(&self.0, NON_ALPHANUMERIC).to_string();
        text.replace(&self.0, "***")
            .replace(json, "***")
            .replace(&form, "***")
            .replace(&percent, "***")
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
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::tolerant(deserializer)
    }
}

impl Tolerant for Secret {
    fn absent() -> Self {
        Self::default()
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::tolerant(deserializer).map(Self)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let secret = Secret::from("s3+c \"&\u{e9}\"");
        let form = serde_urlencoded::to_string([("p", secret.expose())]).unwrap();
        let percent = utf8_percent_encode(secret.expose(), NON_ALPHANUMERIC).to_string();
        let json = serde_json::to_string(&secret).unwrap();
        for text in [secret.expose(), &form, &percent, &json] {
            let shown = secret.redact(format!("before {text} after"));
            assert!(shown.contains("***") && !shown.contains("s3"), "{shown}");
        }
        assert_eq!(Secret::default().redact("text".into()), "text");
    }
}
