//! The lines of a spec from which the things of a contract were read.

use std::collections::BTreeMap;

/// By the name in Rust of a component or of the struct of a request.
#[derive(Clone, Debug, Default)]
pub struct Lines(pub BTreeMap<String, usize>);

impl Lines {
    /// The line, or line 1 if the line is not known.
    pub fn of(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or(1)
    }
}
