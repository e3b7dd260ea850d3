//! The error type of all calls: what failed, what the server answered, and what to try.
//!
//! It must not print a body, a query string or a secret, in `Display` or in `Debug`.

pub(crate) mod cause;
pub(crate) mod hint;
pub(crate) mod message;
mod passing;
mod words;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::line::one_line;
use crate::secret::redact::Shown;

/// How many bytes of an error's body are kept: enough for any error document, and a limit for a server
/// that streams something else.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// The kind of an error. See [`Error::kind`].
///
/// [`Error::is_retryable`] says whether the same call may succeed later. The client has already
/// retried it, where that is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call was rejected before anything was sent, for example because of an empty id or a missing file.
    InvalidRequest,
    /// The session cannot be built, or cannot make this call with its configuration.
    Configuration,
    /// No organization or environment has the name or id that was set. The error lists those that exist.
    UnknownName,
    /// No access token could be obtained.
    Authentication,
    /// No connection: refused, unreachable, or the name did not resolve. Nothing was sent.
    Connect,
    /// The TLS handshake failed: the port speaks no TLS, the certificate is for another name, or
    /// the server wants a client certificate.
    Tls,
    /// The server's certificate is not signed by a trusted authority. See
    /// `SessionBuilder::ca_certificates`.
    UntrustedCertificate,
    /// The server's certificate has expired or is not valid yet, according to this machine's clock.
    ClockSkew,
    /// A proxy refused the request: it wants credentials, or does not connect to the host.
    Proxy,
    /// A time limit was reached, or would have been: that of connecting, of an attempt, of a stalled
    /// transfer, of the whole call with its waits, or of a [`Wait`](crate::Wait). The hint names the setting.
    Timeout,
    /// The connection broke before the whole answer had arrived. The call may have taken effect; the
    /// hint says so where it is known.
    Interrupted,
    /// The server answered with an error status or with a redirect that is not followed. See
    /// [`Error::status`].
    Status,
    /// The server answered with success, but the body could not be decoded. See [`Error::json_path`].
    Decode,
    /// A local file could not be read or written.
    Io,
    /// The operation that was waited for has failed. See [`Wait`](crate::Wait).
    Failed,
    /// The resource that was waited for was deleted in the meantime.
    Deleted,
    /// The operation that was waited for was replaced by a later one.
    Replaced,
    /// An [`Interceptor`](crate::Interceptor) ended the call, or panicked. The error names it.
    Interceptor,
    /// Entries of a log may be missing before the next one. See [`Follow`](crate::Follow).
    Gap,
}

/// The standard phrase of a status.
pub(crate) fn reason(status: u16) -> Option<&'static str> {
    ::http::StatusCode::from_u16(status)
        .ok()?
        .canonical_reason()
}

type Source = Arc<dyn StdError + Send + Sync + 'static>;

/// An error of code that the caller provides, such as a [`TokenSource`](crate::TokenSource) or an
/// [`Interceptor`](crate::Interceptor).
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// An error of a call.
///
/// `Display` is one line and never holds the body:
/// `list_assets: 403 Forbidden: no access (request id 1a2b); hint: ...`
///
/// `Debug` is what `main` prints of an error that it returns: the same in several lines, and what caused it. `{:#?}` shows the
/// parts. Neither shows the body or a secret.
///
/// ```
/// use anypoint_core::{ErrorKind, Session};
///
/// let Err(error) = Session::builder().host("ftp://example.com").build() else {
///     unreachable!();
/// };
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// ```
#[derive(Clone)]
pub struct Error(Box<Facts>);

#[derive(Clone)]
struct Facts {
    kind: ErrorKind,
    /// Our own text; empty for a status error.
    summary: Option<String>,
    status: Option<u16>,
    request_id: Option<Shown>,
    operation: Option<Cow<'static, str>>,
    message: Option<Shown>,
    hint: Option<String>,
    json_path: Option<Shown>,
    body: Option<Bytes>,
    source: Option<Source>,
    last_state: Option<Shown>,
    attempts: u32,
    throttled: bool,
    unsent: bool,
    /// The body is not JSON.
    garbled: bool,
    retry_after: Option<Duration>,
}

