//! The way of one call: a place under the limits, a token, attempts, and the waits between them.
//!
//! It must not know how a request is described or an answer decoded.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tracing::{Instrument, Span};
use url::Position;

use super::Part;
use super::operation::{Method, Operation};
use crate::auth::Grant;
use crate::clock;
use crate::error::{BODY_LIMIT, Error, ErrorKind, hint, message};
use crate::response::{forget_request_id, request_id};
use crate::retry::{Attempt, RetryPolicy};
use crate::secret::redact::Redactor;
use crate::throttle::limiter::{Limiter, Slot};
use crate::throttle::{self, headers};
use crate::transport::{Body, ByteStream, Headers, Limits, Reply, Request};
use crate::{CallOptions, Session, runtime, trace};

/// A bound for answers that are read whole, in bytes; larger than any list page.
const ANSWER_LIMIT: usize = 256 * 1024 * 1024;
/// How much of a body that nobody wants is read to keep its connection, in bytes.
const DRAIN_LIMIT: usize = 64 * 1024;

/// A call that is ready to be sent.
pub(super) struct Run {
    pub(super) session: Session,
    pub(super) options: Option<Arc<CallOptions>>,
    pub(super) operation: &'static Operation,
    pub(super) request: Request,
    /// The encoded values of the path parameters: some limits hold for each of them.
    pub(super) path: Vec<(&'static str, String)>,
}

/// What of a successful answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// The body as it arrives.
    Stream,
    /// The whole body. Losing it on its way is a failure of the attempt.
    Body,
    /// Nothing more: the status says it all.
    Success,
}

/// An attempt without success.
struct Failure {
    error: Error,
    /// The server has not processed the request, so sending it again does nothing twice.
    unprocessed: bool,
    /// How long the server wants to be left alone.
    wait: Option<Duration>,
    /// The token that was refused, when another one can be had.
    refused: Option<Grant>,
    /// There is no time left for another attempt.
    last: bool,
}

impl Run {
    /// Every error from here on names the operation.
    pub(super) async fn run(self, want: Want) -> Result<Reply, Error> {
        let span = trace::call(self.operation);
        let operation = self.operation.id;
        // Pinned first: a future with everything below in it is not moved into the span.
        let run = std::pin::pin!(self.attempts(want));
        let outcome = run.instrument(span.clone()).await;
        trace::outcome(&span, outcome.as_ref().err());
        outcome.map_err(|error| error.in_operation(operation))
    }

    async fn attempts(&self, want: Want) -> Result<Reply, Error> {
        runtime::check()?;
        self.request.body.check().await?;
        let clock = self.session.clock();
        let end = clock.now() + self.total_timeout();
        let limiters = self.limiters();
        let (mut number, mut renewed, mut paid) = (0, false, None);
        loop {
            number += 1;
            let span = trace::attempt(number);
            let attempt = std::pin::pin!(self.attempt(want, end, &limiters, &span));
            let failure = match attempt.instrument(span.clone()).await {
                Ok(reply) => {
                    self.session.budget().refund(paid);
                    return Ok(reply);
                }
                Err(failure) => *failure,
            };
            // A fresh token is tried at once, and once: a second 401 in a row is about rights, not
            // age. One that follows another failure is about age again.
            if let Some(grant) = failure.refused.as_ref().filter(|_| !renewed) {
                renewed = grant.renew(&self.session).await;
                if renewed {
                    continue;
                }
            }
            renewed = false;
            match self.next(&failure, number, end) {
                Ok((wait, cost)) => {
                    paid = Some(cost);
                    trace::retry(&failure.error, wait);
                    clock.sleep(wait).await;
                }
                Err(why) => {
                    let error = failure.error.with_attempts(number);
                    return Err(why.into_iter().fold(error, Error::with_hint));
                }
            }
        }
    }

    /// The wait before the next attempt and what it costs, or what to try instead, where there is
    /// something to say.
    fn next(
        &self,
        failure: &Failure,
        number: u32,
        end: Instant,
    ) -> Result<(Duration, u32), Option<String>> {
        if number > 1 && self.operation.method == Method::Delete && failure.error.is_not_found() {
            return Err(Some("an earlier attempt may have deleted it".to_owned()));
        }
        let safe = self.operation.idempotent || failure.unprocessed;
        if failure.last || !safe || !(failure.error.is_retryable() || failure.error.is_throttled())
        {
            return Err(None);
        }
        let attempt = Attempt {
            number,
            error: &failure.error,
            random: self.session.clock().random(),
        };
        let wait = self.retry().wait(&attempt).ok_or(None)?;
        let wait = wait.max(failure.wait.unwrap_or_default());
        let left = end.saturating_duration_since(self.session.clock().now());
        if wait >= left {
            let asked = failure.wait.filter(|asked| *asked >= left);
            return Err(asked.map(|asked| {
                format!(
                    "try again in {asked:.0?}; the call's total timeout does not leave that long"
                )
            }));
        }
        let cost = self.session.budget().pay(&failure.error);
        cost.map(|cost| (wait, cost)).ok_or(None)
    }

