//! Headers of a request or an answer.
//!
//! It must not print the value of one that is secret.

use std::fmt;

use ::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::Error;
use crate::secret::Secret;

/// HTTP headers. Names are case-insensitive and may have several values.
///
/// `Debug` hides values that are marked as secret.
#[derive(Clone, Default)]
pub struct Headers(pub(crate) HeaderMap);

impl Headers {
    /// Creates an empty set of headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first value of a header; `None` if it is missing or not plain text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    /// All values of a header that are plain text, in their order.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.0.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok())
    }

    /// All names, in lower case, with their values; a name is repeated for each value. Secret values are included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    /// Whether the first value of a header is marked as secret.
    pub fn is_secret(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(HeaderValue::is_sensitive)
    }

    /// Sets a header and removes its previous values.
    ///
    /// # Errors
    /// The name is not a header name, or the value contains characters that are not allowed in a header.
    pub fn insert(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), Error> {
        let (name, value) = header(name, value.as_ref())?;
        self.0.insert(name, value);
        Ok(())
    }

    /// Like [`Headers::insert`], with a value that is not printed.
    ///
    /// # Errors
    /// As [`Headers::insert`].
    pub fn insert_secret(&mut self, name: &str, value: &Secret) -> Result<(), Error> {
        let (name, mut value) = header(name, value.expose().as_bytes())?;
        value.set_sensitive(true);
        self.0.insert(name, value);
        Ok(())
    }

    /// Adds a value to a header.
    ///
    /// # Errors
    /// As [`Headers::insert`].
    pub fn append(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), Error> {
        let (name, value) = header(name, value.as_ref())?;
        self.0.append(name, value);
        Ok(())
    }

    /// Removes a header with all its values.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

fn header(name: &str, value: &[u8]) -> Result<(HeaderName, HeaderValue), Error> {
    match (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_bytes(value),
    ) {
        (Ok(name), Ok(value)) => Ok((name, value)),
        (Err(_), _) => Err(Error::invalid(format!(
            "{name:?} is not the name of a header"
        ))),
        // The value is not shown: some headers hold secrets.
        (_, Err(_)) => Err(not_a_value(name)),
    }
}

/// The error of a value that cannot be sent.
pub(crate) fn not_a_value(name: &str) -> Error {
    Error::invalid(format!(
        "the header {name} has characters that a header cannot hold"
    ))
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.0.iter().map(|(name, value)| {
            let hidden = value.is_sensitive() || name == ::http::header::SET_COOKIE;
            let text = if hidden {
                "***".into()
            } else {
                String::from_utf8_lossy(value.as_bytes())
            };
            (name.as_str(), text)
        });
        f.debug_map().entries(pairs).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_in_any_case_and_all_values_are_given() {
        let mut headers = Headers::new();
        headers.append("X-A", "1").unwrap();
        headers.append("x-a", "2").unwrap();
        assert_eq!(
            (headers.get("X-a"), headers.get_all("x-A").count()),
            (Some("1"), 2)
        );
        headers.insert("x-a", "3").unwrap();
        assert_eq!(
            headers.iter().collect::<Vec<_>>(),
            [("x-a", b"3".as_slice())]
        );
        headers.remove("X-A");
        assert_eq!(headers.get("x-a"), None);
    }

    #[test]
    fn a_secret_value_is_not_printed_and_no_error_shows_a_value() {
        let mut headers = Headers::new();
        headers
            .insert_secret("x-key", &Secret::from("s3cret"))
            .unwrap();
        headers.insert("set-cookie", "s3cret").unwrap();
        headers.insert("x-a", "shown").unwrap();
        let printed = format!("{headers:?}");
        assert!(
            printed.contains("shown") && !printed.contains("s3cret"),
            "{printed}"
        );
        assert!(headers.is_secret("X-Key") && !headers.is_secret("x-a"));
        for (name, value) in [("a b", "x"), ("x-key", "s3cret\n")] {
            let error = headers.insert(name, value).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("s3cret"), "{error}");
        }
    }
}
