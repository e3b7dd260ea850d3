//! Bodies on their way: uploads into reqwest, answers out of it.
//!
//! It must not buffer a stream; whoever wants it whole asks with a limit.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream::{self, StreamExt};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{RequestBuilder, Response, multipart};
use tokio::time::Instant;
use url::Url;

use super::fault;
use crate::body::upload::Upload;
use crate::error::{Error, ErrorKind};
use crate::internal::Part;

/// What a running upload tells the call that it belongs to.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<Moves>>);

struct Moves {
    last: Instant,
    /// Why the upload ended early: the file changed or could not be read. The connection's own
    /// error would only say that the body failed.
    failure: Option<Error>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Moves {
            last: Instant::now(),
            failure: None,
        })))
    }

    /// When something last moved.
    pub(super) fn last(&self) -> Instant {
        self.lock().last
    }

    /// Why the upload failed, if it did.
    pub(super) fn failure(&self) -> Option<Error> {
        self.lock().failure.clone()
    }

    fn note(&self, chunk: &Result<Bytes, Error>) {
        let mut moves = self.lock();
        moves.last = Instant::now();
        if let Err(error) = chunk {
            moves.failure = Some(error.clone());
        }
    }

    /// A poisoned lock holds nothing that could be half written.
    fn lock(&self) -> MutexGuard<'_, Moves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file or bytes as the whole body, with its length known.
pub(super) async fn attach_upload(
    builder: RequestBuilder,
    content_type: &str,
    upload: &Upload,
    progress: &Progress,
) -> Result<RequestBuilder, Error> {
    let (length, body) = open(upload, progress).await?;
    Ok(builder
        .header(CONTENT_TYPE, content_type)
        .header(CONTENT_LENGTH, length)
        .body(body))
}

/// A multipart form. All its files are opened before anything is sent.
pub(super) async fn attach_form(
    builder: RequestBuilder,
    parts: &[Part],
    progress: &Progress,
) -> Result<RequestBuilder, Error> {
    let mut form = multipart::Form::new();
    for part in parts {
        form = match part {
            Part::Text {
                name,
                content_type,
                text,
            } => {
                let part = multipart::Part::text(text.clone());
                form.part(*name, with_type(part, *content_type)?)
            }
            Part::File { name, upload } => {
                let (length, body) = open(upload, progress).await?;
                let part = multipart::Part::stream_with_length(body, length)
                    .file_name(upload.file_name().to_owned());
                form.part(*name, with_type(part, Some(upload.content_type()))?)
            }
        };
    }
    Ok(builder.multipart(form))
}

fn with_type(part: multipart::Part, content_type: Option<&str>) -> Result<multipart::Part, Error> {
    match content_type {
        None => Ok(part),
        Some(text) => part
            .mime_str(text)
            .map_err(|_| Error::invalid(format!("{text:?} is not a content type"))),
    }
}

async fn open(upload: &Upload, progress: &Progress) -> Result<(u64, reqwest::Body), Error> {
    let (length, chunks) = upload.open().await?;
    let progress = progress.clone();
    let watched = chunks.inspect(move |chunk| progress.note(chunk));
    Ok((length, reqwest::Body::wrap_stream(watched)))
}

/// The body of an answer, as it arrives. After an error it ends.
pub(crate) struct ByteStream {
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>,
    /// Which call the body answers; its errors say so.
    context: Option<Context>,
}

/// What is known about an answer besides its body.
struct Context {
    operation: &'static str,
    status: u16,
    request_id: Option<String>,
}

impl ByteStream {
    pub(super) fn new(response: Response, url: Url, idle: Duration) -> Self {
        let chunks = stream::unfold(Some((response, url)), move |state| async move {
            let (mut response, url) = state?;
            match tokio::time::timeout(idle, response.chunk()).await {
                Ok(Ok(chunk)) => chunk.map(|chunk| (Ok(chunk), Some((response, url)))),
                Ok(Err(error)) => Some((Err(fault::classify(error, &url, None)), None)),
                Err(_) => Some((Err(fault::silence(&url, idle)), None)),
            }
        });
        // Fused: an unfolded stream panics when it is polled after its end.
        Self {
            chunks: Box::pin(chunks.fuse()),
            context: None,
        }
    }

    /// The same stream, whose errors name the call that it answers.
    pub(crate) fn of(
        self,
        operation: &'static str,
        status: u16,
        request_id: Option<String>,
    ) -> Self {
        Self {
            context: Some(Context {
                operation,
                status,
                request_id,
            }),
            ..self
        }
    }

    fn explain(&self, error: Error) -> Error {
        match &self.context {
            Some(context) => error
                .in_operation(context.operation)
                .with_status(context.status)
                .with_request_id(context.request_id.as_deref()),
            None => error,
        }
    }

    /// The whole body.
    ///
    /// # Errors
    /// When the connection breaks or the body is longer than `limit` bytes.
    pub(crate) async fn read(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.next().await {
            let chunk = chunk?;
            if chunk.len() > limit - whole.len() {
                let summary = format!("the answer is longer than {limit} bytes");
                return Err(self.explain(Error::new(ErrorKind::Decode, summary)));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// At most `limit` bytes from the start, whatever happens after them.
    pub(crate) async fn read_start(mut self, limit: usize) -> Bytes {
        let mut start = BytesMut::new();
        while start.len() < limit {
            let Some(Ok(chunk)) = self.next().await else {
                break;
            };
            start.extend_from_slice(&chunk[..chunk.len().min(limit - start.len())]);
        }
        start.freeze()
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut task::Context<'_>,
    ) -> Poll<Option<Self::Item>> {
        let chunk = self.chunks.as_mut().poll_next(task);
        chunk.map_err(|error| self.explain(error))
    }
}