    async fn attempt(
        &self,
        want: Want,
        end: Instant,
        limiters: &[Arc<Limiter>],
        span: &Span,
    ) -> Result<Reply, Box<Failure>> {
        let clock = self.session.clock();
        let before = clock.now();
        let slots = throttle::slots(limiters, clock, end).await;
        let slots = slots.map_err(|limit| Failure::late(no_place(limit)))?;
        trace::waited(limiters, clock.now().saturating_duration_since(before));
        let grant = std::pin::pin!(self.session.authorize(self.operation.auth));
        let grant = clock::by(clock, end, grant).await;
        let grant = grant
            .ok_or_else(|| Failure::late(too_late("to get an access token")))?
            .map_err(Failure::unsent)?;
        let limits = self.limits(end);
        if limits.deadline <= clock.now() {
            let summary = "no time is left to send the request";
            return Err(Failure::late(Error::new(ErrorKind::Timeout, summary)));
        }
        slots.into_iter().for_each(Slot::start);
        let transport = self.session.transport();
        let sent = transport.send(&self.request, &grant.authorization, limits);
        let mut reply = sent.await.map_err(Failure::of)?;
        // The id is shown everywhere, and a server may take it from whatever it was sent.
        if request_id(&reply.headers).is_some_and(|id| self.is_echo(id, &grant)) {
            forget_request_id(&mut reply.headers);
        }
        let id = request_id(&reply.headers).map(str::to_owned);
        trace::answer(span, reply.status, id.as_deref(), reply.sent);
        let exhausted = headers::exhausted(&reply.headers, clock.unix_time());
        if let (Some(wait), Some(limiter)) = (exhausted, limiters.last()) {
            limiter.pause(clock.now() + wait);
        }
        if !self.is_success(reply.status) {
            return Err(self.refused(reply, grant, limiters).await);
        }
        let reply = Reply {
            body: reply.body.of(self.operation.id, reply.status, id),
            ..reply
        };
        take(reply, want, span)
            .await
            .map_err(|error| Failure::of(self.taken_effect(error)))
    }

    fn is_success(&self, status: u16) -> bool {
        (200..300).contains(&status) || (status == 304 && self.operation.not_modified)
    }

    /// The failure of an answer without success.
    async fn refused(&self, reply: Reply, grant: Grant, limiters: &[Arc<Limiter>]) -> Box<Failure> {
        let status = reply.status;
        let clock = self.session.clock();
        let asked = headers::wait(&reply.headers, clock.unix_time());
        let throttle = self.throttled_by(status);
        let throttled = status == 429 || throttle.is_some();
        let wait = asked.or_else(|| throttle.map(|number| self.operation.limits[number].interval));
        // There are no limiters when the session does not throttle.
        let limiter = throttle.and_then(|number| limiters.get(number));
        if let (Some(limiter), Some(wait)) = (limiter, wait) {
            limiter.pause(clock.now() + wait);
        }
        let (body, whole) = reply.body.read_part(reply.deadline, BODY_LIMIT).await;
        // A documented throttle answers before anything is done. A 503 that says something may
        // come from anywhere, and one that breaks off would have said something.
        let silent = whole && body.is_empty();
        let unprocessed = status == 429 || (status == 503 && throttled && silent);
        let error = self.describe(status, &reply.headers, &body, &grant);
        Box::new(Failure {
            error: error.throttled(throttled),
            unprocessed,
            wait: wait.filter(|_| throttled || status == 503),
            refused: Some(grant).filter(|_| status == 401),
            last: false,
        })
    }

    /// The narrowest limit that answers with this status, by its place among the operation's.
    fn throttled_by(&self, status: u16) -> Option<usize> {
        let mut limits = self.operation.limits.iter();
        limits.rposition(|limit| status == 429 || limit.throttled.contains(&status))
    }

