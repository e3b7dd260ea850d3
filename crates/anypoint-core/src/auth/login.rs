//! Requests for access tokens: credentials, endpoints and bodies.
//!
//! It must not send anything.

use serde::Serialize;

use super::source::TokenSource;
use crate::error::hint;
use crate::secret::Secret;

/// Both are documented; all known clients use the first.
const TOKEN_PATHS: [&str; 2] = ["/accounts/api/v2/oauth2/token", "/accounts/oauth2/token"];
/// Known clients use the first; the published specification has the second.
const LOGIN_PATHS: [&str; 2] = ["/accounts/login", "/accounts/api/login"];
const USER: &str = "check the user name and password, and the region or host; a user with \
    multi-factor authentication or single sign-on cannot log in here: use a connected app";
const FURTHER_STEP: &str = "the login wants a further step, such as multi-factor authentication \
    (MFA) or single sign-on, which only a browser can do: use a connected app";

/// Credentials that are exchanged for access tokens.
pub(crate) enum Login {
    App { id: String, secret: Secret },
    User { username: String, password: Secret },
    Custom(Box<dyn TokenSource>),
}

/// The body of a request to the endpoint, as JSON or as a form.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Payload<'a> {
    App {
        grant_type: &'static str,
        client_id: &'a str,
        client_secret: &'a Secret,
    },
    User {
        username: &'a str,
        password: &'a Secret,
    },
}

/// The endpoint and the body of a login.
pub(super) struct Order<'a> {
    pub(super) paths: [&'static str; 2],
    pub(super) payload: Payload<'a>,
}

impl Login {
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::App { .. } => "connected app",
            Self::User { .. } => "user",
            Self::Custom(_) => "custom",
        }
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        match self {
            Self::App { id, .. } if id.is_empty() => Some("the client id is empty"),
            Self::App { secret, .. } if secret.expose().is_empty() => {
                Some("the client secret is empty")
            }
            Self::User { username, .. } if username.is_empty() => Some("the user name is empty"),
            Self::User { password, .. } if password.expose().is_empty() => {
                Some("the password is empty")
            }
            _ => None,
        }
    }

    pub(super) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::App { secret, .. } => Some(secret),
            Self::User { password, .. } => Some(password),
            Self::Custom(_) => None,
        }
    }

    /// Name and secret, for the operations that take HTTP basic.
    pub(super) fn basic(&self) -> Option<(&str, &Secret)> {
        match self {
            Self::App { id, secret } => Some((id, secret)),
            Self::User { username, password } => Some((username, password)),
            Self::Custom(_) => None,
        }
    }

    /// The request to send, or the token source to call instead.
    pub(super) fn order(&self) -> Result<Order<'_>, &dyn TokenSource> {
        match self {
            Self::App { id, secret } => Ok(Order {
                paths: TOKEN_PATHS,
                payload: Payload::App {
                    grant_type: "client_credentials",
                    client_id: id,
                    client_secret: secret,
                },
            }),
            Self::User { username, password } => Ok(Order {
                paths: LOGIN_PATHS,
                payload: Payload::User { username, password },
            }),
            Self::Custom(source) => Err(&**source),
        }
    }

    /// What to try after a refusal; `redirect` is the hint of a redirect that was the answer.
    pub(super) fn hint(&self, status: u16, html: bool, redirect: Option<&str>) -> Option<String> {
        if !matches!(self, Self::User { .. }) {
            return redirect
                .map(str::to_owned)
                .or_else(|| hint::for_token(status, html));
        }
        match (status, redirect) {
            (_, Some(redirect)) => Some(format!("{FURTHER_STEP}; {redirect}")),
            (418, _) => Some(FURTHER_STEP.to_owned()),
            (400 | 401 | 403, _) if !html => Some(USER.to_owned()),
            _ => hint::for_token(status, html),
        }
    }
}
