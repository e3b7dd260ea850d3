//! Generated files in memory; compares them with the disk and writes them.
//!
//! Either all files are written or none: all new files are staged before the first one is moved into place, and the replaced files are
//! kept until the last one is in place. The next run undoes a run that was killed in between.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// The folder for new files. It is below the root, so that files are moved within one file system.
const STAGING: &str = ".codegen-staging";
/// Its presence in the staging folder means that files are being moved.
const JOURNAL: &str = "journal";
/// The signs before the paths in the journal. They say whether the file is new or replaces another one.
const CREATED: char = '+';
const REPLACED: char = '~';

/// Paths below the root with the text of each file, and the folders that may contain nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet {
    pub files: BTreeMap<String, String>,
    pub owned: BTreeSet<String>,
}

/// A difference between the tree and the output of the generator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    Missing(String),
    Changed(String),
    /// A file or folder that the generator did not write.
    Stray(String),
}

impl Difference {
    pub fn path(&self) -> &str {
        match self {
            Self::Missing(path) | Self::Changed(path) | Self::Stray(path) => path,
        }
    }
}

impl FileSet {
    /// Compares with the disk.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or is outside of the root.
    pub fn differences(&self, root: &Path) -> Result<Vec<Difference>> {
        for path in self.files.keys() {
            contained(root, path)?;
        }
        for folder in &self.owned {
            // Its content may be deleted, so it must not be a link.
            contained(root, &format!("{folder}/."))?;
        }
        let mut found = Vec::new();
        for (path, text) in &self.files {
            match fs::read(root.join(path)) {
                Ok(bytes) if bytes == text.as_bytes() => {}
                Ok(_) => found.push(Difference::Changed(path.clone())),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) =>
                {
                    found.push(Difference::Missing(path.clone()))
                }
                Err(_) if root.join(path).is_dir() => found.push(Difference::Changed(path.clone())),
                Err(error) => return Err(error).with_context(|| format!("{path} cannot be read")),
            }
        }
        for folder in &self.owned {
            self.strays(root, folder, &mut found)?;
        }
        found.sort();
        Ok(found)
    }

    fn strays(&self, root: &Path, folder: &str, found: &mut Vec<Difference>) -> Result<()> {
        let entries = match fs::read_dir(root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error).with_context(|| format!("{folder} cannot be read")),
        };
        for entry in entries {
            let entry = entry.with_context(|| format!("{folder} cannot be read"))?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let is_folder = entry
                .file_type()
                .with_context(|| format!("{path} cannot be read"))?
                .is_dir();
            let holds_ours = is_folder
                && self.files.keys().any(|file| {
                    file.strip_prefix(&path)
                        .is_some_and(|rest| rest.starts_with('/'))
                });
            if holds_ours {
                self.strays(root, &path, found)?;
            } else if !self.files.contains_key(&path) {
                found.push(Difference::Stray(path));
            }
        }
        Ok(())
    }

    /// Makes the tree equal to this set: writes, replaces and deletes.
    ///
    /// # Errors
    /// A file cannot be written. In this case the tree is unchanged.
    pub fn write(&self, root: &Path) -> Result<Vec<Difference>> {
        recover(root)?;
        let differences = self.differences(root)?;
        if differences.is_empty() {
            return Ok(differences);
        }
        let staging = root.join(STAGING);
        let staged = self.stage(root, &staging, &differences);
        let moved = staged.and_then(|()| self.commit(root, &staging, &differences));
        if let Err(error) = moved {
            undo(root).context("and some of the old files could not be restored")?;
            return Err(error.context("nothing was changed"));
        }
        fs::remove_dir_all(&staging).with_context(|| format!("{STAGING} cannot be removed"))?;
        Ok(differences)
    }

    /// Writes the new files, keeps the old ones, and lists the files that are about to be moved.
    fn stage(&self, root: &Path, staging: &Path, differences: &[Difference]) -> Result<()> {
        let mut journal = String::new();
        for difference in differences {
            let path = difference.path();
            let sign = if matches!(difference, Difference::Missing(_)) {
                CREATED
            } else {
                REPLACED
            };
            journal.push_str(&format!("{sign}{path}\n"));
            if let Some(text) = self.files.get(path) {
                write_file(&staging.join("new").join(path), text.as_bytes())
                    .with_context(|| format!("{path} cannot be staged"))?;
            }
        }
        write_file(&staging.join("journal.tmp"), journal.as_bytes())
            .context("the journal cannot be written")?;
        for difference in differences {
            create_parent(&staging.join("old").join(difference.path()))?;
            create_parent(&root.join(difference.path()))?;
        }
        fs::rename(staging.join("journal.tmp"), staging.join(JOURNAL))
            .context("the journal cannot be written")
    }

    /// Moves the files. From here on there are only renames, which need no space and are atomic.
    fn commit(&self, root: &Path, staging: &Path, differences: &[Difference]) -> Result<()> {
        for difference in differences {
            let path = difference.path();
            let target = root.join(path);
            if target.symlink_metadata().is_ok() {
                fs::rename(&target, staging.join("old").join(path))
                    .with_context(|| format!("{path} cannot be replaced"))?;
            }
            if self.files.contains_key(path) {
                fs::rename(staging.join("new").join(path), &target)
                    .with_context(|| format!("{path} cannot be written"))?;
            }
        }
        Ok(())
    }
}

