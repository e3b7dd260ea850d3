//! Sends requests and returns answers.
//!
//! It must not interpret a status, except to follow a redirect, nor read credentials from the session.

mod body;
mod fault;
mod form;
mod upload;

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
    pub(crate) url: Arc<Url>,
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

/// One request and what holds for this attempt at it.
pub(crate) struct Exchange<'a> {
    pub(crate) request: &'a Request,
    /// Those of the request, and those of this attempt.
    pub(crate) headers: &'a HeaderMap,
    pub(crate) auth: &'a Authorization,
    pub(crate) limits: Limits,
    /// What its errors must not contain.
    pub(crate) secrets: &'a Secrets,
}

/// The content of the `Authorization` header.
pub(crate) enum Authorization {
    None,
    Bearer(Arc<Bearer>),
    Basic { username: String, password: Secret },
}

/// An access token with its header, which is written once for all calls.
pub(crate) struct Bearer {
    pub(crate) token: Secret,
    header: HeaderValue,
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
        url: Arc::new(url),
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
    pub(crate) async fn send(&self, exchange: &Exchange<'_>) -> Result<Box<Reply>, Error> {
        let mut url = exchange.request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let reply = if exchange.request.body.is_upload() {
                // Boxed: it is rare, and its future is large.
                Box::pin(self.upload(exchange, &url)).await?
            } else {
                self.send_once(exchange, &url).await?
            };
            match redirect_target(exchange.request.method, &url, &reply, exchange.secrets)? {
                None => return Ok(reply),
                Some(target) => url = Arc::new(target),
            }
        }
        let summary = format!("more than {MAX_REDIRECTS} redirects");
        Err(Error::new(ErrorKind::Status, summary)
            .with_hint("the server redirects in a circle; check the host or base URL"))
    }

    /// Sends a request whose body is in memory.
    async fn send_once(
        &self,
        exchange: &Exchange<'_>,
        url: &Arc<Url>,
    ) -> Result<Box<Reply>, Error> {
        let body = exchange.request.body.in_memory();
        let sent = body.as_ref().and_then(|(_, body)| body.length());
        let limits = exchange.limits;
        let sending = self.client.send(self.single(exchange, url, body)?);
        let answer = clock::by(&*self.clock, limits.deadline, sending).await;
        let answer = answer.ok_or_else(|| fault::slow(url, limits.is_last))?;
        let answer = answer.map_err(|error| error.shown(&exchange.secrets.redactor()))?;
        Ok(self.reply(answer, url, limits, exchange.secrets, sent.unwrap_or(0)))
    }

    /// The request of one attempt.
    fn single(
        &self,
        exchange: &Exchange<'_>,
        url: &Arc<Url>,
        body: Option<(HeaderValue, http::Body)>,
    ) -> Result<http::Request, Error> {
        let (request, limits) = (exchange.request, exchange.limits);
        let mut single = http::Request::to(request.method, url.clone(), request.operation.clone());
        single.timeouts = Timeouts {
            connect: self.connect_timeout,
            answer: limits.answer,
            stall: limits.stall,
        };
        let headers = &mut single.headers.0;
        // Large enough for those that follow; a clone would have to grow.
        headers.reserve(exchange.headers.len() + 5);
        for (name, value) in exchange.headers {
            headers.append(name, value.clone());
        }
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.entry(ACCEPT_ENCODING).or_insert(encoding::NONE);
        if let Some(value) = exchange.auth.header()? {
            headers.insert(AUTHORIZATION, value);
        }
        if let Some((content_type, body)) = body {
            headers.insert(CONTENT_TYPE, content_type);
            if let Some(length) = body.length() {
                headers.insert(CONTENT_LENGTH, length.into());
            }
            single.body = body;
        }
        Ok(single)
    }

    /// The reply of an answer. It is boxed, because it is passed through many hands.
    fn reply(
        &self,
        answer: http::Answer,
        url: &Arc<Url>,
        limits: Limits,
        secrets: &Secrets,
        sent: u64,
    ) -> Box<Reply> {
        let mut headers = answer.headers.0;
        Box::new(Reply {
            deadline: limits.deadline,
            status: answer.status,
            request_id: take_request_id(&mut headers, secrets),
            headers,
            body: ByteStream::new(body::Source {
                body: answer.body,
                url: url.clone(),
                is_last: limits.is_last,
                stall: limits.stall,
                clock: self.clock.clone(),
                secrets: secrets.clone(),
            }),
            sent,
        })
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
    pub(crate) fn is_upload(&self) -> bool {
        matches!(self, Self::Upload { .. } | Self::Form(_))
    }

    /// The body with its `Content-Type` header, if it is in memory.
    fn in_memory(&self) -> Option<(HeaderValue, http::Body)> {
        match self {
            Self::Bytes {
                content_type,
                bytes,
            } => Some((content_type.clone(), http::Body::bytes(bytes.clone()))),
            Self::Empty | Self::Upload { .. } | Self::Form(_) => None,
        }
    }
}

impl Authorization {
    /// The header, which is not printed.
    fn header(&self) -> Result<Option<HeaderValue>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Bearer(bearer) => Ok(Some(bearer.header.clone())),
            Self::Basic { username, password } => {
                let pair = Secret::basic(username, password.expose());
                credentials("Basic", &pair).map(Some)
            }
        }
    }
}

impl Bearer {
    /// # Errors
    /// The token holds characters that a header cannot.
    pub(crate) fn new(token: Secret) -> Result<Arc<Self>, Error> {
        let header = credentials("Bearer", &token)?;
        Ok(Arc::new(Self { token, header }))
    }
}

/// The value of the header `Authorization`.
fn credentials(scheme: &str, secret: &Secret) -> Result<HeaderValue, Error> {
    let text = [scheme, " ", secret.expose()].concat();
    // A text without spare capacity is not copied.
    let value = HeaderValue::from_maybe_shared(Bytes::from(text));
    let mut value = value.map_err(|_| http::not_a_value("Authorization"))?;
    value.set_sensitive(true);
    Ok(value)
}
