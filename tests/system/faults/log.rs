//! How every call of a run ended.

use std::sync::{Mutex, PoisonError};

use anypoint_core::{Error, Response};

/// A call that ended.
pub(crate) struct Ended {
    /// What tells it from all others of the run.
    pub(crate) call: String,
    pub(crate) operation: &'static str,
    pub(crate) method: &'static str,
    pub(crate) error: Option<Error>,
}

/// The calls that ended.
#[derive(Default)]
pub(crate) struct Log(Mutex<Vec<Ended>>);

impl Log {
    pub(crate) fn take(&self) -> Vec<Ended> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes how a call ended; its value.
    pub(crate) fn note<T>(
        &self,
        round: usize,
        (step, method, operation): (usize, &'static str, &'static str),
        outcome: Result<Response<T>, Error>,
    ) -> Option<T> {
        let (value, error) = match outcome {
            Ok(response) => (Some(response.into_value()), None),
            Err(error) => (None, Some(error)),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Ended {
            call: format!("{round}/{step} {operation}"),
            operation,
            method,
            error,
        });
        value
    }
}
