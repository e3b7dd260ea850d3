//! Access tokens of connected apps: fetched once for all waiters, kept, renewed early.
//!
//! It must not let a failed renewal displace a token that is still good.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::Mutex;

use super::is_token;
use crate::error::{BODY_LIMIT, Error, ErrorKind, hint, message};
use crate::internal::{Method, Model, Tolerant, next, skip};
use crate::response::{Answer, request_id};
use crate::secret::Secret;
use crate::secret::redact::Redactor;
use crate::session::Session;
use crate::transport::{Authorization, Limits, Reply, json_request};

const TOKEN_PATH: &str = "/accounts/api/v2/oauth2/token";
/// A token is renewed this long before it expires, or after 90 % of a shorter life, so that
/// none expires on its way to the server.
const RENEW_AHEAD: Duration = Duration::from_secs(60);
/// The platform's default life of a token, for an answer that leaves it out.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);
/// A bound for nonsense in `expires_in`: a 401 renews a token anyway.
const MAX_LIFE: Duration = Duration::from_secs(24 * 3600);

/// The token of one session.
#[derive(Default)]
pub(crate) struct TokenCache {
    state: Mutex<State>,
    /// How many fetches have ended; tells a waiter that one ended while it waited.
    fetches: AtomicU64,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Why the last fetch failed, for those who waited for it.
    failure: Option<Error>,
}

struct Token {
    secret: Secret,
    renew: Instant,
    expires: Instant,
}

impl TokenCache {
    /// A token that is good now. However many ask, one of them fetches.
    ///
    /// When that one is cancelled the lock is free again and the next one fetches.
    pub(crate) async fn get(
        &self,
        session: &Session,
        id: &str,
        secret: &Secret,
    ) -> Result<Secret, Error> {
        let seen = self.fetches.load(Ordering::Acquire);
        let mut state = self.state.lock().await;
        let now = session.clock().now();
        if let Some(token) = state.token.as_ref().filter(|token| now < token.renew) {
            return Ok(token.secret.clone());
        }
        let waited = self.fetches.load(Ordering::Acquire) != seen;
        let shared = state.failure.clone().filter(|_| waited);
        let fetched = match shared {
            Some(error) => Err(error),
            None => {
                let fetched = fetch(session, id, secret).await;
                self.fetches.fetch_add(1, Ordering::Release);
                fetched
            }
        };
        match fetched {
            Ok(token) => {
                let secret = token.secret.clone();
                *state = State {
                    token: Some(token),
                    failure: None,
                };
                Ok(secret)
            }
            Err(error) => {
                state.failure = Some(error.clone());
                let now = session.clock().now();
                let good = state.token.as_ref().filter(|token| now < token.expires);
                good.map(|token| token.secret.clone()).ok_or(error)
            }
        }
    }

    /// Drops a token that a server refused, unless it has been replaced already.
    pub(crate) async fn invalidate(&self, refused: &Secret) {
        let mut state = self.state.lock().await;
        if state
            .token
            .as_ref()
            .is_some_and(|token| token.secret == *refused)
        {
            state.token = None;
        }
    }
}

#[derive(Serialize)]
struct TokenRequest<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a Secret,
}

#[derive(Default)]
struct TokenAnswer {
    access_token: Secret,
    expires_in: Option<f64>,
}

impl Model for TokenAnswer {
    const NAME: &'static str = "TokenAnswer";

    fn absent() -> Self {
        Self::default()
    }

    fn field<'de, A: serde::de::MapAccess<'de>>(
        &mut self,
        name: &str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        match name {
            "access_token" => self.access_token = next(map)?,
            "expires_in" => self.expires_in = next(map)?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl Tolerant for TokenAnswer {
    fn absent() -> Self {
        <Self as Model>::absent()
    }

    fn tolerant<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::internal::model(deserializer)
    }
}

async fn fetch(session: &Session, id: &str, secret: &Secret) -> Result<Token, Error> {
    let body = TokenRequest {
        grant_type: "client_credentials",
        client_id: id,
        client_secret: secret,
    };
    let url = format!("{}{TOKEN_PATH}", session.origin());
    let request = json_request(Method::Post, &url, &body)?;
    // The life is counted from before the request, so that it is never overestimated.
    let asked = session.clock().now();
    let limits = session.limits();
    let reply = session
        .transport()
        .send(&request, &Authorization::None, limits)
        .await
        .map_err(explain)?;
    if !(200..300).contains(&reply.status) {
        let redactor = Redactor::new(&session.credentials().secrets(), &request.secrets);
        return Err(refusal(&redactor, reply, limits).await);
    }
    let (status, headers) = (reply.status, reply.headers);
    let body = reply.body.read_by(limits.deadline, BODY_LIMIT).await?;
    let id = request_id(&headers).map(str::to_owned);
    let answer = Answer::new(status, headers, body);
    let token = answer
        .json::<TokenAnswer>()
        .ok()
        .filter(|token| is_token(&token.access_token));
    let Some(token) = token else {
        let page = message::extract(answer.text().as_bytes());
        return Err(Error::new(
            ErrorKind::Authentication,
            "the token endpoint answered without a token",
        )
        .with_status(status)
        .with_request_id(id.as_deref())
        .with_message(page.text.filter(|_| page.html))
        .with_maybe_hint(page.html.then(|| hint::HTML.to_owned())));
    };
    Ok(Token::new(token, asked))
}

impl Token {
    fn new(answer: TokenAnswer, asked: Instant) -> Self {
        let life = answer.expires_in.filter(|seconds| *seconds > 0.0);
        let life = life.map_or(DEFAULT_LIFE, |seconds| {
            Duration::from_secs_f64(seconds.min(MAX_LIFE.as_secs_f64()))
        });
        let ahead = RENEW_AHEAD.min(life / 10);
        Self {
            secret: answer.access_token,
            renew: asked + (life - ahead),
            expires: asked + life,
        }
    }
}

/// A redirect is the endpoint's answer too; a failure on the way there keeps its kind.
fn explain(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Status => error.with_kind(ErrorKind::Authentication),
        _ => error,
    }
}

/// The error of a refusal. Some servers echo what they were sent, so the secret is taken out.
async fn refusal(redactor: &Redactor, reply: Reply, limits: Limits) -> Error {
    let (status, headers) = (reply.status, reply.headers);
    let body = reply.body.read_start(limits.deadline, BODY_LIMIT).await;
    let redacted = redactor.redact(String::from_utf8_lossy(&body).into_owned());
    let found = message::extract(redacted.as_bytes());
    Error::new(ErrorKind::Authentication, "no access token")
        .with_status(status)
        .with_request_id(request_id(&headers))
        .with_message(found.text.map(|text| redactor.redact(text)))
        .with_maybe_hint(hint::for_token(status, found.html))
        .with_body(&Bytes::from(redacted))
}