    fn describe(&self, status: u16, headers: &Headers, body: &Bytes, grant: &Grant) -> Error {
        let credentials = self.session.credentials();
        let redactor = self.redactor(grant);
        let redact = |text| redactor.redact(text);
        let context = hint::Context {
            credentials: !credentials.is_none(),
            environment_missing: self.operation.environment
                && !self.request.headers.contains_key("x-anypnt-env-id"),
        };
        let text = redact(String::from_utf8_lossy(body).into_owned());
        let found = message::extract(text.as_bytes());
        Error::from_status(status)
            .with_request_id(request_id(headers))
            .with_message(found.text.map(redact))
            .with_maybe_hint(hint::for_status(status, found.html, context))
            .with_body(body)
    }

    /// Whether an id holds a secret of the request. One that looks like an id can hold it as it is
    /// only, which is soon found out.
    fn is_echo(&self, id: &str, grant: &Grant) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if !id.bytes().all(plain) {
            return self.redactor(grant).finds(id);
        }
        let mut secrets = Redactor::worth_it(&self.request.secrets);
        self.session.credentials().are_in(id)
            || grant.is_in(id)
            || secrets.any(|secret| secret.is_in(id))
    }

    /// What of the request must not be shown when the server sends it back.
    fn redactor(&self, grant: &Grant) -> Redactor {
        let mut credentials = self.session.credentials().secrets();
        credentials.extend(grant.token().cloned());
        Redactor::new(&credentials, &self.request.secrets)
    }

    /// A lost answer of a call that must not be repeated: the caller has to know that it worked.
    fn taken_effect(&self, error: Error) -> Error {
        match error.status() {
            Some(status) if !self.operation.idempotent => error.with_hint(format!(
                "the server had answered {status}, so the call took effect; look before you repeat it"
            )),
            _ => error,
        }
    }

    fn limiters(&self) -> Vec<Arc<Limiter>> {
        let host = &self.request.url[Position::BeforeHost..Position::AfterPort];
        let value = |wanted: &str| {
            let found = self.path.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let limiters = self.session.limiters();
        limiters.of(self.operation.limits, host, value)
    }

    fn limits(&self, end: Instant) -> Limits {
        let timeouts = self.session.timeouts();
        let options = self.options.as_ref();
        let attempt = options
            .and_then(|options| options.attempt_timeout)
            .unwrap_or(timeouts.attempt);
        Limits {
            deadline: end.min(self.session.clock().now() + attempt),
            stall: timeouts.stall,
            answer: attempt,
        }
    }

    fn total_timeout(&self) -> Duration {
        let options = self.options.as_ref();
        options
            .and_then(|options| options.total_timeout)
            .unwrap_or(self.session.timeouts().total)
    }

    fn retry(&self) -> &dyn RetryPolicy {
        let options = self.options.as_ref();
        match options.and_then(|options| options.retry.as_deref()) {
            Some(policy) => policy,
            None => self.session.retry(),
        }
    }
}

impl Failure {
    fn of(error: Error) -> Box<Self> {
        Box::new(Self {
            unprocessed: error.is_unsent(),
            error,
            wait: None,
            refused: None,
            last: false,
        })
    }

    /// The operation was not called yet.
    fn unsent(error: Error) -> Box<Self> {
        Self::of(error.unsent(true))
    }

    /// The call's time ended, or will, before the operation could be called.
    fn late(error: Error) -> Box<Self> {
        let mut failure = Self::unsent(error);
        failure.last = true;
        failure
    }
}

async fn take(reply: Reply, want: Want, span: &Span) -> Result<Reply, Error> {
    let deadline = reply.deadline;
    let bytes = match want {
        Want::Stream => return Ok(reply),
        Want::Body => {
            let bytes = reply.body.read_by(deadline, ANSWER_LIMIT).await?;
            trace::received(span, bytes.len());
            bytes
        }
        Want::Success => {
            reply.body.read_start(deadline, DRAIN_LIMIT).await;
            Bytes::new()
        }
    };
    Ok(Reply {
        body: ByteStream::whole(bytes),
        ..reply
    })
}

fn too_late(waited: &str) -> Error {
    let summary = format!("the call's total timeout does not leave the time {waited}");
    Error::new(ErrorKind::Timeout, summary)
}

fn no_place(limit: &str) -> Error {
    too_late(&format!("to wait for a place under the limit {limit}"))
        .throttled(true)
        .with_hint("make fewer calls at once, or raise SessionBuilder::total_timeout")
}

impl Body {
    /// Reports a missing or empty file before a token is fetched or a connection opened.
    async fn check(&self) -> Result<(), Error> {
        match self {
            Self::Upload { upload, .. } => upload.check().await,
            Self::Form(parts) => {
                for part in parts {
                    if let Part::File { upload, .. } = part {
                        upload.check().await?;
                    }
                }
                Ok(())
            }
            Self::Empty | Self::Bytes { .. } => Ok(()),
        }
    }
}
