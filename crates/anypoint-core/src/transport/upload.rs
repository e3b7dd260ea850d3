//! Requests whose bodies are files or streams.
//!
//! An upload may take any time while it makes progress. It must not be buffered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use ::http::HeaderValue;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::stream;
use url::Url;

use super::{Body, Exchange, Limits, Reply, Transport, fault, form};
use crate::clock::{self, Clock};
use crate::error::Error;
use crate::http::{self, HttpError};
use crate::upload::Upload;

/// Uploads above this, or of unknown length, wait for a refusal, in bytes.
const LARGE: u64 = 1 << 20;
/// How long they do.
const REFUSAL: Duration = Duration::from_secs(1);

impl Transport {
    /// Sends a request whose body is an upload, and waits for the head of the answer.
    pub(super) async fn upload(
        &self,
        exchange: &Exchange<'_>,
        url: &Arc<Url>,
    ) -> Result<Box<Reply>, Error> {
        let limits = exchange.limits;
        let progress = Progress::new(self.clock.clone());
        let mut body = opened(&exchange.request.body, &progress).await?;
        if let Some((_, body)) = &mut body {
            let whole = std::mem::take(body);
            *body = after_refusal(whole, &*self.clock, limits.stall);
        }
        let single = self.single(exchange, url, body)?;
        let answer = self.while_moving(&progress, limits, self.client.send(single));
        let late = || match progress.is_open() {
            true => fault::stalled_upload(url, limits.stall),
            false => fault::slow(url, false),
        };
        let answer = answer.await.ok_or_else(late)?;
        let answer = answer.map_err(|error| {
            let shown = || error.shown(&exchange.secrets.redactor());
            progress.failure().unwrap_or_else(shown)
        })?;
        // The upload may have taken longer than an attempt may.
        let limits = Limits {
            deadline: progress.deadline(limits),
            is_last: false,
            ..limits
        };
        Ok(self.reply(answer, url, limits, exchange.secrets, progress.sent()))
    }

    /// Waits for a future while the upload makes progress, and then for the answer; `None` if either
    /// takes too long.
    async fn while_moving<F: Future + Unpin>(
        &self,
        progress: &Progress,
        limits: Limits,
        mut future: F,
    ) -> Option<F::Output> {
        loop {
            let deadline = progress.deadline(limits);
            let output = clock::by(&*self.clock, deadline, &mut future).await;
            // The upload may have made progress in the meantime.
            if output.is_some() || progress.deadline(limits) <= self.clock.now() {
                return output;
            }
        }
    }
}

/// A body with its `Content-Type` header; its files are opened.
async fn opened(
    body: &Body,
    progress: &Progress,
) -> Result<Option<(HeaderValue, http::Body)>, Error> {
    Ok(Some(match body {
        Body::Upload {
            content_type: text,
            upload,
        } => (content_type(text)?, open(upload, progress).await?),
        Body::Form(parts) => form::open(parts, progress).await?,
        Body::Empty | Body::Bytes { .. } => return Ok(body.in_memory()),
    }))
}

/// The progress of an upload, shared with its call.
#[derive(Clone)]
pub(super) struct Progress(Arc<Shared>);

struct Shared {
    clock: Arc<dyn Clock>,
    moves: Mutex<Moves>,
}

struct Moves {
    last: Instant,
    /// In bytes.
    sent: u64,
    /// Files that are still being read.
    open: usize,
    /// Why the upload ended early, for example because the file changed. The error of the connection
    /// would only say that the body failed.
    failure: Option<Error>,
}

impl Progress {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let last = clock.now();
        Self(Arc::new(Shared {
            clock,
            moves: Mutex::new(Moves {
                last,
                sent: 0,
                open: 0,
                failure: None,
            }),
        }))
    }

    /// The time at which the upload has stalled for too long, or its answer is overdue.
    pub(super) fn deadline(&self, limits: Limits) -> Instant {
        let moves = self.lock();
        let patience = match moves.open {
            0 => limits.answer,
            _ => limits.stall,
        };
        moves.last + patience
    }

    /// Whether there is more to be sent.
    pub(super) fn is_open(&self) -> bool {
        self.lock().open > 0
    }

    /// Why the upload failed, if it did.
    pub(super) fn failure(&self) -> Option<Error> {
        self.lock().failure.clone()
    }

    /// How many bytes of the files were sent.
    pub(super) fn sent(&self) -> u64 {
        self.lock().sent
    }

    fn opened(&self) {
        self.lock().open += 1;
    }

    /// Records that the last chunk of a file was taken.
    fn ended(&self) {
        let mut moves = self.lock();
        moves.open = moves.open.saturating_sub(1);
    }

    /// Records that a chunk was taken.
    fn note(&self, chunk: &Result<Bytes, Error>) {
        let now = self.0.clock.now();
        let mut moves = self.lock();
        moves.last = now;
        match chunk {
            Ok(bytes) => moves.sent += bytes.len() as u64,
            Err(error) => moves.failure = Some(error.clone()),
        }
    }

    /// Ignores poisoning, because a panic leaves no partial change.
    fn lock(&self) -> MutexGuard<'_, Moves> {
        self.0.moves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The value of the header.
pub(super) fn content_type(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::invalid(format!("{text:?} is not a content type")))
}

/// Opens an upload whose progress is recorded.
pub(super) async fn open(upload: &Upload, progress: &Progress) -> Result<http::Body, Error> {
    let (length, mut chunks) = upload.open().await?;
    progress.opened();
    let progress = progress.clone();
    let mut watched_by = upload.begin(length);
    let mut left = length;
    let watched = stream::poll_fn(move |task| {
        let chunk = chunks.as_mut().poll_next(task);
        match &chunk {
            Poll::Ready(Some(chunk)) => {
                progress.note(chunk);
                if let Ok(bytes) = chunk {
                    watched_by
                        .iter_mut()
                        .for_each(|watched| watched.moved(bytes.len()));
                    // A body of known length may not be asked for its end.
                    if let Some(left) = &mut left {
                        *left = left.saturating_sub(bytes.len() as u64);
                        if *left == 0 {
                            progress.ended();
                        }
                    }
                }
            }
            Poll::Ready(None) if left.is_none() => progress.ended(),
            _ => {}
        }
        chunk.map_err(HttpError::from)
    });
    Ok(http::Body::stream(watched, length))
}

/// Delays the start of a large stream until no answer was received for a while. A server that refuses an upload by its head
/// answers immediately, and may reset the connection when it receives more, so that its answer would be lost.
pub(super) fn after_refusal(body: http::Body, clock: &dyn Clock, stall: Duration) -> http::Body {
    let length = body.length();
    if body.as_bytes().is_some() || length.is_some_and(|length| length <= LARGE) {
        return body;
    }
    // The wait must end before the upload counts as stalled.
    let wait = clock.sleep(REFUSAL.min(stall / 2));
    http::Body::stream(wait.map(|()| body).flatten_stream(), length)
}
