//! Authentication: issued tokens and their lifetimes, the fixed token, and basic credentials.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::reply::Reply;
use crate::settings::Settings;
use crate::spec::Security;

/// A bearer token that is valid until [`expire_fixed_token`](crate::Emulator::expire_fixed_token) is called.
pub const FIXED_TOKEN: &str = "emulator-token";
/// The password that every user has.
pub const PASSWORD: &str = "emulator-secret";
/// The login path of older clients, and the path of the spec.
const LOGIN: (&str, &str) = ("/accounts/login", "/accounts/api/login");

/// The path of the spec for an equivalent path.
pub(crate) fn canonical(path: &str) -> &str {
    if path == LOGIN.0 { LOGIN.1 } else { path }
}

/// The valid credentials, and the issued tokens.
#[derive(Debug)]
pub(crate) struct Gate {
    client_id: String,
    client_secret: String,
    required: bool,
    life: Duration,
    clock: Clock,
    /// What issued tokens begin with.
    prefix: String,
    /// Whether the fixed token is valid.
    fixed: AtomicBool,
    /// The valid tokens, and when they expire.
    tokens: Mutex<HashMap<String, Duration>>,
    issued: AtomicU64,
}

impl Gate {
    pub(crate) fn new(settings: &Settings, clock: Clock) -> Self {
        Self {
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            required: settings.require_authentication,
            life: settings.token_life,
            clock,
            prefix: settings.mark.as_deref().unwrap_or("emulated").to_owned(),
            fixed: AtomicBool::new(true),
            tokens: Mutex::default(),
            issued: AtomicU64::new(0),
        }
    }

    /// Whether a call may pass.
    pub(crate) fn admits(&self, security: Security, headers: &HeaderMap) -> bool {
        match security {
            _ if !self.required => true,
            Security::None => true,
            Security::Bearer => bearer(headers).is_some_and(|token| self.is_valid(token)),
            Security::Basic => basic(headers)
                .is_some_and(|(user, password)| !user.is_empty() && !password.is_empty()),
        }
    }

    fn is_valid(&self, token: &str) -> bool {
        if token == FIXED_TOKEN {
            return self.fixed.load(Ordering::Relaxed);
        }
        let end = self.tokens().get(token).copied();
        end.is_some_and(|end| self.clock.now() < end)
    }

    /// A new token, as the token endpoint answers it.
    fn issue(&self) -> Value {
        let number = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        let token = format!("{}-token-{number:08}", self.prefix);
        let now = self.clock.now();
        let mut tokens = self.tokens();
        // From time to time, so that expired tokens do not accumulate.
        if tokens.len().is_power_of_two() {
            tokens.retain(|_, end| now < *end);
        }
        tokens.insert(token.clone(), now + self.life);
        json!({ "access_token": token, "token_type": "bearer", "expires_in": self.life.as_secs() })
    }

    /// How many tokens were given out.
    pub(crate) fn issued(&self) -> u64 {
        self.issued.load(Ordering::Relaxed)
    }

    pub(crate) fn revoke(&self, token: &str) {
        self.tokens().remove(token);
    }

    /// Revokes all issued tokens.
    pub(crate) fn expire_all(&self) {
        self.tokens().clear();
    }

    pub(crate) fn expire_fixed(&self) {
        self.fixed.store(false, Ordering::Relaxed);
    }

    /// Answers a token request. The credentials of `example`, the spec's example, are valid, too, so
    /// that it can be sent unchanged.
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

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, Duration>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse(error: &str, description: &str) -> Reply {
    Reply::json(
        401,
        &json!({ "error": error, "error_description": description, "message": description }),
    )
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get("authorization")?.to_str().ok()?;
    let (scheme, value) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| value.trim())
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
