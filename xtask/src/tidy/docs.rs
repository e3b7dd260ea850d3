//! Links and paths in Markdown. Each target must exist.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Complaint, File};

/// The folders with which paths in code spans begin.
const FOLDERS: &[&str] = &[".ci/", "crates/", "specs/", "tests/", "xtask/"];
/// The history, whose paths need not exist any more.
const HISTORY: &str = "CHANGELOG.md";

pub fn check(root: &Path, files: &[File]) -> Vec<Complaint> {
    let pages = files.iter().filter(|file| file.has_ending("md"));
    let pages = pages.filter(|file| !file.is_generated());
    pages.flat_map(|file| page(root, files, file)).collect()
}

fn page(root: &Path, files: &[File], file: &File) -> Vec<Complaint> {
    let mut found = Vec::new();
    let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
    let line = |at: usize| 1 + file.text[..at].matches('\n').count();
    for (event, range) in Parser::new_ext(&file.text, Options::ENABLE_TABLES).into_offset_iter() {
        let problem = match &event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                dead(root, files, file, folder, dest_url)
            }
            Event::Code(code) if file.path != HISTORY => stale(root, folder, code),
            _ => None,
        };
        found
            .extend(problem.map(|problem| file.complaint(line(range.start), "dead-link", problem)));
    }
    found
}

/// Whether a page is the README of a package.
fn is_shown_alone(file: &File) -> bool {
    file.path.starts_with("crates/") && file.path.ends_with("/README.md")
}

/// The problem of a link into the repository, if it has one.
fn dead(root: &Path, files: &[File], file: &File, folder: &Path, link: &str) -> Option<String> {
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    // A link to a web page, or to a Rust item that rustdoc looks for.
    let elsewhere = link.contains(':') || !link.contains(['/', '.', '#']);
    if elsewhere {
        return None;
    }
    if !path.is_empty() && is_shown_alone(file) {
        return Some(format!(
            "`{link}` has no target on docs.rs and crates.io, which show this page without its folder: name the file, or link to a web page"
        ));
    }
    let target = match path {
        "" => PathBuf::from(&file.path),
        path => plain(&folder.join(path)),
    };
    if !root.join(&target).exists() {
        return Some(format!("`{path}` does not exist"));
    }
    let target = files.iter().find(|file| Path::new(&file.path) == target)?;
    let missing = !heading.is_empty() && target.has_ending("md");
    let missing = missing && !headings(&target.text).contains(heading);
    missing.then(|| format!("{} has no heading `#{heading}`", target.path))
}

/// The problem of a path in code that does not exist. Text with a blank, a placeholder or a line number is not a path.
fn stale(root: &Path, folder: &Path, code: &str) -> Option<String> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "_./-".contains(letter);
    let is_path =
        FOLDERS.iter().any(|start| code.starts_with(start)) && code.chars().all(is_letter);
    let is_placeholder =
        |part: &str| part == "x.yaml" || part.chars().all(|it| it.is_ascii_uppercase());
    let made_up = code
        .split('/')
        .any(|part| !part.is_empty() && is_placeholder(part));
    let exists = [root.join(code), root.join(folder).join(code)];
    let missing = is_path && !made_up && !exists.iter().any(|path| path.exists());
    missing.then(|| format!("`{code}` does not exist"))
}

/// The path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// The headings of a page in the form in which links name them.
fn headings(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                heading
                    .iter_mut()
                    .for_each(|heading| heading.push_str(&text));
            }
            Event::End(TagEnd::Heading(_)) => found.extend(heading.take().map(|it| slug(&it))),
            _ => {}
        }
    }
    found
}

fn slug(heading: &str) -> String {
    let letters = heading.chars().flat_map(char::to_lowercase);
    let letters = letters.map(|letter| if letter == ' ' { '-' } else { letter });
    letters
        .filter(|it| it.is_alphanumeric() || matches!(it, '-' | '_'))
        .collect()
}
