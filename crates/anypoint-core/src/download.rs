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

/// A body that is read as it arrives, in constant memory.
///
/// It is a `Stream` of chunks. A body that breaks off is an error, never a short success.
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

    /// Calls `watch` at once with 0 bytes, and then for each chunk as it is read, by whichever method. Several callbacks are
    /// called in turn.
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

    /// The length in bytes, when the server announces it.
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// The next chunk, or `None` at the end.
    pub async fn next_chunk(&mut self) -> Option<Result<Bytes, Error>> {
        self.body.next().await
    }

    /// The whole body in memory.
    ///
    /// # Errors
    /// When the connection breaks, or the body is longer than `limit` bytes.
    pub async fn bytes(self, limit: usize) -> Result<Bytes, Error> {
        self.body.read(limit).await
    }

    /// Saves the body to a file and returns its length in bytes.
    ///
    /// It is written to a new file beside the target, whose name is `.anypoint-`, a random number
    /// and `.part`, and takes the target's place when it is whole and on the disk. So the target
    /// is either the old file or the whole new one, and the folder must be writable. A process
    /// that is killed leaves at most that one file, which no other run uses or deletes.
    ///
    /// - A file that is there is replaced and its mode kept, and its owner as far as the system
    ///   allows. Other hard links to it keep the old one.
    /// - A symbolic link stays, and what it leads to is replaced, or made if nothing is there.
    /// - A device, a pipe that somebody reads, or an open file such as `/dev/stdout` is written
    ///   into as the body comes, at its end. What was written before an error stays in it.
    /// - A file that is a mount point by itself, as in a container, cannot be replaced; the whole
    ///   body is copied into it.
    ///
    /// # Errors
    /// When the connection breaks ([`ErrorKind::Interrupted`]) or the target cannot be written
    /// ([`ErrorKind::Io`]), which a directory, a socket and a pipe without a reader cannot. No
    /// partial file is left then, nor when the future is dropped.
    pub async fn save(mut self, path: impl AsRef<Path>) -> Result<u64, Error> {
        let path = path.as_ref();
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
