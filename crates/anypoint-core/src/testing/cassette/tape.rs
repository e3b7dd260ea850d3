//! Records the traffic of a client.
//!
//! It must not change the traffic, and must not hold a streamed upload in memory.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::clean::{Cleaner, marked};
use super::content::Content;
use super::file::{Answered, Asked, Exchange, Failed, Outcome};
use crate::auth::LOGIN;
use crate::error::{Error, ErrorKind};
use crate::http::{Answer, Body, Headers, HttpClient, HttpError, Request, Sending};
use crate::secret::Secret;

/// The largest body that is recorded, in bytes: a cassette is read by people.
const LIMIT: usize = 4 << 20;
/// Headers that do not matter for a replay.
const LEFT_OUT: [&str; 7] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// The exchanges so far, in the order in which requests began.
#[derive(Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Vec<Taken>>>);

/// One exchange, before secrets are removed.
struct Taken {
    operation: String,
    method: String,
    path: String,
    query: String,
    headers: Headers,
    sent: Sent,
    outcome: Taking,
}

enum Sent {
    Bytes(Bytes),
    /// A streamed body of this many bytes.
    Stream(u64),
    /// The body of a login, which is not recorded.
    Unsaid,
}

/// The state of an outcome.
enum Taking {
    /// Nothing yet.
    Waiting,
    Failed(HttpError),
    Answer {
        status: u16,
        headers: Headers,
        body: BytesMut,
        end: End,
    },
}

/// How far a body was read.
enum End {
    Open,
    Whole,
    Broken(HttpError),
    TooLong,
}

/// Where one exchange is recorded.
#[derive(Clone)]
struct Entry {
    tape: Tape,
    number: usize,
}

/// A client that sends with another one, and records the traffic.
pub(super) struct Recorder {
    client: Arc<dyn HttpClient>,
    tape: Tape,
}

impl Recorder {
    pub(super) fn new(client: Arc<dyn HttpClient>, tape: Tape) -> Self {
        Self { client, tape }
    }
}

impl HttpClient for Recorder {
    fn send(&self, mut request: Request) -> Sending<'_> {
        let entry = self.tape.begin(&mut request);
        Box::pin(async move {
            let outcome = self.client.send(request).await;
            match &outcome {
                Ok(answer) => entry.change(|taken| taken.outcome = Taking::answer(answer)),
                Err(error) => entry.change(|taken| taken.outcome = Taking::Failed(error.clone())),
            }
            outcome.map(|mut answer| {
                let length = answer.body.length();
                let body = Watched {
                    body: answer.body,
                    entry,
                    way: Way::Down,
                };
                answer.body = Body::stream(body, length);
                answer
            })
        })
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Tape {
    fn all(&self) -> MutexGuard<'_, Vec<Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request; the bytes of a stream are counted.
    fn begin(&self, request: &mut Request) -> Entry {
        let mut all = self.all();
        let sent = match request.body.as_bytes() {
            _ if request.operation() == LOGIN => Sent::Unsaid,
            Some(bytes) => Sent::Bytes(bytes.clone()),
            None => Sent::Stream(0),
        };
        let is_stream = matches!(sent, Sent::Stream(_));
        all.push(Taken {
            operation: request.operation().to_owned(),
            method: request.method.as_str().to_owned(),
            path: request.path().to_owned(),
            query: request.query().unwrap_or_default().to_owned(),
            headers: request.headers.clone(),
            sent,
            outcome: Taking::Waiting,
        });
        let entry = Entry {
            tape: self.clone(),
            number: all.len() - 1,
        };
        if is_stream {
            let length = request.body.length();
            let body = Watched {
                body: std::mem::take(&mut request.body),
                entry: entry.clone(),
                way: Way::Up,
            };
            request.body = Body::stream(body, length);
        }
        entry
    }

    /// The exchanges in the form of the file.
    pub(super) fn exchanges(&self, cleaner: &Cleaner) -> Result<Vec<Exchange>, Error> {
        let all = self.all();
        all.iter().map(|taken| taken.exchange(cleaner)).collect()
    }

    /// The values of request headers that are marked as secret, because a server may send them back.
    pub(super) fn marked(&self) -> Vec<Secret> {
        let all = self.all();
        all.iter()
            .flat_map(|taken| marked(&taken.headers))
            .collect()
    }
}

impl Entry {
    fn change(&self, change: impl FnOnce(&mut Taken)) {
        if let Some(taken) = self.tape.all().get_mut(self.number) {
            change(taken);
        }
    }
}

impl Taking {
    fn answer(answer: &Answer) -> Self {
        Self::Answer {
            status: answer.status,
            headers: answer.headers.clone(),
            body: BytesMut::new(),
            end: End::Open,
        }
    }
}

impl Taken {
    fn sent(&mut self, chunk: &[u8]) {
        if let Sent::Stream(sent) = &mut self.sent {
            *sent += chunk.len() as u64;
        }
    }

