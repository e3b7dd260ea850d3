//! Pages of logs that are read on by ids.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::follow::entry::hash;

const LENGTH: i64 = 9;

/// Entries by their ids and times; those without an id begin with `#`.
fn page(ids: &[(&str, i64)]) -> Vec<Found<String>> {
    let found = |(id, time): &(&str, i64)| Found {
        key: hash(format!("key of {id}").as_bytes()),
        id: Some(Arc::from(*id)).filter(|_| !id.starts_with('#')),
        time: Some(*time),
        order: None,
        entry: (*id).to_owned(),
    };
    ids.iter().map(found).collect()
}

/// A document and a clock that goes on with each page.
struct Reading {
    document: Document<String>,
    now: Instant,
}

impl Reading {
    fn new(at: At, shown: &[&str], length: i64) -> Self {
        let now = Instant::now();
        let shown = page(&shown.iter().map(|id| (*id, 1)).collect::<Vec<_>>());
        let is_before = |found: &Found<String>| matches!(&at, At::After(id) if *found.entry < **id);
        let later = |found: &Found<String>| -i64::from(is_before(found));
        let shown: Vec<_> = shown
            .iter()
            .map(|found| (later(found), found.key))
            .collect();
        Self {
            document: Document::new(at, &shown, length, now),
            now,
        }
    }

    fn accept(&mut self, ids: &[(&str, i64)]) -> Result<Batch<String>, Error> {
        let asked = self.now;
        self.now += Duration::from_millis(20);
        self.document.accept(page(ids), &(asked..self.now))
    }

    /// What is new, and whether there is more.
    fn read(&mut self, ids: &[(&str, i64)]) -> (Vec<String>, bool) {
        let batch = self.accept(ids).unwrap();
        assert!(batch.gap.is_none());
        let entries = batch.entries.into_iter().map(|found| found.entry);
        (entries.collect(), batch.more)
    }

    fn after(&self) -> Option<String> {
        self.document.stretch().after
    }

    /// Of a log that has been looked at as a whole twice, and is asked for as a whole again.
    fn of_long_ago(log: &[(&str, i64)]) -> Self {
        let mut reading = Self::new(At::From(0), &[], LENGTH);
        for _ in 0..2 {
            reading.read(log);
            reading.quiet_until_asked(None, log);
        }
        reading
    }

    /// Shows what stands in this log, as it is asked for, until it is asked for what stands behind
    /// that one.
    fn quiet_until_asked(&mut self, after: Option<&str>, log: &[(&str, i64)]) {
        for _ in 0..500 {
            let asked = self.after();
            if asked.as_deref() == after {
                return;
            }
            let is_it = |(id, _): &(&str, i64)| Some(*id) == asked.as_deref();
            let from = log.iter().position(is_it).map_or(0, |at| at + 1);
            let (new, more) = self.read(&log[from..]);
            assert!(new.is_empty());
            self.now += Duration::from_secs(if more { 0 } else { 2 });
        }
        panic!("{after:?} is never asked for");
    }
}

fn is(read: (Vec<String>, bool), ids: &[&str], more: bool) {
    assert_eq!(
        read,
        (ids.iter().map(|id| (*id).to_owned()).collect(), more)
    );
}

#[test]
fn each_entry_comes_once_although_pages_overlap() {
    let mut reading = Reading::new(At::From(0), &[], LENGTH);
    is(reading.read(&[("a", 1), ("b", 1)]), &["a", "b"], true);
    assert_eq!(reading.after().as_deref(), Some("a"));
    let overlapping = [("a", 1), ("b", 1), ("c", 1), ("b", 1), ("c", 1)];
    is(reading.read(&overlapping), &["c"], false);
    is(reading.read(&[("c", 1)]), &[], false);
}

#[test]
fn what_comes_before_a_position_does_not_come_again() {
    let mut reading = Reading::new(At::After("c".into()), &["b", "c", "d"], LENGTH);
    assert_eq!(reading.after().as_deref(), Some("c"));
    // Nor does what the service shows again behind it.
    let again = ["z", "a", "b", "c", "d", "b", "c", "e"].map(|id| (id, 1));
    is(reading.read(&again), &["e"], false);
    // Nor with a page that begins before what was shown then.
    let overlapping = ["b", "c", "d", "e"].map(|id| (id, 1));
    is(reading.read(&overlapping), &[], false);
}

