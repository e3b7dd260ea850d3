//! The result of a call, and the decoding of a buffered answer.
//!
//! It must not read from the network: the transport passes it complete bodies.

pub(crate) mod encoding;
mod oddity;

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;

use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::Json;
use crate::error::cause::Cause;
use crate::error::message::{extract, is_html};
use crate::error::{Error, ErrorKind, hint};
use crate::json::odd::{self, Foreign};
use crate::json::{Tolerant, any, lists, memory, trail};
use crate::secret::redact::{Redactor, Secrets, Shown};
use ::http::{HeaderMap, HeaderName};

pub use oddity::Oddity;

/// The headers with the id of a request, most specific first.
static REQUEST_ID: [HeaderName; 4] = [
    HeaderName::from_static("x-anypnt-trx-id"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-correlation-id"),
    HeaderName::from_static("x-amzn-requestid"),
];

fn request_id(headers: &HeaderMap) -> Option<&str> {
    let text =
        |name: &'static HeaderName| headers.get(name)?.to_str().ok().filter(|id| !id.is_empty());
    REQUEST_ID.iter().find_map(text)
}

/// The id of a request, which is shown everywhere. A server may take it from the request, so an id that
/// contains a secret is removed from the headers.
pub(crate) fn take_request_id(headers: &mut HeaderMap, secrets: &Secrets) -> Option<Shown> {
    let shown = secrets.show_whole(request_id(headers)?);
    if shown.is_none() {
        for name in &REQUEST_ID {
            headers.remove(name);
        }
    }
    shown
}

/// The answer to a call: a value, the status and the headers.
///
/// It dereferences to the value, so that its fields and methods can be used directly.
///
/// ```
/// # fn take(answer: anypoint_core::Response<Vec<String>>) {
/// let first_two = answer.map(|names| names.into_iter().take(2));
/// println!("{}", first_two.status());
/// for name in first_two {
///     println!("{name}");
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    status: u16,
    headers: HeaderMap,
    value: T,
    oddities: Vec<Oddity>,
    body: Option<Bytes>,
    secrets: Secrets,
}

/// The future of a request: it resolves to the answer or to the error of the call.
///
/// The request is sent when the future is first polled. If the future is dropped, the call is abandoned; the server may still
/// process what was sent.
pub type Sending<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

impl<T> Response<T> {
    pub(crate) fn new(status: u16, headers: HeaderMap, value: T, secrets: Secrets) -> Self {
        Self {
            status,
            headers,
            value,
            oddities: Vec::new(),
            body: None,
            secrets,
        }
    }

    /// The same answer with another value, such as the items of a page.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            status: self.status,
            headers: self.headers,
            value: change(self.value),
            oddities: self.oddities,
            body: self.body,
            secrets: self.secrets,
        }
    }

    /// Removes the secrets of the call from texts of the server.
    pub(crate) fn redactor(&self) -> Redactor {
        self.secrets.redactor()
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first value of a header, by its case-insensitive name; `None` if it is missing or not
    /// plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header that are plain text, in their order.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok())
    }

    /// The raw body of the answer, if [`CallOptions::keep_body`](crate::CallOptions::keep_body) is set. It may contain data that
    /// should not be logged. A download has none.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// The server's id of the request, to give to the support of the service.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// The first 100 values of the answer that do not fit the types of this version, in its order.
    ///
    /// Each of them counts as missing in [`Response::value`]; all other values are there.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Returns the value without status and headers.
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

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: IntoIterator> IntoIterator for Response<T> {
    type Item = T::Item;
    type IntoIter = T::IntoIter;

    fn into_iter(self) -> T::IntoIter {
        self.value.into_iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    /// Without the headers, which may have cookies, and without secrets of the call that the server has
    /// sent back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let redactor = self.redactor();
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .field("value", &redactor.debug(&self.value))
            .field("oddities", &self.oddities)
            .finish_non_exhaustive()
    }
}

/// Why an answer could not be decoded. Its text never quotes the answer.
#[derive(Clone)]
pub struct DecodeError {
    detail: String,
    path: Option<String>,
}

