//! The polls of a wait: pauses, the time limit, temporary failures, and the end.
//!
//! It must not know what a state or a version means.

use std::time::{Duration, Instant};

use super::rules::{Stage, Waiting};
use super::version::{Followed, Reached, Whose};
use super::{Progress, Waited};
use crate::clock;
use crate::error::{Error, ErrorKind};
use crate::secret::redact::Shown;

/// The largest time limit, which can be added to any time without overflow.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// How long an end must last that may be that of an earlier operation, if no progress was seen.
const SETTLED: Duration = Duration::from_secs(15);

/// How long the service must answer 404 or 410 before it counts: after a creation a server may be stale,
/// and one of several servers may be stale at any time.
const MISSING: Duration = Duration::from_secs(30);

pub(super) struct Watch<R: Waited> {
    request: R,
    followed: Followed,
    timeout: Duration,
    every: Duration,
    /// The deadline; set by the first poll.
    deadline: Option<Instant>,
    over: bool,
    seen: Seen,
}

/// What the polls so far have shown.
#[derive(Default)]
struct Seen {
    /// The last state of the awaited version.
    state: Option<Shown>,
    reasons: Option<Shown>,
    /// What the last poll showed instead, if it was an earlier version.
    earlier: Option<Shown>,
    /// Whether an answer was received, of any version.
    answered: bool,
    /// An answer has shown that the operation is in progress, so an end is the end of this operation.
    under_way: bool,
    /// The end that the last poll showed, and since when, to be confirmed by further polls.
    end: Option<(End, Instant)>,
    /// The last state that was returned.
    told: Option<Shown>,
    /// Since when all answers were 404 or 410.
    missing: Option<Instant>,
    /// Why the last poll had no answer.
    fault: Option<Error>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Failed,
    Gone,
    Replaced,
}

impl<R: Waited> Watch<R> {
    pub(super) fn new(request: R, followed: Followed, timeout: Duration, every: Duration) -> Self {
        Self {
            request,
            followed,
            timeout,
            every,
            deadline: None,
            over: false,
            seen: Seen::default(),
        }
    }

    /// Success.
    pub(super) async fn end(&mut self) -> Result<R::Look, Error> {
        loop {
            match self.next().await {
                Some(Ok(progress)) if progress.done => return Ok(progress.answer),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                // Not before an end, which both arms above return.
                None => return Err(self.too_late()),
            }
        }
    }

    /// The next state that was not returned yet, or the end; `None` after it.
    pub(super) async fn next(&mut self) -> Option<Result<Progress<R::Look>, Error>> {
        while !self.over {
            let outcome = match self.look().await {
                Ok(None) => continue,
                Ok(Some(progress)) => Ok(progress),
                Err(error) => Err(error
                    .in_operation(R::WAITING.method)
                    .with_last_state(self.seen.state.clone())),
            };
            self.over = outcome.as_ref().map_or(true, |progress| progress.done);
            return Some(outcome);
        }
        None
    }

    async fn look(&mut self) -> Result<Option<Progress<R::Look>>, Error> {
        let session = self.request.endpoint().session.clone();
        let clock = session.clock();
        let deadline = match self.deadline {
            None => *self
                .deadline
                .insert(clock.now() + self.timeout.min(LONGEST)),
            Some(deadline) => {
                clock.sleep(self.pause(clock.now(), deadline)).await;
                deadline
            }
        };
        if clock.now() >= deadline {
            return Err(self.too_late());
        }
        let fetch = self.request.clone().into_future();
        match clock::by(clock, deadline, fetch).await {
            Some(Ok(response)) => self.judge(response.into_value()),
            Some(Err(error)) => self.refused(error, clock.now()).map(|()| None),
            None => Err(self.too_late()),
        }
    }

    /// The time until the next poll, which is no later than the time at which a 404 counts.
    fn pause(&self, now: Instant, deadline: Instant) -> Duration {
        let left = |until: Instant| until.saturating_duration_since(now);
        let missing = self.seen.missing.map(|since| left(since + MISSING));
        let missing = missing.filter(|left| !left.is_zero());
        let pause = self.every.min(left(deadline));
        missing.map_or(pause, |missing| pause.min(missing))
    }

    /// Handles a poll without an answer.
    fn refused(&mut self, error: Error, now: Instant) -> Result<(), Error> {
        if error.is_missing() {
            let since = *self.seen.missing.get_or_insert(now);
            self.seen.end = None;
            if now.saturating_duration_since(since) >= MISSING {
                return Err(match self.seen.answered {
                    true => self.deleted().with_source(error),
                    false => error,
                });
            }
        } else if !error.is_passing() {
            return Err(error);
        }
        self.seen.fault = Some(error);
        Ok(())
    }

