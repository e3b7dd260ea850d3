//! What an interceptor sees.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::http::HeaderMap;
use bytes::Bytes;
use url::{Position, Url};

use super::Outcome;
use crate::error::Error;
use crate::http::{Headers, Method};
use crate::multipart::Part;
use crate::options;
use crate::secret::redact::{Redactor, Secrets};
use crate::transport::{Body, Request};

/// A part of a multipart form, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FormPart {
    /// The name of the part.
    pub name: String,
    /// The text, if the part is not a file.
    pub text: Option<String>,
    /// The name of the file that the server gets, if the part is a file that has one.
    pub file_name: Option<String>,
}

/// A call or an attempt, as an [`Interceptor`](super::Interceptor) sees it. `Debug` shows no secret of the call.
pub struct Intercepted {
    operation: Cow<'static, str>,
    method: Method,
    path: String,
    url: Arc<Url>,
    body: Option<Bytes>,
    form: Option<Vec<FormPart>>,
    headers: Headers,
    attempt: u32,
    began: Instant,
    elapsed: Duration,
    answer: Option<(u16, Headers)>,
    error: Option<Error>,
    redactor: Redactor,
}

impl Intercepted {
    pub(super) fn new(
        attempt: u32,
        request: &Request,
        path: &str,
        secrets: &Secrets,
        now: Instant,
    ) -> Self {
        Self {
            operation: request.operation.clone(),
            method: request.method,
            path: path.to_owned(),
            url: request.url.clone(),
            body: match &request.body {
                Body::Bytes { bytes, .. } => Some(bytes.clone()),
                Body::Empty | Body::Upload { .. } | Body::Form(_) => None,
            },
            form: match &request.body {
                Body::Form(parts) => Some(parts.iter().map(FormPart::new).collect()),
                Body::Empty | Body::Upload { .. } | Body::Bytes { .. } => None,
            },
            headers: Headers(request.headers.clone()),
            attempt,
            began: now,
            elapsed: Duration::ZERO,
            answer: None,
            error: None,
            redactor: secrets.redactor(),
        }
    }

    /// What it turned out to be. A token that was fetched meanwhile is a secret too.
    pub(super) fn over(&mut self, outcome: Outcome<'_>, secrets: &Secrets, now: Instant) {
        self.redactor = secrets.redactor();
        self.elapsed = now.saturating_duration_since(self.began);
        match outcome {
            Ok((status, headers)) => self.answer = Some((status, Headers(headers.clone()))),
            Err(error) => self.error = Some(error.clone()),
        }
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers.0
    }

    /// The operation, such as `list_assets`; `log_in` for a login.
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path of the operation, with `{name}` for its parameters.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The URL without the query.
    pub fn url(&self) -> String {
        self.redactor.redact(&self.url[..Position::AfterPath])
    }

    /// The query, percent-encoded and without `?`. Secrets are replaced by `***`.
    pub fn query(&self) -> Option<String> {
        Some(self.redactor.redact(self.url.query()?))
    }

    /// The body if it is text in memory, such as JSON or a form. Secrets are replaced by `***`.
    pub fn body(&self) -> Option<String> {
        let text = std::str::from_utf8(self.body.as_ref()?).ok()?;
        Some(self.redactor.redact(text))
    }

    /// The parts of the body if it is a multipart form. Secrets are replaced by `***`.
    pub fn form(&self) -> Option<Vec<FormPart>> {
        let redact = |text: &Option<String>| text.as_ref().map(|text| self.redactor.redact(text));
        let shown = |part: &FormPart| FormPart {
            name: self.redactor.redact(&part.name),
            text: redact(&part.text),
            file_name: redact(&part.file_name),
        };
        Some(self.form.as_ref()?.iter().map(shown).collect())
    }

    /// A header of the request, but not its credentials.
    pub fn header(&self, name: &str) -> Option<String> {
        if self.headers.is_secret(name) {
            return Some("***".to_owned());
        }
        self.headers
            .get(name)
            .map(|value| self.redactor.redact(value))
    }

    /// Sets a header of the request. It has no effect after the request has been sent.
    ///
    /// # Errors
    /// The header is malformed, or it is set by the session or the body; see [`CallOptions::header`](crate::CallOptions::header).
    pub fn set_header(&mut self, name: &str, value: &str) -> Result<(), Error> {
        options::check_name(name)?;
        self.headers.insert(name, value)
    }

    /// The number of the attempt, 1 for the first one; 0 for a call.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The time since it began, by the session's clock. That of a call includes its waits.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The status of the answer, if there is one. A call that has failed has none; see [`Error::status`].
    pub fn status(&self) -> Option<u16> {
        self.answer.as_ref().map(|(status, _)| *status)
    }

    /// The first value of a header of the answer.
    pub fn answer_header(&self, name: &str) -> Option<String> {
        let (_, headers) = self.answer.as_ref()?;
        headers.get(name).map(|value| self.redactor.redact(value))
    }

    /// The error, if it has failed. An attempt that was answered has not failed, whatever the status is.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// A text in which the secrets of the call are replaced by `***`.
    pub fn redact(&self, text: &str) -> String {
        self.redactor.redact(text)
    }
}

impl FormPart {
    /// With its secrets.
    fn new(part: &Part) -> Self {
        let (name, text, file_name) = match part {
            Part::Text { name, text, .. } => (name, Some(text.clone()), None),
            Part::File { name, upload } => (name, None, upload.file_name().map(str::to_owned)),
        };
        Self {
            name: name.to_string(),
            text,
            file_name,
        }
    }
}

impl fmt::Debug for Intercepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intercepted")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("attempt", &self.attempt)
            .field("elapsed", &self.elapsed)
            .field("status", &self.status())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}
