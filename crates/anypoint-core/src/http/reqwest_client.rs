//! The default client, based on reqwest. Only this module, its children and `tls` know reqwest.
//!
//! It must not interpret a status, except 407, which only a proxy sends.

mod fault;
mod hosts;
mod pool;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream as _;
use futures_util::stream;
use reqwest::{Client, ClientBuilder, redirect};
use url::Url;

use hosts::{Hosts, Permit};
use pool::{Pool, Slot};

use super::proxy::{Route, malformed};
use super::settings::ConnectionSettings;
use super::tls::{self, Trust};
use super::{Answer, Body, Headers, HttpClient, HttpError, Method, Request, Sending};
use crate::error::{Error, ErrorKind};
use crate::runtime;
use crate::secret::Secret;

/// How often a ping is sent over an HTTP/2 connection, and how long the server may take to answer it.
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// The connection pools of one session.
pub(crate) struct ReqwestClient {
    connect_timeout: Duration,
    route: Route,
    trust: Trust,
    /// For http: does not load the system's certificates, and so works without any.
    plain: Slot,
    /// For https.
    secure: Slot,
    hosts: Hosts,
}

impl ReqwestClient {
    /// Reads the proxy variables and the files with certificates. The connect timeout is that of all requests.
    pub(crate) fn new(
        connect_timeout: Duration,
        connection: &ConnectionSettings,
    ) -> Result<Self, Error> {
        Ok(Self {
            connect_timeout,
            route: Route::new(&connection.proxy, |name| std::env::var(name).ok())?,
            trust: connection.trust()?,
            plain: Slot::default(),
            secure: Slot::default(),
            hosts: Hosts::default(),
        })
    }

    /// Builds the pool for a scheme, to report errors before the first call.
    pub(crate) fn prepare(&self, https: bool) -> Result<(), Error> {
        self.slot(https).prepare(|| self.client(https))
    }

    /// The credentials of the proxies.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.route.secrets()
    }

    fn slot(&self, https: bool) -> &Slot {
        if https { &self.secure } else { &self.plain }
    }

    fn pool(&self, https: bool) -> Result<Arc<Pool>, Error> {
        self.slot(https).pool(|| self.client(https))
    }

    fn client(&self, https: bool) -> Result<Client, Error> {
        let tls = https || self.route.takes_tls();
        let builder = tls::configure(Client::builder(), tls.then_some(&self.trust))?;
        let builder = routed(&self.route, builder)?
            .connect_timeout(self.connect_timeout)
            .redirect(redirect::Policy::none())
            .referer(false)
            // Accepted, as in other clients: the call may have taken effect even if its answer is malformed.
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .http2_keep_alive_while_idle(true);
        patient(builder).build().map_err(|error| {
            Error::new(ErrorKind::Configuration, "the HTTP client cannot be set up")
                .with_source(error)
        })
    }

    async fn exchange(&self, request: Request) -> Result<Answer, HttpError> {
        let mut permit = self
            .hosts
            .permit(&request.url, request.timeouts.stall)
            .await;
        let https = request.url.scheme() == "https";
        let pool = self
            .pool(https)
            .map_err(|error| HttpError::from(error).unsent(true))?;
        let url = request.url;
        let mut bare = reqwest::Request::new(request.method.into(), Url::clone(&url));
        *bare.headers_mut() = request.headers.0;
        *bare.body_mut() = sent(request.body);
        // Boxed alone, so that the small rest of this future is cheap to move.
        let mut sending = Box::pin(pool.client.execute(bare));
        let sending = runtime::guarded(sending.as_mut());
        let waiting = self.slot(https).wait(pool.clone());
        let outcome = sending.await;
        waiting.ended(matches!(outcome, Ok(Ok(_))));
        let response = outcome?.map_err(|error| {
            let proxy = self.route.proxy_for(&url);
            fault::classify(error, &url, proxy.as_deref())
        })?;
        if response.status().as_u16() == 407 {
            let proxy = self.route.proxy_for(&url);
            return Err(fault::asks_for_credentials(proxy.as_deref()));
        }
        if response.version() == reqwest::Version::HTTP_2 {
            permit.shared();
        }
        Ok(answer(response, url, permit))
    }
}

impl HttpClient for ReqwestClient {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(self.exchange(request))
    }
}

fn sent(body: Body) -> Option<reqwest::Body> {
    match body.as_bytes() {
        Some(bytes) if bytes.is_empty() => None,
        Some(bytes) => Some(bytes.clone().into()),
        None => Some(reqwest::Body::wrap_stream(body)),
    }
}

/// The answer; its body holds the permit.
fn answer(mut response: reqwest::Response, url: Arc<Url>, mut permit: Permit) -> Answer {
    let headers = Headers(std::mem::take(response.headers_mut()));
    let (status, length) = (response.status().as_u16(), response.content_length());
    let mut chunks = response.bytes_stream();
    let chunks = stream::poll_fn(move |task| {
        let chunk = Pin::new(&mut chunks).poll_next(task);
        permit.used(chunk.is_pending());
        chunk.map_err(|error| fault::classify(error, &url, None))
    });
    Answer::new(status)
        .with_headers(headers)
        .with_body(Body::stream(chunks, length))
}

/// Disables the timeout of the kernel: the session limits how long an upload may stall.
fn patient(builder: ClientBuilder) -> ClientBuilder {
    #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
    let builder = builder.tcp_user_timeout(None);
    builder
}

/// Makes the client use this route only.
fn routed(route: &Route, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
    let builder = builder.no_proxy();
    let mut proxies = route.proxies().peekable();
    if proxies.peek().is_none() {
        return Ok(builder);
    }
    for url in proxies {
        reqwest::Proxy::all(url.as_str()).map_err(|_| malformed("the proxy"))?;
    }
    let route = route.clone();
    let proxy = reqwest::Proxy::custom(move |url| route.on_the_way(url).cloned());
    Ok(builder.proxy(proxy))
}

impl fmt::Debug for ReqwestClient {
    /// Without the proxies, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestClient").finish_non_exhaustive()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::proxy::Proxy;
    use crate::testing::http_contract;
    use tokio::runtime::Builder;

    fn direct() -> ConnectionSettings {
        ConnectionSettings {
            proxy: Proxy::none(),
            ..ConnectionSettings::default()
        }
    }

    #[tokio::test]
    async fn the_default_client_keeps_the_contract() {
        let client = ReqwestClient::new(Duration::from_secs(10), &direct()).unwrap();
        http_contract(&client).await.unwrap();
    }

    #[test]
    fn each_runtime_has_a_pool_of_its_own_and_the_first_one_that_was_prepared() {
        let client = ReqwestClient::new(Duration::from_secs(10), &direct()).unwrap();
        client.prepare(false).unwrap();
        let prepared = client.pool(false).unwrap();
        let runtimes = [(), ()].map(|()| Builder::new_current_thread().build().unwrap());
        let pool = |which: usize| runtimes[which].block_on(async { client.pool(false).unwrap() });
        let [first, second] = [pool(0), pool(1)];
        assert!(Arc::ptr_eq(&first, &prepared) && !Arc::ptr_eq(&first, &second));
        assert!(Arc::ptr_eq(&first, &pool(0)) && Arc::ptr_eq(&second, &pool(1)));
    }
}
