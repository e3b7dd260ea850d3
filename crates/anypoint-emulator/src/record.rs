//! Counts how often each request reached its operation, to detect requests that were processed twice.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How many different requests are distinguished; further ones are not.
const LIMIT: usize = 1 << 20;

/// A request that was processed, even if its answer was not sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Processed {
    /// The method, such as `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The first 64 bits of the body's SHA-256.
    pub body: u64,
    /// The `x-anypoint-call` header of the request, with which a test can distinguish its calls.
    pub call: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Record(Mutex<BTreeMap<Processed, u64>>);

impl Record {
    pub(crate) fn count(&self, processed: Processed) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() < LIMIT || counts.contains_key(&processed) {
            *counts.entry(processed).or_default() += 1;
        }
    }

    pub(crate) fn counts(&self) -> BTreeMap<Processed, u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
    }
}