impl Error {
    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The server's id of the request, to give to the support of the service.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_ref().map(Shown::as_str)
    }

    /// The operation that failed, such as `list_assets`.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The message of the server, shortened to one line.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_ref().map(Shown::as_str)
    }

    /// What to try, if there is a likely cause.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Where in the JSON answer decoding failed, such as `items[3].id`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_ref().map(Shown::as_str)
    }

    /// The raw body of the answer, at most its first 64 KiB. It may contain data that should not be
    /// logged.
    pub fn body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }

    /// The body of the answer as a model, such as an API's `Problem`; `None` if it is not JSON of that form, or is longer than
    /// 64 KiB.
    ///
    /// ```
    /// # use serde_json::Value;
    /// # fn show(error: &anypoint_core::Error) {
    /// if let Some(problem) = error.body_as::<Value>() {
    ///     println!("{}", problem["title"]);
    /// }
    /// # }
    /// ```
    pub fn body_as<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body()?).ok()
    }

    /// The last state that a [`Wait`](crate::Wait) saw, as the service calls it.
    pub fn last_state(&self) -> Option<&str> {
        self.0.last_state.as_ref().map(Shown::as_str)
    }

    /// Whether the same call may succeed if it is repeated: after a timeout, a broken
    /// connection, throttling, or a server error.
    ///
    /// It does not say whether repeating is safe: a call that creates something may have reached the
    /// server, so check before you repeat one that is not idempotent.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Timeout | ErrorKind::Connect | ErrorKind::Interrupted => true,
            ErrorKind::Status | ErrorKind::Authentication => {
                matches!(self.0.status, Some(408 | 429 | 500 | 502 | 503 | 504))
            }
            _ => false,
        }
    }

    /// Whether the server refused the call because of a rate limit: a 429, a 503, or another status
    /// that is documented for the operation. The client has already waited and retried, as far as
    /// its retry policy and timeouts allow.
    pub fn is_throttled(&self) -> bool {
        self.0.throttled || matches!(self.0.status, Some(429 | 503))
    }

    /// The number of attempts; 0 if the call failed before the first attempt, or after the last one,
    /// because an answer could not be decoded or a download broke off.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether a time limit ended the call, or the [`Wait`](crate::Wait).
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the server answered 404: the resource does not exist, or not in this
    /// organization or environment.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::Status && self.0.status == Some(404)
    }
}

/// How the runtime creates errors.
///
/// Summaries and hints are our own texts. A text from outside can only be added as a [`Shown`].
impl Error {
    pub(crate) fn new(kind: ErrorKind, summary: impl Into<String>) -> Self {
        Self::with(kind, Some(summary.into()))
    }

    pub(crate) fn invalid(summary: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, summary)
    }

    pub(crate) fn from_status(status: u16) -> Self {
        Self::with(ErrorKind::Status, None).with_status(status)
    }

    fn with(kind: ErrorKind, summary: Option<String>) -> Self {
        Self(Box::new(Facts {
            kind,
            summary: summary.map(|text| one_line(&text)),
            status: None,
            request_id: None,
            operation: None,
            message: None,
            hint: None,
            json_path: None,
            body: None,
            source: None,
            last_state: None,
            attempts: 0,
            throttled: false,
            unsent: false,
            garbled: false,
            retry_after: None,
        }))
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// An error that names the status, but does not count as an answer with it.
    pub(crate) fn without_status(mut self) -> Self {
        let status = self.0.status.take().unwrap_or_default();
        let reason = reason(status).unwrap_or_default();
        self.0.summary = Some(one_line(&format!("answered {status} {reason}")));
        self.with_kind(ErrorKind::Configuration)
    }

    pub(crate) fn with_request_id(mut self, id: Option<Shown>) -> Self {
        self.0.request_id = id;
        self
    }

    /// Names the operation, unless an inner layer has already done so.
    pub(crate) fn in_operation(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        self.0.operation.get_or_insert_with(|| operation.into());
        self
    }

    pub(crate) fn with_message(mut self, text: Option<Shown>) -> Self {
        self.0.message = text;
        self
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(one_line(&hint.into()));
        self
    }

    /// Adds to the hint.
    pub(crate) fn and_hint(self, more: &str) -> Self {
        match self.hint() {
            Some(hint) => {
                let both = format!("{hint}; {more}");
                self.with_hint(both)
            }
            None => self.with_hint(more),
        }
    }

    pub(crate) fn with_maybe_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint.map(|text| one_line(&text)).or(self.0.hint);
        self
    }

    pub(crate) fn with_json_path(mut self, path: Option<Shown>) -> Self {
        self.0.json_path = path;
        self
    }

    pub(crate) fn with_body(mut self, body: &Bytes) -> Self {
        // A copy, so that the error does not keep a large buffer alive through a slice of it.
        self.0.body = Some(Bytes::copy_from_slice(&body[..body.len().min(BODY_LIMIT)]));
        self
    }

    pub(crate) fn with_last_state(mut self, state: Option<Shown>) -> Self {
        self.0.last_state = state;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Marks that the server refused the call because there were too many.
    pub(crate) fn throttled(mut self, throttled: bool) -> Self {
        self.0.throttled = throttled;
        self
    }

    /// Marks that no byte of the request can have reached the server.
    pub(crate) fn unsent(mut self, unsent: bool) -> Self {
        self.0.unsent = unsent;
        self
    }

    pub(crate) fn is_unsent(&self) -> bool {
        self.0.unsent
    }

    /// How long the token endpoint asks to wait.
    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }
}

/// An error of the facade.
#[doc(hidden)]
pub fn error(kind: ErrorKind, summary: impl Into<String>, hint: impl Into<String>) -> Error {
    Error::new(kind, summary).with_hint(hint)
}

/// The error with another hint.
#[doc(hidden)]
pub fn hinted(error: Error, hint: &str) -> Error {
    error.with_hint(hint)
}

/// The error of a change that was based on an earlier read, with a hint for the case that it was stale.
#[doc(hidden)]
pub fn stale(error: Error, statuses: &[u16]) -> Error {
    match error.0.status.filter(|status| statuses.contains(status)) {
        Some(_) => error.with_hint(
            "someone else may have changed it since it was read: read it again, find out its present id, and repeat the change",
        ),
        None => error,
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
