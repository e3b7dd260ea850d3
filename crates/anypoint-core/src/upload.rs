//! What is uploaded: a file, bytes or a stream.
//!
//! It must not send anything, nor hold a file open between two sends.

mod file;
mod once;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::error::{Error, ErrorKind};
use crate::progress::{Transferred, Watched, Watcher};
use once::Once;

/// Large enough for few reads of the file system, small enough for many uploads at the same time.
const CHUNK: usize = 64 * 1024;
const OCTETS: &str = "application/octet-stream";

/// A file, bytes or a stream to upload.
///
/// A file is opened when the call is sent, and again if it has to be repeated. A pipe, such as `/dev/stdin` usually is, or a device
/// is not a file: open it, and pass it to [`Upload::reader`]. Everything is sent in constant memory.
///
/// An upload of more than 1 MiB, or of unknown length, starts after the server has not answered for a second, so that a refusal is
/// read and nothing is uploaded for it. An answer that arrives during the upload is read, too. If a server answers and closes the
/// connection at the same time, the answer may be lost over HTTP/1.1; the call then fails with a broken connection.
///
/// ```
/// use anypoint_core::Upload;
///
/// let jar = Upload::file("target/hello-1.0.0-mule-application.jar");
/// let small = Upload::bytes("hello.txt", "hello").with_content_type("text/plain");
/// # let _ = (jar, small);
/// ```
#[derive(Clone)]
pub struct Upload {
    source: Source,
    /// `None` if the name of the file is not UTF-8.
    file_name: Option<String>,
    content_type: Option<String>,
    watcher: Option<Watcher>,
}

#[derive(Clone)]
enum Source {
    File(PathBuf),
    Bytes(Bytes),
    /// The length, if it is known.
    Once(Once, Option<u64>),
    Again(Arc<dyn Fn() -> Chunks + Send + Sync>, Option<u64>),
}

/// The chunks of an opened upload.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

impl Upload {
    /// A file. The server sees its name; a name that is not UTF-8 has to be replaced with
    /// [`with_file_name`](Self::with_file_name).
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or(path.as_os_str());
        let file_name = name.to_str().map(str::to_owned);
        Self::of(Source::File(path), file_name)
    }

    fn of(source: Source, file_name: Option<String>) -> Self {
        Self {
            source,
            file_name,
            content_type: None,
            watcher: None,
        }
    }

    /// Bytes in memory, with a file name for the server.
    pub fn bytes(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::of(Source::Bytes(bytes.into()), Some(file_name.into()))
    }

    /// The content of a reader, with a file name for the server. Otherwise like [`Upload::stream`].
    ///
    /// ```no_run
    /// # async fn run() -> std::io::Result<()> {
    /// use anypoint_core::Upload;
    ///
    /// let jar = Upload::reader("hello.jar", tokio::fs::File::open("/dev/stdin").await?);
    /// # let _ = jar;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reader(file_name: impl Into<String>, reader: impl AsyncRead + Send + 'static) -> Self {
        Self::stream(file_name, pieces(reader))
    }

    /// The content of a stream, with a file name for the server.
    ///
    /// It is sent once: after a part of it was sent, the call is not repeated, even if the operation is idempotent, and its error says
    /// so. It is repeated if the server refused it before that. If the stream can be created again, use [`Upload::from_fn`], which can
    /// be repeated like a file.
    pub fn stream(
        file_name: impl Into<String>,
        chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        let file_name = file_name.into();
        let chunks = readable(&file_name, chunks);
        Self::of(Source::Once(Once::new(chunks), None), Some(file_name))
    }

    /// The content of a stream that is created again each time it is sent, with a file name for the server.
    ///
    /// ```
    /// use anypoint_core::Upload;
    /// use futures_util::stream;
    ///
    /// let parts = ["hello", ", you"];
    /// let text = Upload::from_fn("hello.txt", move || stream::iter(parts).map(|part| Ok(part.into())));
    /// # use futures_util::StreamExt as _;
    /// # let _ = text.with_length(10);
    /// ```
    pub fn from_fn<S>(
        file_name: impl Into<String>,
        open: impl Fn() -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let file_name = file_name.into();
        let name = file_name.clone();
        let open = Arc::new(move || readable(&name, open()));
        Self::of(Source::Again(open, None), Some(file_name))
    }

    /// The length of a reader or a stream in bytes, which some servers need. A stream of another length is an error. It has no effect
    /// on files and bytes.
    pub fn with_length(mut self, bytes: u64) -> Self {
        if let Source::Once(_, length) | Source::Again(_, length) = &mut self.source {
            *length = Some(bytes);
        }
        self
    }

    /// Sets the file name for the server.
    pub fn with_file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = Some(file_name.into());
        self
    }

    /// Sets the content type; `application/octet-stream` by default.
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Calls `watch` while the content is sent: with 0 bytes when an attempt starts, and then for each piece of at most 64 KiB that
    /// the connection accepts. A repeated attempt starts at 0 again; see [`Transferred::attempt`].
    ///
    /// It is called on a thread of the runtime, so it must not block. Several callbacks are called in turn.
    ///
    /// ```
    /// use anypoint_core::Upload;
    ///
    /// let jar = Upload::file("target/hello-1.0.0-mule-application.jar").on_progress(|so_far| {
    ///     println!("attempt {}: {} of {:?} bytes", so_far.attempt, so_far.bytes, so_far.total);
    /// });
    /// # let _ = jar;
    /// ```
    pub fn on_progress(mut self, watch: impl Fn(Transferred) + Send + Sync + 'static) -> Self {
        self.watcher = Some(match self.watcher {
            Some(earlier) => earlier.and(watch),
            None => Watcher::new(watch),
        });
        self
    }

    /// The same upload for one call, whose attempts are counted.
    pub(crate) fn for_a_call(&self) -> Self {
        Self {
            watcher: self.watcher.as_ref().map(Watcher::anew),
            ..self.clone()
        }
    }

    /// Begins an attempt to send `length` bytes, and calls the callbacks.
    pub(crate) fn begin(&self, length: Option<u64>) -> Option<Watched> {
        let watcher = self.watcher.as_ref();
        watcher.map(|watcher| watcher.begin(length))
    }

    pub(crate) fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    pub(crate) fn content_type(&self) -> &str {
        self.content_type_or(OCTETS)
    }

    /// The content type that was set, or else the one that the operation declares.
    pub(crate) fn content_type_or<'a>(&'a self, declared: &'a str) -> &'a str {
        self.content_type.as_deref().unwrap_or(declared)
    }

    /// Reports an upload that cannot be sent, before a connection is opened: a missing or empty file, or a stream that was sent before.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        match &self.source {
            Source::File(path) => file::open(path).await.map(drop),
            _ if self.is_empty() => Err(self.empty()),
            _ if !self.is_repeatable() => Err(self.spent()),
            _ => Ok(()),
        }
    }

    /// Whether it can be sent again.
    pub(crate) fn is_repeatable(&self) -> bool {
        match &self.source {
            Source::Once(once, _) => !once.is_begun(),
            Source::File(_) | Source::Bytes(_) | Source::Again(..) => true,
        }
    }

    /// The length, if it is known, and the chunks that add up to it.
    pub(crate) async fn open(&self) -> Result<(Option<u64>, Chunks), Error> {
        let (length, chunks) = match &self.source {
            _ if self.is_empty() => return Err(self.empty()),
            Source::Bytes(bytes) => return Ok((Some(bytes.len() as u64), slices(bytes.clone()))),
            Source::File(path) => {
                let (length, chunks) = file::open(path).await?;
                return Ok((Some(length), chunks));
            }
            Source::Once(once, length) => (*length, once.open().ok_or_else(|| self.spent())?),
            Source::Again(open, length) => (*length, open()),
        };
        Ok((length, self.counted(chunks, length)))
    }

    /// Chunks with an error if they do not add up to the length.
    fn counted(&self, chunks: Chunks, length: Option<u64>) -> Chunks {
        let (name, mut sent) = (self.shown_name(), 0);
        let end = stream::once(std::future::ready(None));
        let chunks = chunks.map(Some).chain(end).filter_map(move |chunk| {
            let checked = match chunk {
                Some(Ok(bytes)) => {
                    sent += bytes.len() as u64;
                    let over = length.filter(|length| sent > *length);
                    Some(over.map_or(Ok(bytes), |length| {
                        Err(unlike(format!("{name} is longer than {length} bytes")))
                    }))
                }
                None if sent == 0 => Some(Err(Error::invalid(format!("{name} is empty")))),
                None => length.filter(|length| sent < *length).map(|length| {
                    Err(unlike(format!(
                        "{name} ended after {sent} of {length} bytes"
                    )))
                }),
                failed => failed,
            };
            std::future::ready(checked)
        });
        Box::pin(chunks)
    }

    fn is_empty(&self) -> bool {
        match &self.source {
            Source::Bytes(bytes) => bytes.is_empty(),
            Source::Once(_, length) | Source::Again(_, length) => *length == Some(0),
            Source::File(_) => false,
        }
    }

    /// The error of an empty file: no API accepts one, and it usually comes from an unfinished build.
    fn empty(&self) -> Error {
        Error::invalid(format!("{} is empty", self.shown_name()))
    }

    fn spent(&self) -> Error {
        let summary = format!("{} was sent before", self.shown_name());
        Error::invalid(summary).with_hint(ONCE)
    }

    fn shown_name(&self) -> String {
        format!("the upload {:?}", self.file_name().unwrap_or_default())
    }
}