/// Undoes a run that was killed.
///
/// # Errors
/// Files that cannot be moved back.
pub fn recover(root: &Path) -> Result<()> {
    if root.join(STAGING).exists() {
        undo(root)
    } else {
        Ok(())
    }
}

fn undo(root: &Path) -> Result<()> {
    let staging = root.join(STAGING);
    if let Ok(journal) = fs::read_to_string(staging.join(JOURNAL)) {
        for line in journal.lines() {
            let (created, path) = (
                line.starts_with(CREATED),
                line.trim_start_matches([CREATED, REPLACED]),
            );
            contained(root, path)?;
            let (target, old) = (root.join(path), staging.join("old").join(path));
            if old.symlink_metadata().is_ok() {
                remove(&target)?;
                fs::rename(&old, &target).with_context(|| format!("{path} cannot be restored"))?;
            } else if created {
                // There was no file here before the run, so a present file was moved here by it. Its folders are removed if they are empty.
                remove(&target)?;
                target
                    .ancestors()
                    .skip(1)
                    .take_while(|folder| *folder != root)
                    .take_while(|folder| fs::remove_dir(folder).is_ok())
                    .for_each(drop);
            }
        }
    }
    remove(&staging)
}

/// Refuses a path outside of the root, although names were checked before.
fn contained(root: &Path, path: &str) -> Result<()> {
    let parts: Vec<Component<'_>> = Path::new(path).components().collect();
    let plain = parts
        .iter()
        .all(|part| matches!(part, Component::Normal(_)));
    let plain = plain && !parts.is_empty() && !path.contains(['\\', ':', '\n']);
    ensure!(plain, "`{path}` is not a plain path below the root");
    let folders = if path.ends_with("/.") {
        parts.len()
    } else {
        parts.len() - 1
    };
    let mut way = root.to_path_buf();
    for part in &parts[..folders] {
        way.push(part);
        let linked = way.symlink_metadata().is_ok_and(|found| found.is_symlink());
        ensure!(
            !linked,
            "`{path}` leads through a symbolic link, {}",
            way.display()
        );
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    let removed = match path.symlink_metadata() {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return Ok(()),
    };
    removed.with_context(|| format!("{} cannot be removed", path.display()))
}

fn create_parent(path: &Path) -> Result<()> {
    let parent: PathBuf = path.parent().map(Path::to_path_buf).unwrap_or_default();
    fs::create_dir_all(&parent).with_context(|| format!("{} cannot be created", parent.display()))
}

/// Writes to the disk, so that a full disk is noticed before anything has changed.
fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    create_parent(path)?;
    let mut file = fs::File::create(path)?;
    io::Write::write_all(&mut file, bytes)?;
    Ok(file.sync_data()?)
}
