//! Credentials and access tokens.
//!
//! The policy:
//!
//! - A connected app, a user and a [`TokenSource`] log in at the first call. The token is kept
//!   in the session and shared by all its clients.
//! - A token is renewed 60 seconds before it expires, or after 90 % of a shorter life. One call
//!   renews it while the others continue with the old one. A call without a valid token waits for
//!   the login in progress. If the life of a token is not stated, an hour is assumed.
//! - A login is shared by all calls that wait for it. If a call is cancelled, the others continue.
//!   If all are cancelled, the login is dropped.
//! - If a renewal fails or is given up, the old token stays in use while it is valid, and no other
//!   renewal is made for 5 seconds. A call with a valid token waits at most 10 seconds for a renewal.
//!   A failed login fails all calls that wait for it, and the next call tries again.
//! - Refused credentials are not sent again for a minute, and for twice as long after each further
//!   refusal, up to an hour, so that a loop does not lock an account. Until then calls without a valid
//!   token fail at once with the same error.
//! - If a failed answer of the token endpoint asks for a wait, no login is sent before it is over. Calls
//!   without a valid token wait, if their time limit allows it.
//! - A token source that calls the session that it serves gets an error instead of waiting for itself.
//! - A 401 discards the token that it was returned for, once for any number of calls, and the call is
//!   repeated once. A second 401 is returned.
//! - The token endpoints have two paths each, and take JSON or forms. The more likely one is tried first.
//!   The other is tried only if an answer suggests it, and the result is remembered. Refused credentials
//!   are never tried twice.
//!
//! None of these is a setting: they follow from what the service says about its tokens. For tokens from
//! elsewhere, a [`TokenSource`] decides how long each is valid.
//!
//! It knows no API but the token endpoints (`auth/login.rs`), and must not send anything else.

mod endpoint;
pub(crate) mod explanation;
mod login;
mod nesting;
mod profile;
pub(crate) mod search;
pub(crate) mod signer;
pub(crate) mod source;
pub(crate) mod store;
pub(crate) mod token;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use crate::error::hint::Signed;
use crate::error::{Error, ErrorKind};
use crate::operation::Auth;
use crate::secret::Secret;
use crate::secret::redact::is_telling;
use crate::transport::{Authorization, Bearer};
use ::http::HeaderValue;
#[cfg(any(test, feature = "testing"))]
pub(crate) use endpoint::LOGIN;
use login::Login;
use signer::Signer;
use source::TokenSource;

/// The credentials of a session. There are none by default.
///
/// ```
/// use anypoint_core::Credentials;
///
/// let app = Credentials::connected_app("client-id", "client-secret");
/// let user = Credentials::user("user", "password");
/// let token = Credentials::bearer("an-access-token");
/// let console = Credentials::basic("user", "password");
/// assert_eq!(format!("{user:?}"), "Credentials(user)");
/// ```
///
/// To take them from environment variables or a profile file, see
/// [`CredentialChain`](crate::CredentialChain).
///
/// A connected app, a user and a custom source log in at the first call. All clients of a session
/// share the token. It is renewed a minute before it expires, by one call while the others continue
/// with the old one, and once after a 401. If a renewal fails, a token that is still valid stays in use.
///
/// After a refused login (400, 401, 403 and similar) the session sends no login for a minute, and for
/// twice as long after each further refusal, up to an hour, so that a loop does not lock an account.
/// Until then calls fail at once with the same error, whose hint says when the next login will be sent.
/// A new session with other credentials logs in at once. A login that fails temporarily is retried by
/// the retry policy of the call. If the token endpoint asks for a wait, no call of the session logs in
/// before it is over (at most [`Throttle::LONGEST_PAUSE`](crate::Throttle::LONGEST_PAUSE)).
#[derive(Clone, Default)]
pub struct Credentials(Kind);

#[derive(Clone, Default)]
enum Kind {
    #[default]
    None,
    /// What is exchanged for tokens.
    Login(Arc<Login>),
    Bearer(Secret),
    Basic {
        username: String,
        password: Secret,
    },
}

impl Credentials {
    /// A connected app that acts on its own behalf. Its token is fetched and renewed as needed.
    pub fn connected_app(client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self::login(Login::App {
            id: client_id.into(),
            secret: client_secret.into(),
        })
    }

    /// A user of the platform. The session logs in, and again when the token expires.
    ///
    /// CloudHub 1.0 takes the environment from a name such as `user@Staging`, where
    /// [`SessionBuilder::service_default_environment`](crate::SessionBuilder::service_default_environment)
    /// leaves the choice to it. Users with
    /// multi-factor authentication or single sign-on cannot log in this way; use a connected
    /// app for them. For a Mule Management Console, use [`Credentials::basic`].
    pub fn user(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::login(Login::User {
            username: username.into(),
            password: password.into(),
        })
    }

