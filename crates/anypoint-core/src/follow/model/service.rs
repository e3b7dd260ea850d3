//! A simulated service with a log, and its irregularities.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::follow::Stretch;
use crate::follow::horizon::LATE;

/// The time at which the simulation begins.
const BEGUN: i64 = 1_750_000_000_000;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const YEAR: i64 = 365 * 24 * HOUR;

/// Which entries a service returns of more than its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shows {
    All,
    Oldest(usize),
    Newest(usize),
    /// A different number each time, from either end.
    Any(usize),
}

impl Shows {
    pub(super) const EACH: [Self; 6] = [
        Self::All,
        Self::Oldest(10),
        Self::Newest(25),
        Self::Oldest(100),
        Self::Newest(100),
        Self::Newest(777),
    ];

    pub(super) fn most(self) -> usize {
        match self {
            Self::All => usize::MAX,
            Self::Oldest(count) | Self::Newest(count) => count,
            Self::Any(count) => count / 2,
        }
    }
}

/// How a service interprets `descending`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reads {
    Plain,
    Contrary,
    /// Always the oldest first.
    Ignored,
    /// Always the newest entries, newest first.
    NewestFirst,
}

/// The irregularities of a service and its writers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    pub(super) shows: Shows,
    pub(super) reads: Reads,
    pub(super) ignores_time: bool,
    /// It returns the newest first when the oldest are requested.
    pub(super) turned: bool,
    pub(super) late: bool,
    pub(super) skewed: bool,
    pub(super) wrong: bool,
    pub(super) jumps: i64,
    pub(super) damaged: bool,
    pub(super) repeats: bool,
    pub(super) faults: bool,
    /// Of two entries with the same id, a request finds the last one.
    pub(super) finds_last: bool,
}

impl Traits {
    /// No irregularities.
    pub(super) fn calm() -> Self {
        Self {
            shows: Shows::All,
            reads: Reads::Plain,
            ignores_time: false,
            turned: false,
            late: false,
            skewed: false,
            wrong: false,
            jumps: 0,
            damaged: false,
            repeats: false,
            faults: false,
            finds_last: false,
        }
    }

