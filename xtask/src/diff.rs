//! `cargo xtask diff`: reports what a change breaks, for whom, and the next version.
//!
//! It compares the pages of a revision with those of the tree, contract by contract. Therefore it needs neither old specs nor old
//! linters, and sees the effects of changes in the generator, too. Hand-written crates have no pages: their sources and
//! manifests are compared, and a break that does not show there is declared in `accepted-changes.toml`.

mod accepted;
mod collect;
pub mod compare;
pub mod crates;
mod finding;
pub mod fixtures;
pub(crate) mod git;
pub mod items;
mod pages;
mod places;
mod report;
mod rules;
mod show;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

pub use finding::{Finding, Place};
pub use pages::FOLDER as PAGES;
pub use report::{Chapter, Report, last_release, report, short};
pub use rules::{Audience, Rule};

/// The format of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    People,
    Markdown,
    Json,
}

/// The files of a commit below some paths, by their names.
///
/// # Errors
/// Git reports an error.
pub fn files(root: &Path, commit: &str, below: &[&str]) -> Result<BTreeMap<String, String>> {
    git::Repository { root }.files(commit, below)
}

/// A report as text.
///
/// # Errors
/// The report cannot be written as JSON, which should not happen.
pub fn told(report: &Report, form: Form) -> Result<String> {
    Ok(match form {
        Form::People => show::people(report),
        Form::Markdown => show::markdown(report),
        Form::Json => serde_json::to_string_pretty(report)? + "\n",
    })
}

/// `cargo xtask diff`: prints the report, and fails if it has findings for these audiences that are not accepted.
///
/// # Errors
/// There is no revision to compare with, or pages or manifests cannot be read; the error says what to do.
pub fn command(
    root: &Path,
    revision: Option<&str>,
    form: Form,
    fail_on: &[Audience],
) -> Result<ExitCode> {
    let report = report(root, revision)?;
    write!(std::io::stdout(), "{}", told(&report, form)?)?;
    for note in &report.notes {
        eprintln!("note: {note}");
    }
    let open = report.open(fail_on);
    if open == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: {open} findings are not accepted\n  help: fix them, or give the reasons in {}",
        accepted::PATH
    );
    Ok(ExitCode::FAILURE)
}
