//! A server that records its requests byte for byte, and answers with scripted bytes.
//!
//! It must only find the end of a request, because what it corrected could not be tested.

mod request;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use anypoint_core::{Backoff, Credentials, Error, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The bytes of a payload file: `payload!("shapes/get_shape/proxy.html")`.
macro_rules! payload {
    ($path:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/payloads/", $path))
    };
}
pub(crate) use payload;
pub(crate) use request::Request;

/// Gives its answers in their order, one for each connection, and refuses what comes after.
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<Request>,
}

impl Server {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        let count = answers.len();
        let next = move |_: &Request| answers.pop_front().unwrap();
        Self::listen(count, next).await
    }

    /// Answers every request by what it is.
    pub(crate) async fn answering(
        answer: impl FnMut(&Request) -> Vec<u8> + Send + 'static,
    ) -> Self {
        Self::listen(usize::MAX, answer).await
    }

    async fn listen(
        connections: usize,
        mut answer: impl FnMut(&Request) -> Vec<u8> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        tokio::spawn(async move {
            for _ in 0..connections {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                shared.lock().unwrap().connections += 1;
                serve(stream, &mut answer, &shared).await;
            }
        });
        Self { url, seen }
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().requests.clone()
    }

    pub(crate) fn request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "one request was expected");
        requests[0].clone()
    }

    /// Nothing has connected so far. A connection of our own comes last in the queue, so that
    /// one that was opened and given up cannot be overlooked.
    pub(crate) async fn assert_untouched(&self) {
        let address = self.url.trim_start_matches("http://");
        let mut own = TcpStream::connect(address).await.unwrap();
        own.write_all(b"OWN / HTTP/1.1\r\n\r\n").await.unwrap();
        own.read_to_end(&mut Vec::new()).await.unwrap();
        assert_eq!(self.seen.lock().unwrap().connections, 1);
        assert_eq!(self.request().line(), "OWN /");
    }

    /// A session that tries once: the scripted answers are counted.
    pub(crate) fn session(&self, credentials: Credentials) -> Session {
        let builder = Session::builder()
            .host(&self.url)
            .credentials(credentials)
            .service_default_environment()
            .retry(Backoff::off());
        builder.build().unwrap()
    }

    /// A client without credentials.
    pub(crate) fn shapes(&self) -> anypoint_test_shapes::Client {
        anypoint_test_shapes::Client::new(&self.session(Credentials::default()))
    }
}

/// A session as most calls of a real API want it.
pub(crate) fn session(server: &Server) -> Session {
    server.session(Credentials::bearer("token-1"))
}

/// The JSON of the one request.
pub(crate) fn sent(server: &Server) -> serde_json::Value {
    serde_json::from_slice(server.request().body()).unwrap()
}

async fn serve(
    mut stream: TcpStream,
    answer: &mut impl FnMut(&Request) -> Vec<u8>,
    seen: &Mutex<Seen>,
) {
    let mut bytes = Vec::new();
    while request::length(&bytes).is_none_or(|length| bytes.len() < length) {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let request = Request::new(bytes);
    let answer = answer(&request);
    seen.lock().unwrap().requests.push(request);
    // The client may have hung up already; that is for the test to see.
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}

/// An answer with its length, which ends the connection.
pub(crate) fn answer(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn json(status: u16, body: impl AsRef<[u8]>) -> Vec<u8> {
    answer(status, "application/json", body)
}

/// An answer without a body, such as a 204.
pub(crate) fn empty(status: u16) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\n\r\n").into_bytes()
}

/// All that an error can print, with the errors behind it.
pub(crate) fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}
