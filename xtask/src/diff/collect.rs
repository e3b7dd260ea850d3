//! Collects the findings of all crates from their pages, sources and manifests, and their effects on other crates.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::crates::{self, Manifests, Next, Step};
use super::finding::Finding;
use super::git::Repository;
use super::items::{self, Items};
use super::pages::Contracts;
use super::report::Chapter;
use super::rules::{Audience, Rule};
use super::{accepted, compare, places};
use crate::codegen::manifest::{self, Entry, Manifest};
use crate::codegen::{load, source};

/// The crate that all others depend on, and the one that re-exports them.
const CORE: &str = "anypoint-core";
const FACADE: &str = "anypoint";

/// A chapter for each published crate: the core, the APIs, and the crates that depend on them.
pub fn chapters(manifest: &Manifest) -> Vec<Chapter> {
    let (core, others): (Vec<&String>, Vec<&String>) =
        manifest.handwritten.iter().partition(|it| *it == CORE);
    let api = |entry: &Entry| Chapter {
        name: entry.name.clone(),
        package: entry.package.clone(),
        folder: entry.folder.clone(),
        findings: Vec::new(),
    };
    let core = core.into_iter().map(|it| Chapter::of_crate(it));
    let others = others.into_iter().map(|it| Chapter::of_crate(it));
    core.chain(manifest.published().map(api))
        .chain(others)
        .collect()
}

pub struct Collected<'r> {
    pub root: &'r Path,
    pub chapters: Vec<Chapter>,
}

