//! Reads request bodies: counted, limited, and with no more in memory than needed.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use sha2::{Digest as _, Sha256};

use crate::reply::Reply;
use crate::settings::Settings;

/// The size limit of JSON, forms and texts, regardless of the upload limit: their values may take a
/// hundred times the memory.
pub(crate) const MEMORY_LIMIT: u64 = 2 << 20;
/// How much of an unused body is read, so that its sender receives the answer.
const DRAIN_LIMIT: u64 = 1 << 30;
/// How much of a body is kept for [`Builder::echo_on_error`](crate::Builder::echo_on_error).
const START: usize = 64 << 10;
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// A request body and how far it has been read.
#[derive(Debug)]
pub(crate) struct Intake {
    incoming: Incoming,
    /// How long the sender may take for a piece.
    patience: Duration,
    limit: u64,
    declared: Option<u64>,
    read: u64,
    failed: bool,
    hash: Option<Sha256>,
    /// The start of the body, if it is to be kept.
    start: Option<Vec<u8>>,
}

impl Intake {
    /// A body as the settings take it.
    pub(crate) fn new(incoming: Incoming, settings: &Settings) -> Self {
        let declared = incoming.size_hint().exact();
        Self {
            incoming,
            patience: settings.idle_timeout,
            limit: settings.upload_limit(),
            declared,
            read: 0,
            failed: false,
            hash: settings.count_requests.then(Sha256::new),
            start: settings.echo_on_error.then(Vec::new),
        }
    }

    /// Whether there is nothing (more) to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.failed || self.incoming.is_end_stream()
    }

    /// Whether the body is, or says it is, larger than allowed.
    pub(crate) fn is_over(&self) -> bool {
        self.read > self.limit || self.declared.is_some_and(|length| length > self.limit)
    }

    /// The next piece of the body.
    pub(crate) async fn chunk(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let frame = tokio::time::timeout(self.patience, self.incoming.frame());
            match frame.await {
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => {
                    self.failed = true;
                    return Err(io::Error::other(error));
                }
                Err(late) => {
                    self.failed = true;
                    return Err(late.into());
                }
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        self.note(&data);
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    fn note(&mut self, data: &Bytes) {
        self.read += u64::try_from(data.len()).unwrap_or(u64::MAX);
        if let Some(hash) = &mut self.hash {
            hash.update(data);
        }
        if let Some(start) = &mut self.start {
            let missing = START.saturating_sub(start.len());
            start.extend(data.iter().take(missing));
        }
    }

    /// The first 64 bits of the SHA-256 of what was read; 0 if it is not hashed.
    pub(crate) fn digest(&self) -> u64 {
        let hash = self.hash.clone().map(Sha256::finalize);
        let first = hash.and_then(|hash| hash.first_chunk().copied());
        first.map_or(0, u64::from_be_bytes)
    }

    /// What was kept of the body.
    pub(crate) fn start(&self) -> String {
        let start = self.start.as_deref().unwrap_or_default();
        String::from_utf8_lossy(start).into_owned()
    }

    /// The whole body in memory.
    pub(crate) async fn bytes(&mut self) -> Result<Bytes, Reply> {
        self.limit = self.limit.min(MEMORY_LIMIT);
        let mut whole = BytesMut::new();
        while !self.is_over() {
            match self.chunk().await {
                Ok(Some(data)) => whole.extend_from_slice(&data),
                Ok(None) => return Ok(whole.freeze()),
                Err(_) => return Err(broken()),
            }
        }
        Err(self.too_large())
    }

    /// The body piece by piece; ends with an error where it goes over the limit.
    pub(crate) fn stream(&mut self) -> impl Stream<Item = io::Result<Bytes>> + '_ {
        stream::unfold(self, |intake| async move {
            if intake.is_over() {
                return None;
            }
            match intake.chunk().await {
                Ok(None) => None,
                Ok(Some(_)) if intake.is_over() => {
                    Some((Err(io::Error::other("over the limit")), intake))
                }
                Ok(Some(data)) => Some((Ok(data), intake)),
                Err(error) => Some((Err(error), intake)),
            }
        })
    }

    /// Reads the rest, within limits, and discards it.
    pub(crate) async fn drain(&mut self) {
        let enough = self.read.saturating_add(DRAIN_LIMIT);
        let rest = async {
            while !self.is_empty() && self.read < enough {
                if !matches!(self.chunk().await, Ok(Some(_))) {
                    break;
                }
            }
        };
        // Do not wait for a slow or silent sender.
        let _ = tokio::time::timeout(DRAIN_TIME, rest).await;
    }

    pub(crate) fn too_large(&self) -> Reply {
        let message = format!("request body: larger than {} bytes", self.limit);
        Reply::problem(413, message)
    }
}

/// The answer to a body that ended early or stalled; usually the client is gone.
pub(crate) fn broken() -> Reply {
    Reply::problem(
        400,
        "request body: the connection ended or went silent before the body was there",
    )
}