#[test]
fn what_is_late_comes_wherever_it_stands() {
    let mut reading = Reading::new(At::From(0), &[], LENGTH);
    let known = [("a", 1), ("b", 2), ("c", 3)];
    is(reading.read(&known), &["a", "b", "c"], true);
    // What is late may stand before all that is known.
    reading.quiet_until_asked(None, &known);
    assert_eq!(reading.document.stretch().from, Some(0));
    let late = [("first", 1), ("a", 1), ("late", 2), ("b", 2), ("c", 3)];
    let batch = reading.accept(&late).unwrap();
    let entries: Vec<_> = batch.entries.iter().map(|found| &*found.entry).collect();
    assert_eq!(entries, ["first", "late"]);
    let is_named = |found: &Found<String>| found.id.is_some();
    assert!(
        !batch.entries.iter().any(is_named),
        "they are no places to read on from"
    );
}

#[test]
fn what_stands_between_two_entries_is_read_again_after_a_while() {
    let mut reading = Reading::new(At::After("a".into()), &[], 4);
    is(
        reading.read(&[("b", 1), ("c", 1), ("d", 1)]),
        &["b", "c", "d"],
        true,
    );
    is(reading.read(&[("d", 1)]), &[], false);
    reading.now += Duration::from_secs(29);
    is(reading.read(&[("d", 1)]), &[], false);
    reading.now += Duration::from_secs(2);
    is(reading.read(&[("d", 1)]), &[], true);
    assert_eq!(reading.after().as_deref(), Some("a"));
    let late = [("b", 1), ("late", 1), ("c", 1)];
    is(reading.read(&late), &["late"], false);
    // So is what came late itself, by and by.
    reading.now += Duration::from_secs(61);
    is(reading.read(&[("d", 1)]), &[], true);
    assert_eq!(reading.after().as_deref(), Some("b"));
}

