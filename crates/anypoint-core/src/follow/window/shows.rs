//! Tests the window with services that return only some of their entries.

use std::time::Duration;

use super::*;

/// Which entries a service returns of a window with more than its limit.
#[derive(Clone, Copy, Debug)]
enum Shows {
    All,
    Oldest(usize),
    Newest(usize),
    /// The newest first, and only this many of them.
    Descending(usize),
}

struct Service {
    /// Times, in order; the index is the id.
    log: Vec<i64>,
    shows: Shows,
    searches: usize,
    largest: usize,
}

impl Service {
    fn search(&mut self, stretch: &Stretch) -> Vec<Found<()>> {
        self.searches += 1;
        let inside = |time: i64| {
            stretch.from.is_none_or(|from| time >= from) && stretch.to.is_none_or(|to| time <= to)
        };
        let log = self.log.iter().enumerate();
        let mut found: Vec<_> = log
            .filter(|(_, time)| inside(**time))
            .map(|(line, time)| Found {
                key: line as u64,
                id: None,
                time: Some(*time),
                order: i64::try_from(line).ok(),
                entry: (),
            })
            .collect();
        found.sort_by_key(|found| found.time);
        match self.shows {
            Shows::All => {}
            Shows::Oldest(count) => found.truncate(count),
            Shows::Newest(count) | Shows::Descending(count) => {
                found.drain(..found.len().saturating_sub(count));
            }
        }
        if let Shows::Descending(_) = self.shows {
            found.reverse();
        }
        self.largest = self.largest.max(found.len());
        found
    }
}

fn service(log: Vec<i64>, shows: Shows) -> Service {
    Service {
        log,
        shows,
        searches: 0,
        largest: 0,
    }
}

struct Reader {
    window: Window<()>,
    now: Instant,
    lines: Vec<usize>,
    gaps: usize,
}

impl Reader {
    fn from(time: i64) -> Self {
        let now = Instant::now();
        Self {
            window: Window::from(time, &[], now),
            now,
            lines: Vec::new(),
            gaps: 0,
        }
    }

    /// Reads one answer, and returns whether another one belongs to the same round. A pause follows
    /// each round.
    fn answer(&mut self, service: &mut Service) -> bool {
        let found = service.search(&self.window.stretch());
        let batch = self.window.accept(found, None, self.now);
        let keys = batch.entries.iter().map(|found| found.key as usize);
        self.lines.extend(keys);
        self.gaps += usize::from(batch.gap.is_some());
        if !batch.more {
            self.now += Duration::from_secs(2);
        }
        batch.more
    }

    /// Reads until there is nothing new.
    fn read(&mut self, service: &mut Service) {
        for _ in 0..10_000 {
            if !self.answer(service) {
                return;
            }
        }
        panic!("it goes on for ever: {:?}", self.window.stretch());
    }

    /// Checks that all lines were returned, once and in order.
    fn check(&self, count: usize, what: &str) {
        let wrong = self.lines.iter().enumerate().find(|(at, line)| at != *line);
        assert_eq!(
            (wrong, self.lines.len(), self.gaps),
            (None, count, 0),
            "{what}"
        );
    }
}

const EACH: [Shows; 7] = [
    Shows::All,
    Shows::Oldest(100),
    Shows::Newest(100),
    Shows::Descending(100),
    Shows::Oldest(1000),
    Shows::Newest(1000),
    Shows::Descending(1000),
];

/// Times with pauses, bursts and many entries of the same millisecond.
fn times(count: usize, seed: u64) -> Vec<i64> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut time = 1_000_000;
    let mut times = Vec::new();
    while times.len() < count {
        time += match random.u8(..100) {
            0 => random.i64(10_000..1_000_000),
            1..50 => random.i64(0..50),
            _ => 0,
        };
        let same = random.usize(1..30);
        // Less than a service shows, whatever of it is random.
        let last = times.iter().rev().take(90);
        if last.filter(|other| **other == time).count() + same > 90 {
            time += 1;
        }
        times.extend(std::iter::repeat_n(time, same));
    }
    times.truncate(count);
    times
}

#[test]
fn a_backlog_comes_whole_and_in_order_whatever_the_service_shows() {
    for shows in EACH {
        for seed in 0..3 {
            let log = times(5_000, seed);
            let mut service = service(log, shows);
            let mut reader = Reader::from(0);
            reader.read(&mut service);
            reader.check(5_000, &format!("{shows:?} {seed}"));
        }
    }
}

