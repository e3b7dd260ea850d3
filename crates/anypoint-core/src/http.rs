//! HTTP as the runtime sees it: a request, an answer, a body, and [`HttpClient`], which takes one to the other.
//!
//! The types are this crate's own, so that a client of yours depends on no other crate's versions. The default client is
//! built on reqwest and comes with the feature `reqwest`, which every TLS feature turns on.
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

/// The answer of a client, on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Answer, HttpError>> + Send + 'a>>;

/// Sends single HTTP requests. Give one of yours to [`SessionBuilder::http_client`](crate::SessionBuilder::http_client), to
/// use another HTTP library, to go through something that this crate does not know, or to answer without a network.
///
/// All that the runtime promises (tokens, retries, limits, deadlines, redirects, redaction) is done above the client. What
/// is left to it is held by `testing::http_contract` (feature `testing`), which any implementation can run:
///
/// - **One request, one answer.** Each call sends the request once. The client follows no redirect, repeats nothing, adds no
///   credentials or cookies, and gives every status as an [`Answer`].
/// - **Unchanged.** Method, URL, headers and body go out as they are given. The client adds what its protocol needs, such as
///   `Host`. All headers of the answer are given, in their order; a body in a content encoding is not decoded.
/// - **Streaming both ways.** A request's body is sent as it comes, with the length that it states. The answer is given when
///   its head is there, even while the request is still being sent. Its body is given as it arrives.
/// - **A short body is an error**, never an early end.
/// - **Cancellation.** Dropping the future, or the body of the answer, ends the exchange.
/// - **Errors say whether anything was sent.** An error is [`unsent`](HttpError::unsent) only if no byte of the request can
///   have reached the server: then it is sent again whatever it does.
/// - **Timeouts travel in the request.** The client keeps [`Timeouts::connect`]. The others are kept by the runtime, which
///   drops the future; a client may use them to set up sockets, and must not end anything earlier.
///
/// ```
/// use anypoint_core::http::{Answer, HttpClient, Request, Sending};
/// use anypoint_core::Session;
///
/// /// Says no to everything.
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
    /// Sends a request and gives the head of its answer, with the body to be read.
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
