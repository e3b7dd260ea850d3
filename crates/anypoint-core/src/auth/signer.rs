//! The part of a session that authenticates and sends requests; logins use it, too.

use std::sync::Arc;

use super::Credentials;
use super::store::TokenStore;
use super::token::TokenCache;
use crate::clock::Clock;
use crate::intercept::Interceptors;
use crate::origin::Origin;
use crate::secret::redact::Known;
use crate::timeouts::Timeouts;
use crate::transport::{Limits, Transport};

/// The part of a session that a login needs.
pub(crate) struct Signer {
    pub(crate) origin: Origin,
    pub(crate) credentials: Credentials,
    pub(crate) known: Known,
    pub(crate) transport: Transport,
    pub(crate) tokens: TokenCache,
    /// Stores tokens beyond the session.
    pub(crate) store: Option<Arc<dyn TokenStore>>,
    pub(crate) timeouts: Timeouts,
    pub(crate) interceptors: Interceptors,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Signer {
    /// The limits of a single request that belongs to no operation.
    pub(super) fn limits(&self) -> Limits {
        Limits {
            deadline: self.clock.now() + self.timeouts.attempt,
            is_last: false,
            stall: self.timeouts.stall,
            answer: self.timeouts.attempt,
        }
    }
}