impl Collected<'_> {
    /// The chapter of an API, which may no longer exist.
    fn chapter(&mut self, name: &str) -> Option<&mut Chapter> {
        self.chapters.iter_mut().find(|it| it.name == name)
    }

    pub fn pages(&mut self, before: &Contracts, after: &Contracts) {
        for (name, new) in after {
            let Some(chapter) = self.chapter(name) else {
                continue;
            };
            match before.get(name) {
                Some(old) => chapter.findings.extend(compare::contracts(old, new)),
                None => chapter.says(
                    Rule::ApiAdded,
                    name,
                    Some(new.package.clone()),
                    manifest::PATH,
                ),
            }
        }
        let is_gone = |name: &&String| !after.contains_key(*name);
        for name in before.keys().filter(is_gone) {
            let mut chapter = Chapter::of_crate(&before[name].package);
            chapter.name.clone_from(name);
            let package = before[name].package.clone();
            chapter.says(Rule::ApiRemoved, name, Some(package), manifest::PATH);
            let facade = self.chapters.iter().position(|it| it.package == FACADE);
            let at = facade.unwrap_or(self.chapters.len());
            self.chapters.insert(at, chapter);
        }
    }

    /// Compares the manifests of the revision with those of the tree, and returns the latter.
    pub fn manifests(&mut self, old: &Manifests, paths: &[String]) -> Result<Manifests> {
        let mut new = Manifests::new();
        for path in paths {
            if self.root.join(path).exists() {
                new.insert(path.clone(), source::read(&self.root.join(path), path)?);
            }
        }
        for chapter in &mut self.chapters {
            let before = crates::facts(old, &chapter.folder)?;
            let after = crates::facts(&new, &chapter.folder)?;
            if let (Some(before), Some(after)) = (before, after) {
                let file = format!("{}/Cargo.toml", chapter.folder);
                let found = crates::compare(&before, &after).into_iter();
                let found = found.map(|finding| Finding {
                    file: file.clone(),
                    ..finding
                });
                chapter.findings.extend(found);
            }
        }
        Ok(new)
    }

    /// Adds the changes of hand-written crates, which no page shows.
    pub fn handwritten(&mut self, repository: &Repository<'_>, base: &str) -> Result<()> {
        let changed = repository.changed(base)?;
        let root = self.root;
        let chapters = self.chapters.iter_mut();
        for chapter in chapters.filter(|it| it.name == it.package) {
            let folder = format!("{}/", chapter.folder);
            let files = changed.iter().filter(|file| file.starts_with(&folder));
            let files: Vec<&str> = files.map(String::as_str).collect();
            let Some(first) = files.first() else { continue };
            let told = match files.len() - 1 {
                0 => (*first).to_owned(),
                more => format!("{first} and {more} more"),
            };
            chapter.says(Rule::SourcesChanged, "sources", Some(told), first);
            let is_public = |file: &&str| {
                let own = file.strip_prefix(&folder).unwrap_or(file);
                own.starts_with("src/") && own.ends_with(".rs") && !own.starts_with("src/internal")
            };
            let sources: Vec<&str> = files.into_iter().filter(is_public).collect();
            let found = items(root, repository, base, &sources)?;
            chapter.findings.extend(found);
        }
        Ok(())
    }

    /// Adds the breaks that people have declared.
    pub fn declared(&mut self, accepted: &accepted::Accepted) -> Result<()> {
        let known: Vec<String> = self.chapters.iter().map(|it| it.package.clone()).collect();
        for (package, reason) in accepted.declared(&known)? {
            let chapters = self.chapters.iter_mut().filter(|it| it.package == package);
            chapters.for_each(|chapter| {
                let reason = Some(reason.to_owned());
                chapter.says(Rule::BreakDeclared, "declared", reason, accepted::PATH);
            });
        }
        Ok(())
    }

    /// Adds the effects of breaks on other crates: the API of each crate includes the core, and that of the facade includes the APIs.
    pub fn cascade(&mut self) {
        let is_api = |it: &Chapter| it.name != it.package;
        let file = "Cargo.toml";
        let core = self.chapters.iter().find(|it| it.package == CORE);
        if core.is_some_and(Chapter::breaks) {
            let shows = |it: &&mut Chapter| is_api(it) || it.package == FACADE;
            let shown = self.chapters.iter_mut().filter(shows);
            shown.for_each(|chapter| chapter.says(Rule::CoreBreak, CORE, None, file));
        }
        let broken = self.chapters.iter().filter(|it| is_api(it) && it.breaks());
        let apis: Vec<String> = broken.map(|it| it.package.clone()).collect();
        let facade = self.chapters.iter_mut().filter(|it| it.package == FACADE);
        facade.for_each(|facade| {
            let each = apis.iter();
            each.for_each(|api| facade.says(Rule::ApiBreak, api, None, file));
        });
    }

    /// Adds the lines of findings in the specs of the tree.
    pub fn lines(&mut self, manifest: &Manifest) {
        for entry in manifest.published() {
            let root = self.root;
            let Some(chapter) = self.chapter(&entry.name) else {
                continue;
            };
            let of_spec = chapter.findings.iter_mut().filter(|it| it.file.is_empty());
            let mut of_spec = of_spec.peekable();
            if of_spec.peek().is_none() {
                continue;
            }
            let text = source::read(&root.join(&entry.spec), &entry.spec).unwrap_or_default();
            let tree = load::tree(&entry.spec, &text).ok();
            for finding in of_spec {
                finding.file.clone_from(&entry.spec);
                let line = tree.as_ref().map(|tree| places::line(tree, &finding.place));
                finding.line = line.unwrap_or(1);
            }
        }
    }

    pub fn versions(&self, old: &Manifests, new: &Manifests) -> Result<Vec<Next>> {
        let mut versions = Vec::new();
        for chapter in &self.chapters {
            let of = |manifests| crates::facts(manifests, &chapter.folder);
            // A new crate starts with the version of its manifest; a removed one has no next version.
            let (Some(now), before) = (of(new)?, of(old)?) else {
                continue;
            };
            if !now.published {
                continue;
            }
            let step = step(chapter);
            let before = before.map_or_else(|| now.version.clone(), |facts| facts.version);
            let news = chapter
                .findings
                .iter()
                .any(|it| it.audience == Audience::Compatible);
            let is_new = chapter.findings.iter().any(|it| it.rule == Rule::ApiAdded);
            let after = match is_new {
                true => now.version.clone(),
                false => crates::next(&before, step, news)
                    .with_context(|| format!("{}/Cargo.toml", chapter.folder))?,
            };
            versions.push(Next {
                package: chapter.package.clone(),
                folder: chapter.folder.clone(),
                declared: now.version,
                before,
                after,
                step,
            });
        }
        Ok(versions)
    }
}

/// The public items of sources, before and after.
fn items(
    root: &Path,
    repository: &Repository<'_>,
    base: &str,
    sources: &[&str],
) -> Result<Vec<Finding>> {
    let (mut old, mut new) = (Items::default(), Items::default());
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let before = repository.files(base, sources)?;
    before.iter().for_each(|(path, text)| old.read(path, text));
    for path in sources.iter().filter(|path| root.join(path).exists()) {
        new.read(path, &source::read(&root.join(path), path)?);
    }
    Ok(items::compare(&old, &new))
}

fn step(chapter: &Chapter) -> Step {
    match (chapter.breaks(), chapter.findings.is_empty()) {
        (true, _) => Step::Break,
        (false, false) => Step::Patch,
        (false, true) => Step::None,
    }
}
