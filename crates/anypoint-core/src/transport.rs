//! Sends requests and returns answers.
//!
//! It must not interpret a status, except to follow a redirect, nor read credentials from the session.

mod body;
mod fault;
mod form;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
    LOCATION, USER_AGENT,
};
use bytes::Bytes;
use serde::Serialize;
use url::Url;

use crate::clock::{self, Clock};
use crate::error::{Error, ErrorKind, hint};
use crate::http::Method;
use crate::http::{self, HttpClient, Timeouts};
use crate::multipart::Part;
use crate::response::{encoding, take_request_id};
use crate::secret::Secret;
use crate::secret::redact::{self, Secrets, Shown, Wanted};
pub(crate) use body::ByteStream;
use body::Progress;

/// More redirects than this are a loop.
const MAX_REDIRECTS: usize = 5;

/// The part of a session that sends requests.
pub(crate) struct Transport {
    client: Arc<dyn HttpClient>,
    connect_timeout: Duration,
    user_agent: HeaderValue,
    clock: Arc<dyn Clock>,
}

/// The deadlines of one attempt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The deadline of an attempt without an upload.
    pub(crate) deadline: Instant,
    /// Whether that is the deadline of the whole call.
    pub(crate) is_last: bool,
    /// How long an upload or download may stall.
    pub(crate) stall: Duration,
    /// How long the answer may take after the last byte of an upload.
    pub(crate) answer: Duration,
}

/// A request that can be sent more than once.
pub(crate) struct Request {
    /// The operation, or a description of the request.
    pub(crate) operation: Cow<'static, str>,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// The secrets in it, which must not be shown if a server sends them back.
    pub(crate) secrets: Wanted,
}

/// A body that can be opened more than once.
pub(crate) enum Body {
    Empty,
    Bytes {
        content_type: HeaderValue,
        bytes: Bytes,
    },
    Upload {
        content_type: String,
        upload: crate::Upload,
    },
    Form(Vec<Part>),
}

/// The content of the `Authorization` header.
pub(crate) enum Authorization {
    None,
    Bearer(Secret),
    Basic { username: String, password: Secret },
}

/// An answer whose body was not read yet.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The id of the request; `None` and not in the headers if it contains a secret.
    pub(crate) request_id: Option<Shown>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ByteStream,
    /// How many bytes of a body were sent.
    pub(crate) sent: u64,
    /// The deadline for the body, if it is read as a whole.
    pub(crate) deadline: Instant,
}

/// A request with a JSON body, outside of any operation.
pub(crate) fn json_request(
    operation: &'static str,
    method: Method,
    url: &str,
    body: &impl Serialize,
) -> Result<Request, Error> {
    let (bytes, secrets) = redact::noting(|| serde_json::to_vec(body));
    let bytes = bytes
        .map_err(|error| Error::invalid("the body cannot be written as JSON").with_source(error))?;
    let url = Url::parse(url).map_err(|error| {
        Error::new(ErrorKind::Configuration, "the URL is not valid").with_source(error)
    })?;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let body = Body::Bytes {
        content_type: HeaderValue::from_static("application/json"),
        bytes: bytes.into(),
    };
    Ok(Request {
        operation: Cow::Borrowed(operation),
        method,
        url,
        headers,
        body,
        secrets: Wanted::request(&secrets),
    })
}

impl Transport {
    pub(crate) fn new(
        client: Arc<dyn HttpClient>,
        connect_timeout: Duration,
        user_agent: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let user_agent = HeaderValue::from_str(user_agent)
            .map_err(|_| Error::new(ErrorKind::Configuration, "the user agent is no plain text"))?;
        Ok(Self {
            client,
            connect_timeout,
            user_agent,
            clock,
        })
    }

