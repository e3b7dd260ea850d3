//! The retry budget of all calls of a session.
//!
//! When a server is down, every call fails, and retries would multiply its load. So a retry takes
//! tokens from a bucket that only successful calls refill, as in the AWS SDKs.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::Error;

/// The cost of a retry.
const COST: u32 = 5;
/// The cost of a retry after a timeout, which keeps the server busy longest.
const TIMEOUT_COST: u32 = 10;
/// The refund of a call that succeeds at the first attempt.
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

    /// Pays for a retry; `None` if too few tokens are left.
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

    /// Refunds the cost of a retry that led to success, or a little for success at the first attempt.
    pub(crate) fn refund(&self, paid: Option<u32>) {
        let amount = paid.unwrap_or(REFUND);
        // For most calls the bucket is full and need not be written.
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
