//! A request as a client is to send it.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use url::{Position, Url};

use super::{Body, Headers, Method};
use crate::error::{Error, ErrorKind};

/// One request, to be sent once and as it is.
#[non_exhaustive]
pub struct Request {
    /// The method.
    pub method: Method,
    pub(crate) url: Url,
    /// All headers but those of the protocol itself. `Content-Length` is there if the body has a length.
    pub headers: Headers,
    /// The body; empty if there is none.
    pub body: Body,
    /// How long its parts may take.
    pub timeouts: Timeouts,
    pub(crate) operation: Cow<'static, str>,
}

/// How long the parts of an exchange may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// A connection coming about, name resolution and TLS included. The client keeps it.
    pub connect: Duration,
    /// The answer, after all was sent. The runtime keeps it.
    pub answer: Duration,
    /// A silence in an upload or download. The runtime keeps it.
    pub stall: Duration,
}

impl Timeouts {
    /// A minute for each part.
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
    /// A request without headers and body, as tests of a client need it.
    ///
    /// # Errors
    /// The URL is not an absolute one of http or https.
    pub fn new(method: Method, url: &str) -> Result<Self, Error> {
        let parsed = Url::parse(url).ok();
        let parsed = parsed.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = parsed.ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                "the URL is not an absolute one of http or https",
            )
        })?;
        Ok(Self::to(method, url, Cow::Borrowed("")))
    }

    pub(crate) fn to(method: Method, url: Url, operation: Cow<'static, str>) -> Self {
        Self {
            method,
            url,
            headers: Headers::new(),
            body: Body::empty(),
            timeouts: Timeouts::new(),
            operation,
        }
    }

    /// The whole URL. Its query may hold what should not be printed.
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

    /// The operation that it belongs to, such as `list_assets`; empty if it belongs to none.
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
