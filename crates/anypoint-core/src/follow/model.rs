//! Tests both followers against a simulated service.
//!
//! Several writers with different clocks write lines. Some lines are shown late and at any place,
//! have wrong dates, are damaged, or have ids that were used before. The clock of the service jumps.
//! Its answers are capped, reversed, repeated, empty, truncated or HTML. Each line must be returned
//! exactly once, or a gap must be reported.
//!
//! Each seed is a different service. CONTRIBUTING.md has the command for more seeds and lines.

mod service;

use std::collections::HashMap;
use std::ops::Range;
use std::time::Instant;

use self::service::{Reads, Service, Shows, Traits};
use super::document::{At, Document};
use super::entry::{Found, decoded, entries};
use super::rules::{By, Following};
use super::split::{Piece, pieces};
use super::window::Window;
use super::{Batch, Stretch};
use crate::error::ErrorKind;
use crate::response::Answer;
use crate::secret::redact::Secrets;
use crate::{Error, Json};
use ::http::HeaderMap;

const RULES: Following = Following {
    method: "follow_logs",
    id: "/id",
    time: "/time",
    order: Some("/n"),
    by: By::Time {
        length: None,
        refusable: false,
    },
    parts: None,
};

/// How long a follower pauses, in milliseconds.
const PAUSE: i64 = 2_000;

/// How many rounds a follower may need after the last line was written.
const AFTER: usize = 120;

/// How long the test checks that no line is repeated, in milliseconds.
const AGAIN: i64 = 20_000;

enum Cursor {
    ById(Document<Piece>),
    ByTime(Window<Piece>),
}

impl Cursor {
    fn stretch(&self) -> Stretch {
        match self {
            Self::ById(document) => document.stretch(),
            Self::ByTime(window) => window.stretch(),
        }
    }

    fn accept(
        &mut self,
        found: Vec<Found<Piece>>,
        date: i64,
        during: &Range<Instant>,
    ) -> Result<Batch<Piece>, Error> {
        match self {
            Self::ById(document) => document.accept(found, during),
            Self::ByTime(window) => Ok(window.accept(found, Some(date), during.end)),
        }
    }
}

/// The result of a run.
#[derive(Debug, Default)]
struct Told {
    /// How often each line was returned, and in which order.
    lines: HashMap<usize, usize>,
    order: Vec<usize>,
    damaged: usize,
    gaps: usize,
    last_gap: String,
    /// The service hides lines that no request can return.
    may_miss: bool,
    requests: usize,
    rounds: usize,
}

impl Told {
    /// One round: reads while there is more to read immediately.
    fn round(&mut self, cursor: &mut Cursor, service: &mut Service) {
        self.rounds += 1;
        let begun = self.requests;
        loop {
            self.requests += 1;
            assert!(
                self.requests - begun < 50_000,
                "it goes on for ever: {:?}",
                cursor.stretch()
            );
            let asked = service.clock();
            let body = service.answer(&cursor.stretch());
            // A temporary failure: the same is requested again.
            let Ok(pieces) = pieces(&Answer::new(
                200,
                HeaderMap::new(),
                body.into(),
                Secrets::default(),
            )) else {
                continue;
            };
            let found = entries(&RULES, pieces);
            let batch = cursor
                .accept(found, service.date(), &(asked..service.clock()))
                .unwrap();
            if let Some(gap) = &batch.gap {
                assert_eq!(gap.kind(), ErrorKind::Gap);
                self.gaps += 1;
                self.last_gap = gap.to_string();
            }
            for found in batch.entries {
                self.take(decoded(&found.entry));
            }
            if !batch.more {
                return;
            }
        }
    }

    fn take(&mut self, entry: Result<Json, Error>) {
        let number = match entry {
            Ok(entry) => entry.get("n").and_then(Json::as_u64).unwrap() as usize,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Decode);
                self.damaged += 1;
                number_in(error.body().unwrap())
            }
        };
        *self.lines.entry(number).or_default() += 1;
        self.order.push(number);
    }

    fn check(&self, service: &Service, count: usize, what: &str) {
        let twice = self.lines.iter().find(|(_, times)| **times > 1);
        let line = twice.map(|(number, _)| service.line(*number));
        assert!(twice.is_none(), "{what}: {twice:?} came again: {line:?}");
        let missing: Vec<usize> = (0..count).filter(|n| !self.lines.contains_key(n)).collect();
        let lines: Vec<_> = missing.iter().take(3).map(|n| service.line(*n)).collect();
        assert!(
            missing.is_empty() || self.gaps > 0,
            "{what}: {} lines are missing without a word: {lines:#?}",
            missing.len()
        );
        let gaps = (self.gaps, &self.last_gap);
        assert!(
            missing.is_empty() || self.may_miss,
            "{what}: {} missing {gaps:?} {lines:#?}",
            missing.len()
        );
        assert!(self.may_miss || self.damaged == service.damaged(), "{what}");
    }
}

