//! What every [`HttpClient`] has to do, as a test that any implementation can run.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, join, select};
use futures_util::stream::{self, StreamExt as _};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::ErrorKind;
use crate::http::{Answer, Body, HttpClient, HttpError, Method, Request};

/// No rule takes as long, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a server waits for what a client has done.
const NOTICE: Duration = Duration::from_secs(5);

/// A rule that a client violates.
#[derive(Debug)]
pub struct BrokenContract {
    rule: &'static str,
    found: String,
}

impl fmt::Display for BrokenContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.found)
    }
}

impl std::error::Error for BrokenContract {}

type Found = Result<(), String>;

/// Tests whether a client keeps the contract of [`HttpClient`], with servers on loopback. The client must reach them without a
/// proxy and support HTTP/1.1 over plain http. Run it in a Tokio runtime with `enable_all`.
///
/// ```no_run
/// # async fn run(my_client: impl anypoint_core::HttpClient) {
/// anypoint_core::testing::http_contract(&my_client).await.unwrap();
/// # }
/// ```
///
/// # Errors
/// The first rule that the client violates.
pub async fn http_contract(client: &impl HttpClient) -> Result<(), BrokenContract> {
    held("a request is sent unchanged", unchanged(client)).await?;
    held("an answer is given unchanged", answered(client)).await?;
    held("a redirect is an answer", not_followed(client)).await?;
    held("an answer is given as it arrives", streamed_down(client)).await?;
    held("a body is sent as it comes", streamed_up(client)).await?;
    held(
        "an answer is given while the request is sent",
        answered_early(client),
    )
    .await?;
    held("a short body is an error", cut_short(client)).await?;
    held("a body that fails fails the request", failing_body(client)).await?;
    held("a dropped call ends the exchange", dropped_call(client)).await?;
    held("a dropped body ends the exchange", dropped_body(client)).await?;
    held("a refused connection is unsent", refused(client)).await?;
    held(
        "a request without an answer is not unsent",
        unanswered(client),
    )
    .await
}

async fn held(
    rule: &'static str,
    holds: impl Future<Output = Found>,
) -> Result<(), BrokenContract> {
    let found = timeout(PATIENCE, holds).await;
    let found = found.unwrap_or_else(|_| Err("nothing happens".to_owned()));
    found.map_err(|found| BrokenContract { rule, found })
}

fn expect(holds: bool, found: impl Into<String>) -> Found {
    if holds { Ok(()) } else { Err(found.into()) }
}

/// A server for one connection.
struct Server {
    listener: TcpListener,
    url: String,
}

impl Server {
    async fn start() -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
        let url = format!(
            "http://{}/things?a=b%20c",
            listener.local_addr().map_err(text)?
        );
        Ok(Self { listener, url })
    }

    fn request(&self, method: Method) -> Result<Request, String> {
        let mut request = Request::new(method, &self.url).map_err(text)?;
        request.headers.insert("x-one", "1").map_err(text)?;
        Ok(request)
    }

    /// A request with a body, and the header for its length.
    fn upload(&self, body: Body) -> Result<Request, String> {
        let mut request = self.request(Method::Post)?;
        let length = body.length().unwrap_or_default().to_string();
        request
            .headers
            .insert("content-length", length)
            .map_err(text)?;
        request.body = body;
        Ok(request)
    }

    /// The next connection, when the head of a request was read from it, with what came of the body.
    async fn head(&self) -> Result<(TcpStream, String, Vec<u8>), String> {
        let (mut stream, _) = self.listener.accept().await.map_err(text)?;
        let mut read = Vec::new();
        loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                let body = read.split_off(end + 4);
                return Ok((stream, String::from_utf8_lossy(&read).into_owned(), body));
            }
            if stream.read_buf(&mut read).await.map_err(text)? == 0 {
                return Err("the connection ends within the head".to_owned());
            }
        }
    }

    /// Answers the next request.
    async fn answer(&self, answer: &str) -> Result<(TcpStream, String), String> {
        let (mut stream, head, _) = self.head().await?;
        stream.write_all(answer.as_bytes()).await.map_err(text)?;
        Ok((stream, head))
    }
}

fn text(error: impl fmt::Display) -> String {
    error.to_string()
}

