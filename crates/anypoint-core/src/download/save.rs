//! Where a download is saved: a file that takes its name only when it is whole, or something
//! that can only be written into, such as a device or a pipe.
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

/// As many links may follow one another as on Linux.
const LINKS: usize = 40;
/// How often another name is tried when one is taken. Names are random, so once is enough.
const NAMES: usize = 100;

/// Something that is being saved. Dropping it leaves nothing of it behind, but in a device or pipe.
pub(super) enum Saving {
    /// Beside its target.
    Beside { file: File, partial: Partial },
    /// Straight into its target.
    Into(File),
    #[cfg(unix)]
    Pipe(pipe::Sender),
}

/// Where it goes.
enum Place {
    /// A file, and what is known of the one that it replaces.
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
                // Should the caller be gone by then, the partial file is dropped and removed.
                let (partial, file) =
                    blocking(|| Partial::create(target, before, random_name)).await?;
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

    /// Everything has been written.
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

/// Puts a file of these bytes in the place of a path.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    match place(path)? {
        Place::File(target, before) => {
            let (partial, mut file) = Partial::create(target, before, random_name)?;
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

/// Where the links lead in the end, whether anything is there or not; and whether that is what a
/// process holds open, as `/dev/stdout` is, which must not be replaced under its feet.
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

/// Without the target's name, which may be as long as names may be.
fn random_name() -> String {
    // Seeded by the system, unlike the generator for jitter.
    let random = RandomState::new().hash_one(std::process::id());
    format!(".anypoint-{random:016x}.part")
}

/// A file beside its target that is removed when it is dropped, also by a cancelled call.
pub(super) struct Partial {
    path: PathBuf,
    target: PathBuf,
    /// What is known of the file that is replaced.
    before: Option<Box<Metadata>>,
}

impl Partial {
    /// A new file under a name that nobody else has, in the same folder, so that renaming it
    /// replaces the target at once.
    fn create(
        target: PathBuf,
        before: Option<Box<Metadata>>,
        mut name: impl FnMut() -> String,
    ) -> io::Result<(Self, std::fs::File)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if before.is_some() {
            // Until it has the mode of the one that it replaces.
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

    /// Puts the whole file in the place of its target.
    fn complete(self, file: std::fs::File) -> io::Result<()> {
        #[cfg(unix)]
        if let Some(before) = &self.before {
            keep(&file, before)?;
        }
        // Otherwise a crash may leave an empty file under the target's name.
        file.sync_all()?;
        drop(file);
        match std::fs::rename(&self.path, &self.target) {
            // It is mounted there by itself, as files are into containers.
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
    // Only root may give files away, and others only to their groups.
    if fchown(file, Some(before.uid()), Some(before.gid())).is_err() {
        let _ = fchown(file, None, Some(before.gid()));
    }
    // As writing into it would do, without the bits that run it as its owner.
    file.set_permissions(std::fs::Permissions::from_mode(before.mode() & 0o777))
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After it has been renamed there is nothing left. Otherwise there is nobody to tell.
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
        let (partial, _file) = Partial::create(target.clone(), None, next).unwrap();
        assert_eq!(partial.path, folder.join("b"));
        let taken = Partial::create(target, None, || "a".to_owned());
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
