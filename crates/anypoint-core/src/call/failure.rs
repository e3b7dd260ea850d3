//! Attempts that failed, and calls that run out of time.
//!
//! It must not decide whether a call is repeated.

use std::time::Duration;

use crate::auth::Grant;
use crate::error::{Error, ErrorKind};
use crate::operation::Facts;

/// An attempt without success.
pub(super) struct Failure {
    pub(super) error: Error,
    /// The server has not processed the request, so it can be sent again.
    pub(super) unprocessed: bool,
    /// How long the server asks to wait.
    pub(super) wait: Option<Duration>,
    /// The token that was refused, if it can be renewed.
    pub(super) refused: Option<Grant>,
    /// There is no time left for another attempt.
    pub(super) last: bool,
}

impl Failure {
    pub(super) fn of(error: Error) -> Box<Self> {
        Box::new(Self {
            unprocessed: error.is_unsent(),
            wait: error.retry_after(),
            error,
            refused: None,
            last: false,
        })
    }

    /// The operation was not called yet.
    pub(super) fn unsent(error: Error) -> Box<Self> {
        Self::of(error.unsent(true))
    }

    /// The deadline has passed, or will, before the operation could be called.
    pub(super) fn late(error: Error) -> Box<Self> {
        let mut failure = Self::unsent(error);
        failure.last = true;
        failure
    }
}

pub(super) fn too_late(waited: &str) -> Error {
    let summary = format!("the call's total timeout does not leave the time {waited}");
    Error::new(ErrorKind::Timeout, summary)
}

pub(super) fn no_place(limit: &str) -> Error {
    too_late(&format!("to wait for a place under the limit {limit}"))
        .throttled(true)
        .with_hint("make fewer calls at once, or raise SessionBuilder::total_timeout")
}

/// The error of a lost answer. If the call must not be repeated, it says that the call has taken effect.
pub(super) fn taken_effect(operation: &Facts, error: Error) -> Error {
    match error.status() {
        Some(status) if !operation.rules().idempotent => error.and_hint(&format!(
            "the server had answered {status}, so the call took effect; look before you repeat it"
        )),
        _ => error,
    }
}
