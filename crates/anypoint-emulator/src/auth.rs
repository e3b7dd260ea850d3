//! Who may call: issued tokens, the fixed token, and basic credentials.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use serde_json::{Value, json};

use crate::reply::Reply;
use crate::spec::Security;

/// A bearer token that is always accepted.
pub const FIXED_TOKEN: &str = "emulator-token";
/// The password that every user has.
pub const PASSWORD: &str = "emulator-secret";
const LIFE_IN_SECONDS: u32 = 3600;

/// The credentials that count, and the tokens given out.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) required: bool,
    tokens: Mutex<HashSet<String>>,
    issued: AtomicU64,
}

impl Gate {
    pub(crate) fn new(client_id: String, client_secret: String, required: bool) -> Self {
        Self {
            client_id,
            client_secret,
            required,
            tokens: Mutex::default(),
            issued: AtomicU64::new(0),
        }
    }

    /// Whether a call may pass.
    pub(crate) fn admits(&self, security: Security, headers: &HeaderMap) -> bool {
        let given = headers.get("authorization").and_then(|v| v.to_str().ok());
        let (scheme, value) = given.and_then(|v| v.split_once(' ')).unwrap_or_default();
        match security {
            _ if !self.required => true,
            Security::None => true,
            Security::Bearer => {
                let token = value.trim();
                scheme.eq_ignore_ascii_case("bearer")
                    && (token == FIXED_TOKEN || self.tokens().contains(token))
            }
            Security::Basic => basic(headers)
                .is_some_and(|(user, password)| !user.is_empty() && !password.is_empty()),
        }
    }

    /// A new token, as the token endpoint answers it.
    pub(crate) fn issue(&self) -> Value {
        let number = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        let token = format!("emulated-token-{number:08}");
        self.tokens().insert(token.clone());
        json!({ "access_token": token, "token_type": "bearer", "expires_in": LIFE_IN_SECONDS })
    }

    pub(crate) fn revoke(&self, token: &str) {
        self.tokens().remove(token);
    }

    pub(crate) fn expire_all(&self) {
        self.tokens().clear();
    }

    /// Answers a token request. `example` holds the credentials that the spec shows; they count,
    /// too, so that an example can be sent as it stands.
    pub(crate) fn exchange(&self, request: &Value, example: &Value, headers: &HeaderMap) -> Reply {
        let member = |name: &str| request.get(name).and_then(Value::as_str);
        match member("grant_type") {
            Some("client_credentials") => {
                let header = basic(headers);
                let header = header
                    .as_ref()
                    .map(|(id, secret)| (id.as_str(), secret.as_str()));
                let body = member("client_id").zip(member("client_secret"));
                let shown = |name: &str| example.get(name).and_then(Value::as_str);
                let known = [
                    Some((self.client_id.as_str(), self.client_secret.as_str())),
                    shown("client_id").zip(shown("client_secret")),
                ];
                match body.or(header) {
                    Some(pair) if known.contains(&Some(pair)) => Reply::json(200, &self.issue()),
                    _ => refuse("invalid_client", "client id or client secret is wrong"),
                }
            }
            Some("password") => match (member("username"), member("password")) {
                (Some(user), Some(PASSWORD)) if !user.is_empty() => Reply::json(200, &self.issue()),
                _ => refuse("invalid_grant", "user name or password is wrong"),
            },
            _ => Reply::json(
                400,
                &json!({
                    "error": "unsupported_grant_type",
                    "error_description": "grant_type: the emulator knows client_credentials and password",
                    "message": "grant_type: the emulator knows client_credentials and password",
                }),
            ),
        }
    }

    /// Answers a login with a user's name and password.
    pub(crate) fn log_in(&self, request: &Value, example: &Value) -> Reply {
        let password = request.get("password").and_then(Value::as_str);
        let shown = example.get("password").and_then(Value::as_str);
        if password == Some(PASSWORD) || (password.is_some() && password == shown) {
            Reply::json(200, &self.issue())
        } else {
            Reply::text(401, "Unauthorized")
        }
    }

    fn tokens(&self) -> MutexGuard<'_, HashSet<String>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse(error: &str, description: &str) -> Reply {
    Reply::json(
        401,
        &json!({ "error": error, "error_description": description, "message": description }),
    )
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let given = headers.get("authorization")?.to_str().ok()?;
    let (scheme, value) = given.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}
