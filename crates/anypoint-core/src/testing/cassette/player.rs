//! Answers requests with recorded answers.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::stream;

use super::clean::{Cleaner, Replaced, marked};
use super::content::Content;
use super::file::{Answered, Asked, Exchange, Outcome};
use crate::auth::LOGIN;
use crate::error::ErrorKind;
use crate::http::{Answer, Body, HttpClient, HttpError, Request, Sending};
use crate::secret::Secret;
use crate::secret::redact::Ledger;

/// How many requests a message lists.
const LISTED: usize = 20;

/// The recorded exchanges, and which of them were used.
pub(super) struct Player {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    exchanges: Vec<(Exchange, Used)>,
    /// Requests that were not recorded.
    unexpected: Vec<String>,
}

type Used = bool;

impl Player {
    pub(super) fn new(exchanges: Vec<Exchange>, path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            state: Mutex::new(State {
                exchanges: exchanges.into_iter().map(|one| (one, false)).collect(),
                unexpected: Vec::new(),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The requests that were not recorded, if there are any.
    pub(super) fn problem(&self) -> Option<String> {
        let unexpected = &self.state().unexpected;
        (!unexpected.is_empty()).then(|| unexpected.join("\n"))
    }

    fn answer(&self, asked: &Asked, operation: &str) -> Result<Answer, HttpError> {
        let mut state = self.state();
        let same = |recorded: &Asked| {
            let body = operation == LOGIN || recorded.body == asked.body;
            body && recorded.name() == asked.name()
        };
        let all = &state.exchanges;
        let found = all
            .iter()
            .position(|(exchange, used)| !used && same(&exchange.request));
        // How often a token is renewed depends on the time.
        let again = || {
            all.iter()
                .rposition(|(exchange, _)| same(&exchange.request))
        };
        let found = found.or_else(|| again().filter(|_| operation == LOGIN));
        let Some((exchange, used)) = found.and_then(|found| state.exchanges.get_mut(found)) else {
            let problem = self.unexpected(&state, asked, operation);
            state.unexpected.push(problem.clone());
            return Err(HttpError::new(ErrorKind::InvalidRequest, problem));
        };
        *used = true;
        match &exchange.outcome {
            Outcome::Answer(answer) => replayed(answer),
            Outcome::Error(failed) => Err(failed.error()),
        }
    }

    /// Names the request and the recorded ones. The reason comes first, because a message is truncated at its end.
    fn unexpected(&self, state: &State, asked: &Asked, operation: &str) -> String {
        let name = asked.name();
        let mut recorded: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (exchange, used) in &state.exchanges {
            let (count, left) = recorded.entry(exchange.request.name()).or_default();
            *count += 1;
            *left += usize::from(!used);
        }
        let why = match recorded.get(&name) {
            None => "is not in",
            Some((_, 0)) => "was asked more often than it is in",
            Some(_) => "is with another body in",
        };
        let mut list: Vec<String> = recorded
            .iter()
            .map(|(name, (count, left))| format!("{name} ({left} of {count} left)"))
            .collect();
        if let Some(more) = list.len().checked_sub(LISTED + 1) {
            list.truncate(LISTED);
            list.push(format!("{} more", more + 1));
        }
        let list = match list.is_empty() {
            true => "nothing".to_owned(),
            false => list.join(", "),
        };
        let path = self.path.display();
        format!("{name} ({operation}) {why} the cassette {path}, which has {list}")
    }
}

fn replayed(answer: &Answered) -> Result<Answer, HttpError> {
    let headers = answer.headers();
    let headers = headers.map_err(|problem| HttpError::new(ErrorKind::Configuration, problem))?;
    let bytes = answer.body.as_ref().map(Content::bytes).unwrap_or_default();
    let body = match &answer.broken {
        None => Body::bytes(bytes),
        Some(failed) => {
            let chunks: [Result<Bytes, HttpError>; 2] = [Ok(bytes), Err(failed.error())];
            Body::stream(stream::iter(chunks), None)
        }
    };
    Ok(Answer::new(answer.status)
        .with_headers(headers)
        .with_body(body))
}

/// The client of a session that replays.
pub(super) struct Client {
    player: Arc<Player>,
    replaced: Arc<Replaced>,
    ledger: Ledger,
}

impl Client {
    pub(super) fn new(player: Arc<Player>, (replaced, ledger): (Arc<Replaced>, Ledger)) -> Self {
        Self {
            player,
            replaced,
            ledger,
        }
    }

    /// The request as it would have been recorded.
    async fn asked(&self, mut request: Request) -> Result<Asked, HttpError> {
        let marked: Vec<Secret> = marked(&request.headers).collect();
        self.ledger.note(&marked);
        let cleaner = Cleaner::new(&self.replaced, &self.ledger);
        let content_type = request.headers.get("content-type").unwrap_or_default();
        let body = match request.body.as_bytes() {
            Some(bytes) => cleaner.body(content_type, bytes),
            None => Some(Content::Bytes(drained(&mut request.body).await?)),
        };
        Ok(Asked {
            method: request.method.as_str().to_owned(),
            target: cleaner.target(request.path(), request.query().unwrap_or_default()),
            headers: Vec::new(),
            body,
        })
    }
}

/// Reads a stream to its end, as a server would.
async fn drained(body: &mut Body) -> Result<u64, HttpError> {
    let mut length = 0;
    while let Some(chunk) = body.next().await {
        length += chunk?.len() as u64;
    }
    Ok(length)
}

impl HttpClient for Client {
    fn send(&self, request: Request) -> Sending<'_> {
        Box::pin(async move {
            let operation = request.operation().to_owned();
            let asked = self.asked(request).await?;
            self.player.answer(&asked, &operation)
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("path", &self.player.path)
            .finish_non_exhaustive()
    }
}
