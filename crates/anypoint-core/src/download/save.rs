//! The target of a download: a file that gets its name only when it is complete, or something that
//! can only be written to, such as a device or a pipe.
//!
//! It must not know where the bytes come from.

use std::fs::{Metadata, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::AsyncWriteExt;
#[cfg(unix)]
use tokio::net::unix::pipe;

use crate::file::{NotAFile, blocking};

/// The maximum number of links in a row, as on Linux.
const LINKS: usize = 40;
/// How often another name is tried if one is taken. Names are random, so one try is usually enough.
const NAMES: usize = 100;

/// A download that is being saved. Dropping it removes what was written, except in a device or pipe.
pub(super) enum Saving {
    /// A file next to its target.
    Beside { file: File, partial: Partial },
    /// The target itself.
    Into(File),
    #[cfg(unix)]
    Pipe(pipe::Sender),
}

/// The mode of a new file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// That of the file that it replaces, or else the default of the system.
    AsBefore,
    /// Only the owner can read and write it.
    Private,
}

/// The kind of target.
enum Place {
    /// A file, and the metadata of the one that it replaces.
    File(PathBuf, Option<Box<Metadata>>),
    /// A device, or a file that a process holds open, which is appended to.
    Into(PathBuf),
    #[cfg(unix)]
    Pipe(PathBuf),
}

impl Saving {
    pub(super) async fn begin(path: &Path) -> io::Result<Self> {
        let path = path.to_owned();
        let place = blocking(move || place(&path)).await?;
        Ok(match place {
            Place::File(target, before) => {
                // If the caller was cancelled by then, the partial file is dropped and removed.
                let create = || Partial::create(target, before, Mode::AsBefore, random_name);
                let (partial, file) = blocking(create).await?;
                let file = File::from_std(file);
                Self::Beside { file, partial }
            }
            Place::Into(path) => {
                let file = blocking(move || OpenOptions::new().append(true).open(path)).await?;
                Self::Into(File::from_std(file))
            }
            #[cfg(unix)]
            Place::Pipe(path) => open_pipe(&path)?,
        })
    }

    pub(super) async fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        match self {
            Self::Beside { file, .. } | Self::Into(file) => file.write_all(chunk).await,
            #[cfg(unix)]
            Self::Pipe(pipe) => pipe.write_all(chunk).await,
        }
    }

    /// Completes the file after everything was written.
    pub(super) async fn finish(self) -> io::Result<()> {
        match self {
            Self::Beside { mut file, partial } => {
                file.flush().await?;
                let file = file.into_std().await;
                blocking(move || partial.complete(file)).await
            }
            Self::Into(mut file) => file.flush().await,
            #[cfg(unix)]
            Self::Pipe(_) => Ok(()),
        }
    }
}

/// Replaces a file with one of these bytes, and keeps its mode.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, Mode::AsBefore)
}

/// Replaces a file with one of these bytes that only its owner can read.
///
/// # Errors
/// The path is not a file, or the file cannot be written; then the old one is unchanged.
pub fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, Mode::Private)
}

fn put(path: &Path, bytes: &[u8], mode: Mode) -> io::Result<()> {
    use std::io::Write as _;
    match place(path)? {
        Place::File(target, before) => {
            let before = before.filter(|_| mode == Mode::AsBefore);
            let (partial, mut file) = Partial::create(target, before, mode, random_name)?;
            file.write_all(bytes)?;
            partial.complete(file)
        }
        _ => Err(io::Error::other("it is not a file")),
    }
}

#[cfg(unix)]
fn open_pipe(path: &Path) -> io::Result<Saving> {
    let sender = pipe::OpenOptions::new().open_sender(path);
    let sender = sender.map_err(|error| match error.raw_os_error() {
        Some(libc::ENXIO) => io::Error::new(error.kind(), "nobody reads from the pipe"),
        _ => error,
    })?;
    Ok(Saving::Pipe(sender))
}

fn place(path: &Path) -> io::Result<Place> {
    let problem = |text: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    let (target, is_open) = target(path)?;
    match std::fs::metadata(&target) {
        Ok(metadata) => existing(target, metadata, is_open),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) if ends_in_separator(&target) => problem("it names a directory"),
        Err(_) if target.file_name().is_none() => problem("it names no file"),
        Err(_) => Ok(Place::File(target, None)),
    }
}

