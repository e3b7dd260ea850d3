//! The bodies of uploads and answers while they are sent and read.
//!
//! It must not buffer a stream; a body is read as a whole only with a limit.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll};
use std::time::{Duration, Instant};

use ::http::HeaderValue;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt};
use tracing::Span;
use url::Url;

use super::{Limits, fault};
use crate::clock::{self, Clock};
use crate::error::{Error, ErrorKind};
use crate::http::{Body, HttpError};
use crate::progress::Watched;
use crate::secret::redact::{Secrets, Shown};
use crate::trace;
use crate::upload::Upload;

/// Uploads above this, or of unknown length, wait for a refusal, in bytes.
const LARGE: u64 = 1 << 20;
/// How long they do.
const REFUSAL: Duration = Duration::from_secs(1);

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
pub(super) async fn open(upload: &Upload, progress: &Progress) -> Result<Body, Error> {
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
    Ok(Body::stream(watched, length))
}

/// Delays the start of a large stream until no answer was received for a while. A server that refuses an upload by its head
/// answers immediately, and may reset the connection when it receives more, so that its answer would be lost.
pub(super) fn after_refusal(body: Body, clock: &dyn Clock, stall: Duration) -> Body {
    let length = body.length();
    if body.as_bytes().is_some() || length.is_some_and(|length| length <= LARGE) {
        return body;
    }
    // The wait must end before the upload counts as stalled.
    let wait = clock.sleep(REFUSAL.min(stall / 2));
    Body::stream(wait.map(|()| body).flatten_stream(), length)
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// The body of an answer as a stream, which ends after an error.
pub(crate) struct ByteStream {
    /// What was read already.
    ready: Bytes,
    /// The source, until it is first read as a stream.
    source: Option<Box<Source>>,
    chunks: Option<Chunks>,
    /// The call that the body answers, for its errors.
    context: Option<Context>,
    /// The callbacks for the progress of the stream.
    watched: Vec<Watched>,
}

/// The source of a body.
pub(super) struct Source {
    pub(super) body: Body,
    pub(super) url: Url,
    /// Whether the deadline is that of the whole call.
    pub(super) is_last: bool,
    pub(super) stall: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) secrets: Secrets,
}

/// The facts about an answer other than its body.
struct Context {
    operation: Cow<'static, str>,
    status: u16,
    request_id: Option<Shown>,
    /// The span of a call that ends with the body.
    span: Option<Span>,
}

impl Source {
    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.body.next().await.transpose();
        chunk.map_err(|error| error.shown(&self.secrets.redactor()))
    }

    /// The body as a stream; each chunk may take as long as the stall timeout.
    fn chunks(self) -> impl Stream<Item = Result<Bytes, Error>> + Send {
        stream::unfold(Some(self), |source| async {
            let mut source = source?;
            let (clock, stall) = (source.clock.clone(), source.stall);
            let deadline = clock.now() + stall;
            let chunk = clock::by(&*clock, deadline, std::pin::pin!(source.chunk())).await;
            match chunk {
                Some(Ok(chunk)) => chunk.map(|chunk| (Ok(chunk), Some(source))),
                Some(Err(error)) => Some((Err(error), None)),
                None => Some((Err(fault::stalled(&source.url, stall)), None)),
            }
        })
    }

    async fn read(&mut self, limit: usize) -> Result<Bytes, Error> {
        // Most answers come in one piece, which need not be copied.
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        within(limit, first.len())?;
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut whole = BytesMut::from(first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            within(limit, whole.len().saturating_add(chunk.len()))?;
            whole.extend_from_slice(&chunk);
            next = self.chunk().await?;
        }
        Ok(whole.freeze())
    }
}

fn within(limit: usize, length: usize) -> Result<(), Error> {
    if length <= limit {
        return Ok(());
    }
    let summary = format!("the answer is longer than {limit} bytes");
    Err(Error::new(ErrorKind::Decode, summary))
}

impl ByteStream {
    pub(super) fn new(source: Source) -> Self {
        Self {
            ready: Bytes::new(),
            source: Some(Box::new(source)),
            chunks: None,
            context: None,
            watched: Vec::new(),
        }
    }