#[test]
fn a_service_may_show_very_little() {
    for shows in [
        Shows::Oldest(10),
        Shows::Newest(10),
        Shows::Newest(25),
        Shows::Descending(25),
    ] {
        let log = (0..600)
            .map(|line| line / 4 * (1 + line % 100))
            .collect::<Vec<i64>>();
        let mut log = log;
        log.sort_unstable();
        let mut service = service(log, shows);
        let mut reader = Reader::from(0);
        reader.read(&mut service);
        reader.check(600, &format!("{shows:?}"));
    }
}

#[test]
fn a_log_that_grows_comes_whole_and_in_order() {
    for shows in EACH {
        for seed in 0..3 {
            let mut random = fastrand::Rng::with_seed(seed);
            let all = times(3_000, seed);
            let mut service = service(Vec::new(), shows);
            let mut reader = Reader::from(0);
            while service.log.len() < all.len() {
                let next = service.log.len() + random.usize(0..200);
                service.log = all.iter().copied().take(next).collect();
                reader.read(&mut service);
            }
            reader.check(3_000, &format!("{shows:?} {seed}"));
        }
    }
}

#[test]
fn a_backlog_takes_not_many_more_searches_than_answers() {
    for shows in [Shows::Oldest(1000), Shows::Newest(1000)] {
        let log: Vec<i64> = (0..100_000).map(|line| line / 3).collect();
        let mut service = service(log, shows);
        let mut reader = Reader::from(0);
        reader.read(&mut service);
        assert_eq!(reader.lines.len(), 100_000);
        // A window shows 500 new entries of 1,000.
        assert!(service.searches < 600, "{shows:?}: {}", service.searches);
    }
}

#[test]
fn a_quiet_log_takes_at_most_two_searches_each_time() {
    let mut service = service(
        (0..500).map(|line| line * 100).collect(),
        Shows::Oldest(1000),
    );
    let mut reader = Reader::from(0);
    reader.read(&mut service);
    service.searches = 0;
    for time in 50..60 {
        service.log.push(time * 1_000);
        reader.read(&mut service);
    }
    // One for what is new, and one to look back.
    assert!(
        reader.lines.len() == 510 && service.searches <= 20,
        "{}",
        service.searches
    );
}

#[test]
fn entries_that_come_late_come_all_the_same() {
    let mut service = service(vec![1_000, 9_000], Shows::All);
    let mut reader = Reader::from(0);
    reader.read(&mut service);
    service.log.push(2_000);
    reader.read(&mut service);
    assert_eq!(reader.lines, [0, 1, 2]);
}

#[test]
fn what_was_shown_does_not_come_again() {
    let mut service = service(vec![5, 7, 7, 7, 8], Shows::All);
    let mut reader = Reader::from(7);
    reader.window = Window::from(7, &[(7, 1), (7, 3)], Instant::now());
    reader.read(&mut service);
    assert_eq!(reader.lines, [2, 4]);
}

#[test]
fn a_millisecond_that_is_not_shown_whole_is_told_and_left() {
    for shows in [Shows::Oldest(150), Shows::Newest(150)] {
        let mut log = vec![1; 10];
        log.extend([7; 400]);
        log.extend([8; 10]);
        let mut service = service(log, shows);
        let mut reader = Reader::from(0);
        reader.read(&mut service);
        let first = reader.lines.iter().filter(|line| **line < 10).count();
        let last = reader.lines.iter().filter(|line| **line >= 410).count();
        assert_eq!((first, last, reader.gaps), (10, 10, 1), "{shows:?}");
    }
}

#[test]
fn a_millisecond_with_many_entries_at_the_end_is_no_gap() {
    let mut service = service(vec![7; 200], Shows::All);
    let mut reader = Reader::from(0);
    for _ in 0..3 {
        reader.read(&mut service);
    }
    assert_eq!((reader.lines.len(), reader.gaps), (200, 0));
    service.log.extend([7, 8]);
    reader.read(&mut service);
    assert_eq!((reader.lines.len(), reader.gaps), (202, 0));
}

/// Where reading begins, and how many questions that takes.
fn begins_at(service: &mut Service, date: Option<i64>) -> (i64, usize) {
    let mut window = Window::newest(Instant::now());
    loop {
        let stretch = window.stretch();
        if !matches!(window.stage, Stage::Start(_)) {
            return (window.start, service.searches);
        }
        let found = service.search(&stretch);
        window.accept(found, date, Instant::now());
    }
}