    pub(super) fn of(seed: u64) -> Self {
        let shows = [
            Shows::All,
            Shows::Oldest(100),
            Shows::Newest(100),
            Shows::Any(200),
            Shows::Oldest(30),
            Shows::Newest(777),
            Shows::Newest(60),
        ];
        let reads = [Reads::Plain, Reads::Contrary, Reads::Ignored];
        let at = |count: usize| usize::try_from(seed % count as u64).unwrap_or(0);
        Self {
            shows: shows[at(shows.len())],
            reads: reads[at(reads.len())],
            ignores_time: false,
            turned: seed % 2 == 1,
            late: true,
            skewed: !seed.is_multiple_of(3),
            wrong: true,
            jumps: [HOUR, 0, -HOUR, 0][at(4)],
            damaged: true,
            repeats: true,
            faults: true,
            finds_last: seed % 4 == 1,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    id: String,
    /// The true time at which it is shown.
    shown: i64,
    /// Its place in the log, and the time under which a search finds it.
    place: i64,
    searched: i64,
    text: String,
}

pub(super) struct Service {
    traits: Traits,
    random: fastrand::Rng,
    /// All lines that were written, by their numbers.
    lines: Vec<Line>,
    /// The numbers of the lines that are shown, in the order of their places.
    log: Vec<usize>,
    /// The same in the order of their times.
    by_time: Vec<usize>,
    /// The lines that are not shown yet.
    hidden: Vec<usize>,
    /// The numbers of the lines with an id, in the order in which they were written.
    ids: HashMap<String, Vec<usize>>,
    damaged: usize,
    last: i64,
    now: i64,
    /// The moment at which the simulation began, by the local clock.
    begun: Instant,
    /// How wrong the clock of the service is.
    offset: i64,
    /// The last requests, so that a request does not fail forever.
    faults: u32,
}

impl Service {
    pub(super) fn new(traits: Traits, seed: u64) -> Self {
        Self {
            traits,
            random: fastrand::Rng::with_seed(seed),
            lines: Vec::new(),
            log: Vec::new(),
            by_time: Vec::new(),
            hidden: Vec::new(),
            ids: HashMap::new(),
            damaged: 0,
            last: 0,
            now: BEGUN,
            begun: Instant::now(),
            offset: 0,
            faults: 0,
        }
    }

    pub(super) fn written(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn damaged(&self) -> usize {
        self.damaged
    }

    pub(super) fn date(&self) -> i64 {
        self.now + self.offset
    }

    /// The current moment, by the local clock.
    pub(super) fn clock(&self) -> Instant {
        self.begun + Duration::from_millis((self.now - BEGUN).unsigned_abs())
    }

    /// When the last line was written.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    pub(super) fn line(&self, number: usize) -> Option<&Line> {
        self.lines.get(number)
    }

    pub(super) fn pass(&mut self, millis: i64) {
        self.now += millis;
    }

    /// Shows everything that was written immediately.
    pub(super) fn write_at_once(&mut self, count: usize) {
        while self.written() < count {
            self.now += 1;
            self.write_line(self.now);
        }
    }

    /// Writes the lines of one pause.
    pub(super) fn write(&mut self, count: usize) {
        let few = self.random.usize(0..80);
        let end = count.min(self.written() + few);
        self.offset = match self.written() {
            written if written > count * 2 / 3 => 0,
            written if written > count / 3 => self.traits.jumps,
            _ => 0,
        };
        let begun = self.now - 2_000;
        let mut times: Vec<i64> = { self.written()..end }
            .map(|_| begun + self.random.i64(0..2_000))
            .collect();
        times.sort_unstable();
        for time in times {
            self.write_line(time);
        }
    }

    fn write_line(&mut self, time: i64) {
        let number = self.written();
        self.last = time;
        let traits = self.traits;
        let skews = [0, 5_000, -7_000, 10 * MINUTE, -12 * MINUTE];
        let writer = self.random.usize(0..if traits.skewed { 5 } else { 2 });
        let skew = if traits.skewed { skews[writer] } else { 0 };
        let delay = match self.random.u8(..10) {
            _ if !traits.late => 0,
            0 => self.random.i64(0..LATE - 3_000),
            1..3 => self.random.i64(0..5_000),
            _ => 0,
        };
        let place = time + self.offset;
        let own = place + skew;
        let (date, searched) = match self.random.u8(..100) {
            _ if !traits.wrong => (own.to_string(), own),
            0 => ((own + YEAR).to_string(), own + YEAR),
            1 => ((own + YEAR).to_string(), own),
            2 => ("0".to_owned(), own),
            3 => ("\"yesterday\"".to_owned(), own),
            4 => ("[true]".to_owned(), own),
            5 => ("null".to_owned(), own),
            _ => (own.to_string(), own),
        };
        let reused = traits.repeats && number > 20 && self.random.u8(..100) == 0;
        let id = match reused {
            true => format!("id-{}", number - self.random.usize(1..20)),
            false => format!("id-{number}"),
        };
        let message = match self.random.u8(..60) {
            _ if !traits.damaged => "fine",
            0 => "half \\ud83d",
            1 => "\u{1b}[31m",
            2 => "C:\\data",
            3 => "quo\"te",
            4 => "half \\ude00 of it \u{0}",
            _ => "fine } , {\\\"",
        };
        let whole = message.starts_with("fine");
        self.damaged += usize::from(!whole);
        let text = format!(
            r#"{{"n":{number},"id":"{id}","time":{date},"message":"{message}","writer":{writer}}}"#
        );
        let line = Line {
            id,
            shown: time + delay,
            place,
            searched,
            text,
        };
        self.ids.entry(line.id.clone()).or_default().push(number);
        self.hidden.push(number);
        self.lines.push(line);
    }

    fn show(&mut self) {
        for number in std::mem::take(&mut self.hidden) {
            let Some(line) = self.lines.get(number).filter(|line| line.shown <= self.now) else {
                self.hidden.push(number);
                continue;
            };
            let (place, time) = (self.in_log(line.place, number), line.searched);
            self.log.insert(place, number);
            let key = |number: &usize| {
                let line = &self.lines[*number];
                (line.searched, line.place, *number)
            };
            let own = (time, line.place, number);
            let at = self.by_time.partition_point(|other| key(other) < own);
            self.by_time.insert(at, number);
        }
    }

    /// The place of a line in the log.
    fn in_log(&self, place: i64, number: usize) -> usize {
        let key = |number: &usize| (self.lines[*number].place, *number);
        self.log
            .partition_point(|other| key(other) < (place, number))
    }

    fn texts<'a>(&self, numbers: impl Iterator<Item = &'a usize>) -> Vec<String> {
        numbers
            .map(|number| self.lines[*number].text.clone())
            .collect()
    }

    /// An answer of any form.
    pub(super) fn answer(&mut self, stretch: &Stretch) -> Vec<u8> {
        self.now += 20;
        self.show();
        let mut lines = match stretch.from.is_some() && self.traits.reads_by_time(stretch) {
            true => self.search(stretch),
            false => self.page(stretch),
        };
        if self.traits.repeats
            && self.random.u8(..10) == 0
            && let Some(line) = lines.last().cloned()
        {
            lines.push(line);
        }
        let list = format!("[{}]", lines.join(","));
        if self.traits.faults && self.faults < 3 {
            self.faults += 1;
            match self.random.u8(..40) {
                0 => return b"[]".to_vec(),
                1 => return b"<html><title>Busy</title></html>".to_vec(),
                2 => return list.into_bytes().split_at(list_cut(&lines)).0.to_vec(),
                3 => return format!(r#"{{"data":{list}}}"#).into_bytes(),
                _ => {}
            }
        }
        self.faults = 0;
        list.into_bytes()
    }

    fn cap(&mut self) -> (usize, bool) {
        match self.traits.shows {
            Shows::All => (usize::MAX, false),
            Shows::Oldest(count) => (count, false),
            Shows::Newest(count) => (count, true),
            Shows::Any(count) => (self.random.usize(count / 4..=count), self.random.bool()),
        }
    }

    fn search(&mut self, stretch: &Stretch) -> Vec<String> {
        let (count, newest) = self.cap();
        let (from, to) = match self.traits.ignores_time {
            true => (i64::MIN, i64::MAX),
            false => (
                stretch.from.unwrap_or(i64::MIN),
                stretch.to.unwrap_or(i64::MAX),
            ),
        };
        let time = |number: &usize| self.lines[*number].searched;
        let begin = self.by_time.partition_point(|number| time(number) < from);
        let end = self.by_time.partition_point(|number| time(number) <= to);
        let end = end.max(begin);
        let (begin, end) = match newest {
            true => (end.saturating_sub(count).max(begin), end),
            false => (begin, begin.saturating_add(count).min(end)),
        };
        let mut found = self.texts(self.by_time[begin..end].iter());
        if self.traits.turned {
            found.reverse();
        }
        found
    }

    fn page(&mut self, stretch: &Stretch) -> Vec<String> {
        let (count, _) = self.cap();
        let count = count.min(
            stretch
                .length
                .and_then(|it| it.try_into().ok())
                .unwrap_or(10),
        );
        let mut places: Vec<usize> = { stretch.after.iter() }
            .flat_map(|id| self.ids.get(id).into_iter().flatten())
            .map(|number| self.in_log(self.lines[*number].place, *number))
            .collect();
        places.sort_unstable();
        // Without the lines that are not shown yet.
        let is_it = |at: &&usize| {
            { self.log.get(**at) }
                .is_some_and(|number| Some(&self.lines[*number].id) == stretch.after.as_ref())
        };
        let at = match self.traits.finds_last {
            true => places.iter().rev().find(is_it),
            false => places.iter().find(is_it),
        };
        let from = at.map_or(0, |at| at + 1);
        let mut found = &self.log[from..];
        let first_page = stretch.after.is_none() && stretch.from.is_none();
        let newest_first = match self.traits.reads {
            Reads::Plain => stretch.descending == Some(true),
            Reads::Contrary => stretch.descending != Some(true),
            Reads::Ignored => false,
            Reads::NewestFirst => true,
        };
        found = match newest_first || first_page {
            true => &found[found.len().saturating_sub(count)..],
            false => &found[..count.min(found.len())],
        };
        match newest_first {
            true => self.texts(found.iter().rev()),
            false => self.texts(found.iter()),
        }
    }
}

impl Traits {
    /// A request without a length and an id is one by time.
    fn reads_by_time(self, stretch: &Stretch) -> bool {
        stretch.length.is_none() && stretch.after.is_none()
    }
}

/// Somewhere in the middle of the last entry.
fn list_cut(lines: &[String]) -> usize {
    let last = lines.last().map_or(0, |line| line.len() / 2);
    let whole: usize = lines.iter().map(|line| line.len() + 1).sum();
    1 + whole.saturating_sub(last + 1)
}
