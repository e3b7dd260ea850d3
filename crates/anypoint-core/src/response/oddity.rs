//! Parts of an answer that do not fit their types.

use std::fmt;

use crate::secret::redact::Shown;

/// A part of an answer that does not fit, and counts as missing.
///
/// It prints as `items[3].replicas: expected an integer of 64 bits, found a text`, without the value.
#[derive(Clone)]
pub struct Oddity {
    pub(super) path: Shown,
    pub(super) problem: String,
}

impl Oddity {
    /// The path in the JSON answer, such as `items[3].replicas`.
    pub fn path(&self) -> &str {
        self.path.as_str()
    }

    /// What was expected, and which kind of value was found.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path(), self.problem)
    }
}

impl fmt::Debug for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oddity({self})")
    }
}
