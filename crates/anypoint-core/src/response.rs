//! What a call returns, and how a buffered answer is read.
//!
//! It must not read from the network: the transport hands it whole bodies.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use serde::de::IgnoredAny;

use crate::Json;
use crate::error::message::{extract, is_html};
use crate::error::{Error, ErrorKind, hint};
use crate::internal::{Tolerant, trail};
use crate::transport::{HeaderName, Headers};

/// Where servers put the id of a request, most specific first.
static REQUEST_ID: [HeaderName; 4] = [
    HeaderName::from_static("x-anypnt-trx-id"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-correlation-id"),
    HeaderName::from_static("x-amzn-requestid"),
];

pub(crate) fn request_id(headers: &Headers) -> Option<&str> {
    let text =
        |name: &'static HeaderName| headers.get(name)?.to_str().ok().filter(|id| !id.is_empty());
    REQUEST_ID.iter().find_map(text)
}

pub(crate) fn forget_request_id(headers: &mut Headers) {
    for name in &REQUEST_ID {
        headers.remove(name);
    }
}

/// A value with the status and headers that it came with.
///
/// It dereferences to the value, so fields and methods are reached directly.
#[derive(Clone)]
pub struct Response<T> {
    status: u16,
    headers: Headers,
    value: T,
}

impl<T> Response<T> {
    pub(crate) fn new(status: u16, headers: Headers, value: T) -> Self {
        Self {
            status,
            headers,
            value,
        }
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response::new(self.status, self.headers, change(self.value))
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first value of a header, by its name in any case; `None` when it is missing or not
    /// plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The server's id of the request, to quote to support.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    /// Without the headers: a server may set cookies in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// Why an answer could not be read. It never quotes the answer.
#[derive(Debug, Clone)]
pub struct DecodeError {
    detail: String,
    path: Option<String>,
}

impl DecodeError {
    fn new(error: &serde_json::Error) -> Self {
        Self {
            detail: without_values(&error.to_string()),
            path: trail::take(),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for DecodeError {}

/// A whole answer with a success status, not yet decoded.
pub struct Answer {
    status: u16,
    headers: Headers,
    body: Bytes,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: Headers, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether there is no body, or one of white space only.
    pub fn is_empty(&self) -> bool {
        self.content().is_empty()
    }

    /// The body as JSON; an empty one is the absent value.
    ///
    /// # Errors
    /// When the body is not the JSON that `T` is read from.
    pub fn json<T: Tolerant>(&self) -> Result<T, DecodeError> {
        let content = self.content();
        if content.is_empty() {
            return Ok(T::absent());
        }
        trail::clear();
        decode(content).map_err(|error| DecodeError::new(&error))
    }

    /// The body as JSON that can be sent back: no byte of its texts is replaced.
    ///
    /// # Errors
    /// When the body is no JSON, or not UTF-8.
    pub(crate) fn exact_json(&self) -> Result<Json, DecodeError> {
        let content = self.content();
        if content.is_empty() {
            return Ok(Json::Null);
        }
        let text = std::str::from_utf8(content).map_err(|error| DecodeError {
            detail: format!("{error}, so it cannot be sent back unchanged"),
            path: None,
        })?;
        serde_json::from_str(text).map_err(|error| DecodeError {
            detail: without_values(&error.to_string()),
            path: None,
        })
    }

    /// The body as text; what is not UTF-8 becomes replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as a JSON string or, when it is none, as it is.
    pub(crate) fn json_text(&self) -> String {
        serde_json::from_slice::<Option<String>>(self.content())
            .map_or_else(|_| self.text(), Option::unwrap_or_default)
    }

    pub(crate) fn into_response<T>(self, value: T) -> Response<T> {
        Response::new(self.status, self.headers, value)
    }

    /// The error of an answer that `decode` could not read.
    pub(crate) fn undecodable(&self, cause: DecodeError) -> Error {
        let start = &self.content()[..self.content().len().min(crate::error::BODY_LIMIT)];
        let html = is_html(&String::from_utf8_lossy(start));
        let summary = match &cause.path {
            _ if html => format!("the {} answer is not JSON", self.status),
            Some(path) => format!("cannot read the {} answer at {path}: {cause}", self.status),
            None => format!("cannot read the {} answer: {cause}", self.status),
        };
        Error::new(ErrorKind::Decode, summary)
            .with_status(self.status)
            .with_request_id(request_id(&self.headers))
            .with_message(extract(start).text.filter(|_| html))
            .with_maybe_hint(html.then(|| hint::HTML.to_owned()))
            .with_json_path(cause.path.clone())
            .with_body(&self.body)
            .garbled(!self.is_json())
            .with_source(cause)
    }

    /// Whether the body is whole JSON, of whatever shape. An empty one counts as such.
    pub(crate) fn is_json(&self) -> bool {
        let text = String::from_utf8_lossy(self.content());
        text.is_empty() || serde_json::from_str::<IgnoredAny>(&text).is_ok()
    }

    /// The body without surrounding white space and a byte order mark.
    fn content(&self) -> &[u8] {
        let body = self
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body);
        body.trim_ascii()
    }
}

/// A part of an answer that was read as JSON.
///
/// # Errors
/// When it is no `T`.
pub(crate) fn part<T: Tolerant>(json: &Json) -> Result<T, DecodeError> {
    trail::clear();
    // By way of the text, so that every type is read by one kind of deserializer only.
    decode(json.to_string().as_bytes()).map_err(|error| DecodeError::new(&error))
}

fn decode<T: Tolerant>(content: &[u8]) -> Result<T, serde_json::Error> {
    // Checked once as a whole, not string by string. A stray byte of another encoding spoils the
    // text that it stands in, not the answer.
    let text = match std::str::from_utf8(content) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(content),
    };
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    let value = T::tolerant(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// serde quotes a text that has the wrong type; a text may be a secret.
fn without_values(detail: &str) -> String {
    match (detail.find("string \""), detail.rfind("\", expected")) {
        (Some(start), Some(end)) if start < end => {
            format!("{}a text{}", &detail[..start], &detail[end + 1..])
        }
        _ => detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &'static str) -> Answer {
        Answer::new(200, Headers::new(), Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn an_empty_body_is_the_absent_value() {
        for body in ["", " \r\n", "\u{feff}"] {
            assert!(answer(body).is_empty());
            assert_eq!(answer(body).json::<Vec<i32>>().unwrap(), Vec::<i32>::new());
        }
        assert_eq!(answer("\u{feff}[1] ").json::<Vec<i32>>().unwrap(), [1]);
    }

    #[test]
    fn a_json_string_or_the_bare_text() {
        for (body, text) in [
            ("\"a\\nb\"", "a\nb"),
            ("started ", "started "),
            ("null", ""),
            ("{}", "{}"),
        ] {
            assert_eq!(answer(body).json_text(), text);
        }
    }

    #[test]
    fn a_failure_says_where_and_quotes_nothing() {
        let answer = answer(r#"[{"a":[1,"s3cret"]}]"#);
        let cause = answer
            .json::<Vec<std::collections::BTreeMap<String, Vec<i32>>>>()
            .unwrap_err();
        let error = answer.undecodable(cause);
        assert_eq!(error.json_path(), Some("[0].a[1]"));
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(
            error
                .to_string()
                .starts_with("cannot read the 200 answer at [0].a[1]: expected an integer")
        );
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }

    #[test]
    fn an_answer_that_is_no_json_may_pass_and_one_of_a_wrong_shape_may_not() {
        let passing = |body| {
            let answer = answer(body);
            let cause = answer.json::<Vec<i32>>().unwrap_err();
            answer.undecodable(cause).is_passing()
        };
        for body in [
            "<!DOCTYPE html><html></html>",
            "[1, 2",
            "Service under maintenance",
            "[1, 2]]",
            // Its shape is wrong, too, but it is cut.
            r#"[{"a": 1}, "#,
        ] {
            assert!(passing(body), "{body}");
        }
        for body in [r#"{"a": [1]}"#, "true", r#"["a"]"#, r#"["\ud83d"]"#] {
            assert!(!passing(body), "{body}");
        }
    }

    #[test]
    fn trailing_garbage_is_an_error() {
        assert!(answer("1 2").json::<i32>().is_err());
    }

    #[test]
    fn what_is_to_be_sent_back_is_read_byte_for_byte() {
        let exact = |body| Answer::new(200, Headers::new(), Bytes::from_static(body)).exact_json();
        assert_eq!(exact(b"").unwrap(), Json::Null);
        assert_eq!(exact(b"\xef\xbb\xbf[\"\xc3\xa9\"]").unwrap()[0], "\u{e9}");
        let error = exact(b"[\"\xe9\"]").unwrap_err().to_string();
        assert_eq!(
            error,
            "invalid utf-8 sequence of 1 bytes from index 2, so it cannot be sent back unchanged"
        );
        assert!(exact(br#"["\ud83d"]"#).is_err());
        assert!(exact(b"{").is_err());
    }

    #[test]
    fn quoted_values_are_taken_out() {
        assert_eq!(
            without_values(r#"invalid type: string "a", expected b", expected an array at line 1"#),
            "invalid type: a text, expected an array at line 1"
        );
        assert_eq!(without_values("trailing characters"), "trailing characters");
    }
}
