//! The single changes of `tests/fixtures/verdict/changes.toml`, which show an example of each rule.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::rules::Rule;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    change: Vec<Change>,
}

/// A change to a document, and the findings that it must have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub name: String,
    /// The document, below `tests/fixtures`.
    pub base: String,
    /// The text to look for first, the text after it that is removed, and the text that replaces it.
    #[serde(default)]
    pub edits: Vec<[String; 3]>,
    pub expect: Vec<String>,
    /// The reason why the compiler does not detect a break.
    pub why: Option<String>,
}

/// All changes.
///
/// # Errors
/// The file is not TOML.
pub fn changes() -> Result<Vec<Change>> {
    let text = include_str!("../../../tests/fixtures/verdict/changes.toml");
    let file: File = toml::from_str(text).context("tests/fixtures/verdict/changes.toml")?;
    Ok(file.change)
}

/// A change that has a finding of a rule, as text; `None` if no single change has one.
///
/// # Errors
/// The file of changes is not TOML.
pub fn example(rule: Rule) -> Result<String> {
    let word = format!("{rule} ");
    let shows = |change: &Change| change.expect.iter().any(|it| it.starts_with(&word));
    let changes = changes()?.into_iter().filter(shows);
    // The change with the fewest findings is the clearest example.
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