/// The number of a line that is not JSON.
fn number_in(text: &[u8]) -> usize {
    let text = String::from_utf8_lossy(text);
    let (_, rest) = text.split_once("\"n\":").unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

fn run(traits: Traits, mut cursor: Cursor, seed: u64, count: usize) -> (Told, Service) {
    let mut service = Service::new(traits, seed);
    let mut told = Told::default();
    while service.written() < count {
        service.write(count);
        told.round(&mut cursor, &mut service);
        service.pass(PAUSE);
    }
    for _ in 0..AFTER {
        told.round(&mut cursor, &mut service);
        service.pass(PAUSE);
        if told.lines.len() == count && service.date() > service.last() + AGAIN {
            break;
        }
    }
    (told, service)
}

fn by_time() -> Cursor {
    Cursor::ByTime(Window::from(0, &[], Instant::now()))
}

fn by_id() -> Cursor {
    Cursor::ById(Document::new(At::From(0), &[], 1_000, Instant::now()))
}

/// The number of lines and the seeds, from the variables `FOLLOW_LINES`, `FOLLOW_SEED` and
/// `FOLLOW_SEEDS`.
fn size() -> (usize, std::ops::Range<u64>) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let lines = number("FOLLOW_LINES").unwrap_or(5_000);
    let first = number("FOLLOW_SEED");
    let seeds = number("FOLLOW_SEEDS").unwrap_or(if first.is_some() { 1 } else { 20 });
    let first = first.unwrap_or(0);
    (lines as usize, first..first + seeds)
}

fn each_line_comes_once(cursor: fn() -> Cursor) {
    let (count, seeds) = size();
    let mut failed = Vec::new();
    for seed in seeds {
        let run = || one_seed(cursor, seed, count);
        if std::panic::catch_unwind(run).is_err() {
            failed.push(seed);
        }
    }
    assert!(
        failed.is_empty(),
        "FOLLOW_SEED={failed:?} FOLLOW_LINES={count}"
    );
}

fn one_seed(cursor: fn() -> Cursor, seed: u64, count: usize) {
    let traits = Traits::of(seed);
    let what = format!("FOLLOW_SEED={seed} FOLLOW_LINES={count} {traits:?}");
    // For each round, and for each answer with new lines.
    let most = match cursor() {
        Cursor::ById(_) => 4,
        Cursor::ByTime(_) => 25,
    };
    let (told, service) = run(traits, cursor(), seed, count);
    told.check(&service, count, &what);
    let least = told.rounds + count / traits.shows.most().min(1_000);
    assert!(
        told.requests < most * least,
        "{what}: {} requests in {} rounds",
        told.requests,
        told.rounds
    );
    assert_eq!(told.gaps, 0, "{what} {}", told.last_gap);
}

#[test]
fn each_line_of_a_log_that_is_searched_by_time_comes_once() {
    each_line_comes_once(by_time);
}

#[test]
fn each_line_of_a_log_that_is_read_on_by_ids_comes_once() {
    each_line_comes_once(by_id);
}

#[test]
fn a_log_that_begins_with_few_lines_in_any_order_comes_whole() {
    for seed in [28, 34, 37, 67, 76, 139, 280] {
        one_seed(by_id, seed, 1_500);
    }
}

#[test]
fn lines_come_in_order_where_nothing_is_late_or_wrong() {
    for cursor in [by_time, by_id] {
        for shows in Shows::EACH {
            let traits = Traits {
                shows,
                ..Traits::calm()
            };
            let (told, _) = run(traits, cursor(), 1, 3_000);
            assert!(
                told.order.is_sorted() && told.order.len() == 3_000,
                "{traits:?}"
            );
        }
    }
}

#[test]
fn whichever_order_a_service_means_lines_come_in_order() {
    for reads in [Reads::Plain, Reads::Contrary, Reads::Ignored] {
        for newest in [true, false] {
            let traits = Traits {
                reads,
                ..Traits::calm()
            };
            let mut service = Service::new(traits, 2);
            service.write_at_once(2_500);
            let at = if newest { At::Newest(10) } else { At::From(0) };
            let mut cursor = Cursor::ById(Document::new(at, &[], 1_000, Instant::now()));
            let mut told = Told::default();
            told.round(&mut cursor, &mut service);
            service.write_at_once(5_000);
            told.round(&mut cursor, &mut service);
            let first = if newest { 2_490 } else { 0 };
            assert_eq!(told.order, (first..5_000).collect::<Vec<_>>(), "{traits:?}");
            assert_eq!(told.gaps, 0, "{traits:?}");
        }
    }
}

#[test]
fn a_service_that_always_shows_the_newest_entries_has_gaps_where_it_hides_some() {
    let traits = Traits {
        reads: Reads::NewestFirst,
        shows: Shows::Oldest(100),
        ..Traits::calm()
    };
    let mut service = Service::new(traits, 2);
    let (mut told, mut cursor) = (Told::default(), by_id());
    for lines in [50, 100, 150, 1_000, 1_050] {
        service.write_at_once(lines);
        for _ in 0..4 {
            told.round(&mut cursor, &mut service);
            service.pass(PAUSE);
        }
    }
    assert!(told.order.is_sorted(), "{:?}", told.order);
    let missing = 1_050 - told.order.len();
    assert!(
        (1..=800).contains(&missing) && told.gaps == 1,
        "{missing} {}",
        told.gaps
    );
}

#[test]
fn a_service_that_ignores_the_time_has_few_gaps_and_the_follower_goes_on() {
    for shows in [Shows::Oldest(100), Shows::Newest(100), Shows::All] {
        let traits = Traits {
            shows,
            ignores_time: true,
            ..Traits::calm()
        };
        let (mut told, service) = run(traits, by_time(), 3, 1_000);
        told.may_miss = true;
        told.check(&service, 1_000, &format!("{traits:?}"));
        assert!(told.gaps <= 3, "{traits:?}: {} gaps", told.gaps);
        assert!(
            told.requests < told.rounds * 6,
            "{traits:?}: {} requests",
            told.requests
        );
        if matches!(shows, Shows::Newest(_) | Shows::All) {
            assert_eq!(told.order.len(), 1_000, "{traits:?}");
        }
    }
}