fn existing(target: PathBuf, metadata: Metadata, is_open: bool) -> io::Result<Place> {
    let kind = metadata.file_type();
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return Ok(Place::Pipe(target));
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Ok(Place::Into(target));
        }
    }
    match kind.is_file() {
        true if is_open => Ok(Place::Into(target)),
        true => Ok(Place::File(target, Some(Box::new(metadata)))),
        false => Err(NotAFile::error(kind)),
    }
}

/// The path that the links lead to, which need not exist, and whether it is a file that a process
/// holds open, like `/dev/stdout`, which must not be replaced.
fn target(path: &Path) -> io::Result<(PathBuf, bool)> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(next) = std::fs::read_link(&path) else {
            return Ok((path, false));
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        if folder
            .canonicalize()
            .is_ok_and(|folder| folder.starts_with("/proc"))
        {
            return Ok((path, true));
        }
        path = folder.join(next);
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

fn ends_in_separator(path: &Path) -> bool {
    let text = path.as_os_str().to_string_lossy();
    text.ends_with(std::path::is_separator)
}

/// A name that does not contain the target's, which may have the maximum length.
fn random_name() -> String {
    // Seeded by the system, unlike the generator for jitter.
    let random = RandomState::new().hash_one(std::process::id());
    format!(".anypoint-{random:016x}.part")
}

/// A file next to its target that is removed when it is dropped, also by a cancelled call.
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
    /// The metadata of the file that is replaced.
    before: Option<Box<Metadata>>,
}

impl Partial {
    /// A new file with a unique name in the same folder, so that renaming it replaces the target
    /// atomically.
    fn create(
        target: PathBuf,
        before: Option<Box<Metadata>>,
        mode: Mode,
        mut name: impl FnMut() -> String,
    ) -> io::Result<(Self, std::fs::File)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if before.is_some() || mode == Mode::Private {
            // For good, or until it has the mode of the one that it replaces.
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        for _ in 0..NAMES {
            let path = target.with_file_name(name());
            match options.open(&path) {
                Ok(file) => {
                    let partial = Self {
                        path,
                        target,
                        before,
                    };
                    return Ok((partial, file));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Replaces the target with the complete file.
    fn complete(self, file: std::fs::File) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            keep(&file, before)?;
        }
        // Otherwise a crash may leave an empty file under the target's name.
        file.sync_all()?;
        drop(file);
        match std::fs::rename(&self.path, &self.target) {
            // The target is a mount point, as for files that are mounted into containers.
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                std::fs::copy(&self.path, &self.target).map(drop)
            }
            renamed => renamed,
        }
    }
}

/// Gives a file the owner, as far as possible, and the mode of another.
#[cfg(unix)]
fn keep(file: &std::fs::File, before: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    // Only root may change the owner; others may change the group to one of theirs.
    if fchown(file, Some(before.uid()), Some(before.gid())).is_err() {
        let _ = fchown(file, None, Some(before.gid()));
    }
    // Like a write to the file, without the setuid and setgid bits.
    file.set_permissions(std::fs::Permissions::from_mode(before.mode() & 0o777))
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After the rename the file does not exist any more. Another error cannot be reported here.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_not_touched_and_another_one_is_tried() {
        let folder = std::env::temp_dir().join(random_name());
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("a"), "somebody's").unwrap();
        let target = folder.join("target");
        let mut names = ["a", "a", "b"].into_iter().map(str::to_owned);
        let next = || names.next().unwrap();
        let (partial, _file) = Partial::create(target.clone(), None, Mode::AsBefore, next).unwrap();
        assert_eq!(partial.path, folder.join("b"));
        let taken = Partial::create(target, None, Mode::AsBefore, || "a".to_owned());
        assert_eq!(taken.err().unwrap().kind(), io::ErrorKind::AlreadyExists);
        drop(partial);
        assert_eq!(std::fs::read(folder.join("a")).unwrap(), b"somebody's");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn no_two_partial_files_have_the_same_name() {
        let names: std::collections::HashSet<_> = (0..1000).map(|_| random_name()).collect();
        assert_eq!(names.len(), 1000);
    }
}
