//! Sends requests and hands back answers. Only this module and its children know reqwest.
//!
//! It must not decide what a status means, besides following a redirect, nor read credentials
//! from the session: it sends what it is given.

mod body;
mod fault;
mod proxy;
pub(crate) mod settings;
mod tls;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Client, RequestBuilder, redirect};
use serde::Serialize;
use url::Url;

use crate::clock::{self, Clock};
use crate::error::{Error, ErrorKind, hint};
use crate::internal::{Method, Part};
use crate::response::take_request_id;
use crate::runtime;
use crate::secret::Secret;
use crate::secret::redact::{self, Secrets, Shown, Wanted};
pub(crate) use body::ByteStream;
use body::Progress;
pub use proxy::Proxy;
use proxy::Route;
pub(crate) use reqwest::header::{ACCEPT, HeaderMap as Headers, HeaderName, HeaderValue};
use settings::ConnectionSettings;
use tls::Trust;

/// A longer chain within one host is a loop.
const MAX_REDIRECTS: usize = 5;

/// The connection pools of one session.
pub(crate) struct Transport {
    connect_timeout: Duration,
    /// reqwest's own timeouts also count the time of an upload, so they are not used.
    clock: Arc<dyn Clock>,
    route: Route,
    trust: Trust,
    /// For http: never loads the system's certificates, and so works without any.
    plain: OnceLock<Client>,
    /// For https.
    secure: OnceLock<Client>,
}

/// What limits one attempt in time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// When an attempt without an upload ends.
    pub(crate) deadline: Instant,
    /// That is when the whole call ends.
    pub(crate) is_last: bool,
    /// How long an upload or download may stand still.
    pub(crate) stall: Duration,
    /// How long the answer may take after the last byte of an upload.
    pub(crate) answer: Duration,
}

/// A request that can be sent more than once.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Headers,
    pub(crate) body: Body,
    /// What of it must not be shown when a server sends it back.
    pub(crate) secrets: Wanted,
}

/// A body that can be opened more than once.
pub(crate) enum Body {
    Empty,
    Bytes {
        content_type: &'static str,
        bytes: Bytes,
    },
    Upload {
        content_type: String,
        upload: crate::Upload,
    },
    Form(Vec<Part>),
}

/// What goes into the `Authorization` header.
pub(crate) enum Authorization {
    None,
    Bearer(Secret),
    Basic { username: String, password: Secret },
}

/// An answer whose body is still on its way.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Also out of the headers if it holds a secret.
    pub(crate) request_id: Option<Shown>,
    pub(crate) headers: Headers,
    pub(crate) body: ByteStream,
    /// How many bytes of a body went out.
    pub(crate) sent: u64,
    /// When the body has to be there, for those who want it whole.
    pub(crate) deadline: Instant,
}

/// The standard phrase of a status.
pub(crate) fn reason(status: u16) -> Option<&'static str> {
    reqwest::StatusCode::from_u16(status)
        .ok()?
        .canonical_reason()
}

/// A request with a JSON body, outside of any operation.
pub(crate) fn json_request(
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
    let mut headers = Headers::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let body = Body::Bytes {
        content_type: "application/json",
        bytes: bytes.into(),
    };
    Ok(Request {
        method,
        url,
        headers,
        body,
        secrets: Wanted::request(&secrets),
    })
}

impl Transport {
    /// Reads the environment's proxies and the files with certificates.
    pub(crate) fn new(
        connect_timeout: Duration,
        connection: &ConnectionSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        Ok(Self {
            connect_timeout,
            clock,
            route: Route::new(&connection.proxy, |name| std::env::var(name).ok())?,
            trust: connection.trust()?,
            plain: OnceLock::new(),
            secure: OnceLock::new(),
        })
    }

    /// Builds the pool for a scheme, to report what is wrong before the first call.
    pub(crate) fn prepare(&self, https: bool) -> Result<(), Error> {
        self.client(https).map(|_| ())
    }

