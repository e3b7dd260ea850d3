//! Settings for some calls of a session.

use std::sync::Arc;
use std::time::Duration;

use ::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, PROXY_AUTHORIZATION,
    TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};

use crate::error::Error;
use crate::http::Headers;
use crate::retry::RetryPolicy;
use crate::secret::Secret;
use crate::throttle::Throttle;
use crate::timeouts::LONGEST;

/// Headers that are set elsewhere: by the session, or by the body.
static TAKEN: [(HeaderName, &str); 9] = [
    (AUTHORIZATION, "SessionBuilder::credentials sets it"),
    (PROXY_AUTHORIZATION, "Proxy::credentials sets it"),
    (USER_AGENT, "SessionBuilder::user_agent adds to it"),
    (CONTENT_TYPE, "the body says it"),
    (CONTENT_LENGTH, "the body says it"),
    (HOST, "the URL says it"),
    (CONNECTION, "the HTTP client sets it"),
    (TRANSFER_ENCODING, "the HTTP client sets it"),
    (UPGRADE, "the HTTP client sets it"),
];

/// Settings for some calls. A setting that a request leaves out is taken from its client, and then from its session.
///
/// They can be set on a request with [`WithOptions::with_options`](crate::WithOptions::with_options), on a client with a
/// method of the same name, which returns a new client, and on a session with
/// [`SessionBuilder::call_options`](crate::SessionBuilder::call_options). They apply to everything that a request does: its
/// attempts, its pages, and the polls of a wait.
///
/// ```
/// use std::time::Duration;
///
/// use anypoint_core::{Backoff, CallOptions};
///
/// let once = CallOptions::new()
///     .retry(Backoff::off())
///     .total_timeout(Duration::from_secs(20))
///     .header("x-correlation-id", "4f1c");
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "give them to `with_options`"]
pub struct CallOptions {
    pub(crate) retry: Option<Arc<dyn RetryPolicy>>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) stall_timeout: Option<Duration>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) headers: Headers,
    /// The secrets in them.
    pub(crate) secrets: Vec<Secret>,
    pub(crate) throttle: Option<Throttle>,
    pub(crate) answer_limit: Option<usize>,
    pub(crate) keep_body: Option<bool>,
    /// The first thing that is wrong with them; the call reports it.
    pub(crate) failure: Option<Error>,
}

impl CallOptions {
    /// Nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides whether a failed attempt is followed by another one. See
    /// [`SessionBuilder::retry`](crate::SessionBuilder::retry).
    pub fn retry(mut self, policy: impl RetryPolicy) -> Self {
        self.retry = Some(Arc::new(policy));
        self
    }

    /// The time limit for one attempt; zero fails at once. See
    /// [`SessionBuilder::attempt_timeout`](crate::SessionBuilder::attempt_timeout).
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout.min(LONGEST));
        self
    }

    /// How long an upload or download may stall. See
    /// [`SessionBuilder::stall_timeout`](crate::SessionBuilder::stall_timeout).
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.stall_timeout = Some(timeout.min(LONGEST));
        self
    }

    /// The time limit for the call with all its attempts; zero fails at once. See
    /// [`SessionBuilder::total_timeout`](crate::SessionBuilder::total_timeout).
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout.min(LONGEST));
        self
    }

    /// Sends a header. It replaces one of the same name that the operation or other options set.
    ///
    /// The call fails before it is sent if the name or value is malformed, or if the header is set by the session or the
    /// body, such as `Authorization`, `User-Agent` and `Content-Type`.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.with_header(name, |headers| headers.insert(name, value))
    }

    /// Like [`CallOptions::header`], with a value that is never shown, even if a server sends it back.
    pub fn secret_header(mut self, name: &str, value: impl Into<Secret>) -> Self {
        let value = value.into();
        self.secrets.push(value.clone());
        self.with_header(name, |headers| headers.insert_secret(name, &value))
    }

    fn with_header(
        mut self,
        name: &str,
        set: impl FnOnce(&mut Headers) -> Result<(), Error>,
    ) -> Self {
        if let Err(error) = check_name(name).and_then(|()| set(&mut self.headers)) {
            self.failure.get_or_insert(error);
        }
        self
    }

    /// How the call is kept within the documented rate limits, or that it is not: [`Throttle::off`]. It is counted together with
    /// calls that have the same setting. See [`SessionBuilder::throttle`](crate::SessionBuilder::throttle).
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = Some(throttle);
        self
    }

    /// The maximum length of an answer that is read into memory, in bytes; 256 MiB by default. A longer one is an error.
    ///
    /// An answer whose decoded form would take far more memory than its text is an error, too: models may take 8 times the length
    /// of the answer, and parts without a type, which are kept as [`Json`](crate::Json), four times as much. Up to 64 MiB are
    /// always allowed, because a model has room for members that its JSON leaves out. The memory that
    /// [`RawRequest::send_json`](crate::RawRequest::send_json) takes depends on the type that it reads.
    pub fn answer_limit(mut self, bytes: usize) -> Self {
        self.answer_limit = Some(bytes);
        self
    }

    /// Whether to keep the unchanged body of the answer for [`Response::body`](crate::Response::body); `false` by default.
    pub fn keep_body(mut self, keep: bool) -> Self {
        self.keep_body = Some(keep);
        self
    }

    /// These options, with the settings of `others` where these have none.
    pub(crate) fn over(mut self, others: &Self) -> Self {
        let mut headers = others.headers.clone();
        for (name, value) in std::mem::take(&mut self.headers.0).iter() {
            headers.0.insert(name, value.clone());
        }
        self.secrets.extend(others.secrets.iter().cloned());
        Self {
            retry: self.retry.or_else(|| others.retry.clone()),
            attempt_timeout: self.attempt_timeout.or(others.attempt_timeout),
            stall_timeout: self.stall_timeout.or(others.stall_timeout),
            total_timeout: self.total_timeout.or(others.total_timeout),
            headers,
            secrets: self.secrets,
            throttle: self.throttle.or(others.throttle),
            answer_limit: self.answer_limit.or(others.answer_limit),
            keep_body: self.keep_body.or(others.keep_body),
            failure: self.failure.or_else(|| others.failure.clone()),
        }
    }
}

/// Refuses a header that is set elsewhere.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let mut taken = TAKEN.iter();
    match taken.find(|(taken, _)| name.eq_ignore_ascii_case(taken.as_str())) {
        None => Ok(()),
        Some((_, who)) => {
            let summary = format!("the header {name} cannot be set for a call");
            Err(Error::invalid(summary).with_hint(*who))
        }
    }
}
