//! Where tokens are kept between two runs of a program.
//!
//! It must not decide when a token is used or renewed: that is the session's job.

use super::source::AccessToken;

/// Keeps the access token of one session's credentials beyond the session: in a file, a keyring.
///
/// A program that makes a call and ends would log in each time without it. A store belongs to one host and one set of
/// credentials; whoever makes it sees to that.
pub trait TokenStore: Send + Sync + 'static {
    /// The token that was kept, with what is left of its life; `None` if there is none or it has run out.
    ///
    /// It is asked once, before the session's first login. It should return at once.
    fn load(&self) -> Option<AccessToken>;

    /// Keeps a token that was just issued, in place of the one before.
    ///
    /// It should return at once. That it cannot be kept is no error of a call.
    fn save(&self, token: &AccessToken);
}
