//! Performs a call: a place under the limits, a token, attempts, and the waits between them.
//!
//! It must not know how a request is described or an answer decoded.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::Span;
use url::Position;

use super::failure::{Failure, no_place, taken_effect, too_late};
use crate::auth::Grant;
use crate::clock::{self, Clock};
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::http::Method;
use crate::intercept::{Begun, Outcome};
use crate::multipart::Part;
use crate::operation::Facts;
use crate::options::CallOptions;
use crate::response::{Answer, Oddity, encoding};
use crate::retry::{Attempt, RetryPolicy};
use crate::secret::redact::Secrets;
use crate::session::Session;
use crate::session::choice;
use crate::throttle::limiter::Limiter;
use crate::throttle::{Places, headers};
use crate::transport::{Body, Exchange, Limits, Reply, Request};
use crate::upload::{self, Upload};
use crate::{runtime, trace};

/// The size limit of answers that are read as a whole, in bytes; larger than any page of a list.
const ANSWER_LIMIT: usize = 256 * 1024 * 1024;
/// How many bytes of an unused body are read to keep its connection.
const DRAIN_LIMIT: usize = 64 * 1024;

/// A call: it is described step by step, and sent once its URL is whole.
pub(super) struct Run {
    pub(super) endpoint: Endpoint,
    pub(super) operation: Facts,
    pub(super) request: Request,
    /// The encoded values of the path parameters: some limits are counted for each of them.
    pub(super) path: Vec<(Cow<'static, str>, String)>,
}

/// A call with a successful answer. It ends when its answer was read.
pub(super) struct Answered {
    pub(super) reply: Box<Reply>,
    pub(super) secrets: Secrets,
    pub(super) ending: Ending,
}

impl Answered {
    /// The answer, whose body was read.
    pub(super) fn into_answer(self) -> (Answer, Ending) {
        let reply = *self.reply;
        let body = reply.body.into_bytes();
        let answer = Answer::new(reply.status, reply.headers, body, self.secrets);
        (answer, self.ending)
    }
}

/// What is reported at the end of a call: in its span, in its error, and to interceptors.
pub(super) struct Ending {
    operation: Facts,
    span: Span,
    /// The interceptors that have begun, if the answer must still be decoded, and the session.
    begun: Option<(Box<Begun>, Session)>,
}

impl Ending {
    /// Reports the odd values of an answer that was just decoded.
    ///
    /// # Errors
    /// An interceptor returns an error.
    pub(super) fn decoded(&mut self, answer: &Answer) -> Result<Vec<Oddity>, Error> {
        let (oddities, all) = answer.oddities();
        if let Some(first) = oddities.first() {
            self.span
                .in_scope(|| trace::odd(self.operation.id(), all, first));
        }
        let told = Ok((answer.status(), answer.headers()));
        match self.over(answer, told) {
            Ok(()) => Ok(oddities),
            Err(error) => {
                let error = error.with_status(answer.status());
                Err(self.failed(taken_effect(&self.operation, error)))
            }
        }
    }

    /// The error of an answer that cannot be decoded, or the error of an interceptor.
    pub(super) fn undecodable(mut self, answer: &Answer, error: Error) -> Error {
        let error = error.in_operation(self.operation.name());
        let ended = self.over(answer, Err(&error));
        self.failed(ended.err().unwrap_or(error))
    }

    /// Tells interceptors that the call is over.
    fn over(&mut self, answer: &Answer, outcome: Outcome<'_>) -> Result<(), Error> {
        match self.begun.take() {
            Some((begun, session)) => begun.end(outcome, answer.secrets(), session.clock().now()),
            None => Ok(()),
        }
    }

    /// Adds the operation to an error.
    fn failed(&self, error: Error) -> Error {
        trace::outcome(&self.span, Some(&error));
        error.in_operation(self.operation.name())
    }
}

/// Which part of a successful answer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// The body as it arrives.
    Stream,
    /// The whole body. If it is lost, the attempt has failed.
    Body,
    /// Only the status.
    Success,
}