async fn rest(mut body: Body) -> Result<Vec<u8>, HttpError> {
    let mut all = Vec::new();
    while let Some(chunk) = body.next().await {
        all.extend_from_slice(&chunk?);
    }
    Ok(all)
}

/// The answer, and what the server saw.
async fn both<T>(
    client: &impl HttpClient,
    request: Request,
    server: impl Future<Output = Result<T, String>>,
) -> Result<(Answer, T), String> {
    let mut server = pin!(server);
    let mut sending = client.send(request);
    let (answer, seen) = match select(&mut sending, &mut server).await {
        Either::Left((answer, _)) => (answer, timeout(NOTICE, server).await),
        Either::Right((seen, sending)) => (sending.await, Ok(seen)),
    };
    let answer = answer.map_err(text)?;
    let seen = seen.map_err(|_| "the server has not seen all of it".to_owned())?;
    Ok((answer, seen?))
}

async fn unchanged(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let request = server.upload(Body::bytes("0123456789"))?;
    let reading = async {
        let (mut stream, head, mut body) = server.head().await?;
        while body.len() < 10 {
            stream.read_buf(&mut body).await.map_err(text)?;
        }
        stream
            .write_all(b"HTTP/1.1 204 X\r\n\r\n")
            .await
            .map_err(text)?;
        Ok((head, body))
    };
    let (_, (head, body)) = both(client, request, reading).await?;
    let lower = head.to_ascii_lowercase();
    expect(
        head.starts_with("POST /things?a=b%20c HTTP/1.1\r\n"),
        format!("it begins {head:?}"),
    )?;
    for header in [
        "\r\nx-one: 1\r\n",
        "\r\ncontent-length: 10\r\n",
        "\r\nhost: 127.0.0.1:",
    ] {
        expect(
            lower.contains(header),
            format!("{header:?} is missing in {head:?}"),
        )?;
    }
    for header in ["\r\nauthorization:", "\r\ncookie:", "\r\naccept-encoding:"] {
        expect(
            !lower.contains(header),
            format!("{header:?} was added to {head:?}"),
        )?;
    }
    expect(body == b"0123456789", "the body is another one")
}

async fn answered(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let answer = "HTTP/1.1 503 X\r\nx-a: 1\r\nX-A: 2\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc";
    let (answer, _) = both(client, server.request(Method::Get)?, server.answer(answer)).await?;
    expect(
        answer.status == 503,
        format!("the status is {}", answer.status),
    )?;
    let values: Vec<&str> = answer.headers.get_all("x-a").collect();
    expect(
        values == ["1", "2"],
        format!("the values of a header are {values:?}"),
    )?;
    let encoding = answer.headers.get("content-encoding");
    expect(
        encoding == Some("gzip"),
        format!("the content encoding is {encoding:?}"),
    )?;
    let body = rest(answer.body).await.map_err(text)?;
    expect(body == b"abc", format!("the body is {body:?}"))
}

async fn not_followed(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let answer = "HTTP/1.1 302 X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    let (answer, _) = both(client, server.request(Method::Get)?, server.answer(answer)).await?;
    let location = answer.headers.get("location");
    let found = format!("the status is {}, Location {location:?}", answer.status);
    expect(
        answer.status == 302 && location == Some("/elsewhere"),
        found,
    )
}

async fn streamed_down(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let (taken, first_taken) = oneshot::channel();
    let serving = async {
        let (mut stream, _) = server
            .answer("HTTP/1.1 200 X\r\ncontent-length: 2\r\n\r\na")
            .await?;
        first_taken.await.map_err(text)?;
        stream.write_all(b"b").await.map_err(text)?;
        Ok::<_, String>(stream)
    };
    let asking = async {
        let answer = client.send(server.request(Method::Get)?).await;
        let mut body = answer.map_err(text)?.body;
        let first = body.next().await.ok_or("there is no body")?.map_err(text)?;
        let _ = taken.send(());
        let last = rest(body).await.map_err(text)?;
        expect(
            first == "a" && last == b"b",
            format!("it is {first:?} and {last:?}"),
        )
    };
    let (served, asked) = join(serving, asking).await;
    let _open = served?;
    asked
}