#[test]
fn it_begins_shortly_before_the_newest_entries_whatever_the_service_shows() {
    const HOUR: i64 = 3_600_000;
    let newest = 500_000_000;
    for shows in EACH {
        for year_ahead in [0, 2] {
            let mut log: Vec<i64> = (0..5_000).map(|line| newest - line * 1_000).collect();
            log.extend(std::iter::repeat_n(newest + 8_760 * HOUR, year_ahead));
            for date in [None, Some(newest), Some(newest + HOUR), Some(0)] {
                let mut service = service(log.clone(), shows);
                let (from, questions) = begins_at(&mut service, date);
                let before = newest - from;
                assert!(
                    (20_000..180_000).contains(&before),
                    "{shows:?} {date:?}: {before}"
                );
                assert!(questions < 40, "{shows:?} {date:?}: {questions}");
            }
        }
    }
    assert_eq!(
        begins_at(&mut service(Vec::new(), Shows::All), None),
        (0, 1)
    );
}

#[test]
fn what_a_clock_that_goes_back_dates_before_the_start_comes_from_the_first_round_on() {
    let now = 1_750_000_000_000;
    let mut service = service((0..500).map(|line| now + line * 100).collect(), Shows::All);
    let mut reader = Reader::from(now);
    let mut round = |service: &mut Service| {
        loop {
            let is_first = reader.lines.is_empty();
            let more = reader.answer(service);
            if is_first && !reader.lines.is_empty() {
                // Between the first answer with lines and the next.
                service.log.push(now - 3_550_000);
            }
            if !more {
                return reader.lines.len();
            }
        }
    };
    let rounds = (0..100).find(|_| round(&mut service) == 501);
    assert!(rounds.is_some());
}

#[test]
fn what_is_new_comes_although_too_much_was_written_before_to_know_it() {
    let now = 1_750_000_000_000;
    let before = (0..5_000).map(|line| now - 1_000_000 + line * 100);
    let mut service = service(before.collect(), Shows::Oldest(100));
    let mut reader = Reader::from(now);
    reader.read(&mut service);
    for second in 0..5 {
        service
            .log
            .extend((0..70).map(|line| now + second * 1_000 + line * 10));
        reader.read(&mut service);
    }
    assert_eq!(reader.lines, (5_000..5_350).collect::<Vec<_>>());
    assert_eq!(reader.gaps, 0);
}

#[test]
fn what_is_written_between_two_answers_of_a_millisecond_is_no_gap() {
    let mut service = service(vec![1_000; 40], Shows::All);
    let mut reader = Reader::from(1_000);
    for _ in 0..100 {
        let stretch = reader.window.stretch();
        if stretch.from == Some(1_001) && service.log.len() == 40 {
            service.log.extend([1_000, 1_000, 1_001, 1_001]);
        }
        reader.answer(&mut service);
    }
    reader.check(44, "");
}

#[test]
fn lines_come_although_a_clock_goes_back_an_hour() {
    let now = 1_750_000_000_000;
    let log: Vec<i64> = (0..500).map(|line| now + line * 100).collect();
    let mut service = service(log, Shows::Oldest(100));
    let mut reader = Reader::from(now);
    reader.read(&mut service);
    for line in 0..100 {
        service.log.push(now - 3_550_000 + line * 1_000);
        let searches = service.searches;
        while reader.lines.len() < service.log.len() {
            reader.read(&mut service);
            assert!(service.searches < searches + 200, "line {line}");
        }
    }
}

#[test]
fn a_log_without_dates_is_not_searched_millisecond_by_millisecond() {
    for count in [20, 500] {
        let answer = |log: std::ops::Range<u64>| -> Vec<Found<()>> {
            log.map(|key| Found {
                key,
                id: None,
                time: None,
                order: None,
                entry: (),
            })
            .collect()
        };
        let mut window = Window::from(0, &[], Instant::now());
        let (mut lines, mut gaps, mut requests) = (0, 0, 0);
        for round in 0..3 {
            let mut more = true;
            while more {
                requests += 1;
                assert!(requests < 60, "{:?}", window.stretch());
                let batch = window.accept(answer(0..count + round), None, Instant::now());
                lines += batch.entries.len();
                gaps += usize::from(batch.gap.is_some());
                more = batch.more;
            }
        }
        assert_eq!(lines as u64, count + 2);
        // Nobody can tell whether that was all.
        assert!((1..=3).contains(&gaps), "{gaps}");
    }
}