#[test]
fn where_something_strange_came_more_is_looked_for() {
    let mut reading = Reading::of_long_ago(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
    // A clock is set back: what is new stands between two entries that were looked at long ago.
    let strange = [("a", 1), ("b", 2), ("back", 2), ("c", 3), ("d", 4)];
    is(reading.read(&strange), &["back"], false);
    reading.quiet_until_asked(Some("b"), &strange);
    let next = [("back", 2), ("next", 2), ("c", 3), ("d", 4)];
    assert_eq!(reading.read(&next).0, ["next"]);
    reading.quiet_until_asked(Some("back"), &next);
}

#[test]
fn an_answer_with_the_newest_first_is_turned_round() {
    let mut reading = Reading::new(At::Newest(9), &[], LENGTH);
    let read = reading.read(&[("c", 3), ("b", 2), ("a", 1)]);
    is(read, &["a", "b", "c"], true);
    assert_eq!(reading.after().as_deref(), Some("b"));
}

#[test]
fn the_newest_entries_are_asked_for_in_both_orders_unless_their_dates_tell() {
    let mut reading = Reading::new(At::Newest(2), &[], LENGTH);
    let stretch = reading.document.stretch();
    assert_eq!(
        (stretch.descending, stretch.length, stretch.from),
        (Some(true), Some(2), None)
    );
    is(reading.read(&[("a", 1), ("b", 2)]), &[], true);
    assert_eq!(reading.document.stretch().descending, Some(false));
    is(reading.read(&[("y", 8), ("z", 9)]), &["y", "z"], true);
    // This service means the other order.
    assert_eq!(reading.document.stretch().descending, Some(true));
}

#[test]
fn the_other_order_is_asked_for_where_the_newest_come_first() {
    let mut reading = Reading::new(At::After("a".into()), &[], LENGTH);
    assert_eq!(reading.document.stretch().descending, Some(false));
    is(reading.read(&[("z", 9), ("y", 8), ("x", 7)]), &[], true);
    assert_eq!(reading.document.stretch().descending, Some(true));
    let read = reading.read(&[("b", 2), ("c", 3), ("d", 4)]);
    is(read, &["b", "c", "d"], false);
}

#[test]
fn a_log_that_was_empty_is_read_from_its_start() {
    let mut reading = Reading::new(At::Newest(2), &[], LENGTH);
    is(reading.read(&[]), &[], true);
    is(reading.read(&[]), &[], false);
    let stretch = reading.document.stretch();
    assert_eq!((stretch.from, stretch.length), (Some(0), Some(9)));
}

#[test]
fn a_page_without_ids_is_no_dead_end_unless_it_is_full() {
    let mut reading = Reading::new(At::From(1), &[], 2);
    is(reading.read(&[("#1", 1)]), &["#1"], false);
    is(reading.read(&[("#1", 1)]), &[], false);
    let full = reading.accept(&[("#1", 1), ("#2", 1)]);
    assert_eq!(full.unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn a_page_that_follows_something_else_is_not_taken_for_the_next_one() {
    let mut reading = Reading::new(At::From(0), &[], LENGTH);
    reading.read(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
    is(reading.read(&[("d", 4)]), &[], false);
    // The next page is to begin with what is known.
    assert_eq!(reading.after().as_deref(), Some("b"));
    // It may be the other order, which is tried, and tried back.
    for descending in [false, true, false] {
        is(reading.read(&[("y", 8), ("z", 9)]), &[], true);
        assert_eq!(reading.document.stretch().descending, Some(descending));
    }
    assert_eq!(reading.after().as_deref(), Some("a"));
    let next = [("b", 2), ("c", 3), ("d", 4), ("e", 5)];
    is(reading.read(&next), &["e"], false);
}

#[test]
fn where_something_is_missing_a_gap_is_told() {
    let mut reading = Reading::new(At::From(0), &[], LENGTH);
    reading.read(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
    for _ in 1..TRIES {
        is(reading.read(&[("y", 8), ("z", 9)]), &[], true);
    }
    let batch = reading.accept(&[("y", 8), ("z", 9)]).unwrap();
    assert!(batch.gap.is_some());
    assert_eq!(batch.entries.len(), 2);
}

#[test]
fn an_answer_that_is_empty_by_mistake_loses_nothing() {
    let mut reading = Reading::new(At::From(0), &[], LENGTH);
    reading.read(&[("a", 1), ("b", 2)]);
    assert_eq!(reading.after().as_deref(), Some("a"));
    is(reading.read(&[]), &[], true);
    assert_eq!(reading.after().as_deref(), Some("a"));
    is(reading.read(&[("b", 2), ("c", 3)]), &["c"], false);
}

#[test]
fn what_was_read_before_a_position_is_never_asked_for() {
    let mut reading = Reading::new(At::After("c".into()), &["c"], LENGTH);
    let log = [("a", 1), ("b", 2), ("c", 3), ("d", 4)];
    is(reading.read(&log[3..]), &["d"], false);
    for _ in 0..300 {
        let asked = reading.after();
        let from = log.iter().position(|(id, _)| Some(*id) == asked.as_deref());
        assert_eq!(reading.read(&log[from.unwrap() + 1..]).0.len(), 0);
        reading.now += Duration::from_secs(2);
    }
}

#[test]
fn what_a_short_page_leaves_is_read_at_once_where_it_is_to_end() {
    for (to_the_end, more) in [(false, false), (true, true)] {
        let mut reading = Reading::new(At::After("a".into()), &[], LENGTH);
        if to_the_end {
            reading.document.read_to_the_end();
        }
        is(reading.read(&[("b", 1)]), &["b"], more);
    }
}

#[test]
fn a_first_page_that_was_taken_the_wrong_way_round_is_turned() {
    let mut reading = Reading::new(At::From(0), &[], LENGTH);
    // Their dates say the opposite of the order in which they stand in the log.
    is(reading.read(&[("a", 30), ("b", 20), ("c", 10)]), &[], true);
    let newest_first = [("c", 10), ("b", 20), ("a", 30)];
    is(reading.read(&newest_first), &["c", "b", "a"], true);
    assert_eq!(reading.after().as_deref(), Some("b"));
    is(reading.read(&[("c", 10)]), &[], true);
    assert_eq!(reading.after().as_deref(), Some("a"));
    let new = [("b", 20), ("c", 10), ("d", 40), ("e", 50)];
    let (entries, _) = reading.read(&new);
    assert_eq!(entries, ["d", "e"]);
}

#[test]
fn where_no_entry_has_an_id_what_was_missed_is_told() {
    let mut reading = Reading::new(At::Newest(2), &[], LENGTH);
    let (one, two) = (("#a", 1), ("#b", 2));
    is(reading.read(&[two, one]), &[], true);
    is(reading.read(&[one, two]), &["#a", "#b"], false);
    let mut gaps = 0;
    for answer in [[("#f", 6), ("#e", 5)], [("#e", 5), ("#f", 6)]] {
        let batch = reading.accept(&answer).unwrap();
        gaps += usize::from(batch.gap.is_some());
    }
    assert_eq!(gaps, 1);
}

#[test]
fn entries_without_an_id_that_fill_a_page_end_it() {
    let mut reading = Reading::new(At::From(0), &[], 3);
    is(reading.read(&[("a", 1), ("b", 2)]), &["a", "b"], true);
    is(
        reading.read(&[("b", 2), ("#c", 3), ("#d", 4)]),
        &["#c", "#d"],
        true,
    );
    // What stands behind them can never be asked for.
    let full = [("#c", 3), ("#d", 4), ("#e", 5)];
    let ended = (0..20).find_map(|_| reading.accept(&full).err());
    assert_eq!(ended.map(|error| error.kind()), Some(ErrorKind::Decode));
}

#[test]
fn what_a_position_names_without_any_id_does_not_come_again() {
    let now = Instant::now();
    let shown = page(&[("#a", 1)]).into_iter().map(|found| (0, found.key));
    let shown: Vec<_> = shown.collect();
    let document = Document::new(At::From(1), &shown, LENGTH, now);
    let mut reading = Reading { document, now };
    is(reading.read(&[("#a", 1), ("b", 2)]), &["b"], true);
    is(reading.read(&[("b", 2), ("c", 3)]), &["c"], false);
}

#[test]
fn what_is_new_among_what_is_old_is_followed_from_page_to_page() {
    let mut reading = Reading::of_long_ago(&[("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
    let strange = [("a", 1), ("one", 1), ("b", 2), ("c", 3), ("d", 4)];
    is(reading.read(&strange), &["one"], false);
    reading.quiet_until_asked(Some("a"), &strange);
    // The service shows no more than that.
    let among = [("one", 1), ("b", 2), ("two", 2), ("c", 3)];
    is(reading.read(&among), &["two"], true);
    assert_eq!(reading.after().as_deref(), Some("b"));
}

#[test]
fn a_run_that_was_taken_in_the_wrong_order_is_turned_and_tells_the_order_of_others() {
    let mut reading = Reading::new(At::After("a".into()), &[], LENGTH);
    // The dates say the opposite of the order in which they stand in the log.
    let run = [("d", 4), ("e", 5), ("f", 6)];
    is(reading.read(&run), &["d", "e", "f"], false);
    assert_eq!(reading.after().as_deref(), Some("e"));
    is(reading.read(&[("d", 4)]), &[], true);
    assert_eq!(reading.after().as_deref(), Some("e"));
    // What comes with the newest first is asked for the other way round.
    is(reading.read(&[("g", 7), ("d", 4)]), &[], true);
    assert_eq!(reading.document.stretch().descending, Some(true));
    assert_eq!(reading.after().as_deref(), Some("f"));
    is(reading.read(&[("e", 5), ("d", 4), ("g", 7)]), &["g"], true);
}

#[test]
fn entries_without_an_id_behind_which_the_service_shows_none_are_a_gap() {
    let mut reading = Reading::new(At::From(0), &[], LENGTH);
    let ids = ["a", "b", "c", "d", "e", "f", "g", "#h", "#i", "#j", "#k"];
    let (mut gaps, mut count) = (0, 0);
    for _ in 0..60 {
        let asked = reading.after();
        let is_it = |id: &&str| Some(*id) == asked.as_deref();
        let from = ids.iter().position(is_it).map_or(0, |at| at + 1);
        let page: Vec<_> = ids.iter().skip(from).take(3).map(|id| (*id, 1)).collect();
        let batch = reading.accept(&page).unwrap();
        gaps += usize::from(batch.gap.is_some());
        count += batch.entries.len();
        reading.now += Duration::from_secs(if batch.more { 0 } else { 2 });
    }
    assert_eq!((count, gaps), (10, 1));
}