impl DecodeError {
    pub(crate) fn of(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            path: None,
        }
    }

    /// The error of an answer that is something else, with the first value that does not fit.
    fn foreign(foreign: Foreign) -> Self {
        match odd::take().0.into_iter().next() {
            Some(first) => Self {
                path: Some(first.path()).filter(|path| !path.is_empty()),
                detail: first.problem,
            },
            None => Self::of(foreign.to_string()),
        }
    }

    pub(crate) fn new(error: &serde_json::Error) -> Self {
        Self {
            detail: without_values(error.to_string().trim_end_matches(odd::NOWHERE)),
            path: trail::take(),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

/// Without the path, which has names of the server.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.detail.fmt(f)
    }
}

impl std::error::Error for DecodeError {}

/// A complete answer with a success status, not yet decoded.
pub struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    secrets: Secrets,
}

impl Answer {
    pub(crate) fn new(status: u16, headers: HeaderMap, body: Bytes, secrets: Secrets) -> Self {
        Self {
            status,
            headers,
            body,
            secrets,
        }
    }

    /// An answer that was made by hand.
    pub fn of(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, HeaderMap::new(), body.into(), Secrets::default())
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whether there is no body, or only white space.
    pub fn is_empty(&self) -> bool {
        self.content().is_empty()
    }

    /// Decodes the body as JSON; an empty one is the absent value.
    ///
    /// # Errors
    /// The body is not JSON of the form of `T`.
    pub fn json<T: Tolerant>(&self) -> Result<T, DecodeError> {
        let content = self.content();
        if content.is_empty() {
            return Ok(T::absent());
        }
        self.secrets.watch(|| decode(content))
    }

    /// Decodes the body as JSON that can be sent back: no byte of its texts is replaced.
    ///
    /// # Errors
    /// The body is not JSON, or not UTF-8.
    pub(crate) fn exact_json(&self) -> Result<Json, DecodeError> {
        let content = self.content();
        if content.is_empty() {
            return Ok(Json::Null);
        }
        let text = std::str::from_utf8(content).map_err(|error| DecodeError {
            detail: format!("{error}, so it cannot be sent back unchanged"),
            path: None,
        })?;
        memory::begin(text.len());
        let json = any::read(text);
        memory::end();
        json.map_err(|error| DecodeError {
            detail: without_values(&error.to_string()),
            path: None,
        })
    }

