//! The bodies of answers while they are read.
//!
//! It must not buffer a stream; a body is read as a whole only with a limit.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream::{self, StreamExt};
use tracing::Span;
use url::Url;

use super::fault;
use crate::clock::{self, Clock};
use crate::error::{Error, ErrorKind};
use crate::http::Body;
use crate::progress::Watched;
use crate::secret::redact::{Secrets, Shown};
use crate::trace;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// The body of an answer as a stream, which ends after an error.
pub(crate) struct ByteStream {
    /// What was read already.
    ready: Bytes,
    /// The source, until it is first read as a stream.
    source: Option<Source>,
    chunks: Option<Chunks>,
    /// The call that the body answers, for its errors.
    context: Option<Context>,
    /// The callbacks for the progress of the stream.
    watched: Vec<Watched>,
}

/// The source of a body.
pub(super) struct Source {
    pub(super) body: Body,
    pub(super) url: Arc<Url>,
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
            source: Some(source),
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

    /// Makes the errors of the stream name the call that it answers. They end its span, too.
    pub(crate) fn answers(
        &mut self,
        operation: Cow<'static, str>,
        status: u16,
        request_id: Option<Shown>,
        span: Option<Span>,
    ) {
        self.context = Some(Context {
            operation,
            status,
            request_id,
            span,
        });
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

    /// Reads the whole body until the deadline, and keeps it; returns its length in bytes.
    ///
    /// # Errors
    /// The connection breaks, the deadline passes, or the body is longer than `limit` bytes.
    pub(crate) async fn load(&mut self, deadline: Instant, limit: usize) -> Result<usize, Error> {
        if let Some(source) = &mut self.source {
            let clock = source.clock.clone();
            let read = clock::by(&*clock, deadline, std::pin::pin!(source.read(limit))).await;
            let read = read.unwrap_or_else(|| Err(fault::slow(&source.url, source.is_last)));
            self.ready = read.map_err(|error| self.explain(error))?;
            self.source = None;
        }
        Ok(self.ready.len())
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
    pub(crate) async fn read_start(&mut self, deadline: Instant, limit: usize) -> Bytes {
        self.read_part(deadline, limit).await.0
    }

    /// The same, and whether the body is known to be complete.
    pub(crate) async fn read_part(&mut self, deadline: Instant, limit: usize) -> (Bytes, bool) {
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
