//! Access tokens from an implementation of the caller's.
//!
//! It must not cache anything: that is the session's job.

use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use crate::error::{BoxError, Error, ErrorKind};
use crate::secret::Secret;

/// The future that a [`TokenSource`] returns.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<AccessToken, BoxError>> + Send + 'a>>;

/// A source of access tokens, for cases that the other [`Credentials`](crate::Credentials) do not
/// cover: a vault, a sidecar, a login in the browser.
///
/// A closure that returns a future is a source, too:
///
/// ```
/// use std::time::Duration;
/// use anypoint_core::{AccessToken, Credentials};
///
/// let credentials = Credentials::custom(|| async {
///     let token = std::fs::read_to_string("/run/secrets/anypoint-token")?;
///     Ok(AccessToken::new(token.trim()).with_life(Duration::from_secs(600)))
/// });
/// assert_eq!(format!("{credentials:?}"), "Credentials(custom)");
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Returns a new token.
    ///
    /// It is called if there is no token, shortly before one expires, and after a 401; once for all
    /// calls that wait. If it makes calls itself, give it a session of its own: a call of the session
    /// that it serves would wait for this very token, so it fails with [`ErrorKind::Configuration`]
    /// while that session has no valid token. A call from a task that the source spawns and waits for
    /// is not detected; both end with their total timeouts.
    ///
    /// # Errors
    /// Any. The calls fail with [`ErrorKind::Authentication`] and this error as their source;
    /// its text is not shown in theirs, as it may hold secrets.
    fn token(&self) -> TokenFuture<'_>;

    /// Learns that a server refused a token of this source by a 401, once however many calls it was refused to. The source is
    /// asked for another one afterwards, so that one that caches its tokens can forget this one.
    fn rejected(&self, token: &Secret) {
        let _ = token;
    }
}

impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    fn token(&self) -> TokenFuture<'_> {
        (**self).token()
    }

    fn rejected(&self, token: &Secret) {
        (**self).rejected(token);
    }
}

impl TokenSource for Box<dyn TokenSource> {
    fn token(&self) -> TokenFuture<'_> {
        (**self).token()
    }

    fn rejected(&self, token: &Secret) {
        (**self).rejected(token);
    }
}

impl<F, Fut> TokenSource for F
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<AccessToken, BoxError>> + Send + 'static,
{
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self())
    }
}

/// An access token and its remaining life.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token itself.
    pub secret: Secret,
    /// Its remaining life. `None` counts as an hour; zero serves the calls that wait for it and
    /// no later one.
    pub expires_in: Option<Duration>,
}

impl AccessToken {
    /// A token whose life is not known.
    pub fn new(secret: impl Into<Secret>) -> Self {
        Self {
            secret: secret.into(),
            expires_in: None,
        }
    }

    /// Sets how long the token is valid from now on.
    #[must_use]
    pub fn with_life(mut self, life: Duration) -> Self {
        self.expires_in = Some(life);
        self
    }
}

/// Asks a source. A panic in it must not strand those who wait for the outcome.
pub(super) async fn ask(source: &dyn TokenSource) -> Result<AccessToken, Error> {
    let answer = AssertUnwindSafe(async { source.token().await })
        .catch_unwind()
        .await;
    let token = match answer {
        Ok(Ok(token)) => token,
        Ok(Err(cause)) => {
            // An error of ours shows no secret.
            let own = cause.downcast_ref().and_then(Error::hint);
            let hint = own.unwrap_or("its own error is the source of this one");
            return Err(failure("the token source failed")
                .with_hint(hint)
                .with_source(Hidden(cause)));
        }
        Err(_) => return Err(failure("the token source panicked")),
    };
    if !super::is_token(&token.secret) {
        return Err(failure(
            "the token source gave an empty token or one with characters that a header cannot hold",
        ));
    }
    Ok(token)
}

/// Tells a source that its token was refused. A panic in it is no reason to fail the call, which may have a fresh one.
pub(super) fn reject(source: &dyn TokenSource, token: &Secret) {
    let _ = catch_unwind(AssertUnwindSafe(|| source.rejected(token)));
}

fn failure(summary: &str) -> Error {
    Error::new(ErrorKind::Authentication, summary)
}

/// Leads to an error without printing it.
struct Hidden(BoxError);

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error of the token source")
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(***)")
    }
}

impl StdError for Hidden {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}
