//! What a scripted client answers.

use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;

use crate::ErrorKind;
use crate::http::{Answer, Body, Headers, HttpError};

/// The answer of [`FakeHttp`](super::FakeHttp) to one request.
///
/// ```
/// use anypoint_core::testing::Reply;
///
/// let busy = Reply::new(429).header("retry-after", "2");
/// let found = Reply::new(200).body(r#"{"id": "a"}"#);
/// # let _ = (busy, found);
/// ```
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Headers,
    chunks: Vec<Result<Bytes, HttpError>>,
    failure: Option<HttpError>,
}

impl Reply {
    /// A reply without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Headers::new(),
            chunks: Vec::new(),
            failure: None,
        }
    }

    /// An error instead of an answer.
    pub fn error(error: HttpError) -> Self {
        Self {
            failure: Some(error),
            ..Self::new(0)
        }
    }

    /// A broken connection instead of an answer. The request may have reached the server.
    pub fn broken() -> Self {
        Self::error(HttpError::new(
            ErrorKind::Interrupted,
            "the connection broke",
        ))
    }

    /// Adds a value to a header. A name or value that cannot be sent makes the reply an error.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Err(error) = self.headers.append(name, value) {
            self.failure = Some(error.into());
        }
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.chunks = vec![Ok(body.into())];
        self
    }

    /// Sets the body, and its content type to JSON. A value that cannot be written as JSON makes the reply an error.
    #[must_use]
    pub fn json(self, value: &impl Serialize) -> Self {
        let reply = self.header("content-type", "application/json");
        match serde_json::to_vec(value) {
            Ok(bytes) => reply.body(bytes),
            Err(error) => Self::error(HttpError::new(ErrorKind::InvalidRequest, error.to_string())),
        }
    }

    /// Breaks the connection after the body that was set before.
    #[must_use]
    pub fn cut(mut self) -> Self {
        let broken = HttpError::new(ErrorKind::Interrupted, "the connection broke");
        self.chunks.push(Err(broken));
        self
    }

    pub(super) fn answer(self) -> Result<Answer, HttpError> {
        match self.failure {
            Some(error) => Err(error),
            None => Ok(Answer::new(self.status)
                .with_headers(self.headers)
                .with_body(Body::stream(stream::iter(self.chunks), None))),
        }
    }
}
