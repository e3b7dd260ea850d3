//! What is downloaded: a body that is read as it arrives.
//!
//! It must not leave a partial file behind, whatever happens.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::error::{Error, ErrorKind};
use crate::secret::redact::Shown;
use crate::transport::ByteStream;

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

    /// Writes the body to a file, replacing one that is there, and returns its length in bytes.
    ///
    /// It is written beside the target and moved there when it is complete, so the target is
    /// either the old file or the whole new one.
    ///
    /// # Errors
    /// When the connection breaks ([`ErrorKind::Interrupted`]) or the file cannot be written
    /// ([`ErrorKind::Io`]). Nothing is left then.
    pub async fn save(mut self, path: impl AsRef<Path>) -> Result<u64, Error> {
        let path = path.as_ref();
        let unwritable = |error: std::io::Error| {
            let summary = format!("cannot write {}: {error}", path.display());
            Error::new(ErrorKind::Io, summary).with_source(error)
        };
        let partial = Partial::beside(path);
        let mut file = File::create_new(&partial.path).await.map_err(unwritable)?;
        let mut length = 0;
        while let Some(chunk) = self.next_chunk().await {
            let chunk = chunk?;
            file.write_all(&chunk).await.map_err(unwritable)?;
            length += chunk.len() as u64;
        }
        file.flush().await.map_err(unwritable)?;
        file.sync_all().await.map_err(unwritable)?;
        drop(file);
        tokio::fs::rename(&partial.path, path)
            .await
            .map_err(unwritable)?;
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

/// A file that is removed when it is dropped, also by a cancelled call. After the file has been
/// moved to its target there is nothing left to remove.
struct Partial {
    path: PathBuf,
}

impl Partial {
    /// A name that no other download of this machine uses, in the same folder so that moving
    /// it is atomic.
    fn beside(target: &Path) -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}-{number}.part", std::process::id()));
        Self {
            path: target.with_file_name(name),
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Best effort: there is nobody to tell.
        let _ = std::fs::remove_file(&self.path);
    }
}
