//! The lines of the spec that the things of a contract come from.

use std::collections::BTreeMap;

/// By name in Rust: that of a component, or of the struct of a request.
#[derive(Clone, Debug, Default)]
pub struct Lines(pub BTreeMap<String, usize>);

impl Lines {
    /// The line, or the first line if it is not known.
    pub fn of(&self, name: &str) -> usize {
        self.0.get(name).copied().unwrap_or(1)
    }
}
