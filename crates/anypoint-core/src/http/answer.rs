//! The answer to a request.

use std::fmt;

use super::{Body, Headers};

/// The head of an answer, and its body, which may still be on its way.
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// All headers, in their order.
    pub headers: Headers,
    /// The body, as it was sent.
    pub body: Body,
}

impl Answer {
    /// One without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Headers::new(),
            body: Body::empty(),
        }
    }

    /// The same, with these headers.
    #[must_use]
    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// The same, with this body.
    #[must_use]
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }
}

impl fmt::Debug for Answer {
    /// Without the values of headers: a server may say in them what it was sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
