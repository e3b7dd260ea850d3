//! The findings of all crates, with their lines, the reasons why they are accepted, and the versions that follow.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::accepted;
use super::collect::{Collected, chapters};
use super::crates::Next;
use super::finding::{Finding, Place};
use super::git::Repository;
use super::pages::{self, Contracts};
use super::rules::{Audience, Rule};
use crate::codegen::manifest::{self, Entry, Manifest};
use crate::codegen::{self, source, surface};

#[derive(Debug, Serialize)]
pub struct Report {
    /// The commit that is compared with.
    pub base: String,
    pub chapters: Vec<Chapter>,
    pub versions: Vec<Next>,
    pub notes: Vec<String>,
}

/// The findings about one crate.
#[derive(Debug, Serialize)]
pub struct Chapter {
    /// The name of the API, or that of a hand-written crate.
    pub name: String,
    pub package: String,
    pub folder: String,
    pub findings: Vec<Finding>,
}

impl Report {
    /// All findings with the names of their chapters.
    pub fn findings(&self) -> impl Iterator<Item = (&str, &Finding)> {
        let chapters = self.chapters.iter();
        chapters.flat_map(|chapter| chapter.findings.iter().map(|it| (&*chapter.name, it)))
    }

    /// How many findings for these audiences are not accepted.
    pub fn open(&self, audiences: &[Audience]) -> usize {
        let open = self.findings().filter(|(_, it)| it.accepted.is_none());
        open.filter(|(_, it)| audiences.contains(&it.audience))
            .count()
    }
}

impl Chapter {
    pub fn of_crate(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            package: name.to_owned(),
            folder: format!("crates/{name}"),
            findings: Vec::new(),
        }
    }

    pub fn breaks(&self) -> bool {
        self.findings.iter().any(|it| it.audience == Audience::Rust)
    }

    pub fn says(&mut self, rule: Rule, at: &str, after: Option<String>, file: &str) {
        self.findings.push(Finding {
            after,
            file: file.to_owned(),
            ..Finding::new(rule, at, Place::Api)
        });
    }
}

/// Compares the tree with a revision, or with the merge base with main.
///
/// # Errors
/// There is no such revision, or pages or manifests cannot be read.
pub fn report(root: &Path, revision: Option<&str>) -> Result<Report> {
    let repository = Repository { root };
    let base = repository.base(revision)?;
    let manifest = manifest::load(root)?;
    let chapters = chapters(&manifest);
    let manifests = chapters
        .iter()
        .map(|it| format!("{}/Cargo.toml", it.folder));
    let manifests: Vec<String> = manifests.chain(["Cargo.toml".to_owned()]).collect();
    let mut wanted: Vec<&str> = manifests.iter().map(String::as_str).collect();
    wanted.push(pages::FOLDER);
    let old = repository.files(&base, &wanted)?;
    let whose = format!("revision {}", short(&base));
    let help = "compare with a later revision: `git log -- tests/snapshots/surface` lists those that changed pages";
    let (before, after) = (pages::contracts(&old, &whose, help)?, pages::of_tree(root)?);
    let mut all = Collected { root, chapters };
    all.pages(&before, &after);
    let new = all.manifests(&old, &manifests)?;
    all.handwritten(&repository, &base)?;
    let accepted = accepted::read(root)?;
    all.declared(&accepted)?;
    all.cascade();
    all.lines(&manifest);
    let mut report = Report {
        base,
        versions: all.versions(&old, &new)?,
        chapters: all.chapters,
        notes: stale(root, &repository, &manifest, &after)?,
    };
    report.notes.extend(accept(&accepted, &mut report.chapters));
    for chapter in &mut report.chapters {
        chapter.findings.sort_by_key(|it| it.audience);
    }
    report
        .chapters
        .retain(|chapter| !chapter.findings.is_empty());
    Ok(report)
}

/// The tag of the last release, if there was one.
///
/// # Errors
/// Git cannot be run.
pub fn last_release(root: &Path) -> Result<Option<String>> {
    Repository { root }.last_tag("v[0-9]*")
}

pub fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}

fn accept(accepted: &accepted::Accepted, chapters: &mut [Chapter]) -> Vec<String> {
    let findings = chapters.iter_mut().flat_map(|chapter| {
        let name = &*chapter.name;
        chapter.findings.iter_mut().map(move |it| (name, it))
    });
    accepted.apply(findings)
}

/// Notes about uncommitted changes, and about specs that differ from their pages.
fn stale(
    root: &Path,
    repository: &Repository<'_>,
    manifest: &Manifest,
    pages: &Contracts,
) -> Result<Vec<String>> {
    let dirty = repository.changed("HEAD")?;
    let mut notes = Vec::new();
    let counts = |it: &&String| it.starts_with("specs/") || it.starts_with(pages::FOLDER);
    match dirty.iter().filter(counts).count() {
        0 => {}
        files => notes.push(format!("not committed: {files} files of specs and pages; the verdict is about the tree as it is; commit or stash them to compare commits")),
    }
    let specs: BTreeMap<&str, &Entry> = manifest
        .published()
        .map(|entry| (&*entry.spec, entry))
        .collect();
    for entry in dirty.iter().filter_map(|file| specs.get(&**file)) {
        let text = source::read(&root.join(&entry.spec), &entry.spec)?;
        let same = codegen::contract(entry, &text).is_ok_and(|contract| {
            let pages = pages.get(&entry.name);
            pages.is_some_and(|pages| surface::pages(pages) == surface::pages(&contract))
        });
        if !same {
            notes.push(format!("the pages of {} are older than {}: `cargo xtask codegen` and `cargo xtask surface --write` write them", entry.name, entry.spec));
        }
    }
    Ok(notes)
}
