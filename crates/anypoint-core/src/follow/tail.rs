//! The follower: which part to read next, pauses, temporary failures, and the end.
//!
//! It must not know the content of an entry, nor how a part continues.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_core::Stream;
use futures_util::StreamExt as _;

use super::entry::Found;
use super::ledger::{Begun, Step};
use super::log::Log;
use super::part::{Next, Part, Start};
use super::position::Mark;
use super::rules::{By, Following};
use super::split::Piece;
use super::{Batch, Settings, parts};
use crate::Json;
use crate::error::{Error, ErrorKind};

/// How long all answers must be 404 before the log counts as deleted.
const GONE: Duration = Duration::from_secs(10);

/// An entry, which is not decoded yet, or an error to be returned, and the place of the entry.
pub(super) struct Handed {
    pub(super) entry: Result<Piece, Error>,
    pub(super) step: Option<Step>,
}

/// A log that is followed.
pub(super) struct Tail {
    log: Box<dyn Log>,
    rules: &'static Following,
    settings: Settings,
    /// The oldest part first.
    parts: Vec<Part>,
    /// The same as the steps have it.
    begun: Arc<[Begun]>,
    /// Parts that are not followed, or not any more.
    done: HashSet<String>,
    /// Whether the service refuses the parameters that it may refuse, because it accepted a request
    /// without them; unknown before the first answer.
    plain: Option<bool>,
    /// The number of reads so far, before this round, and before the list of parts was last
    /// requested.
    looks: u64,
    round: u64,
    surveyed: u64,
    /// The next round begins, and pauses before anything else.
    due: bool,
    resting: bool,
    over: bool,
    /// The service has answered at least once.
    answered: bool,
    /// Since when every answer was a 404.
    missing: Option<Instant>,
    /// Since when every answer was a temporary failure.
    faulty: Option<Instant>,
    /// Since when the log has no parts.
    partless: Option<Instant>,
}

impl Tail {
    pub(super) fn new(log: Box<dyn Log>, settings: Settings) -> Self {
        Self {
            rules: log.rules(),
            log,
            settings,
            parts: Vec::new(),
            begun: Arc::default(),
            done: HashSet::new(),
            plain: None,
            looks: 0,
            round: 0,
            surveyed: 0,
            due: true,
            resting: false,
            over: false,
            answered: false,
            missing: None,
            faulty: None,
            partless: None,
        }
    }

    /// The entries and errors as a stream. Boxed here, so that a crate that follows does not compile the follower.
    pub(super) fn stream(self) -> Pin<Box<dyn Stream<Item = Handed> + Send>> {
        let lines = futures_util::stream::unfold(self, async |mut tail| {
            let handed = tail.next().await?;
            Some((handed, tail))
        });
        // To be asked after its end, too.
        Box::pin(lines.fuse())
    }

    /// The next entry or error; `None` after the end.
    async fn next(&mut self) -> Option<Handed> {
        while !self.over {
            if let Some(handed) = self.pop() {
                return Some(handed);
            }
            match Box::pin(self.go_on()).await {
                Ok(None) => {}
                Ok(Some(gap)) => return Some(self.complain(gap)),
                Err(error) if self.over => return Some(self.complain(error)),
                Err(error) => {
                    if let Err(error) = self.refused(error) {
                        self.over = true;
                        return Some(self.complain(error));
                    }
                    self.resting = true;
                }
            }
        }
        None
    }

    fn complain(&self, error: Error) -> Handed {
        Handed {
            entry: Err(error),
            step: None,
        }
    }

    /// The oldest of the next entries, once it is known that no part has an older one and that there
    /// is no other part.
    fn pop(&mut self) -> Option<Handed> {
        let at = self.first()?;
        if self.behind().is_some() || self.is_blind() {
            return None;
        }
        let Next {
            found,
            time,
            pending,
        } = self.parts.get_mut(at)?.pop()?;
        let Found { key, id, entry, .. } = found;
        let step = Step {
            parts: self.begun.clone(),
            part: at,
            key,
            id,
            time,
            pending,
        };
        Some(Handed {
            entry: Ok(entry),
            step: Some(step),
        })
    }

    /// The part whose next entry is the oldest.
    fn first(&self) -> Option<usize> {
        let parts = self.parts.iter().enumerate();
        let heads = parts.filter_map(|(at, part)| Some((part.head()?.0, at)));
        heads.min().map(|(_, at)| at)
    }

    /// A part that must be read before an entry can be returned.
    fn behind(&self) -> Option<usize> {
        let head = self.first().and_then(|at| self.parts.get(at)?.head());
        let since = head.map_or(self.round, |(_, look)| look);
        let behind = |part: &Part| part.head().is_none() && (part.more || part.looked <= since);
        self.parts.iter().position(behind)
    }