impl Run {
    /// Performs the call. All errors name the operation.
    pub(super) async fn run(mut self: Box<Self>, want: Want) -> Result<Answered, Error> {
        let span = trace::call(&self.operation);
        let known = self.endpoint.session.known();
        known.learn_request(&self.request.secrets);
        let outcome = {
            let run = std::pin::pin!(self.call(want, &span));
            trace::within(&span, run).await
        };
        let mut ending = Ending {
            operation: self.operation.clone(),
            span,
            begun: None,
        };
        match outcome {
            Ok((reply, begun)) => {
                ending.begun = begun.map(|begun| (begun, self.endpoint.session.clone()));
                Ok(Answered {
                    reply,
                    secrets: self.secrets(),
                    ending,
                })
            }
            Err(error) => Err(ending.failed(error)),
        }
    }

    /// Performs the call with its interceptors; returns those that are told of the end once the answer is decoded.
    async fn call(
        &mut self,
        want: Want,
        span: &Span,
    ) -> Result<(Box<Reply>, Option<Box<Begun>>), Error> {
        let interceptors = self.endpoint.session.interceptors();
        let path = self.operation.path();
        let begun = interceptors.call(&self.request, path, self.clock(), || self.secrets())?;
        if let Some(begun) = &begun {
            self.request.headers.clone_from(begun.headers());
        }
        let outcome = self.attempts(want, span).await;
        match (begun, outcome) {
            (begun, Ok(reply)) if want == Want::Body => Ok((reply, begun)),
            (Some(begun), outcome) => self.ended(*begun, outcome).map(|reply| (reply, None)),
            (None, outcome) => outcome.map(|reply| (reply, None)),
        }
    }

    /// The outcome, or the error of an interceptor.
    fn ended(&self, begun: Begun, outcome: Result<Box<Reply>, Error>) -> Result<Box<Reply>, Error> {
        let told = outcome.as_ref().map(|reply| (reply.status, &reply.headers));
        let ended = begun.end(told, &self.secrets(), self.clock().now());
        match (ended, outcome) {
            (Ok(()), outcome) => outcome,
            (Err(error), Ok(reply)) if self.is_success(reply.status) => Err(taken_effect(
                &self.operation,
                error.with_status(reply.status),
            )),
            (Err(error), _) => Err(error),
        }
    }

    fn clock(&self) -> &dyn Clock {
        self.endpoint.session.clock()
    }

    fn secrets(&self) -> Secrets {
        self.endpoint.session.known().with(&self.request.secrets)
    }

    async fn attempts(&mut self, want: Want, call: &Span) -> Result<Box<Reply>, Error> {
        runtime::check()?;
        if self.request.body.is_upload() {
            // Boxed: it is rare.
            Box::pin(self.request.body.check()).await?;
        }
        let end = self.clock().now() + self.total_timeout();
        if self.operation.rules().environment {
            // Before a place under a limit is taken, because the lookup may need places, too.
            let headers = &mut self.request.headers;
            choice::enter(&self.endpoint.session, self.operation.id(), headers, end).await?;
        }
        let limiters = self.limiters();
        let (mut number, mut renewed, mut paid) = (0, false, None);
        // An attempt without success may have taken effect.
        let mut uncertain = false;
        loop {
            number += 1;
            let span = trace::attempt(number);
            let attempt = std::pin::pin!(self.attempt(number, want, end, &limiters, (call, &span)));
            let failure = match trace::within(&span, attempt).await {
                Ok(reply) => {
                    self.endpoint.session.budget().refund(paid);
                    return Ok(reply);
                }
                Err(failure) => failure,
            };
            // A new token is tried immediately, and once: a second 401 in a row is about permissions,
            // not about an expired token. After another failure a 401 may be about expiry again.
            if let Some(grant) = failure.refused.as_ref().filter(|_| !renewed) {
                renewed = grant.renew(self.endpoint.session.signer()).await;
                if renewed {
                    if self.request.body.is_repeatable() {
                        continue;
                    }
                    return Err(failure.error.with_attempts(number).with_hint(upload::ONCE));
                }
            }
            renewed = false;
            let next = self.next(&failure, number, uncertain, end);
            uncertain |= !failure.unprocessed;
            match next {
                Ok((wait, cost)) => {
                    paid = Some(cost);
                    trace::retry(&failure.error, wait);
                    self.clock().sleep(wait).await;
                }
                Err(why) => {
                    let error = self.perhaps_done(*failure).with_attempts(number);
                    return Err(why.into_iter().fold(error, Error::with_hint));
                }
            }
        }
    }

