//! The changes of `tests/fixtures/verdict/changes.toml`: documents before and after, and the expected findings.

use std::fs;

use xtask::codegen::contract::Contract;
use xtask::codegen::diag::Diagnostics;
use xtask::codegen::{self, Generated};
use xtask::diff::fixtures::{self, Change};
use xtask::diff::{Finding, compare};

use crate::support::{entry, generate, root};

pub fn all() -> Vec<Change> {
    fixtures::changes().unwrap()
}

/// A change that is tried.
pub trait Tried {
    /// A name that Rust can have.
    fn module(&self) -> String;
    fn before(&self) -> String;
    fn after(&self) -> String;
    /// Before and after.
    ///
    /// # Errors
    /// The complaints about one of the documents.
    fn contracts(&self) -> Result<(Contract, Contract), Diagnostics>;
    /// The crate of one of the documents.
    fn generated(&self, document: &str) -> Generated;
    /// What is found, or what is wrong with the documents.
    fn findings(&self) -> Result<Vec<Finding>, Diagnostics>;
}

impl Tried for Change {
    fn module(&self) -> String {
        let letters = self.name.chars();
        let letters = letters.map(|it| if it.is_alphanumeric() { it } else { '_' });
        letters.collect()
    }

    fn before(&self) -> String {
        let path = root().join("tests/fixtures").join(&self.base);
        fs::read_to_string(path.with_extension("yaml")).unwrap()
    }

    fn after(&self) -> String {
        let mut text = self.before();
        for [behind, from, to] in &self.edits {
            let start = text.find(behind.as_str());
            let start = start.unwrap_or_else(|| panic!("{}: no {behind}", self.name));
            let at = text[start..].find(from.as_str());
            let at = start + at.unwrap_or_else(|| panic!("{}: no {from}", self.name));
            text.replace_range(at..at + from.len(), to);
        }
        text
    }

    fn contracts(&self) -> Result<(Contract, Contract), Diagnostics> {
        let entry = entry(&self.module());
        let contract = |text: &str| Ok(codegen::contract(&entry, text)?.bare());
        Ok((contract(&self.before())?, contract(&self.after())?))
    }

    fn generated(&self, document: &str) -> Generated {
        let generated = generate(&self.module(), document);
        generated.unwrap_or_else(|complaints| panic!("{}: {complaints}", self.name))
    }

    fn findings(&self) -> Result<Vec<Finding>, Diagnostics> {
        let (old, new) = self.contracts()?;
        Ok(compare::contracts(&old, &new))
    }
}

/// `FIELD_RETYPED Thing.name`.
pub fn told(finding: &Finding) -> String {
    format!("{} {}", finding.rule, finding.at)
}
