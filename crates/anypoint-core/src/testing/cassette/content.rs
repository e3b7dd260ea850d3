//! A body in the file of a cassette.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Json;

/// A body, or how long it was.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Content {
    Json(Box<RawValue>),
    Text(String),
    Base64(Binary),
    /// A streamed body, by its length in bytes.
    Bytes(u64),
}

#[derive(Debug, PartialEq)]
pub(super) struct Binary(pub(super) Bytes);

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = BASE64_STANDARD.decode(text);
        let bytes = bytes.map_err(|_| serde::de::Error::custom("it is not base64"))?;
        Ok(Self(bytes.into()))
    }
}

impl Content {
    /// The bytes that a client receives.
    pub(super) fn bytes(&self) -> Bytes {
        match self {
            Self::Json(json) => json.get().to_owned().into(),
            Self::Text(text) => text.clone().into(),
            Self::Base64(Binary(bytes)) => bytes.clone(),
            Self::Bytes(_) => Bytes::new(),
        }
    }
}

impl PartialEq for Content {
    /// Whether two requests have the same body: JSON by its value; streamed bodies are always equal.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Json(one), Self::Json(other)) => {
                let value = |json: &RawValue| serde_json::from_str::<Json>(json.get()).ok();
                value(one) == value(other)
            }
            (Self::Text(one), Self::Text(other)) => one == other,
            (Self::Base64(one), Self::Base64(other)) => one == other,
            (Self::Bytes(_), Self::Bytes(_)) => true,
            _ => false,
        }
    }
}
