//! A server that records its requests and answers with raw bytes.

pub(crate) mod clock;
pub(crate) mod counting;
pub(crate) mod stepped;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anypoint_core::internal::{Auth, Call, Endpoint, Method, Operation};
use anypoint_core::{Backoff, Clock, Credentials, Error, Session, SessionBuilder};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A server that closes each connection after one answer.
pub(crate) struct Server {
    pub(crate) url: String,
    recorded: Arc<Mutex<Vec<Recorded>>>,
}

impl Server {
    /// Answers each request with what `answer` makes of it and of how many came before it.
    pub(crate) async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Recorded, usize) -> Vec<u8> + Send + Sync + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), answer)
    }

    pub(crate) fn on<F>(listener: TcpListener, answer: F) -> Self
    where
        F: Fn(&Recorded, usize) -> Vec<u8> + Send + Sync + 'static,
    {
        let url = format!("http://{}", listener.local_addr().unwrap());
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), recorded.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (answer.clone(), seen.clone());
                tokio::spawn(async move { serve(stream, &*answer, &seen).await });
            }
        });
        Self { url, recorded }
    }

    /// Answers every request with the same bytes.
    pub(crate) async fn always(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |_, _| answer.clone()).await
    }

    /// Answers one request after the other, and all further ones like the last.
    pub(crate) async fn script(answers: Vec<Vec<u8>>) -> Self {
        Self::start(move |_, number| answers[number.min(answers.len() - 1)].clone()).await
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.recorded.lock().unwrap().clone()
    }

    pub(crate) fn only_request(&self) -> Recorded {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    pub(crate) fn count(&self, part: &str) -> usize {
        self.requests()
            .iter()
            .filter(|request| request.target.contains(part))
            .count()
    }

    pub(crate) fn session(&self, credentials: Credentials) -> Session {
        Session::builder()
            .retry(Backoff::off())
            .host(&self.url)
            .credentials(credentials)
            .build()
            .unwrap()
    }

    /// A session that retries, with a clock that is turned and timeouts of a thousand hours, which
    /// even the fastest clock does not reach.
    pub(crate) fn timed(&self, clock: &Arc<impl Clock>) -> SessionBuilder {
        let long = Duration::from_secs(3_600_000);
        Session::builder()
            .host(&self.url)
            .clock(clock.clone())
            .attempt_timeout(long)
            .stall_timeout(long)
            .total_timeout(long)
    }

    /// A call without credentials.
    pub(crate) fn call(&self, operation: &'static Operation) -> Call {
        let session = self.session(Credentials::default());
        Call::new(&Endpoint::new(&session, "/api"), operation)
    }
}

async fn serve<F>(mut stream: TcpStream, make: &F, seen: &Mutex<Vec<Recorded>>)
where
    F: Fn(&Recorded, usize) -> Vec<u8>,
{
    let Some(request) = read(&mut stream).await else {
        return;
    };
    let bytes = {
        let mut seen = seen.lock().unwrap();
        let bytes = make(&request, seen.len());
        seen.push(request);
        bytes
    };
    match bytes.as_slice() {
        SILENCE => std::future::pending().await,
        RESET => stream.set_zero_linger().unwrap(),
        bytes => answer(stream, bytes).await,
    }
}

/// The caller may have gone.
pub(crate) async fn answer(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
}

/// One request.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Recorded> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let header = |line: &str| {
        line.split_once(": ")
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let headers = lines.filter_map(header).collect();
    let mut request = Recorded {
        method,
        target,
        headers,
        body: bytes.split_off(end + 4),
    };
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while request.body.len() < length {
        if stream.read_buf(&mut request.body).await.ok()? == 0 {
            break;
        }
    }
    Some(request)
}

/// Instead of an answer: the connection is reset.
pub(crate) const RESET: &[u8] = b"reset";
/// Instead of an answer: nothing, on a connection that stays open.
pub(crate) const SILENCE: &[u8] = b"silence";

/// An answer with its length and a closing connection.
pub(crate) fn reply(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    reply(status, "content-type: application/json\r\n", body)
}

/// The answer of a token endpoint.
pub(crate) fn token(name: &str, seconds: u32) -> Vec<u8> {
    json(
        200,
        &format!(r#"{{"access_token":"{name}","expires_in":{seconds},"token_type":"bearer"}}"#),
    )
}

pub(crate) const fn operation(method: Method, path: &'static str) -> Operation {
    Operation {
        id: "test_call",
        method,
        path,
        accept: "application/json",
        auth: Auth::Session,
        idempotent: true,
        environment: false,
        not_modified: false,
        limits: &[],
    }
}

pub(crate) static GET: Operation = operation(Method::Get, "/things");
pub(crate) static POST: Operation = operation(Method::Post, "/things");
/// A call that must not be made twice.
pub(crate) static CREATE: Operation = Operation {
    idempotent: false,
    ..operation(Method::Post, "/things")
};

/// A connected app.
pub(crate) fn app() -> Credentials {
    Credentials::connected_app("the-id", "the-s3cret")
}

pub(crate) fn call(session: &Session, operation: &'static Operation) -> Call {
    Call::new(&Endpoint::new(session, "/api"), operation)
}

/// A call that needs credentials.
pub(crate) async fn get(session: &Session) -> Result<(), Error> {
    call(session, &GET).send_empty().await.map(|_| ())
}

/// A clock that a test turns.
#[derive(Debug)]
pub(crate) struct Manual(Instant, AtomicU64);

impl Manual {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Instant::now(), AtomicU64::new(0)))
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.1.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Manual {
    fn now(&self) -> Instant {
        self.0 + Duration::from_secs(self.1.load(Ordering::SeqCst))
    }
}

/// A session with such a clock.
pub(crate) fn timed(server: &Server, credentials: Credentials, clock: &Arc<Manual>) -> Session {
    Session::builder()
        .retry(Backoff::off())
        .host(&server.url)
        .credentials(credentials)
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// A folder of its own for one test, removed at its end.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("anypoint-core-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
