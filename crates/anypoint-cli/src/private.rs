//! Files that only their owner can read.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::terminal::Terminal;

/// The folder of the official tool's profiles, and of what this program keeps; none without a home.
pub(crate) fn folder(terminal: &Terminal) -> Option<PathBuf> {
    let mut homes = ["HOME", "USERPROFILE"].iter();
    let home = homes.find_map(|name| terminal.variable(name))?;
    Some(PathBuf::from(home).join(".anypoint"))
}

/// Writes a file whole or not at all, so that another process never reads half of it.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let moved = new()
        .open(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&beside, path));
    if moved.is_err() {
        // Nothing is left of what could not be finished.
        let _ = fs::remove_file(&beside);
    }
    moved
}

fn new() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