    fn received(&mut self, chunk: Option<&Result<Bytes, HttpError>>) {
        let Taking::Answer { body, end, .. } = &mut self.outcome else {
            return;
        };
        match chunk {
            Some(Ok(chunk)) if body.len() + chunk.len() <= LIMIT => body.extend_from_slice(chunk),
            Some(Ok(_)) => {
                *end = End::TooLong;
                body.clear();
            }
            Some(Err(error)) => *end = End::Broken(error.clone()),
            None if matches!(end, End::Open) => *end = End::Whole,
            None => {}
        }
    }

    fn name(&self, cleaner: &Cleaner) -> String {
        let target = cleaner.target(&self.path, &self.query);
        format!("{} {target}", self.method)
    }

    fn exchange(&self, cleaner: &Cleaner) -> Result<Exchange, Error> {
        let content_type = self.headers.get("content-type").unwrap_or_default();
        Ok(Exchange {
            operation: self.operation.clone(),
            request: Asked {
                method: self.method.clone(),
                target: cleaner.target(&self.path, &self.query),
                headers: lines(&self.headers, cleaner),
                body: match &self.sent {
                    Sent::Bytes(bytes) => cleaner.body(content_type, bytes),
                    Sent::Stream(length) => Some(Content::Bytes(*length)),
                    Sent::Unsaid => None,
                },
            },
            outcome: self.outcome(cleaner)?,
        })
    }

    fn outcome(&self, cleaner: &Cleaner) -> Result<Outcome, Error> {
        let failed = |error: &HttpError| Failed::new(error, cleaner.text(&error.to_string()));
        let (status, headers, body, end) = match &self.outcome {
            Taking::Waiting => {
                let error = HttpError::new(ErrorKind::Timeout, "no answer was waited for");
                return Ok(Outcome::Error(failed(&error)));
            }
            Taking::Failed(error) => return Ok(Outcome::Error(failed(error))),
            Taking::Answer {
                status,
                headers,
                body,
                end,
            } => (status, headers, body, end),
        };
        let refused = |why: &str| {
            let name = self.name(cleaner);
            Error::invalid(format!("the answer to {name} cannot be recorded: {why}"))
        };
        let encoding = headers.get("content-encoding").unwrap_or("identity");
        if !encoding.eq_ignore_ascii_case("identity") && !body.is_empty() {
            let why = format!("its encoding, {encoding}, would hide secrets from being found");
            return Err(refused(&why));
        }
        let broken = match end {
            End::Whole => None,
            End::Broken(error) => Some(failed(error)),
            End::Open => {
                let summary = "it was not read to its end while it was recorded";
                Some(failed(&HttpError::new(ErrorKind::Interrupted, summary)))
            }
            End::TooLong => return Err(refused("its body is longer than 4 MiB")),
        };
        Ok(Outcome::Answer(Answered {
            status: *status,
            headers: lines(headers, cleaner),
            body: cleaner.body(headers.get("content-type").unwrap_or_default(), body),
            broken,
        }))
    }
}

fn lines(headers: &Headers, cleaner: &Cleaner) -> Vec<String> {
    let telling = headers.0.iter();
    let telling = telling.filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
    let line = telling.map(|(name, value)| {
        let text = String::from_utf8_lossy(value.as_bytes());
        cleaner.header(name.as_str(), &text, value.is_sensitive())
    });
    line.collect()
}

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

/// A body that is recorded while it is read.
struct Watched {
    body: Body,
    entry: Entry,
    way: Way,
}

impl Stream for Watched {
    type Item = Result<Bytes, HttpError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.body).poll_next(task);
        if let Poll::Ready(chunk) = &polled {
            let way = self.way;
            self.entry.change(|taken| match (way, chunk) {
                (Way::Down, chunk) => taken.received(chunk.as_ref()),
                (Way::Up, Some(Ok(chunk))) => taken.sent(chunk),
                (Way::Up, _) => {}
            });
        }
        polled
    }
}

#[cfg(all(test, feature = "reqwest"))]
mod tests {
    use super::*;
    use crate::http::proxy::Proxy;
    use crate::http::reqwest_client::ReqwestClient;
    use crate::http::settings::ConnectionSettings;
    use crate::testing::http_contract;

    #[tokio::test]
    async fn a_client_that_is_recorded_keeps_the_contract() {
        let direct = ConnectionSettings {
            proxy: Proxy::none(),
            ..ConnectionSettings::default()
        };
        let client = ReqwestClient::new(std::time::Duration::from_secs(10), &direct).unwrap();
        let recorder = Recorder::new(Arc::new(client), Tape::default());
        http_contract(&recorder).await.unwrap();
    }
}