    fn judge(&mut self, answer: R::Look) -> Result<Option<Progress<R::Look>>, Error> {
        let waiting: &Waiting = R::WAITING;
        let value = crate::json::to_json(&answer).unwrap_or_default();
        (self.seen.missing, self.seen.fault) = (None, None);
        if waiting.says_nothing(&value) {
            return Ok(None);
        }
        self.seen.answered = true;
        self.seen.earlier = None;
        let reached = match self.followed.whose(waiting.version.as_ref(), &value) {
            Whose::Ours { reached } => reached,
            Whose::Earlier(version) => {
                self.seen.earlier = Some(self.shown(&version));
                self.seen.end = None;
                return Ok(None);
            }
            Whose::Later { version, sure } => {
                return match self.confirm(End::Replaced, sure) {
                    true => Err(self.replaced(&self.shown(&version))),
                    false => Ok(None),
                };
            }
        };
        let state = self.shown(&waiting.describe(&value));
        self.seen.state = Some(state.clone());
        self.seen.reasons = waiting.reasons(&value).map(|text| self.shown(&text));
        let sure = self.seen.under_way;
        let done = match waiting.stage(&value) {
            Stage::Done if reached != Reached::No => {
                if !self.confirm(End::Done, sure || reached == Reached::Yes) {
                    return Ok(None);
                }
                true
            }
            Stage::Failed if self.confirm(End::Failed, sure) => return Err(self.failed()),
            Stage::Gone if self.confirm(End::Gone, sure) => return Err(self.deleted()),
            Stage::Failed | Stage::Gone => return Ok(None),
            Stage::Pending | Stage::Done => {
                self.seen.under_way = true;
                self.seen.end = None;
                false
            }
        };
        if !done && self.seen.told.as_ref() == Some(&state) {
            return Ok(None);
        }
        self.seen.told = Some(state.clone());
        Ok(Some(Progress {
            state: state.to_string(),
            done,
            answer,
            redactor: self.request.endpoint().session.known().redactor(),
        }))
    }

    /// Whether an end counts: it is certain, or two polls in a row have shown it. Without a version it may
    /// be that of an earlier operation, and must last.
    fn confirm(&mut self, end: End, sure: bool) -> bool {
        let now = self.request.endpoint().session.clock().now();
        let before = self.seen.end.filter(|(before, _)| *before == end);
        let since = before.map_or(now, |(_, since)| since);
        self.seen.end = Some((end, since));
        let lasts = end == End::Replaced || now.saturating_duration_since(since) >= SETTLED;
        sure || before.is_some() && (R::WAITING.version.is_some() || lasts)
    }

    fn failed(&self) -> Error {
        let summary = format!("it failed: {}", self.state());
        Error::new(ErrorKind::Failed, summary).with_message(self.seen.reasons.clone())
    }

    fn deleted(&self) -> Error {
        let summary = format!(
            "it was deleted while it was waited for; its last state was {}",
            self.state()
        );
        Error::new(ErrorKind::Deleted, summary)
    }

    fn replaced(&self, version: &Shown) -> Error {
        let summary = format!(
            "another deployment replaced it: version {version} in place of {}; its last state was {}",
            self.shown(self.followed.name()),
            self.state()
        );
        Error::new(ErrorKind::Replaced, summary)
    }

    fn too_late(&self) -> Error {
        let mut summary = format!(
            "not done after {:?}; its last state was {}",
            self.timeout,
            self.state()
        );
        if let Some(version) = &self.seen.earlier {
            summary += &format!(
                "; the answers still show version {version} in place of {}",
                self.shown(self.followed.name())
            );
        }
        let later = "it may still be done later; Wait::timeout waits longer";
        let Some(fault) = &self.seen.fault else {
            return Error::new(ErrorKind::Timeout, summary)
                .with_message(self.seen.reasons.clone())
                .with_hint(later);
        };
        let (told, hint) = fault.clone().without_hint();
        summary += &format!("; the last look failed: {told}");
        Error::new(ErrorKind::Timeout, summary)
            .with_message(self.seen.reasons.clone())
            .with_hint(hint.as_deref().unwrap_or(later))
            .with_source(fault.clone())
    }

    fn state(&self) -> &str {
        self.seen.state.as_ref().map_or("unknown", Shown::as_str)
    }

    /// A text of the service, without the secrets of the session.
    fn shown(&self, text: &str) -> Shown {
        let session = &self.request.endpoint().session;
        session.known().redactor().show(text)
    }
}