    fn client(&self, https: bool) -> Result<&Client, Error> {
        let slot = if https { &self.secure } else { &self.plain };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let tls = https || self.route.takes_tls();
        let builder = tls::configure(Client::builder(), tls.then_some(&self.trust))?;
        let client = self
            .route
            .configure(builder)?
            .user_agent(concat!("anypoint-rs/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect_timeout)
            .redirect(redirect::Policy::none())
            .referer(false)
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Configuration, "the HTTP client cannot be set up")
                    .with_source(error)
            })?;
        Ok(slot.get_or_init(|| client))
    }

    /// What a proxy is told about who we are.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.route.secrets()
    }

    /// Sends a request and waits for the head of the answer, following redirects of GET and
    /// HEAD within the same origin. What it says about the answer holds none of the secrets.
    pub(crate) async fn send(
        &self,
        request: &Request,
        auth: &Authorization,
        limits: Limits,
        secrets: &Secrets,
    ) -> Result<Reply, Error> {
        let mut url = request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let reply = self.send_once(request, &url, auth, limits, secrets).await?;
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
        url: &Url,
        auth: &Authorization,
        limits: Limits,
        secrets: &Secrets,
    ) -> Result<Reply, Error> {
        let client = self.client(url.scheme() == "https")?;
        // Put together in one go: the builder of reqwest would copy each part once more.
        let mut bare = reqwest::Request::new(request.method.into(), url.clone());
        *bare.headers_mut() = request.headers.clone();
        let builder = RequestBuilder::from_parts(client.clone(), bare);
        let builder = match auth {
            Authorization::None => builder,
            Authorization::Bearer(token) => builder.bearer_auth(token.expose()),
            Authorization::Basic { username, password } => {
                builder.basic_auth(username, Some(password.expose()))
            }
        };
        let progress = Progress::new(self.clock.clone());
        let builder = match &request.body {
            Body::Empty => builder,
            Body::Bytes {
                content_type,
                bytes,
            } => builder
                .header(CONTENT_TYPE, *content_type)
                .body(bytes.clone()),
            Body::Upload {
                content_type,
                upload,
            } => body::attach_upload(builder, content_type, upload, &progress).await?,
            Body::Form(parts) => body::attach_form(builder, parts, &progress).await?,
        };
        let response = match request.body {
            Body::Empty | Body::Bytes { .. } => {
                let sending = std::pin::pin!(builder.send());
                let sending = std::pin::pin!(runtime::guarded(sending));
                clock::by(&*self.clock, limits.deadline, sending).await
            }
            Body::Upload { .. } | Body::Form(_) => {
                let sending = std::pin::pin!(builder.send());
                let sending = std::pin::pin!(runtime::guarded(sending));
                self.while_moving(&progress, limits, sending).await
            }
        };
        let late = || match progress.is_open() {
            true => fault::stalled_upload(url, limits.stall),
            false => fault::slow(url, limits.is_last && !request.body.is_upload()),
        };
        let response = response.ok_or_else(late)??;
        let response = response.map_err(|error| {
            progress.failure().unwrap_or_else(|| {
                let proxy = self.route.proxy_for(url);
                fault::classify(error, url, proxy.as_deref(), &secrets.redactor())
            })
        })?;
        if response.status().as_u16() == 407 {
            return Err(fault::asks_for_credentials(
                self.route.proxy_for(url).as_deref(),
            ));
        }
        // An upload may have taken longer than an attempt may.
        let (deadline, is_last) = match request.body.is_upload() {
            false => (limits.deadline, limits.is_last),
            true => (progress.deadline(limits), false),
        };
        let mut response = response;
        let mut headers = std::mem::take(response.headers_mut());
        Ok(Reply {
            deadline,
            status: response.status().as_u16(),
            request_id: take_request_id(&mut headers, secrets),
            headers,
            body: ByteStream::new(body::Source {
                response,
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

    /// Waits for a future as long as the upload beside it moves, and then for the answer;
    /// `None` when one of both takes too long.
    async fn while_moving<F: Future + Unpin>(
        &self,
        progress: &Progress,
        limits: Limits,
        mut future: F,
    ) -> Option<F::Output> {
        loop {
            let deadline = progress.deadline(limits);
            let output = clock::by(&*self.clock, deadline, &mut future).await;
            // It may have moved meanwhile.
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
    /// Whether it is sent for as long as it moves.
    fn is_upload(&self) -> bool {
        matches!(self, Self::Upload { .. } | Self::Form(_))
    }
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Head => Self::HEAD,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
            Method::Options => Self::OPTIONS,
        }
    }
}
