//! Logs in at a token endpoint, with the path and form that it accepts.
//!
//! It must not repeat a refusal: each way is tried at most once.

use std::time::Duration;

use ::http::{HeaderMap, HeaderValue};
use bytes::Bytes;

use super::is_token;
use super::login::{Login, Order};
use super::signer::Signer;
use super::source::AccessToken;
use crate::error::{BODY_LIMIT, Error, ErrorKind, hint, message};
use crate::form;
use crate::http::Method;
use crate::response::Answer;
use crate::runtime;
use crate::secret::Secret;
use crate::secret::redact::{Secrets, Shown};
use crate::throttle::headers;
use crate::transport::{Authorization, Body, Exchange, Limits, Reply, Request, json_request};

/// The operation of a login.
pub(crate) const LOGIN: &str = "log_in";

/// How an endpoint is called; the defaults are the likely values.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Way {
    second_path: bool,
    form: bool,
}

/// Logs in, and returns the way that worked. It sends at most three requests: the first one, one to the
/// other path, and one in the other form.
pub(super) async fn log_in(
    signer: &Signer,
    login: &Login,
    order: &Order<'_>,
    way: Way,
) -> Result<(AccessToken, Way), Error> {
    runtime::check()?;
    let first = request(signer, order, way)?;
    let secrets = signer.known.with(&first.secrets);
    let interceptors = &signer.interceptors;
    let (path, clock) = (first.url.path(), &*signer.clock);
    let begun = interceptors.call(&first, path, clock, || secrets.clone())?;
    let Some(begun) = begun else {
        return exchange(signer, login, order, way, &first.headers).await;
    };
    let outcome = exchange(signer, login, order, way, begun.headers()).await;
    let none = HeaderMap::new();
    let told = outcome.as_ref().map(|_| (200, &none));
    // A token that was fetched is a secret, and the answer with it is not shown.
    begun.end(told, &secrets, signer.clock.now())?;
    outcome
}

async fn exchange(
    signer: &Signer,
    login: &Login,
    order: &Order<'_>,
    mut way: Way,
    headers: &HeaderMap,
) -> Result<(AccessToken, Way), Error> {
    let (mut path_changed, mut form_changed) = (false, false);
    let mut number = 0;
    loop {
        number += 1;
        let mut request = request(signer, order, way)?;
        request.headers.clone_from(headers);
        let limits = signer.limits();
        let reply = send(signer, &request, number, limits).await;
        let (reply, secrets) = reply.map_err(|error| explain(error, login))?;
        if (200..300).contains(&reply.status) {
            return Ok((accept(reply, limits, secrets).await?, way));
        }
        let refusal = Refusal::read(signer, reply, limits, &secrets).await;
        if refusal.path_missing() && !path_changed {
            path_changed = true;
            way.second_path = !way.second_path;
        } else if refusal.form_wrong() && !form_changed {
            form_changed = true;
            way.form = !way.form;
        } else {
            return Err(refusal.into_error(login));
        }
    }
}

/// One request, as an attempt at the login.
async fn send(
    signer: &Signer,
    request: &Request,
    number: u32,
    limits: Limits,
) -> Result<(Box<Reply>, Secrets), Error> {
    let secrets = signer.known.with(&request.secrets);
    let (clock, interceptors) = (&*signer.clock, &signer.interceptors);
    let path = request.url.path();
    let begun = interceptors.attempt(number, request, path, clock, || secrets.clone())?;
    let headers = begun
        .as_ref()
        .map_or(&request.headers, |begun| begun.headers());
    let transport = &signer.transport;
    let exchange = Exchange {
        request,
        headers,
        auth: &Authorization::None,
        limits,
        secrets: &secrets,
    };
    let sent = transport.send(&exchange).await;
    if let Some(begun) = begun {
        let told = sent.as_ref().map(|reply| (reply.status, &reply.headers));
        begun.end(told, &secrets, clock.now())?;
    }
    Ok((sent?, secrets))
}

fn request(signer: &Signer, order: &Order<'_>, way: Way) -> Result<Request, Error> {
    let path = order.paths[usize::from(way.second_path)];
    let url = format!("{}{path}", signer.origin);
    let mut request = json_request(LOGIN, Method::Post, &url, &order.payload)?;
    if way.form {
        let text = form::encode(&order.payload).map_err(|error| {
            Error::invalid("the login cannot be written as a form").with_source(error)
        })?;
        request.body = Body::Bytes {
            content_type: HeaderValue::from_static("application/x-www-form-urlencoded"),
            bytes: text.into(),
        };
    }
    Ok(request)
}