    /// The wait before the next attempt and its cost in the retry budget; otherwise a hint, if there
    /// is one.
    fn next(
        &self,
        failure: &Failure,
        number: u32,
        uncertain: bool,
        end: Instant,
    ) -> Result<(Duration, u32), Option<String>> {
        if uncertain
            && self.operation.rules().method == Method::Delete
            && failure.error.is_not_found()
        {
            return Err(Some("an earlier attempt may have deleted it".to_owned()));
        }
        let safe = self.operation.rules().idempotent || failure.unprocessed;
        if failure.last || !safe || !(failure.error.is_retryable() || failure.error.is_throttled())
        {
            return Err(None);
        }
        let attempt = Attempt {
            number,
            error: &failure.error,
            random: self.clock().random(),
        };
        let wait = self.retry().wait(&attempt).ok_or(None)?;
        let wait = wait.max(failure.wait.unwrap_or_default());
        let left = end.saturating_duration_since(self.clock().now());
        if wait >= left {
            let asked = failure.wait.filter(|asked| *asked >= left);
            return Err(asked.map(|asked| {
                format!(
                    "try again in {asked:.0?}; the call's total timeout does not leave that long"
                )
            }));
        }
        if !self.request.body.is_repeatable() {
            return Err(Some(upload::ONCE.to_owned()));
        }
        let cost = self.endpoint.session.budget().pay(&failure.error);
        cost.map(|cost| (wait, cost)).ok_or(None)
    }

    async fn attempt(
        &self,
        number: u32,
        want: Want,
        end: Instant,
        limiters: &[Arc<Limiter>],
        (call, span): (&Span, &Span),
    ) -> Result<Box<Reply>, Box<Failure>> {
        let (grant, limits) = self.turn(end, limiters).await?;
        let transport = self.endpoint.session.transport();
        // The token is one of the secrets, so they are collected after it is known.
        let secrets = self.secrets();
        let (path, interceptors) = (self.operation.path(), self.endpoint.session.interceptors());
        let begun = interceptors.attempt(number, &self.request, path, self.clock(), || {
            secrets.clone()
        });
        let begun = begun.map_err(Failure::of)?;
        let headers = begun
            .as_ref()
            .map_or(&self.request.headers, |begun| begun.headers());
        let takes_encoded = want == Want::Success || encoding::is_wanted(headers);
        let exchange = Exchange {
            request: &self.request,
            headers,
            auth: &grant.authorization,
            limits,
            secrets: &secrets,
        };
        let mut sent = transport.send(&exchange).await;
        if let Some(begun) = begun {
            sent = self.ended(*begun, sent);
        }
        let mut reply = sent.map_err(Failure::of)?;
        trace::answer(span, reply.status, reply.request_id.as_ref(), reply.sent);
        let exhausted = headers::exhausted(&reply.headers, self.clock());
        if let (Some(wait), Some(limiter)) = (exhausted, limiters.last()) {
            limiter.pause(self.clock().now() + self.bounded(wait));
        }
        if !self.is_success(reply.status) {
            // Boxed: it is rare, and its future is large.
            return Err(Box::pin(self.refused(reply, grant, limiters, &secrets)).await);
        }
        let id = reply.request_id.take();
        if !takes_encoded
            && let Some(error) = encoding::error(reply.status, &reply.headers, &secrets)
        {
            return Err(Failure::of(taken_effect(
                &self.operation,
                error.with_request_id(id),
            )));
        }
        let span_to_end = (want == Want::Stream).then(|| call.clone());
        let body = &mut reply.body;
        body.answers(self.operation.name(), reply.status, id, span_to_end);
        // If reading the body fails here, the attempt has failed.
        self.read(&mut reply, want, span)
            .await
            .map_err(|error| Failure::of(taken_effect(&self.operation, error)))?;
        Ok(reply)
    }

