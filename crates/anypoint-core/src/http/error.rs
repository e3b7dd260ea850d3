//! Why a client has no answer.
//!
//! It must not be shown as it is: what a peer says in it may be what it was sent. The runtime takes the secrets out.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::iter::successors;

use crate::error::cause::Cause;
use crate::error::{Error, ErrorKind};
use crate::secret::redact::{Redactor, Shown};

/// The reason why there is no answer, or why a body broke off.
///
/// Its text may quote a server, a proxy or the operating system. The runtime removes the secrets of the call before it is
/// shown. `Debug` does not print the text.
#[derive(Clone)]
pub struct HttpError(Box<Facts>);

#[derive(Clone)]
struct Facts {
    kind: ErrorKind,
    summary: String,
    hint: Option<String>,
    /// The words of the error below and of those that made it, the outermost first.
    causes: Vec<String>,
    status: Option<u16>,
    unsent: bool,
    /// What failed on this machine; it is shown in its place.
    local: Option<Error>,
}

impl HttpError {
    /// An error with a text that says what failed and why, such as `no connection to localhost:8081: refused`.
    ///
    /// [`ErrorKind::Timeout`], [`ErrorKind::Connect`] and [`ErrorKind::Interrupted`] count as temporary: the call is repeated
    /// where that is safe.
    pub fn new(kind: ErrorKind, summary: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            kind,
            summary: summary.into(),
            hint: None,
            causes: Vec::new(),
            status: None,
            unsent: false,
            local: None,
        }))
    }

    /// Sets a hint about what to try.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Sets the cause. Its text and those of its sources are kept, but not the errors themselves.
    #[must_use]
    pub fn with_source(mut self, source: &(dyn StdError + 'static)) -> Self {
        self.0.causes = chain(source).map(ToString::to_string).collect();
        self
    }

    /// Sets whether no byte of the request can have reached the server; `false` by default. A request that was not sent is
    /// repeated even if it is not idempotent.
    #[must_use]
    pub fn unsent(mut self, unsent: bool) -> Self {
        self.0.unsent = unsent;
        self
    }

    #[cfg(feature = "reqwest")]
    pub(crate) fn with_maybe_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint.or(self.0.hint);
        self
    }

    #[cfg(feature = "reqwest")]
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether no byte of the request can have reached the server.
    pub fn is_unsent(&self) -> bool {
        self.0.unsent
    }

    /// The error of the call, without what must not be shown.
    pub(crate) fn shown(self, redactor: &Redactor) -> Error {
        let facts = *self.0;
        if let Some(error) = facts.local {
            return error;
        }
        let shown = |text: &String| redactor.show(text);
        let hint = facts.hint.as_ref().map(shown);
        let error = Error::new(facts.kind, shown(&facts.summary).as_str())
            .with_maybe_hint(hint.map(|hint| hint.as_str().to_owned()))
            .unsent(facts.unsent);
        let error = facts.status.into_iter().fold(error, Error::with_status);
        let causes: Vec<Shown> = facts.causes.iter().map(shown).collect();
        match Cause::of(causes.into_iter()) {
            Some(cause) => error.with_source(cause),
            None => error,
        }
    }
}

/// A failure on this machine, such as a file that changes while it is sent.
impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        let mut shown = Self::new(error.kind(), error.to_string()).unsent(error.is_unsent());
        shown.0.local = Some(error);
        shown
    }
}

/// An error and its causes. `io::Error` leaves the error that it wraps out of `source()`.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    successors(Some(error), |cause| inner(*cause))
}

fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.summary)
    }
}

impl fmt::Debug for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpError")
            .field("kind", &self.0.kind)
            .field("unsent", &self.0.unsent)
            .finish_non_exhaustive()
    }
}

impl StdError for HttpError {}
