//! `accepted-changes.toml`: intended breaks, each with a reason.

use std::path::Path;

use anyhow::{Result, bail};
use serde::Deserialize;
use toml::Spanned;

use super::finding::Finding;
use super::rules::Rule;
use crate::codegen::source;
use crate::codegen::spelling::nearest;

pub const PATH: &str = "accepted-changes.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    #[serde(default, rename = "accepted")]
    changes: Vec<Spanned<Change>>,
    /// Breaks of hand-written crates, which no page shows.
    #[serde(default)]
    declared: Vec<Spanned<Declared>>,
    #[serde(skip)]
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    api: String,
    rule: String,
    at: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    #[serde(rename = "crate")]
    package: String,
    reason: String,
}

/// The accepted changes; none if the file does not exist.
///
/// # Errors
/// The file has an invalid entry. The error names its line.
pub fn read(root: &Path) -> Result<Accepted> {
    let path = root.join(PATH);
    if !path.exists() {
        return Ok(Accepted::default());
    }
    let text = source::read(&path, PATH)?;
    let mut accepted: Accepted = match toml::from_str(&text) {
        Ok(accepted) => accepted,
        Err(error) => {
            let line = line(&text, error.span().map_or(0, |span| span.start));
            bail!("{PATH}:{line}: {}", error.message().trim_end());
        }
    };
    accepted.text = text;
    for change in &accepted.changes {
        let line = line(&accepted.text, change.span().start);
        let Change { rule, reason, .. } = change.get_ref();
        if !Rule::ALL
            .iter()
            .any(|(known, ..)| known.to_string() == *rule)
        {
            let known: Vec<String> = Rule::ALL
                .iter()
                .map(|(known, ..)| known.to_string())
                .collect();
            let help = match nearest(rule, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`cargo xtask explain` lists them".to_owned(),
            };
            bail!("{PATH}:{line}: there is no rule `{rule}`\n  help: {help}");
        }
        if reason.trim().is_empty() {
            bail!(
                "{PATH}:{line}: a change without a reason\n  help: say why users have to accept it"
            );
        }
    }
    Ok(accepted)
}

fn line(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

impl Accepted {
    /// The breaks that are declared, by crate and reason.
    ///
    /// # Errors
    /// A break of a crate that does not exist.
    pub fn declared(&self, known: &[String]) -> Result<Vec<(&str, &str)>> {
        let declared = self.declared.iter().map(|it| {
            let Declared { package, reason } = it.get_ref();
            if !known.contains(package) {
                let line = line(&self.text, it.span().start);
                bail!(
                    "{PATH}:{line}: there is no crate `{package}`\n  help: one of {}",
                    known.join(", ")
                );
            }
            Ok((package.as_str(), reason.as_str()))
        });
        declared.collect()
    }

    /// Adds the reasons to the findings, and returns messages about the entries that match no finding.
    pub fn apply<'f>(
        &self,
        findings: impl Iterator<Item = (&'f str, &'f mut Finding)>,
    ) -> Vec<String> {
        let mut used = vec![false; self.changes.len()];
        for (api, finding) in findings {
            let rule = finding.rule.to_string();
            let fits = |change: &Change| {
                (&*change.api, &*change.at) == (api, &*finding.at) && change.rule == rule
            };
            let at = self.changes.iter().position(|it| fits(it.get_ref()));
            if let Some(at) = at {
                used[at] = true;
                finding.accepted = Some(self.changes[at].get_ref().reason.clone());
            }
        }
        let unused = self.changes.iter().zip(used).filter(|(_, used)| !used);
        let told = unused.map(|(change, _)| {
            let line = line(&self.text, change.span().start);
            let Change { api, rule, at, .. } = change.get_ref();
            format!("{PATH}:{line}: no finding matches {rule} of {at} in {api}: remove the entry when it is released")
        });
        told.collect()
    }
}
