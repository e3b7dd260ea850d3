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
    /// It is called when the session first needs a token, and before each login, after [`permit`](Self::permit). It should
    /// return immediately.
    fn load(&self) -> Option<AccessToken>;

    /// Stores a token that was just issued, in place of the previous one.
    ///
    /// It should return immediately. A token that cannot be stored is not an error of the call.
    fn save(&self, token: &AccessToken);

    /// Takes the permit to log in, of which there is one for all processes that use the store; `None` while another process has
    /// it. The permit ends when the returned value is dropped. By default there is always a permit.
    ///
    /// It is called before each login, and again every 50 milliseconds while there is no permit. After that the session calls
    /// [`load`](Self::load) again, and does not log in if that returns a token that it did not have before. A session that gets
    /// no permit within the attempt timeout logs in without one. It should return immediately.
    fn permit(&self) -> Option<Box<dyn Send>> {
        Some(Box::new(()))
    }
}
