//! HTTP requests and answers, and the trait [`HttpClient`], which sends them.
//!
//! The types belong to this crate, so that an implementation of the trait does not depend on the version of another crate. The
//! default client is built on reqwest. It needs the feature `reqwest`, which every TLS feature enables.
//!
//! It must not know operations, credentials, retries or limits.

mod answer;
mod body;
mod error;
mod headers;
mod method;
pub(crate) mod proxy;
mod request;
#[cfg(feature = "reqwest")]
pub(crate) mod reqwest_client;
pub(crate) mod settings;
#[cfg(feature = "reqwest")]
mod tls;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use url::Url;

pub use answer::Answer;
pub use body::Body;
pub use error::HttpError;
pub use headers::Headers;
pub(crate) use headers::not_a_value;
pub use method::Method;
pub use request::{Request, Timeouts};

/// The future that [`HttpClient::send`] returns.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Answer, HttpError>> + Send + 'a>>;

/// Sends single HTTP requests. Pass your own implementation to
/// [`SessionBuilder::http_client`](crate::SessionBuilder::http_client) to use another HTTP library or transport, or to answer
/// requests without a network.
///
/// Tokens, retries, limits, timeouts, redirects and redaction are implemented above the client. An implementation has to
/// guarantee the following, which `testing::http_contract` (feature `testing`) tests:
///
/// - **One request, one answer.** Each call sends the request once. The client does not follow redirects, does not retry, adds
///   no credentials or cookies, and returns every status as an [`Answer`].
/// - **Unchanged.** Method, URL, headers and body are sent as they are. The client adds only what the protocol needs, such as
///   `Host`. All headers of the answer are returned, in their order. A body with a content encoding is not decoded.
/// - **Streaming in both directions.** The body of the request is sent as it is produced, with its stated length. The answer is
///   returned when its head has arrived, even if the request is still being sent. Its body is returned as it arrives.
/// - **A short body is an error**, and not an early end.
/// - **Cancellation.** Dropping the future, or the body of the answer, ends the exchange.
/// - **Errors say whether anything was sent.** An error is [`unsent`](HttpError::unsent) only if no byte of the request can
///   have reached the server. The request is then repeated even if it is not idempotent.
/// - **Timeouts are part of the request.** The client enforces [`Timeouts::connect`]. The runtime enforces the others by
///   dropping the future; a client may use them to configure sockets, but must not end an exchange earlier.
///
/// ```
/// use anypoint_core::http::{Answer, HttpClient, Request, Sending};
/// use anypoint_core::Session;
///
/// /// Refuses every request.
/// #[derive(Debug)]
/// struct Closed;
///
/// impl HttpClient for Closed {
///     fn send(&self, _request: Request) -> Sending<'_> {
///         Box::pin(async { Ok(Answer::new(403)) })
///     }
/// }
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// let session = Session::builder().http_client(Closed).build()?;
/// # let _ = session;
/// # Ok(())
/// # }
/// ```
pub trait HttpClient: Debug + Send + Sync + 'static {
    /// Sends a request and returns its answer, whose body may still be arriving.
    ///
    /// # Errors
    /// There is no answer.
    fn send(&self, request: Request) -> Sending<'_>;
}

impl<C: HttpClient + ?Sized> HttpClient for Arc<C> {
    fn send(&self, request: Request) -> Sending<'_> {
        (**self).send(request)
    }
}

impl<C: HttpClient + ?Sized> HttpClient for Box<C> {
    fn send(&self, request: Request) -> Sending<'_> {
        (**self).send(request)
    }
}

/// Host and port, as in `localhost:8081`.
pub(crate) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
