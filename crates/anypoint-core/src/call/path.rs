//! Paths and queries as text.
//!
//! It must not know a request: it gets names and values.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Error;

/// All characters except the unreserved ones of RFC 3986 are encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn encode(text: &str, out: &mut String) {
    // Most ids and names need no encoding, so the pieces are long.
    out.extend(utf8_percent_encode(text, ENCODED));
}

/// An encoded path segment. Values that could lead to another path are refused: an empty id would
/// turn "delete one" into "delete all", and `..` leaves the collection.
pub(super) fn segment(name: &str, text: String) -> Result<String, Error> {
    let problem = match &*text {
        "" => "is empty",
        "." | ".." => "is a relative path",
        _ => match encoded(&text) {
            None => return Ok(text),
            Some(encoded) if !text.contains(char::is_control) => return Ok(encoded),
            Some(_) => "has control characters",
        },
    };
    Err(Error::invalid(format!(
        "the path parameter {name} {problem}"
    )))
}

/// The encoded form of a text; `None` if it is the text itself, as for most ids and names.
fn encoded(text: &str) -> Option<String> {
    // A single encoded character is borrowed, too.
    match Cow::from(utf8_percent_encode(text, ENCODED)) {
        Cow::Borrowed(same) if same == text => None,
        encoded => Some(encoded.into_owned()),
    }
}

/// Fills the `{name}` places of a path template below a base path.
pub(super) fn expand(
    base: &str,
    template: &str,
    values: &[(Cow<'static, str>, String)],
) -> Result<String, Error> {
    let length: usize = values.iter().map(|(_, value)| value.len()).sum();
    let mut path = String::with_capacity(base.len() + template.len() + length);
    path.push_str(base.trim_end_matches('/'));
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        let (_, value) = value
            .ok_or_else(|| Error::invalid(format!("the path parameter {name} was not given")))?;
        path.push_str(before);
        path.push_str(value);
        rest = tail;
    }
    path.push_str(rest);
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one_segment() {
        for (text, encoded) in [
            ("a-b_c.d~1", "a-b_c.d~1"),
            ("/", "%2F"),
            ("?", "%3F"),
            ("#", "%23"),
            ("%", "%25"),
            (" ", "%20"),
            ("a/b", "a%2Fb"),
            ("ü", "%C3%BC"),
            ("...", "..."),
        ] {
            assert_eq!(segment("id", text.to_owned()).unwrap(), encoded);
        }
    }

    #[test]
    fn every_character_alone_is_encoded_or_plain() {
        for letter in (0..0x250).filter_map(char::from_u32) {
            let text = letter.to_string();
            match segment("id", text.clone()) {
                Ok(encoded) => {
                    let mut wanted = String::new();
                    encode(&text, &mut wanted);
                    assert_eq!(encoded, wanted);
                }
                Err(_) => assert!(letter.is_control() || letter == '.', "{letter:?}"),
            }
        }
    }
}
