//! What is uploaded: a file or bytes that can be opened for each time they are sent.
//!
//! It must not send anything, nor hold a file open between two sends.

use std::fmt;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::error::{Error, ErrorKind};
use crate::file;
use crate::progress::{Transferred, Watched, Watcher};

/// Large enough that the file system is asked seldom, small enough to hold many at once.
const CHUNK: usize = 64 * 1024;
const OCTETS: &str = "application/octet-stream";

/// A file or bytes to upload.
///
/// A file is opened when the call is sent, and again when it has to be sent once more. It is
/// streamed in constant memory. Above 1 MiB it begins when the server has said nothing for a second, so that a refusal costs no upload
/// and is read. A pipe, such as `/dev/stdin` as a rule, or a device is refused.
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
    /// `None` when that of the file is not UTF-8.
    file_name: Option<String>,
    content_type: Option<String>,
    watcher: Option<Watcher>,
}

#[derive(Clone)]
enum Source {
    File(PathBuf),
    Bytes(Bytes),
}

/// The chunks of an opened upload.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

impl Upload {
    /// A file. The name that the server sees is the file's own; one that is not UTF-8 has to be
    /// replaced by [`with_file_name`](Self::with_file_name) where the server sees it.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().unwrap_or(path.as_os_str());
        let file_name = name.to_str().map(str::to_owned);
        Self {
            source: Source::File(path),
            file_name,
            content_type: None,
            watcher: None,
        }
    }

    /// Bytes in memory, under a file name that the server sees.
    pub fn bytes(file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            source: Source::Bytes(bytes.into()),
            file_name: Some(file_name.into()),
            content_type: None,
            watcher: None,
        }
    }

    /// Another file name for the server to see.
    pub fn with_file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = Some(file_name.into());
        self
    }

    /// Another content type; `application/octet-stream` by default.
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Calls `watch` while the content is sent: at the start of each attempt with 0 bytes, and then for each piece of at most 64 KiB
    /// that the connection takes. An attempt that is repeated begins at 0 again; see [`Transferred::attempt`].
    ///
    /// It is called on a thread of the runtime, so it should return at once. Several callbacks are called in turn.
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

    /// An attempt to send `length` bytes begins, which is told to whom it concerns.
    pub(crate) fn begin(&self, length: u64) -> Option<Watched> {
        self.watcher
            .as_ref()
            .map(|watcher| watcher.begin(Some(length)))
    }

    pub(crate) fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    pub(crate) fn content_type(&self) -> &str {
        self.content_type_or(OCTETS)
    }

    /// The content type that was set, else what the operation declares.
    pub(crate) fn content_type_or<'a>(&'a self, declared: &'a str) -> &'a str {
        self.content_type.as_deref().unwrap_or(declared)
    }

    /// Reports a missing or empty file without opening a connection.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        self.open().await.map(|_| ())
    }

    /// The length, and the chunks that add up to it.
    pub(crate) async fn open(&self) -> Result<(u64, Chunks), Error> {
        match &self.source {
            Source::Bytes(bytes) if bytes.is_empty() => Err(self.empty()),
            Source::Bytes(bytes) => Ok((bytes.len() as u64, slices(bytes.clone()))),
            Source::File(path) => {
                let opened = path.clone();
                let opened = file::blocking(move || file::open(&opened)).await;
                let (file, metadata) = opened.map_err(|error| unreadable(path, error))?;
                let file = File::from_std(file);
                match metadata.len() {
                    0 => Err(self.empty()),
                    length => Ok((length, chunks(file, path.clone(), length))),
                }
            }
        }
    }

    /// No API takes an empty file; it is usually a build that has not finished.
    fn empty(&self) -> Error {
        match &self.source {
            Source::File(path) => Error::invalid(format!("{} is empty", file::shown(path))),
            Source::Bytes(_) => {
                let name = self.file_name().unwrap_or_default();
                Error::invalid(format!("the upload {name:?} is empty"))
            }
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Upload");
        match &self.source {
            Source::File(path) => debug.field("path", path),
            Source::Bytes(bytes) => debug.field("length", &bytes.len()),
        };
        debug
            .field("file_name", &self.file_name().unwrap_or_default())
            .field("content_type", &self.content_type())
            .finish()
    }
}

