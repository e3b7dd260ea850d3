//! Credentials, and what they put on a request.
//!
//! It knows no API but the token endpoint (`auth/token.rs`), and must not send anything else.

pub(crate) mod token;

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::internal::Auth;
use crate::secret::Secret;
use crate::session::Session;
use crate::transport::{Authorization, HeaderValue};

/// How calls prove who makes them. There are none by default.
///
/// ```
/// use anypoint_core::Credentials;
///
/// let app = Credentials::connected_app("client-id", "client-secret");
/// let token = Credentials::bearer("an-access-token");
/// let user = Credentials::basic("user", "password");
/// assert_eq!(format!("{user:?}"), "Credentials(basic)");
/// ```
#[derive(Clone, Default)]
pub struct Credentials(Kind);

#[derive(Clone, Default)]
enum Kind {
    #[default]
    None,
    ConnectedApp {
        id: String,
        secret: Secret,
    },
    Bearer(Secret),
    Basic {
        username: String,
        password: Secret,
    },
}

impl Credentials {
    /// A connected app that acts on its own behalf. Its token is fetched and renewed as needed.
    pub fn connected_app(client_id: impl Into<String>, client_secret: impl Into<Secret>) -> Self {
        Self(Kind::ConnectedApp {
            id: client_id.into(),
            secret: client_secret.into(),
        })
    }

    /// An access token that you have already. It is not renewed.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self(Kind::Bearer(token.into()))
    }

    /// A user and password, sent with every call as HTTP basic.
    pub fn basic(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self(Kind::Basic {
            username: username.into(),
            password: password.into(),
        })
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self.0, Kind::None)
    }

    /// Empty credentials usually come from an unset variable; say so before the server does.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let problem = match &self.0 {
            Kind::ConnectedApp { id, .. } if id.is_empty() => "the client id is empty",
            Kind::ConnectedApp { secret, .. } if secret.expose().is_empty() => {
                "the client secret is empty"
            }
            Kind::Bearer(token) if !is_token(token) => {
                "the bearer token is empty or holds characters that a header cannot"
            }
            Kind::Basic { username, .. } if username.is_empty() => "the user name is empty",
            Kind::Basic { username, .. } if username.contains(':') => {
                "the user name holds a colon, which HTTP basic cannot carry"
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::Configuration, problem))
    }

    /// What must not be shown when a server sends it back.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        match &self.0 {
            Kind::None => Vec::new(),
            Kind::Bearer(token) => vec![token.clone()],
            // A connected app's are sent as basic, too, by the operations that take that.
            Kind::ConnectedApp { id: user, secret }
            | Kind::Basic {
                username: user,
                password: secret,
            } => {
                let pair = format!("{user}:{}", secret.expose());
                vec![secret.clone(), Secret::from(base64(pair.as_bytes()))]
            }
        }
    }
}

/// As HTTP basic sends it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| usize::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = bits >> (18 - 6 * digit) & 63;
            let padding = digit > chunk.len();
            text.push(if padding {
                '='
            } else {
                char::from(DIGITS[index])
            });
        }
    }
    text
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::None => "Credentials(none)",
            Kind::ConnectedApp { .. } => "Credentials(connected app)",
            Kind::Bearer(_) => "Credentials(bearer)",
            Kind::Basic { .. } => "Credentials(basic)",
        })
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
    /// The token, which must not be shown when a server sends it back.
    pub(crate) fn token(&self) -> Option<&Secret> {
        match &self.authorization {
            Authorization::Bearer(token) => Some(token),
            Authorization::None | Authorization::Basic { .. } => None,
        }
    }

    /// Drops the token that a server refused. True when a fresh one can be had.
    pub(crate) async fn renew(&self, session: &Session) -> bool {
        match &self.authorization {
            Authorization::Bearer(token) if self.renewable => {
                session.tokens().invalidate(token).await;
                true
            }
            _ => false,
        }
    }
}

pub(crate) async fn authorize(session: &Session, auth: Auth) -> Result<Grant, Error> {
    let basic = |username: &str, password: &Secret| Authorization::Basic {
        username: username.to_owned(),
        password: password.clone(),
    };
    let fixed = |authorization| {
        Ok(Grant {
            authorization,
            renewable: false,
        })
    };
    match (auth, &session.credentials().0) {
        (Auth::None, _) | (_, Kind::None) => fixed(Authorization::None),
        (_, Kind::Basic { username, password }) => fixed(basic(username, password)),
        (Auth::Session, Kind::Bearer(token)) => fixed(Authorization::Bearer(token.clone())),
        (Auth::Session, Kind::ConnectedApp { id, secret }) => {
            let token = session.tokens().get(session, id, secret).await?;
            Ok(Grant {
                authorization: Authorization::Bearer(token),
                renewable: true,
            })
        }
        (Auth::Basic, Kind::ConnectedApp { id, secret }) => fixed(basic(id, secret)),
        (Auth::Basic, Kind::Bearer(_)) => Err(Error::new(
            ErrorKind::Configuration,
            "this operation takes HTTP basic and the session has a bearer token",
        )
        .with_hint("use Credentials::basic or Credentials::connected_app")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_rfc_4648() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("\u{ff}\u{fe}~?", "w7/Dvn4/"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
