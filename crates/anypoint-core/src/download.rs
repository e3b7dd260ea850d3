//! What is downloaded: a body that is read as it arrives.
//!
//! It must not know where it is saved.

pub(crate) mod save;

use std::fmt;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;

use crate::error::{Error, ErrorKind};
use crate::file;
use crate::progress::{Transferred, Watcher};
use crate::secret::redact::Shown;
use crate::transport::ByteStream;
use save::Saving;

/// The body of an answer as a stream, which is read in constant memory.
///
/// It is a `Stream` of chunks. If the body breaks off, the stream ends with an error.
///
/// ```no_run
/// # async fn run(mut log: anypoint_core::Download) -> Result<(), anypoint_core::Error> {
/// while let Some(chunk) = log.next_chunk().await {
///     println!("{} bytes", chunk?.len());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read until it is asked for"]
pub struct Download {
    body: ByteStream,
    content_type: Option<String>,
    /// As it may be printed.
    shown_type: Option<Shown>,
    content_length: Option<u64>,
}

/// A download while it is saved; its length at the end.
type Saved<'a> = Pin<Box<dyn Future<Output = Result<u64, Error>> + Send + 'a>>;

impl Download {
    pub(crate) fn new(
        body: ByteStream,
        content_type: Option<String>,
        shown_type: Option<Shown>,
        content_length: Option<u64>,
    ) -> Self {
        Self {
            body,
            content_type,
            shown_type,
            content_length,
        }
    }

    /// Calls `watch` immediately with 0 bytes, and then for each chunk that is read, by any method. Several callbacks are called
    /// in turn.
    ///
    /// ```no_run
    /// # async fn run(log: anypoint_core::Download) -> Result<(), anypoint_core::Error> {
    /// let log = log.on_progress(|so_far| println!("{} of {:?} bytes", so_far.bytes, so_far.total));
    /// log.save("application.log").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(mut self, watch: impl Fn(Transferred) + Send + Sync + 'static) -> Self {
        self.body
            .watched_by(Watcher::new(watch).begin(self.content_length));
        self
    }

    /// The content type that the server declares.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The length in bytes, if the server states it.
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// The next chunk, or `None` at the end.
    pub async fn next_chunk(&mut self) -> Option<Result<Bytes, Error>> {
        self.body.next().await
    }

    /// Reads the whole body into memory.
    ///
    /// # Errors
    /// The connection breaks, or the body is longer than `limit` bytes.
    pub async fn bytes(self, limit: usize) -> Result<Bytes, Error> {
        self.body.read(limit).await
    }

    /// Saves the body to a file and returns its length in bytes.
    ///
    /// The body is written to a new file in the same folder, whose name is `.anypoint-`, a random
    /// number and `.part`. When it is complete and on disk, it replaces the target. So the target is
    /// either the old file or the complete new one, and the folder must be writable. A process that is
    /// killed leaves at most that one partial file, which no other run uses or deletes.
    ///
    /// - An existing file is replaced. Its mode is kept, and its owner if the system allows it. Other
    ///   hard links to it keep the old content.
    /// - A symbolic link is kept, and its target is replaced or created.
    /// - A device, a pipe that has a reader, or an open file such as `/dev/stdout` is appended to as
    ///   the body arrives. Data that was written before an error is not removed.
    /// - A file that is a mount point itself, as in a container, cannot be replaced; the complete body
    ///   is copied into it.
    ///
    /// # Errors
    /// The connection breaks ([`ErrorKind::Interrupted`]) or the target cannot be written
    /// ([`ErrorKind::Io`]), for example because it is a directory, a socket or a pipe without a reader.
    /// No partial file is left then, nor if the future is dropped.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<u64, Error> {
        self.saved(path.as_ref()).await
    }

    /// Boxed, so that it is compiled here, and not in every crate that saves something.
    fn saved(mut self, path: &Path) -> Saved<'_> {
        Box::pin(async move {
            let unwritable = |error: std::io::Error| {
                let summary = format!("cannot write {}: {error}", file::shown(path));
                Error::new(ErrorKind::Io, summary).with_source(error)
            };
            let mut saving = Saving::begin(path).await.map_err(unwritable)?;
            let mut length = 0;
            while let Some(chunk) = self.next_chunk().await {
                let chunk = chunk?;
                saving.write(&chunk).await.map_err(unwritable)?;
                length += chunk.len() as u64;
            }
            saving.finish().await.map_err(unwritable)?;
            Ok(length)
        })
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.body.poll_next_unpin(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_type", &self.shown_type)
            .field("content_length", &self.content_length)
            .finish_non_exhaustive()
    }
}
