//! Local files that the caller names: only real files are opened, so that nothing has to be
//! waited for, and errors say what is there instead.
//!
//! It must not know what a file is for.

use std::fmt;
use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// The longest path that is shown whole, in characters: an error is cut at its end, where the
/// reason stands.
const SHOWN: usize = 180;

/// Opens a file for reading, and says how long it is and the like.
///
/// # Errors
/// It is not a regular file: reading a pipe or a device may never end.
pub(crate) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    // Opening a device may have an effect already.
    regular(std::fs::metadata(path)?.file_type())?;
    let file = reading().open(path)?;
    // It may have been replaced in between.
    let metadata = file.metadata()?;
    regular(metadata.file_type())?;
    Ok((file, metadata))
}

/// Reads a small file, such as one of settings.
///
/// # Errors
/// As [`open`], and when it is longer than `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let problem = format!("it is larger than {} MiB", limit >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(bytes)
}

/// A path as errors show it.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    let count = text.chars().count();
    if count <= SHOWN {
        return text;
    }
    let start: String = text.chars().take(SHOWN / 2).collect();
    let end: String = text.chars().skip(count - SHOWN / 2).collect();
    format!("{start}...{end}")
}

/// Runs what may block on a thread that may be blocked.
///
/// If the future is dropped, the work is still completed, or never started; its result is then
/// dropped.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// What is there is not a regular file.
#[derive(Debug)]
pub(crate) struct NotAFile(&'static str);

impl fmt::Display for NotAFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is {} and not a file", self.0)
    }
}

impl std::error::Error for NotAFile {}

impl NotAFile {
    /// As an error of the system, so that it is shown like those.
    pub(crate) fn error(kind: FileType) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidInput, Self(name(kind)))
    }

    pub(crate) fn is_cause_of(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

fn regular(kind: FileType) -> io::Result<()> {
    match kind.is_file() {
        true => Ok(()),
        false => Err(NotAFile::error(kind)),
    }
}

fn name(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    match kind.is_dir() {
        true => "a directory",
        false => "something else",
    }
}

/// Should it have become a pipe since it was looked at, opening it does not wait for a writer.
fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_has_taken_the_place_of_a_file_is_not_waited_for() {
        let path = std::env::temp_dir().join(format!("anypoint-pipe-{}", std::process::id()));
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let file = reading().open(&path).unwrap();
        let kind = file.metadata().unwrap().file_type();
        assert!(NotAFile::is_cause_of(&regular(kind).unwrap_err()));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_long_path_is_shown_by_its_ends() {
        assert_eq!(shown(Path::new("/tmp/x")), "/tmp/x");
        let long = format!("/start/{}/end", "ü".repeat(1000));
        let shown = shown(Path::new(&long));
        assert!(shown.starts_with("/start/ü") && shown.ends_with("ü/end"));
        assert_eq!(shown.chars().count(), SHOWN + 3);
    }
}
