//! Files that are uploaded: their length is sent first, so they must not change.

use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::{CHUNK, Chunks};
use crate::error::{Error, ErrorKind};
use crate::file;

/// A file that is being read.
struct Reader {
    file: File,
    path: PathBuf,
    left: u64,
}

/// The length of a file, and the chunks that add up to it.
pub(super) async fn open(path: &Path) -> Result<(u64, Chunks), Error> {
    let opened = path.to_owned();
    let opened = file::blocking(move || file::open(&opened)).await;
    let (file, metadata) = opened.map_err(|error| unreadable(path, error))?;
    let file = File::from_std(file);
    match metadata.len() {
        0 => Err(Error::invalid(format!("{} is empty", file::shown(path)))),
        length => Ok((length, chunks(file, path.to_owned(), length))),
    }
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
    /// The next chunk. The length was sent before, so a file that changes is an error; one that grows
    /// is detected before its last expected byte is sent.
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
            "open it, and give it to Upload::reader, which sends it once; or read it first, and give it to Upload::bytes",
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
    use crate::Upload;
    use futures_util::StreamExt;

    /// Opens a file, changes it, and reads it to the end or to the first error.
    async fn read_changed(name: &str, before: usize, after: usize) -> Result<usize, Error> {
        let path =
            std::env::temp_dir().join(format!("anypoint-core-{}-{name}", std::process::id()));
        std::fs::write(&path, vec![1; before]).unwrap();
        let (length, mut chunks) = Upload::file(&path).open().await.unwrap();
        assert_eq!(length, Some(before as u64));
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
