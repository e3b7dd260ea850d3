//! Files that only their owner can read, and turns that processes take.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use anypoint_core::internal::replace_private;
use fs4::{FileExt, TryLockError};

use crate::terminal::Terminal;

/// The folder of the official tool's profiles, and of what this program keeps; none without a home.
pub(crate) fn folder(terminal: &Terminal) -> Option<PathBuf> {
    let mut homes = ["HOME", "USERPROFILE"].iter();
    let home = homes.find_map(|name| terminal.variable(name))?;
    Some(PathBuf::from(home).join(".anypoint"))
}

/// Writes a file whole or not at all, so that another process never reads half of it.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    make_folder(path)?;
    replace_private(path, text.as_bytes())
}

/// Opens a file for reading and writing, and waits until no other process has it so. What is written in place stays locked
/// until the file is dropped.
pub(crate) fn lock(path: &Path) -> io::Result<File> {
    let file = open(path)?;
    FileExt::lock(&file)?;
    Ok(file)
}

/// The same without waiting; `None` while another process has it.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = open(path)?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn open(path: &Path) -> io::Result<File> {
    make_folder(path)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The folder that a file is in.
fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
