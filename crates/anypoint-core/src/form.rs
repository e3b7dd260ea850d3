//! Forms as `application/x-www-form-urlencoded`.
//!
//! It must not know the content of a form.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// Writes a struct, a map or a list of pairs, in its order. Null values are left out.
///
/// # Errors
/// The body is none of these, or a value in it is a list or an object.
pub(crate) fn encode(body: &impl Serialize) -> serde_json::Result<String> {
    let mut text = Vec::new();
    serde_json::to_writer(&mut text, body)?;
    encoded(&text)
}

/// Not generic, so that it is compiled once.
fn encoded(text: &[u8]) -> serde_json::Result<String> {
    let Pairs(pairs) = serde_json::from_slice(text)?;
    let mut form = Serializer::new(String::new());
    for (name, value) in pairs {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                return Err(serde_json::Error::custom("a form has only single values"));
            }
        };
        form.append_pair(&name, &text);
    }
    Ok(form.finish())
}

/// Names and values in the order in which they were written.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Form)
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of pairs")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pairs, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = list.next_element()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }

    fn visit_unit<E>(self) -> Result<Pairs, E> {
        Ok(Pairs(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Login {
        user: &'static str,
        age: f64,
        note: Option<bool>,
        again: Option<bool>,
    }

    #[test]
    fn what_has_pairs_is_written_in_its_order() {
        let login = Login {
            user: "a b&c=ü",
            age: 1.5,
            note: None,
            again: Some(true),
        };
        assert_eq!(
            encode(&login).unwrap(),
            "user=a+b%26c%3D%C3%BC&age=1.5&again=true"
        );
        assert_eq!(
            encode(&[("b", 2), ("a", 1), ("b", 3)]).unwrap(),
            "b=2&a=1&b=3"
        );
        assert_eq!(encode(&()).unwrap(), "");
        assert!(
            encode(&[("a", [1])]).is_err() && encode(&"text").is_err() && encode(&[1]).is_err()
        );
    }
}