    /// Sends a request and waits for the head of the answer, following redirects of GET and HEAD within the same origin.
    /// `headers` are those of the request, and those of this attempt. Its errors contain none of the secrets.
    pub(crate) async fn send(
        &self,
        request: &Request,
        headers: &HeaderMap,
        auth: &Authorization,
        limits: Limits,
        secrets: &Secrets,
    ) -> Result<Reply, Error> {
        let mut url = request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let reply = self
                .send_once(request, headers, &url, auth, limits, secrets)
                .await?;
            match redirect_target(request.method, &url, &reply, secrets)? {
                None => return Ok(reply),
                Some(target) => url = target,
            }
        }
        let summary = format!("more than {MAX_REDIRECTS} redirects");
        Err(Error::new(ErrorKind::Status, summary)
            .with_hint("the server redirects in a circle; check the host or base URL"))
    }

    async fn send_once(
        &self,
        request: &Request,
        headers: &HeaderMap,
        url: &Url,
        auth: &Authorization,
        limits: Limits,
        secrets: &Secrets,
    ) -> Result<Reply, Error> {
        let progress = Progress::new(self.clock.clone());
        let single = self
            .single(request, headers, url, auth, limits, &progress)
            .await?;
        let is_upload = request.body.is_upload();
        let sending = self.client.send(single);
        let answer = match is_upload {
            false => clock::by(&*self.clock, limits.deadline, sending).await,
            true => self.while_moving(&progress, limits, sending).await,
        };
        let late = || match progress.is_open() {
            true => fault::stalled_upload(url, limits.stall),
            false => fault::slow(url, limits.is_last && !is_upload),
        };
        let answer = answer.ok_or_else(late)?;
        let answer = answer.map_err(|error| {
            let shown = || error.shown(&secrets.redactor());
            progress.failure().unwrap_or_else(shown)
        })?;
        // An upload may have taken longer than an attempt may.
        let (deadline, is_last) = match is_upload {
            false => (limits.deadline, limits.is_last),
            true => (progress.deadline(limits), false),
        };
        let mut headers = answer.headers.0;
        Ok(Reply {
            deadline,
            status: answer.status,
            request_id: take_request_id(&mut headers, secrets),
            headers,
            body: ByteStream::new(body::Source {
                body: answer.body,
                url: url.clone(),
                is_last,
                stall: limits.stall,
                clock: self.clock.clone(),
                secrets: secrets.clone(),
            }),
            sent: match &request.body {
                Body::Bytes { bytes, .. } => bytes.len() as u64,
                Body::Empty | Body::Upload { .. } | Body::Form(_) => progress.sent(),
            },
        })
    }

    /// The request of one attempt, with its files opened.
    async fn single(
        &self,
        request: &Request,
        headers: &HeaderMap,
        url: &Url,
        auth: &Authorization,
        limits: Limits,
        progress: &Progress,
    ) -> Result<http::Request, Error> {
        let operation = request.operation.clone();
        let mut single = http::Request::to(request.method, url.clone(), operation);
        single.headers = http::Headers(headers.clone());
        single.timeouts = Timeouts {
            connect: self.connect_timeout,
            answer: limits.answer,
            stall: limits.stall,
        };
        let headers = &mut single.headers.0;
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.entry(ACCEPT_ENCODING).or_insert(encoding::NONE);
        if let Some(value) = auth.header()? {
            headers.insert(AUTHORIZATION, value);
        }
        let (content_type, body) = match &request.body {
            Body::Empty => return Ok(single),
            Body::Bytes {
                content_type,
                bytes,
            } => (content_type.clone(), http::Body::bytes(bytes.clone())),
            Body::Upload {
                content_type,
                upload,
            } => (
                body::content_type(content_type)?,
                body::open(upload, progress).await?,
            ),
            Body::Form(parts) => form::open(parts, progress).await?,
        };
        headers.insert(CONTENT_TYPE, content_type);
        if let Some(length) = body.length() {
            headers.insert(CONTENT_LENGTH, length.into());
        }
        single.body = body::after_refusal(body, &*self.clock, limits.stall);
        Ok(single)
    }

    /// Waits for a future while the upload makes progress, and then for the answer; `None` if either
    /// takes too long.
    async fn while_moving<F: Future + Unpin>(
        &self,
        progress: &Progress,
        limits: Limits,
        mut future: F,
    ) -> Option<F::Output> {
        loop {
            let deadline = progress.deadline(limits);
            let output = clock::by(&*self.clock, deadline, &mut future).await;
            // The upload may have made progress in the meantime.
            if output.is_some() || progress.deadline(limits) <= self.clock.now() {
                return output;
            }
        }
    }
}

/// Where to send the request next, if the answer is a redirect.
fn redirect_target(
    method: Method,
    url: &Url,
    reply: &Reply,
    secrets: &Secrets,
) -> Result<Option<Url>, Error> {
    if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = reply
        .headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| url.join(location).ok());
    let safe = matches!(method, Method::Get | Method::Head);
    match target {
        Some(target) if safe && target.origin() == url.origin() => Ok(Some(target)),
        target => {
            let hint = hint::for_redirect(url, target.as_ref(), &secrets.redactor());
            Err(Error::from_status(reply.status)
                .with_request_id(reply.request_id.clone())
                .with_hint(hint))
        }
    }
}

impl Body {
    /// Whether the body is an upload, which may take any time while it makes progress.
    fn is_upload(&self) -> bool {
        matches!(self, Self::Upload { .. } | Self::Form(_))
    }
}

impl Authorization {
    /// The header, which is not printed.
    fn header(&self) -> Result<Option<HeaderValue>, Error> {
        let text = match self {
            Self::None => return Ok(None),
            Self::Bearer(token) => ["Bearer ", token.expose()].concat(),
            Self::Basic { username, password } => {
                let pair = Secret::basic(username, password.expose());
                ["Basic ", pair.expose()].concat()
            }
        };
        // A text without spare capacity is not copied.
        let value = HeaderValue::from_maybe_shared(Bytes::from(text));
        let mut value = value.map_err(|_| http::not_a_value("Authorization"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}
