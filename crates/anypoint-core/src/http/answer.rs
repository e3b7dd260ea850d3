//! The answer to a request.

use std::fmt;

use super::{Body, Headers};

/// The answer to a request. Its body may still be arriving.
#[non_exhaustive]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// All headers, in their order.
    pub headers: Headers,
    /// The body, as the server sent it.
    pub body: Body,
}

impl Answer {
    /// An answer without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Headers::new(),
            body: Body::empty(),
        }
    }

    /// The same answer with these headers.
    #[must_use]
    pub fn with_headers(mut self, headers: Headers) -> Self {
        self.headers = headers;
        self
    }

    /// The same answer with this body.
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
