//! The causes of a failed call, with the messages of other libraries.
//!
//! It keeps their redacted messages and not their errors, because some of these quote what a server
//! sent.

use std::error::Error as StdError;
use std::fmt;

use crate::secret::redact::Shown;

/// The source of an [`Error`](super::Error), which may have a source of its own.
pub(crate) struct Cause {
    text: Shown,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// A chain of causes, the outermost first.
    pub(crate) fn of(texts: impl DoubleEndedIterator<Item = Shown>) -> Option<Self> {
        texts.rev().fold(None, |source, text| {
            let source = source.map(Box::new);
            Some(Self { text, source })
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
