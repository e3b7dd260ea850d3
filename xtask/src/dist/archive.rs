//! Packs files into a compressed tar archive, and writes a checksum next to it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

/// A file of the archive.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The path below the folder that the archive unpacks to.
    pub path: String,
    pub bytes: Vec<u8>,
    /// Whether it is executable.
    pub program: bool,
}

impl Entry {
    #[must_use]
    pub fn new(path: &str, bytes: Vec<u8>) -> Self {
        Self {
            path: path.to_owned(),
            bytes,
            program: false,
        }
    }
}

/// Writes `NAME.tar.gz`, which unpacks to a folder `NAME`, and `NAME.tar.gz.sha256`, which `sha256sum --check` reads. All entries have
/// this time, in seconds since 1970.
///
/// # Errors
/// A file cannot be written. In this case the archive does not exist, or is unchanged.
pub fn pack(folder: &Path, name: &str, entries: Vec<Entry>, time: u64) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| unwritable(folder))?;
    let archive = folder.join(format!("{name}.tar.gz"));
    let beside = folder.join(format!("{name}.tar.gz.new"));
    let sum = write(&beside, name, entries, time);
    let sum = sum.with_context(|| unwritable(&beside)).inspect_err(|_| {
        // An incomplete archive is useless.
        let _ = fs::remove_file(&beside);
    })?;
    fs::rename(&beside, &archive).with_context(|| unwritable(&archive))?;
    let checksum = folder.join(format!("{name}.tar.gz.sha256"));
    fs::write(&checksum, format!("{sum}  {name}.tar.gz\n"))
        .with_context(|| unwritable(&checksum))?;
    Ok(archive)
}

fn unwritable(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}

/// The archive, and its sum in hexadecimal digits.
fn write(path: &Path, name: &str, entries: Vec<Entry>, time: u64) -> io::Result<String> {
    let file = Summed {
        file: File::create(path)?,
        sum: Sha256::new(),
    };
    // The header contains neither a time nor a machine.
    let gzip = GzBuilder::new().write(file, Compression::best());
    let mut tar = Builder::new(gzip);
    let entries: BTreeMap<String, Entry> = entries
        .into_iter()
        .map(|it| (it.path.clone(), it))
        .collect();
    for (path, entry) in entries {
        let mut header = header(&entry, time);
        tar.append_data(&mut header, format!("{name}/{path}"), &*entry.bytes)?;
    }
    let file = tar.into_inner()?.finish()?;
    file.file.sync_all()?;
    let digits = file
        .sum
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(digits)
}

fn header(entry: &Entry, time: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(entry.bytes.len() as u64);
    header.set_mode(if entry.program { 0o755 } else { 0o644 });
    header.set_mtime(time);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// A file, and the checksum of the written bytes.
struct Summed {
    file: File,
    sum: Sha256,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