/// A redirect is the endpoint's answer too; a failure on the way there keeps its kind.
fn explain(error: Error, login: &Login) -> Error {
    if error.kind() != ErrorKind::Status {
        return error;
    }
    let hint = login.hint(error.status().unwrap_or_default(), false, error.hint());
    error
        .with_kind(ErrorKind::Authentication)
        .with_maybe_hint(hint)
}

/// Only this one member has to be readable.
struct TokenAnswer {
    access_token: Secret,
}

/// Read separately, because a token is valid regardless of the other members.
struct LifeAnswer {
    expires_in: Option<f64>,
}

crate::impl_model!(answer TokenAnswer { always access_token = "access_token" });
crate::impl_model!(answer LifeAnswer { some expires_in = "expires_in" });

/// The token of an answer with success.
async fn accept(
    mut reply: Box<Reply>,
    limits: Limits,
    secrets: Secrets,
) -> Result<AccessToken, Error> {
    reply.body.load(limits.deadline, BODY_LIMIT).await?;
    let (status, id) = (reply.status, reply.request_id);
    let body = reply.body.into_bytes();
    let redactor = secrets.redactor();
    let answer = Answer::new(status, reply.headers, body, secrets);
    let token = answer.json::<TokenAnswer>().ok();
    let Some(token) = token.filter(|token| is_token(&token.access_token)) else {
        let page = message::extract(answer.text().as_bytes(), &redactor);
        return Err(Error::new(
            ErrorKind::Authentication,
            "the token endpoint answered without a token",
        )
        .with_status(status)
        .with_request_id(id)
        .with_message(page.text.filter(|_| page.html))
        .with_maybe_hint(page.html.then(|| hint::HTML.to_owned()))
        .garbled(!answer.is_json()));
    };
    // Nonsense counts as not stated.
    let life = answer.json::<LifeAnswer>().ok();
    let life = life.and_then(|life| life.expires_in);
    let life = life.filter(|seconds| *seconds > 0.0);
    let seconds = life.map(|seconds| seconds.min(super::token::MAX_LIFE.as_secs_f64()));
    let mut access = AccessToken::new(token.access_token);
    access.expires_in = seconds.map(Duration::from_secs_f64);
    Ok(access)
}

/// An answer without success. Some servers echo what they were sent, so the secret is taken out.
struct Refusal {
    status: u16,
    /// How long the server wants to be left alone.
    wait: Option<Duration>,
    request_id: Option<Shown>,
    text: String,
    message: message::Message,
}

impl Refusal {
    async fn read(
        signer: &Signer,
        mut reply: Box<Reply>,
        limits: Limits,
        secrets: &Secrets,
    ) -> Self {
        let body = reply.body.read_start(limits.deadline, BODY_LIMIT).await;
        let redactor = secrets.redactor();
        let unix_time = signer.clock.unix_time();
        let wait = match reply.status {
            429 | 503 => headers::wait(&reply.headers, unix_time),
            _ => headers::retry_after(&reply.headers, unix_time),
        };
        Self {
            status: reply.status,
            wait,
            request_id: reply.request_id,
            text: redactor.redact(&String::from_utf8_lossy(&body)),
            message: message::extract(&body, &redactor),
        }
    }

    fn path_missing(&self) -> bool {
        matches!(self.status, 404 | 405)
    }

    /// Whether the body was not understood. `invalid_request` is what an endpoint says that
    /// found none of the members; one that has read them names the client or the grant.
    fn form_wrong(&self) -> bool {
        let text = self.text.to_ascii_lowercase();
        let about_form = [
            "content-type",
            "content type",
            "media type",
            "invalid_request",
        ];
        self.status == 415
            || (self.status == 400 && about_form.iter().any(|part| text.contains(part)))
    }

    fn into_error(self, login: &Login) -> Error {
        Error::new(ErrorKind::Authentication, "no access token")
            .with_status(self.status)
            .with_request_id(self.request_id)
            .with_maybe_hint(login.hint(self.status, self.message.html, None))
            .with_message(self.message.text)
            .with_retry_after(self.wait)
            .with_body(&Bytes::from(self.text))
    }
}
