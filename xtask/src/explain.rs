//! `cargo xtask explain CODE`: the meaning of a code of a complaint or a rule of `diff`, with a wrong and a right example.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::codegen::diag::Code;
use crate::codegen::spelling::nearest;
use crate::diff::Rule;

/// A wrong text, and the correct one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The document of `tests/fixtures/good` that contains the right text.
    pub base: Option<String>,
    pub wrong: String,
    pub right: String,
}

/// The examples of all codes.
///
/// # Errors
/// The file of examples is not TOML, which is a mistake of ours.
pub fn examples() -> Result<BTreeMap<String, Example>> {
    let examples = toml::from_str(include_str!("explain/examples.toml"));
    examples.context("explain/examples.toml")
}

/// Explains one code, or lists all codes.
///
/// # Errors
/// There is no such code. The error suggests a similar one.
pub fn command(code: Option<&str>) -> Result<ExitCode> {
    let text = match code {
        Some(code) => explained(code)?,
        None => listed(),
    };
    write!(std::io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// All codes and rules, one per line.
fn listed() -> String {
    let codes = Code::ALL.iter();
    let codes = codes.map(|(code, meaning)| format!("{:<32} {meaning}\n", code.to_string()));
    let rules = Rule::ALL.iter();
    let rules = rules.map(|(rule, _, meaning)| format!("{:<32} {meaning}\n", rule.to_string()));
    let (codes, rules): (String, String) = (codes.collect(), rules.collect());
    format!(
        "Complaints about specs and manifests:\n\n{codes}\nFindings of `cargo xtask diff`:\n\n{rules}"
    )
}

/// The meaning of a code, which may be in upper or lower case.
///
/// # Errors
/// There is no such code.
pub fn explained(code: &str) -> Result<String> {
    let same = |known: &str| known.eq_ignore_ascii_case(code);
    let mut codes = Code::ALL.iter();
    if let Some((known, meaning)) = codes.find(|(known, _)| same(&known.to_string())) {
        let examples = examples()?;
        let example = examples.get(&known.to_string());
        let example = example.map_or_else(String::new, |example| {
            let (wrong, right) = (indented(&example.wrong), indented(&example.right));
            format!("\nWrong:\n\n{wrong}\nRight:\n\n{right}")
        });
        return Ok(format!("error[{known}]: {meaning}\n{example}"));
    }
    let mut rules = Rule::ALL.iter();
    if let Some((rule, audience, meaning)) = rules.find(|(known, ..)| same(&known.to_string())) {
        let (heading, change) = (audience.heading(), crate::diff::fixtures::example(*rule)?);
        return Ok(format!("{rule} ({heading})\n{meaning}\n{change}"));
    }
    let codes = Code::ALL.iter().map(|(code, _)| code.to_string());
    let known: Vec<String> = codes
        .chain(Rule::ALL.iter().map(|(rule, ..)| rule.to_string()))
        .collect();
    match nearest(code, known.iter().map(String::as_str)) {
        Some(near) => bail!("there is no code `{code}`\n  help: did you mean `{near}`?"),
        None => bail!("there is no code `{code}`\n  help: `cargo xtask explain` lists all"),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
