//! `cargo xtask tidy`: the house rules that the compiler does not check.
//!
//! Each complaint has a line, a rule and a text about what to do. Generated files are only checked for their marks.

mod docs;
mod manifests;
mod marks;
mod rust;
mod words;

use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::codegen::format::SIGN;

/// A violation of a house rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    pub file: String,
    pub line: usize,
    pub rule: &'static str,
    pub problem: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            problem,
        } = self;
        write!(f, "{file}:{line}: error[{rule}]: {problem}")
    }
}

/// A text file of the tree, with its path below the root.
struct File {
    path: String,
    text: String,
}

impl File {
    fn complaint(&self, line: usize, rule: &'static str, problem: impl Into<String>) -> Complaint {
        Complaint {
            file: self.path.clone(),
            line,
            rule,
            problem: problem.into(),
        }
    }

    fn is_generated(&self) -> bool {
        let first = self.text.lines().next();
        first.is_some_and(|line| line.contains(SIGN))
    }

    /// Whether only `cargo test` compiles the file.
    fn is_test(&self) -> bool {
        let mut folders = self.path.split('/').rev().skip(1);
        self.path.ends_with("/tests.rs") || folders.any(|folder| folder == "tests")
    }

    fn has_ending(&self, ending: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|it| it == ending)
    }
}

/// Prints the complaints.
///
/// # Errors
/// The tree cannot be read.
pub fn command(root: &Path) -> Result<ExitCode> {
    let found = check(root)?;
    for complaint in &found {
        eprintln!("{complaint}");
    }
    if found.is_empty() {
        println!("the tree is tidy");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

/// All complaints, in the order of files and lines.
///
/// # Errors
/// The tree cannot be read.
pub fn check(root: &Path) -> Result<Vec<Complaint>> {
    let files = files(root)?;
    let mut found = marks::check(&files);
    found.extend(manifests::check(root, &files)?);
    found.extend(docs::check(root, &files));
    let own = files.iter().filter(|file| !file.is_generated());
    for file in own {
        found.extend(words::check(file));
        if file.has_ending("rs") {
            found.extend(rust::check(file));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The text files that git tracks or would add.
fn files(root: &Path) -> Result<Vec<File>> {
    let mut git = Command::new("git");
    let listed = git.current_dir(root).args(["ls-files", "-z"]);
    let listed = listed.args(["--cached", "--others", "--exclude-standard"]);
    let listed = listed.output().context("`git` cannot be run")?;
    if !listed.status.success() {
        bail!(
            "git ls-files: {}",
            String::from_utf8_lossy(&listed.stderr).trim()
        );
    }
    let listed = String::from_utf8_lossy(&listed.stdout);
    // Files whose removal is not committed are listed, too, and cannot be read.
    let read = |path: &str| {
        let text = std::fs::read_to_string(root.join(path)).ok()?;
        let path = path.to_owned();
        Some(File { path, text })
    };
    Ok(listed.split('\0').filter_map(read).collect())
}