    /// A body that was read whole.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self {
            ready: bytes,
            source: None,
            chunks: None,
            context: None,
            watched: Vec::new(),
        }
    }

    /// What was read already.
    pub(crate) fn into_bytes(self) -> Bytes {
        self.ready
    }

    pub(crate) fn watched_by(&mut self, watched: Watched) {
        self.watched.push(watched);
    }

    /// The same stream, whose errors name the call that it answers, and end its span.
    pub(crate) fn of(
        self,
        operation: Cow<'static, str>,
        status: u16,
        request_id: Option<Shown>,
        span: Option<Span>,
    ) -> Self {
        Self {
            context: Some(Context {
                operation,
                status,
                request_id,
                span,
            }),
            ..self
        }
    }

    fn explain(&self, error: Error) -> Error {
        let Some(context) = &self.context else {
            return error;
        };
        if let Some(span) = &context.span {
            trace::outcome(span, Some(&error));
        }
        error
            .in_operation(context.operation.clone())
            .with_status(context.status)
            .with_request_id(context.request_id.clone())
    }

    /// Reads the whole body until the deadline.
    ///
    /// # Errors
    /// The connection breaks, the deadline passes, or the body is longer than `limit` bytes.
    pub(crate) async fn read_by(mut self, deadline: Instant, limit: usize) -> Result<Bytes, Error> {
        let Some(source) = &mut self.source else {
            return self.read(limit).await;
        };
        let clock = source.clock.clone();
        let read = clock::by(&*clock, deadline, std::pin::pin!(source.read(limit))).await;
        let read = read.unwrap_or_else(|| Err(fault::slow(&source.url, source.is_last)));
        read.map_err(|error| self.explain(error))
    }

    /// Reads the whole body, without a deadline while it makes progress.
    ///
    /// # Errors
    /// The connection breaks or stalls, or the body is longer than `limit` bytes.
    pub(crate) async fn read(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.next().await {
            let chunk = chunk?;
            within(limit, whole.len().saturating_add(chunk.len()))
                .map_err(|error| self.explain(error))?;
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Reads at most `limit` bytes from the start until the deadline, and ignores errors after them.
    pub(crate) async fn read_start(self, deadline: Instant, limit: usize) -> Bytes {
        self.read_part(deadline, limit).await.0
    }

    /// The same, and whether the body is known to be complete.
    pub(crate) async fn read_part(mut self, deadline: Instant, limit: usize) -> (Bytes, bool) {
        let mut start = BytesMut::new();
        let Some(source) = &mut self.source else {
            return (start.freeze(), true);
        };
        let clock = source.clock.clone();
        let reading = async {
            while start.len() < limit {
                let Ok(chunk) = source.chunk().await else {
                    return false;
                };
                let Some(chunk) = chunk else {
                    return true;
                };
                start.extend_from_slice(&chunk[..chunk.len().min(limit - start.len())]);
            }
            false
        };
        let whole = clock::by(&*clock, deadline, std::pin::pin!(reading)).await;
        (start.freeze(), whole.unwrap_or(false))
    }
}

impl ByteStream {
    fn poll_chunk(&mut self, task: &mut task::Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if !self.ready.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut self.ready))));
        }
        if let Some(source) = self.source.take() {
            // Fused, because an unfolded stream panics when it is polled after its end.
            self.chunks = Some(Box::pin(source.chunks().fuse()));
        }
        let Some(chunks) = &mut self.chunks else {
            return Poll::Ready(None);
        };
        let chunk = chunks.as_mut().poll_next(task);
        chunk.map_err(|error| self.explain(error))
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut task::Context<'_>,
    ) -> Poll<Option<Self::Item>> {
        let chunk = self.poll_chunk(task);
        if let Poll::Ready(Some(Ok(bytes))) = &chunk {
            let length = bytes.len();
            self.watched
                .iter_mut()
                .for_each(|watched| watched.moved(length));
        }
        chunk
    }
}