    /// An existing access token. It is not renewed.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self(Kind::Bearer(token.into()))
    }

    /// A user and password that are sent with every call as HTTP basic authentication, for a Mule
    /// Management Console.
    pub fn basic(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self(Kind::Basic {
            username: username.into(),
            password: password.into(),
        })
    }

    /// Access tokens from your own source. They are cached and renewed like those of a connected app.
    pub fn custom(source: impl TokenSource) -> Self {
        Self::login(Login::Custom(Box::new(source)))
    }

    fn login(login: Login) -> Self {
        Self(Kind::Login(Arc::new(login)))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self.0, Kind::None)
    }

    /// A word that describes their kind, without any value.
    pub(crate) fn describe(&self) -> &'static str {
        match &self.0 {
            Kind::None => "none",
            Kind::Login(login) => login.describe(),
            Kind::Bearer(_) => "bearer",
            Kind::Basic { .. } => "basic",
        }
    }

    /// Empty credentials usually come from an unset variable; say so before the server does.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let problem = match &self.0 {
            Kind::Login(login) => login.problem(),
            Kind::Bearer(token) if !is_token(token) => {
                Some("the bearer token is empty or holds characters that a header cannot")
            }
            Kind::Basic { username, .. } => basic_problem(username),
            Kind::None | Kind::Bearer(_) => None,
        };
        match problem {
            Some(problem) => Err(Error::new(ErrorKind::Configuration, problem)),
            None => Ok(()),
        }
    }

    /// The secrets that must not be shown if a server sends them back, including their form in HTTP basic.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let (secret, basic) = match &self.0 {
            Kind::None => (None, None),
            Kind::Login(login) => (login.secret(), login.basic()),
            // Real tokens are longer, and a short one of a test would occur in most texts.
            Kind::Bearer(token) => (Some(token).filter(|token| is_telling(token)), None),
            Kind::Basic { username, password } => {
                (Some(password), Some((username.as_str(), password)))
            }
        };
        let basic = basic.map(|(user, password)| Secret::basic(user, password.expose()));
        secret.cloned().into_iter().chain(basic).collect()
    }

    /// How a call with them says who makes it.
    pub(crate) fn signed(&self, auth: Auth) -> Signed {
        match (auth, &self.0) {
            (Auth::None, _) => Signed::Open,
            (_, Kind::None) => Signed::No,
            (_, Kind::Basic { .. }) => Signed::ByPassword,
            (Auth::Basic, _) => Signed::BySecret,
            (Auth::Session, Kind::Login(_)) => Signed::ByLogin,
            (Auth::Session, Kind::Bearer(_)) => Signed::ByToken,
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.describe())
    }
}

fn basic_problem(username: &str) -> Option<&'static str> {
    match username {
        "" => Some("the user name is empty"),
        _ if username.contains(':') => {
            Some("the user name holds a colon, which HTTP basic cannot carry")
        }
        _ => None,
    }
}

/// Whether a text can follow `Bearer` in a header.
pub(crate) fn is_token(token: &Secret) -> bool {
    let text = token.expose();
    !text.is_empty() && !text.contains(' ') && HeaderValue::from_str(text).is_ok()
}

/// What a call may send, and whether a 401 can be answered with a fresh token.
pub(crate) struct Grant {
    pub(crate) authorization: Authorization,
    renewable: bool,
}

impl Grant {
    /// One that stays as it is.
    fn fixed(authorization: Authorization) -> Self {
        Self {
            authorization,
            renewable: false,
        }
    }

    fn basic(username: &str, password: &Secret) -> Self {
        Self::fixed(Authorization::Basic {
            username: username.to_owned(),
            password: password.clone(),
        })
    }

    #[cfg(test)]
    pub(crate) fn token(&self) -> Option<&Secret> {
        match &self.authorization {
            Authorization::Bearer(bearer) => Some(&bearer.token),
            Authorization::None | Authorization::Basic { .. } => None,
        }
    }

    /// Drops the token that a server refused. True when a fresh one can be had.
    pub(crate) async fn renew(&self, signer: &Arc<Signer>) -> bool {
        match &self.authorization {
            Authorization::Bearer(bearer) if self.renewable => {
                if signer.tokens.invalidate(&bearer.token)
                    && let Kind::Login(login) = &signer.credentials.0
                    && let Err(source) = login.order()
                {
                    source::reject(source, &bearer.token);
                }
                true
            }
            _ => false,
        }
    }
}

/// What a call that has to end by a deadline may send.
pub(crate) async fn authorize(
    signer: &Arc<Signer>,
    auth: Auth,
    deadline: Instant,
) -> Result<Grant, Error> {
    match (auth, &signer.credentials.0) {
        (Auth::None, _) | (_, Kind::None) => Ok(Grant::fixed(Authorization::None)),
        (_, Kind::Basic { username, password }) => Ok(Grant::basic(username, password)),
        (Auth::Session, Kind::Bearer(token)) => {
            let bearer = Bearer::new(token.clone())?;
            Ok(Grant::fixed(Authorization::Bearer(bearer)))
        }
        (Auth::Session, Kind::Login(login)) => Ok(Grant {
            authorization: Authorization::Bearer(signer.tokens.get(signer, login, deadline).await?),
            renewable: true,
        }),
        (Auth::Basic, Kind::Login(login)) => match login.basic() {
            Some((name, secret)) => Ok(Grant::basic(name, secret)),
            None => Err(not_basic()),
        },
        (Auth::Basic, Kind::Bearer(_)) => Err(not_basic()),
    }
}

fn not_basic() -> Error {
    Error::new(
        ErrorKind::Configuration,
        "this operation takes HTTP basic and the session has a bearer token",
    )
    .with_hint("use Credentials::basic or Credentials::connected_app")
}