async fn streamed_up(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let (came, first_came) = oneshot::channel::<()>();
    let second = async move {
        let _ = first_came.await;
        Ok(Bytes::from("b"))
    };
    let first = std::future::ready(Ok(Bytes::from("a")));
    let chunks = stream::once(first).chain(stream::once(second));
    let serving = async {
        let (mut stream, _, mut body) = server.head().await?;
        while body.is_empty() {
            stream.read_buf(&mut body).await.map_err(text)?;
        }
        let _ = came.send(());
        while body.len() < 2 {
            stream.read_buf(&mut body).await.map_err(text)?;
        }
        stream
            .write_all(b"HTTP/1.1 204 X\r\n\r\n")
            .await
            .map_err(text)?;
        Ok(body)
    };
    let request = server.upload(Body::stream(chunks, Some(2)))?;
    let (_, body) = both(client, request, serving).await?;
    expect(body == b"ab", format!("the body is {body:?}"))
}

async fn answered_early(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let first = stream::once(std::future::ready(Ok(Bytes::from("a"))));
    let chunks = first.chain(stream::pending());
    let request = server.upload(Body::stream(chunks, Some(2)))?;
    let answer = server.answer("HTTP/1.1 413 X\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    let (answer, _) = both(client, request, answer).await?;
    expect(
        answer.status == 413,
        format!("the status is {}", answer.status),
    )
}

async fn cut_short(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let serving = async {
        server
            .answer("HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\nabc")
            .await
            .map(drop)
    };
    let (answer, ()) = both(client, server.request(Method::Get)?, serving).await?;
    expect(
        rest(answer.body).await.is_err(),
        "it is taken for a whole one",
    )
}

async fn failing_body(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let broken = HttpError::new(ErrorKind::Io, "it broke");
    let chunks = stream::iter([Ok(Bytes::from("a")), Err(broken)]);
    let request = server.upload(Body::stream(chunks, Some(2)))?;
    let serving = async {
        // The head may not have been sent before.
        if let Ok((mut stream, _, _)) = server.head().await {
            let _ = until_closed(&mut stream).await;
        }
    };
    let (answer, ()) = join(client.send(request), serving).await;
    expect(answer.is_err(), "there is an answer")
}

async fn dropped_call(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let mut sending = client.send(server.request(Method::Get)?);
    let mut serving = pin!(server.head());
    let (mut stream, _, _) = match select(&mut serving, &mut sending).await {
        Either::Left((seen, _)) => seen?,
        Either::Right(_) => return Err("it ends before it is answered".to_owned()),
    };
    drop(sending);
    until_closed(&mut stream).await
}

async fn dropped_body(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let head = "HTTP/1.1 200 X\r\ncontent-length: 1000000000\r\n\r\n";
    let (answer, (mut stream, _)) =
        both(client, server.request(Method::Get)?, server.answer(head)).await?;
    drop(answer);
    let mut chunk = [0; 4096];
    chunk.fill(b'x');
    // What was written may still be on its way when the other side closes.
    while stream.write_all(&chunk).await.is_ok() {
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn refused(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let request = server.request(Method::Post)?;
    drop(server);
    let error = client
        .send(request)
        .await
        .err()
        .ok_or("there is an answer")?;
    let found = format!("it is {:?}, unsent: {}", error.kind(), error.is_unsent());
    expect(
        error.kind() == ErrorKind::Connect && error.is_unsent(),
        found,
    )
}

async fn unanswered(client: &impl HttpClient) -> Found {
    let server = Server::start().await?;
    let request = server.request(Method::Post)?;
    let serving = async {
        let (stream, _, _) = server.head().await?;
        drop(stream);
        // The request must not come again.
        let again = timeout(Duration::from_millis(200), server.listener.accept());
        expect(again.await.is_err(), "the request was sent twice")
    };
    let (answer, served) = join(client.send(request), serving).await;
    served?;
    let error = answer.err().ok_or("there is an answer")?;
    let found = format!("it is {:?}, unsent: {}", error.kind(), error.is_unsent());
    expect(
        error.kind() == ErrorKind::Interrupted && !error.is_unsent(),
        found,
    )
}

/// Reads until the other side has closed the connection.
async fn until_closed(stream: &mut TcpStream) -> Found {
    let mut read = [0; 1024];
    while !matches!(stream.read(&mut read).await, Ok(0) | Err(_)) {}
    Ok(())
}
