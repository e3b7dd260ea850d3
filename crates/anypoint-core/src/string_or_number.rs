//! A value that some servers send as text and others as a number.
//!
//! It keeps the JSON form it came in and must not normalise it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

use crate::Json;
use crate::json::{Tolerant, number, odd, read, strict};
use crate::parameter::Parameter;

/// A text or a number. It is sent back in the form in which it was received.
///
/// `vCores` for example is `0.1` in one answer and `"0.1"` in another.
///
/// ```
/// use anypoint_core::StringOrNumber;
///
/// assert_eq!(StringOrNumber::from("0.1").as_f64(), Some(0.1));
/// assert_eq!(StringOrNumber::from(3).to_string(), "3");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StringOrNumber(Form);

#[derive(Clone, PartialEq, Eq)]
enum Form {
    Text(String),
    Number(Number),
}

impl StringOrNumber {
    /// The value as an integer, if it is one in either form.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Text(text) => text.trim().parse().ok(),
            Form::Number(number) => number.as_i64(),
        }
    }

    /// The value as a floating-point number, if it is one in either form.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.0 {
            Form::Text(text) => text
                .trim()
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite()),
            Form::Number(number) => number.as_f64(),
        }
    }
}

impl Default for StringOrNumber {
    /// The empty text.
    fn default() -> Self {
        Self(Form::Text(String::new()))
    }
}

impl fmt::Display for StringOrNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Text(text) => f.write_str(text),
            Form::Number(number) => write!(f, "{number}"),
        }
    }
}

impl fmt::Debug for StringOrNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Text(text) => write!(f, "StringOrNumber({text:?})"),
            Form::Number(number) => write!(f, "StringOrNumber({number})"),
        }
    }
}

impl From<String> for StringOrNumber {
    fn from(text: String) -> Self {
        Self(Form::Text(text))
    }
}

impl From<&str> for StringOrNumber {
    fn from(text: &str) -> Self {
        Self(Form::Text(text.to_owned()))
    }
}

impl From<i64> for StringOrNumber {
    fn from(value: i64) -> Self {
        Self(Form::Number(value.into()))
    }
}

impl From<i32> for StringOrNumber {
    fn from(value: i32) -> Self {
        Self(Form::Number(value.into()))
    }
}

impl From<f64> for StringOrNumber {
    /// A value that JSON has no number for (NaN, infinity) becomes text.
    fn from(value: f64) -> Self {
        let number = Number::from_f64(value).map(Form::Number);
        Self(number.unwrap_or_else(|| Form::Text(value.to_string())))
    }
}

impl Serialize for StringOrNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Text(text) => serializer.serialize_str(text),
            Form::Number(number) => number::write(number, serializer),
        }
    }
}

impl<'de> Deserialize<'de> for StringOrNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl Tolerant for StringOrNumber {
    fn absent() -> Self {
        Self::default()
    }

    fn tolerant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::tolerant(deserializer)? {
            Json::Null => strict::null(Self::default()),
            Json::String(text) => Ok(text.into()),
            Json::Number(number) => Ok(Self(Form::Number(number))),
            Json::Bool(value) => Ok(value.to_string().into()),
            other => Err(odd::put(&"a text or a number", other)),
        }
    }
}

impl Parameter for StringOrNumber {
    fn each(&self, take: &mut dyn FnMut(&str)) {
        take(&self.to_string());
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for StringOrNumber {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StringOrNumber".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_form_is_kept() {
        for form in [r#""0.1""#, "0.1", "3", r#""3""#, r#""""#] {
            let value: StringOrNumber = serde_json::from_str(form).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), form);
        }
    }

    #[test]
    fn numbers_are_read_from_both_forms() {
        assert_eq!(StringOrNumber::from("12").as_i64(), Some(12));
        assert_eq!(StringOrNumber::from(12).as_f64(), Some(12.0));
        assert_eq!(StringOrNumber::from("x").as_f64(), None);
        assert_eq!(StringOrNumber::from("inf").as_f64(), None);
        assert_eq!(StringOrNumber::from(0.5).as_i64(), None);
        assert_eq!(StringOrNumber::from(f64::NAN).to_string(), "NaN");
    }
}