    /// Whether a part may have been created before the next entry was read.
    fn is_blind(&self) -> bool {
        let head = self.first().and_then(|at| self.parts.get(at)?.head());
        self.rules.parts.is_some() && head.is_some_and(|(_, look)| look > self.surveyed)
    }

    /// Reads a part that must be read, or begins the next round after a pause.
    async fn go_on(&mut self) -> Result<Option<Error>, Error> {
        if self.resting {
            let session = self.log.endpoint().session.clone();
            session.clock().sleep(self.settings.every).await;
            self.resting = false;
        }
        if let Some(at) = self.behind() {
            return self.look(at).await;
        }
        if self.is_blind() {
            self.survey().await?;
        } else if self.due {
            self.begin().await?;
            self.due = false;
        } else if self.settings.once {
            self.over = true;
        } else {
            (self.due, self.resting) = (true, true);
        }
        Ok(None)
    }

    async fn look(&mut self, at: usize) -> Result<Option<Error>, Error> {
        let Some(part) = self.parts.get_mut(at) else {
            return Ok(None);
        };
        let mut looked = part.look(&*self.log, self.plain == Some(true)).await;
        if self.plain.is_none()
            && looked
                .as_ref()
                .is_err_and(|error| may_refuse(self.rules, error))
        {
            looked = part.look(&*self.log, true).await;
            self.plain = looked.is_ok().then_some(true);
        }
        let batch = match looked {
            Ok(batch) => batch,
            Err(error) if error.is_missing() && self.rules.parts.is_some() => {
                return self.without_log(at, error);
            }
            Err(error) => return Err(error),
        };
        self.plain.get_or_insert(false);
        self.looks += 1;
        part.unbegun = None;
        let gap = part.keep(batch, self.looks);
        self.answered();
        Ok(gap)
    }

    /// The overview has shown that the part exists, so its log does not exist yet, or no longer.
    fn without_log(&mut self, at: usize, error: Error) -> Result<Option<Error>, Error> {
        let now = self.log.endpoint().session.clock().now();
        let Some(part) = self.parts.get_mut(at) else {
            return Ok(None);
        };
        let since = *part.unbegun.get_or_insert(now);
        self.looks += 1;
        part.keep(Batch::default(), self.looks);
        let waited = now.saturating_duration_since(since);
        if part.active && waited >= self.settings.patience {
            self.over = true;
            return Ok(Some(error.with_hint(
                "what logs is there, but the service has no log of it",
            )));
        }
        Ok(None)
    }

    fn answered(&mut self) {
        (self.answered, self.missing, self.faulty) = (true, None, None);
    }

    /// Begins a round and updates the list of parts.
    async fn begin(&mut self) -> Result<(), Error> {
        if self.rules.parts.is_some() {
            self.survey().await?;
        } else if self.parts.is_empty() {
            self.begin_whole()?;
        }
        self.round = self.looks;
        Ok(())
    }

    fn begin_whole(&mut self) -> Result<(), Error> {
        let start = match self.resumed()? {
            Some(marks) => marks.into_iter().next().map(Start::Mark),
            None => None,
        };
        let start = start.unwrap_or_else(|| self.settings.start());
        self.add("", start);
        self.retell();
        Ok(())
    }

    fn resumed(&self) -> Result<Option<Vec<Mark>>, Error> {
        let Some(position) = &self.settings.position else {
            return Ok(None);
        };
        let marks = position.marks_of(&self.log.subject())?;
        Ok(Some(marks.to_vec()))
    }

    /// Updates the list of parts.
    async fn survey(&mut self) -> Result<(), Error> {
        let Some(rules) = &self.rules.parts else {
            return Ok(());
        };
        let first = self.parts.is_empty() && self.done.is_empty();
        // A position of another log is refused before anything is sent.
        let marks = if first { self.resumed()? } else { None };
        let overview = self.log.overview().await?;
        let mut active = parts::active(rules, &overview);
        let known =
            |id: &String| self.done.contains(id) || self.parts.iter().any(|part| *part.id == **id);
        if self.parts.is_empty() || !active.iter().all(known) {
            let history = match self.log.history().await {
                // The active parts are known without it.
                Err(error) if error.is_missing() => Json::Null,
                history => history?,
            };
            let mut all = parts::ordered(rules, &history);
            // The list may be stale and lack the newest parts.
            let missing = active.iter().rev().filter(|id| !all.contains(*id));
            let missing: Vec<String> = missing.cloned().collect();
            all.extend(missing);
            if active.is_empty() {
                active.extend(all.last().cloned());
            }
            match first {
                true => self.begin_parts(all, marks, &active),
                false => self.add_new(all),
            }
        }
        let newest = self.parts.last().map(|part| part.id.clone());
        for part in &mut self.parts {
            let newest = newest.as_ref() == Some(&part.id);
            part.active = newest || active.iter().any(|id| **id == *part.id);
        }
        self.close();
        self.surveyed = self.looks;
        self.answered();
        self.have_parts()
    }