    /// Decodes the body as JSON of any type; an empty one is `null`.
    pub(crate) fn plain_json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let content = match self.content() {
            [] => b"null",
            content => content,
        };
        let value = self.secrets.watch(|| serde_json::from_slice(content));
        value.map_err(|error| DecodeError {
            detail: without_values(&error.to_string()),
            path: None,
        })
    }

    /// The raw body.
    pub(crate) fn bytes(&self) -> Bytes {
        self.body.clone()
    }

    /// The body as text; bytes that are not UTF-8 become replacement characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as a JSON string, or as text if it is not one.
    pub(crate) fn json_text(&self) -> String {
        serde_json::from_slice::<Option<String>>(self.content())
            .map_or_else(|_| self.text(), Option::unwrap_or_default)
    }

    /// Adds the odd values of the answer that was just decoded.
    pub(crate) fn into_response<T>(
        self,
        value: T,
        oddities: Vec<Oddity>,
        keep_body: bool,
    ) -> Response<T> {
        let body = keep_body.then_some(self.body);
        let response = Response::new(self.status, self.headers, value, self.secrets);
        Response {
            oddities,
            body,
            ..response
        }
    }

    /// The odd values of the answer that was just decoded, and their total number.
    pub fn oddities(&self) -> (Vec<Oddity>, usize) {
        let (found, all) = odd::take();
        if found.is_empty() {
            return (Vec::new(), all);
        }
        let redactor = self.secrets.redactor();
        let shown = |found: odd::Found| Oddity {
            path: redactor.show(&found.path()),
            problem: found.problem,
        };
        (found.into_iter().map(shown).collect(), all)
    }

    /// The error of an answer that `decode` could not read.
    pub(crate) fn undecodable(&self, cause: &DecodeError, signed: hint::Signed) -> Error {
        let redactor = self.secrets.redactor();
        let id = request_id(&self.headers).and_then(|id| redactor.show_whole(id));
        if let Some(error) = encoding::error(self.status, &self.headers, &self.secrets) {
            return error.with_request_id(id).with_body(&self.body);
        }
        let start = &self.content()[..self.content().len().min(crate::error::BODY_LIMIT)];
        let html = is_html(&String::from_utf8_lossy(start));
        let path = cause.path.as_ref().map(|path| redactor.show(path));
        let detail = redactor.show(&cause.detail);
        let summary = match &path {
            _ if html => format!("the {} answer is not JSON", self.status),
            Some(path) => format!("cannot read the {} answer at {path}: {detail}", self.status),
            None => format!("cannot read the {} answer: {detail}", self.status),
        };
        let error = Error::new(ErrorKind::Decode, summary)
            .with_status(self.status)
            .with_request_id(id)
            .with_message(extract(start, &redactor).text.filter(|_| html))
            .with_maybe_hint(html.then(|| signed.html().to_owned()))
            .with_json_path(path)
            .with_body(&self.body)
            .garbled(!self.is_json());
        match Cause::of([detail].into_iter()) {
            Some(cause) => error.with_source(cause),
            None => error,
        }
    }

    /// Whether the body is complete JSON of any form. An empty one counts as JSON.
    pub(crate) fn is_json(&self) -> bool {
        let text = String::from_utf8_lossy(self.content());
        text.is_empty() || serde_json::from_str::<IgnoredAny>(&text).is_ok()
    }

    /// The body without surrounding white space and a byte order mark.
    pub(crate) fn content(&self) -> &[u8] {
        let body = self
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body);
        body.trim_ascii()
    }
}

/// Decodes a part of an answer that was read as JSON.
///
/// # Errors
/// The part does not have the form of `T`.
pub(crate) fn part<T: Tolerant>(json: &Json) -> Result<T, DecodeError> {
    // By way of the text, so that every type is read by one kind of deserializer only.
    decode(json.to_string().as_bytes())
}

/// Decodes an answer. Its odd values are recorded for the next call of `odd::take`.
fn decode<T: Tolerant>(content: &[u8]) -> Result<T, DecodeError> {
    // Checked for UTF-8 once as a whole, not string by string. A byte of another encoding only affects
    // the string that contains it.
    let text = match std::str::from_utf8(content) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(content),
    };
    memory::begin(text.len());
    let value = whole_or_inside(&text);
    memory::end();
    value
}

fn whole_or_inside<T: Tolerant>(text: &str) -> Result<T, DecodeError> {
    match whole(text) {
        Ok(value) => Ok(value),
        // The answer as a whole is something else; the value may be wrapped in an object.
        Err(cause) => match lists::inside(text).map(|inside| whole(&inside)) {
            Some(Ok(value)) => Ok(value),
            _ => Err(cause),
        },
    }
}

fn whole<T: Tolerant>(text: &str) -> Result<T, DecodeError> {
    odd::clear();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = T::tolerant(&mut deserializer);
    let value = value.and_then(|value| deserializer.end().map(|()| value));
    let value = value.map_err(|error| DecodeError::new(&error))?;
    match odd::take_foreign() {
        None => Ok(value),
        Some(foreign) => Err(DecodeError::foreign(foreign)),
    }
}

/// Removes values from a message: serde quotes a value of the wrong type, which may be a secret.
fn without_values(detail: &str) -> String {
    for (start, end, what) in [
        ("string \"", "\", expected", "a text"),
        ("integer `", "`, expected", "an integer"),
        ("floating point `", "`, expected", "a number"),
        ("character `", "`, expected", "a character"),
    ] {
        if let (Some(from), Some(to)) = (detail.find(start), detail.rfind(end))
            && from < to
        {
            return format!("{}{what}{}", &detail[..from], &detail[to + 1..]);
        }
    }
    detail.to_owned()
}

#[cfg(test)]
mod tests;