/// Bytes in slices: how far an upload has come shows only between two chunks.
fn slices(mut bytes: Bytes) -> Chunks {
    Box::pin(stream::iter(std::iter::from_fn(move || {
        let size = bytes.len().min(CHUNK);
        (size > 0).then(|| Ok(bytes.split_to(size)))
    })))
}

/// A file that is being read.
struct Reader {
    file: File,
    path: PathBuf,
    left: u64,
}

fn chunks(file: File, path: PathBuf, length: u64) -> Chunks {
    let reader = Reader {
        file,
        path,
        left: length,
    };
    Box::pin(stream::unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        if reader.left == 0 {
            return None;
        }
        match reader.next().await {
            Ok(chunk) => Some((Ok(chunk), Some(reader))),
            Err(error) => Some((Err(error), None)),
        }
    }))
}

impl Reader {
    /// The next chunk. The length has been announced, so a file that changes is an error, and
    /// one that grows is noticed before its last announced byte is sent.
    async fn next(&mut self) -> Result<Bytes, Error> {
        let size = self.left.min(CHUNK as u64) as usize;
        let mut chunk = BytesMut::zeroed(size);
        let read = self.read(&mut chunk).await?;
        if read == 0 {
            return Err(changed(&self.path, "shrank"));
        }
        chunk.truncate(read);
        self.left -= read as u64;
        if self.left == 0 && self.read(&mut [0]).await? != 0 {
            return Err(changed(&self.path, "grew"));
        }
        Ok(chunk.freeze())
    }

    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        self.file.read(buffer).await.map_err(|error| {
            let summary = format!("cannot read {}: {error}", file::shown(&self.path));
            Error::new(ErrorKind::Io, summary).with_source(error)
        })
    }
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    let problem = Error::invalid(format!("cannot read {}: {error}", file::shown(path)));
    let problem = match file::NotAFile::is_cause_of(&error) {
        true => problem.with_hint(
            "the length of an upload has to be known, and it may have to be read twice: read it first, and give it to Upload::bytes",
        ),
        false => problem,
    };
    problem.with_source(error)
}

fn changed(path: &Path, how: &str) -> Error {
    Error::new(
        ErrorKind::Io,
        format!("{} {how} while it was sent", file::shown(path)),
    )
    .with_hint("make the call again when the file is complete")
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;

    /// Opens a file, changes it, and reads it to the end or to the first error.
    async fn read_changed(name: &str, before: usize, after: usize) -> Result<usize, Error> {
        let path =
            std::env::temp_dir().join(format!("anypoint-core-{}-{name}", std::process::id()));
        std::fs::write(&path, vec![1; before]).unwrap();
        let (length, mut chunks) = Upload::file(&path).open().await.unwrap();
        assert_eq!(length, before as u64);
        std::fs::write(&path, vec![1; after]).unwrap();
        let mut read = 0;
        let mut result = Ok(());
        while let Some(chunk) = chunks.next().await {
            match chunk {
                Ok(chunk) => read += chunk.len(),
                Err(error) => result = Err(error),
            }
        }
        std::fs::remove_file(&path).unwrap();
        result.map(|()| read)
    }

    #[tokio::test]
    async fn a_file_that_changes_is_an_error_that_names_it() {
        assert_eq!(
            read_changed("same", 200_000, 200_000).await.unwrap(),
            200_000
        );
        for (name, after) in [("shrank", 100_000), ("grew", 200_001)] {
            let error = read_changed(name, 200_000, after).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Io);
            assert!(
                error
                    .to_string()
                    .contains(&format!("{name} {name} while it was sent")),
                "{error}"
            );
        }
    }
}
