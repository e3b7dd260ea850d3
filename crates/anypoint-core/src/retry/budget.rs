//! What all calls of a session may spend on retries together.
//!
//! When a server is down every call fails, and retries would multiply the load that keeps it
//! down. So a retry takes tokens from a bucket that only successful calls fill again, as in the
//! AWS SDKs.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::Error;

/// What a retry costs.
const COST: u32 = 5;
/// What a retry after a timeout costs: those keep the server busy for longest.
const TIMEOUT_COST: u32 = 10;
/// What a call that succeeds at once puts back.
const REFUND: u32 = 1;

/// The tokens of one session.
#[derive(Debug)]
pub(crate) struct Budget {
    capacity: u32,
    left: AtomicU32,
}

impl Budget {
    pub(crate) fn new(capacity: u32) -> Self {
        Self {
            capacity,
            left: AtomicU32::new(capacity),
        }
    }

    /// Pays for a retry; `None` when there is too little left.
    pub(crate) fn pay(&self, error: &Error) -> Option<u32> {
        let cost = if error.is_timeout() {
            TIMEOUT_COST
        } else {
            COST
        };
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(cost)
            });
        taken.is_ok().then_some(cost)
    }

    /// Puts back what the retry cost that led to a success, or a little for a success at once.
    pub(crate) fn refund(&self, paid: Option<u32>) {
        let amount = paid.unwrap_or(REFUND);
        // Most calls find the bucket full; they need not write to it.
        if self.left.load(Ordering::Relaxed) < self.capacity {
            let _ = self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    Some(left.saturating_add(amount).min(self.capacity))
                });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_spend_and_successes_refill() {
        let budget = Budget::new(12);
        let error = Error::from_status(500);
        assert_eq!(budget.pay(&error), Some(5));
        assert_eq!(budget.pay(&error), Some(5));
        assert_eq!(budget.pay(&error), None);
        budget.refund(Some(5));
        assert_eq!(budget.pay(&error), Some(5));
        for _ in 0..100 {
            budget.refund(None);
        }
        assert_eq!(budget.left.load(Ordering::Relaxed), 12);
    }
}
