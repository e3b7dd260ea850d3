//! Failures from answers without success, and from answers that are lost.
//!
//! It must not decide whether the call is repeated.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::failure::Failure;
use super::run::Run;
use crate::auth::Grant;
use crate::error::{BODY_LIMIT, Error, ErrorKind, hint, message};
use crate::response::encoding;
use crate::secret::redact::Secrets;
use crate::session::choice;
use crate::throttle::limiter::Limiter;
use crate::throttle::{Throttle, headers};
use crate::transport::Reply;

impl Run {
    /// The failure of an answer without success.
    pub(super) async fn refused(
        &self,
        mut reply: Box<Reply>,
        grant: Grant,
        limiters: &[Arc<Limiter>],
        secrets: &Secrets,
    ) -> Box<Failure> {
        let status = reply.status;
        let clock = self.endpoint.session.clock();
        let asked = headers::wait(&reply.headers, clock.unix_time());
        let throttle = self.throttled_by(status);
        let throttled = status == 429 || throttle.is_some();
        let wait =
            asked.or_else(|| throttle.map(|number| self.operation.rules().limits[number].interval));
        // There are no limiters if the session does not throttle.
        let limiter = throttle.and_then(|number| limiters.get(number));
        if let (Some(limiter), Some(wait)) = (limiter, wait) {
            limiter.pause(clock.now() + self.bounded(wait));
        }
        let (body, whole) = reply.body.read_part(reply.deadline, BODY_LIMIT).await;
        // A documented throttling answer is sent before the request is processed. A 503 with a body
        // may come from elsewhere, and a truncated one had a body.
        let silent = whole && body.is_empty();
        let unprocessed = status == 429 || (status == 503 && throttled && silent);
        let error = self.describe(status, &body, secrets);
        let mut error = error.with_request_id(reply.request_id);
        if let Some(encoding) = encoding::of(&reply.headers, secrets) {
            let unread = format!("what it says is encoded as {encoding}, which is not read here");
            error = error.with_message(None).and_hint(&unread);
        }
        Box::new(Failure {
            error: error.throttled(throttled),
            unprocessed,
            wait: wait.filter(|_| throttled || status == 503),
            refused: Some(grant).filter(|_| status == 401),
            last: false,
        })
    }

    /// The wait that one answer may impose on other calls.
    pub(super) fn bounded(&self, asked: Duration) -> Duration {
        asked.min(Throttle::LONGEST_PAUSE).min(self.total_timeout())
    }

    /// The index of the operation's narrowest limit that answers with this status.
    fn throttled_by(&self, status: u16) -> Option<usize> {
        let mut limits = self.operation.rules().limits.iter();
        limits.rposition(|limit| status == 429 || limit.throttled.contains(&status))
    }

    fn describe(&self, status: u16, body: &Bytes, secrets: &Secrets) -> Error {
        let context = hint::Context {
            signed: self
                .endpoint
                .session
                .credentials()
                .signed(self.operation.rules().auth),
            environment_missing: self.operation.rules().environment
                && choice::is_missing(&self.request.headers),
        };
        let found = message::extract(body, &secrets.redactor());
        Error::from_status(status)
            .with_message(found.text)
            .with_maybe_hint(hint::for_status(status, found.html, context))
            .with_body(body)
    }

    /// The error of a call that is not repeated because it may have taken effect.
    pub(super) fn perhaps_done(&self, failure: Failure) -> Error {
        let error = failure.error;
        let done = error.status().is_some() && error.kind() != ErrorKind::Status;
        match self.operation.rules().idempotent || failure.unprocessed || done {
            false if error.is_retryable() => {
                error.and_hint("the call may have taken effect; look before you repeat it")
            }
            _ => error,
        }
    }
}
