//! The single changes of `tests/fixtures/verdict/changes.toml`, which show what each rule is about.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::rules::Rule;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    change: Vec<Change>,
}

/// A change to a document, and what must be found in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: String,
    /// The document, below `tests/fixtures`.
    pub base: String,
    /// What to look for first, the text behind it that goes, and the text that comes.
    #[serde(default)]
    pub edits: Vec<[String; 3]>,
    pub expect: Vec<String>,
    /// Why a break is none to the compiler.
    pub why: Option<String>,
}

/// All of them.
///
/// # Errors
/// The file is no TOML.
pub fn changes() -> Result<Vec<Change>> {
    let text = include_str!("../../../tests/fixtures/verdict/changes.toml");
    let file: File = toml::from_str(text).context("tests/fixtures/verdict/changes.toml")?;
    Ok(file.change)
}

/// A change that a rule is found in, as text; none where no single change shows it.
///
/// # Errors
/// The file of changes is no TOML.
pub fn example(rule: Rule) -> Result<String> {
    let word = format!("{rule} ");
    let shows = |change: &Change| change.expect.iter().any(|it| it.starts_with(&word));
    let changes = changes()?.into_iter().filter(shows);
    // The fewest findings say it best.
    let Some(change) = changes.min_by_key(|change| change.expect.len()) else {
        return Ok(String::new());
    };
    let mut text = format!("\nFor example, when {}:\n\n", change.name);
    for [_, from, to] in &change.edits {
        text += &marked('-', from);
        text += &marked('+', to);
    }
    Ok(text)
}

fn marked(mark: char, text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| format!("    {mark} {}\n", line.trim_end()))
        .collect()
}