    /// Ends with an error if the log has had no parts for too long.
    fn have_parts(&mut self) -> Result<(), Error> {
        let now = self.log.endpoint().session.clock().now();
        if !self.parts.is_empty() {
            self.partless = None;
            return Ok(());
        }
        let since = *self.partless.get_or_insert(now);
        self.over = now.saturating_duration_since(since) >= self.settings.patience;
        match self.over {
            true => Err(no_parts()),
            false => Ok(()),
        }
    }

    fn begin_parts(&mut self, all: Vec<String>, marks: Option<Vec<Mark>>, active: &[String]) {
        if let Some(marks) = marks {
            let newest = all
                .iter()
                .rposition(|id| marks.iter().any(|mark| mark.part == **id));
            let later = newest.map_or(0, |newest| newest + 1);
            self.done.extend(all.iter().take(later).cloned());
            for mark in marks {
                self.done.remove(&mark.part);
                self.add(&mark.part.clone(), Start::Mark(mark));
            }
            for id in all.iter().skip(later) {
                self.add(id, Start::From(0));
            }
        } else {
            let since = self.settings.since.is_some();
            for id in all {
                match since || active.contains(&id) {
                    true => self.add(&id, self.settings.start()),
                    false => drop(self.done.insert(id)),
                }
            }
        }
        self.retell();
    }

    fn add_new(&mut self, all: Vec<String>) {
        for id in all {
            let known = self.parts.iter().any(|part| *part.id == *id);
            if !known && !self.done.contains(&id) {
                self.add(&id, Start::From(0));
            }
        }
        self.retell();
    }

    fn add(&mut self, id: &str, start: Start) {
        let now = self.log.endpoint().session.clock().now();
        let mut part = Part::new(id, &self.rules.by, start, now);
        if self.settings.once {
            part.read_to_the_end();
        }
        self.parts.push(part);
    }

    /// Removes parts that are no longer written and have had no new entries for a while.
    fn close(&mut self) {
        let now = self.log.endpoint().session.clock().now();
        let (mut gone, mut kept) = (Vec::new(), Vec::new());
        for mut part in std::mem::take(&mut self.parts) {
            match part.is_over(now, self.looks) {
                true => gone.push(part.id.to_string()),
                false => kept.push(part),
            }
        }
        self.parts = kept;
        if !gone.is_empty() {
            self.done.extend(gone);
            self.retell();
        }
    }

    fn retell(&mut self) {
        self.begun = self.parts.iter().map(|part| part.begun.clone()).collect();
    }

    /// Tolerates a temporary failure, unless it has lasted too long.
    fn refused(&mut self, error: Error) -> Result<(), Error> {
        let now = self.log.endpoint().session.clock().now();
        let lasted = |since: Instant| now.saturating_duration_since(since);
        if error.is_missing() {
            let since = *self.missing.get_or_insert(now);
            let gone = lasted(since) >= GONE.min(self.settings.patience);
            return match gone && since != now {
                false => Ok(()),
                true if self.answered => Err(deleted().with_source(error)),
                true => Err(error),
            };
        }
        if !error.is_passing() {
            return Err(match &self.settings.position {
                Some(_) if !self.has_read() && error.status() == Some(400) => error.with_hint(
                    "the service may no longer have the entry of the position; follow from a time with Follow::since",
                ),
                _ => error,
            });
        }
        let since = *self.faulty.get_or_insert(now);
        match lasted(since) >= self.settings.patience {
            true => Err(error),
            false => Ok(()),
        }
    }

    fn has_read(&self) -> bool {
        self.parts.iter().any(|part| part.looked > 0)
    }
}

/// Whether the service may have refused a parameter other than the time.
fn may_refuse(rules: &Following, error: &Error) -> bool {
    let refusable = matches!(
        rules.by,
        By::Time {
            refusable: true,
            ..
        }
    );
    refusable && matches!(error.status(), Some(400 | 422))
}

fn no_parts() -> Error {
    Error::new(
        ErrorKind::Decode,
        "the service does not say which parts the log has",
    )
    .with_hint("nothing may have been deployed yet")
}

fn deleted() -> Error {
    Error::new(
        ErrorKind::Deleted,
        "what it is the log of was deleted meanwhile",
    )
}
