//! A request as a client is to send it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::{Position, Url};

use super::{Body, Headers, Method};
use crate::error::{Error, ErrorKind};

/// A request, which is sent once and unchanged.
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    pub(crate) url: Arc<Url>,
    /// All headers, except those of the protocol itself. `Content-Length` is included if the length of the body is known.
    pub headers: Headers,
    /// The body; empty if there is none.
    pub body: Body,
    /// The time limits of the exchange.
    pub timeouts: Timeouts,
    pub(crate) operation: Cow<'static, str>,
}

/// The time limits of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For opening a connection, including name resolution and TLS. The client enforces it.
    pub connect: Duration,
    /// For the answer, after the request was sent. The runtime enforces it.
    pub answer: Duration,
    /// For a stalled upload or download. The runtime enforces it.
    pub stall: Duration,
}

impl Timeouts {
    /// A minute for each.
    pub const fn new() -> Self {
        let minute = Duration::from_secs(60);
        Self {
            connect: minute,
            answer: minute,
            stall: minute,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::new()
    }
}

impl Request {
    /// A request without headers and body, for tests of a client.
    ///
    /// # Errors
    /// The URL is not an absolute http or https URL.
    pub fn new(method: Method, url: &str) -> Result<Self, Error> {
        let parsed = Url::parse(url).ok();
        let parsed = parsed.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = parsed.ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "the URL is not an absolute one of http or https",
            )
        })?;
        Ok(Self::to(method, Arc::new(url), Cow::Borrowed("")))
    }

    pub(crate) fn to(method: Method, url: Arc<Url>, operation: Cow<'static, str>) -> Self {
        Self {
            method,
            url,
            headers: Headers::new(),
            body: Body::empty(),
            timeouts: Timeouts::new(),
            operation,
        }
    }

    /// The whole URL. Its query may contain data that should not be printed.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Scheme, host and port: `https://anypoint.mulesoft.com`.
    pub fn origin(&self) -> &str {
        &self.url[..Position::AfterPort]
    }

    /// The path, percent-encoded.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// The query, percent-encoded and without `?`.
    pub fn query(&self) -> Option<&str> {
        self.url.query()
    }

    /// The name of the operation, such as `list_assets`; empty if there is none.
    pub fn operation(&self) -> &str {
        &self.operation
    }
}

impl fmt::Debug for Request {
    /// Without the query and the content of the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("url", &&self.url[..Position::AfterPath])
            .field("headers", &self.headers)
            .field("body", &self.body)
            .field("timeouts", &self.timeouts)
            .finish()
    }
}