/// Why a stream is not sent again.
pub(crate) const ONCE: &str =
    "a stream can be sent once; give one that is made for each time to Upload::from_fn";

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Upload");
        match &self.source {
            Source::File(path) => debug.field("path", path),
            Source::Bytes(bytes) => debug.field("length", &bytes.len()),
            Source::Once(_, length) | Source::Again(_, length) => debug.field("length", length),
        };
        debug
            .field("file_name", &self.file_name().unwrap_or_default())
            .field("content_type", &self.content_type())
            .finish()
    }
}

/// Bytes in slices, because progress is reported between two chunks.
fn slices(mut bytes: Bytes) -> Chunks {
    Box::pin(stream::iter(std::iter::from_fn(move || {
        let size = bytes.len().min(CHUNK);
        (size > 0).then(|| Ok(bytes.split_to(size)))
    })))
}

/// The content of a reader, in chunks.
fn pieces(reader: impl AsyncRead + Send + 'static) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let reader = Box::pin(reader);
    stream::try_unfold(reader, |mut reader| async {
        let mut chunk = BytesMut::with_capacity(CHUNK);
        let read = reader.read_buf(&mut chunk).await?;
        Ok((read > 0).then(|| (chunk.freeze(), reader)))
    })
}

/// Chunks without empty ones; errors say what could not be read.
fn readable(
    file_name: &str,
    chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Chunks {
    let name = file_name.to_owned();
    let chunks = chunks.try_filter(|chunk| std::future::ready(!chunk.is_empty()));
    Box::pin(chunks.map_err(move |error| {
        let summary = format!("cannot read the upload {name:?}: {error}");
        Error::new(ErrorKind::Io, summary).with_source(error)
    }))
}

/// The error of a stream whose length differs from the declared one.
fn unlike(summary: String) -> Error {
    Error::new(ErrorKind::Io, summary).with_hint("give Upload::with_length its length, or none")
}
