//! Storage for access tokens between two runs of a program.
//!
//! It must not decide when a token is used or renewed: that is the session's job.

use super::source::AccessToken;

/// Stores the access token of a session beyond its life, for example in a file or a keyring.
///
/// Without a store, a program that makes one call and ends logs in each time. A store must belong to one host and one set
/// of credentials; the implementation is responsible for that.
pub trait TokenStore: Send + Sync + 'static {
    /// The stored token, with its remaining life; `None` if there is none or it has expired.
    ///
    /// It is called once, before the first login of the session. It should return immediately.
    fn load(&self) -> Option<AccessToken>;

    /// Stores a token that was just issued, in place of the previous one.
    ///
    /// It should return immediately. A token that cannot be stored is not an error of the call.
    fn save(&self, token: &AccessToken);

    /// Takes the permit to log in, of which there is one for all processes that use the store; `None` while another process has
    /// it. It ends when what is returned is dropped. By default there is a permit at any time.
    ///
    /// It is asked before each login, and again every 50 milliseconds while there is no permit. Then the store is asked once
    /// more: with a token that the session has not had before, it does not log in. A session that gets no permit within the
    /// attempt timeout logs in without one. It should return at once.
    fn permit(&self) -> Option<Box<dyn Send>> {
        Some(Box::new(()))
    }
}