    /// Reads what is needed of the body.
    async fn read(&self, reply: &mut Reply, want: Want, span: &Span) -> Result<(), Error> {
        let body = &mut reply.body;
        match want {
            Want::Stream => {}
            Want::Body => {
                let length = body.load(reply.deadline, self.answer_limit()).await?;
                trace::received(span, length);
            }
            Want::Success => {
                body.read_start(reply.deadline, DRAIN_LIMIT).await;
            }
        }
        Ok(())
    }

    /// Waits until the request may be sent, and returns its token and deadlines.
    async fn turn(
        &self,
        end: Instant,
        limiters: &[Arc<Limiter>],
    ) -> Result<(Grant, Limits), Box<Failure>> {
        let before = self.clock().now();
        let late = |limit| Failure::late(no_place(limit));
        let mut places = Places::take(limiters, end).map_err(late)?;
        loop {
            places.due().await.map_err(late)?;
            let waited = self.clock().now().saturating_duration_since(before);
            let grant = std::pin::pin!(
                self.endpoint
                    .session
                    .authorize(self.operation.rules().auth, end)
            );
            let grant = clock::by(self.clock(), end, grant).await;
            let grant = grant
                .ok_or_else(|| Failure::late(too_late("to get an access token")))?
                .map_err(Failure::unsent)?;
            let now = self.clock().now();
            let limits = self.limits(now, end);
            if limits.deadline <= now {
                let summary = "no time is left to send the request";
                return Err(Failure::late(Error::new(ErrorKind::Timeout, summary)));
            }
            // The places may have passed while the token was fetched.
            if places.start() {
                trace::waited(limiters, waited);
                return Ok((grant, limits));
            }
        }
    }

    fn is_success(&self, status: u16) -> bool {
        (200..300).contains(&status) || (status == 304 && self.operation.rules().not_modified)
    }

    fn limiters(&self) -> Vec<Arc<Limiter>> {
        let host = &self.request.url[Position::BeforeHost..Position::AfterPort];
        let value = |wanted: &str| {
            let found = self.path.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let limiters = self.endpoint.session.limiters();
        let throttle = self.option(|options| options.throttle);
        limiters.of(throttle, self.operation.rules().limits, host, value)
    }

    fn limits(&self, now: Instant, end: Instant) -> Limits {
        let timeouts = self.endpoint.session.timeouts();
        let attempt = self.option(|options| options.attempt_timeout);
        let attempt = attempt.unwrap_or(timeouts.attempt);
        let stall = self.option(|options| options.stall_timeout);
        let deadline = now + attempt;
        Limits {
            deadline: end.min(deadline),
            is_last: end < deadline,
            stall: stall.unwrap_or(timeouts.stall),
            answer: attempt,
        }
    }

    pub(super) fn total_timeout(&self) -> Duration {
        let total = self.option(|options| options.total_timeout);
        total.unwrap_or(self.endpoint.session.timeouts().total)
    }

    fn answer_limit(&self) -> usize {
        let limit = self.option(|options| options.answer_limit);
        limit.unwrap_or(ANSWER_LIMIT)
    }

    fn option<T>(&self, get: impl FnOnce(&CallOptions) -> Option<T>) -> Option<T> {
        self.endpoint.options.as_deref().and_then(get)
    }

    fn retry(&self) -> &dyn RetryPolicy {
        let options = self.endpoint.options.as_ref();
        match options.and_then(|options| options.retry.as_deref()) {
            Some(policy) => policy,
            None => self.endpoint.session.retry(),
        }
    }
}

impl Body {
    /// Reports a body that cannot be sent, before a token is fetched or a connection opened.
    async fn check(&self) -> Result<(), Error> {
        for upload in self.uploads() {
            upload.check().await?;
        }
        Ok(())
    }

    /// Whether it can be sent once more.
    fn is_repeatable(&self) -> bool {
        self.uploads().all(Upload::is_repeatable)
    }

    fn uploads(&self) -> impl Iterator<Item = &Upload> {
        let (alone, parts) = match self {
            Self::Upload { upload, .. } => (Some(upload), &[][..]),
            Self::Form(parts) => (None, &parts[..]),
            Self::Empty | Self::Bytes { .. } => (None, &[][..]),
        };
        let in_parts = parts.iter().filter_map(|part| match part {
            Part::File { upload, .. } => Some(upload),
            Part::Text { .. } => None,
        });
        alone.into_iter().chain(in_parts)
    }
}
