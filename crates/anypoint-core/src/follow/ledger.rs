//! What has been handed out, so that a position can be printed at any time.
//!
//! It must not know how a log is read.

use std::sync::Arc;

use super::position::{Mark, Position};

/// How many entries of a log that is searched by time a position names, unless more have the same
/// time, and how many are kept to choose from.
const NAMED: usize = 20;
const KEPT: usize = 2_000;

/// How many entries a position names where ids tell where to read on, in case that the service
/// shows one of them again.
const AGAIN: usize = 10;

/// Where an entry stands, told with it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The parts that are followed, the oldest first, and where each began.
    pub(super) parts: Arc<[Begun]>,
    /// The part of the entry, among them.
    pub(super) part: usize,
    pub(super) id: Arc<str>,
    pub(super) has_id: bool,
    pub(super) time: i64,
    /// The time of the next entry of that part, if it has been read.
    pub(super) pending: Option<i64>,
}

/// A part and where its reading began.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Begun {
    pub(super) part: Arc<str>,
    pub(super) mark: Mark,
}

/// The marks in the parts of a log.
pub(super) struct Ledger {
    of: String,
    by_time: bool,
    /// The parts as they were told last.
    parts: Option<Arc<[Begun]>>,
    marks: Vec<Reached>,
}

struct Reached {
    mark: Mark,
    /// All entries from this time on are in `mark.shown`.
    floor: i64,
    pending: Option<i64>,
}

impl Ledger {
    pub(super) fn new(of: String, by_time: bool, start: Option<&[Mark]>) -> Self {
        let marks = start.unwrap_or_default().iter().cloned();
        Self {
            of,
            by_time,
            parts: None,
            marks: marks.map(Reached::at).collect(),
        }
    }

    /// An entry was handed out.
    pub(super) fn take(&mut self, step: &Step) {
        let same = self.parts.as_ref();
        if !same.is_some_and(|parts| Arc::ptr_eq(parts, &step.parts)) {
            self.rearrange(&step.parts);
        }
        let Some(reached) = self.marks.get_mut(step.part) else {
            return;
        };
        if self.by_time {
            reached.mark.shown.push((step.time, step.id.to_string()));
            reached.pending = step.pending;
            if reached.mark.shown.len() >= KEPT * 2 {
                reached.shorten();
            }
        } else if step.has_id {
            let id = step.id.to_string();
            reached.mark.after = Some(id.clone());
            reached.mark.shown.push((step.time, id));
            let old = reached.mark.shown.len().saturating_sub(AGAIN);
            reached.mark.shown.drain(..old);
        }
    }

    fn rearrange(&mut self, parts: &Arc<[Begun]>) {
        let mut old = std::mem::take(&mut self.marks);
        let mark = |begun: &Begun| {
            let at = old.iter().position(|old| *old.mark.part == *begun.part);
            at.map_or_else(|| Reached::at(begun.mark.clone()), |at| old.swap_remove(at))
        };
        self.marks = parts.iter().map(mark).collect();
        self.parts = Some(parts.clone());
    }

    /// Where one is behind the last entry; nothing before the first one.
    pub(super) fn position(&self) -> Option<Position> {
        if self.marks.is_empty() {
            return None;
        }
        let marks = self.marks.iter();
        let marks = marks.map(|reached| match self.by_time {
            true => reached.named(),
            false => reached.mark.clone(),
        });
        Some(Position::new(self.of.clone(), marks.collect()))
    }
}

impl Reached {
    fn at(mark: Mark) -> Self {
        Self {
            floor: mark.from.unwrap_or(i64::MIN),
            mark,
            pending: None,
        }
    }

    fn shorten(&mut self) {
        let shown = &mut self.mark.shown;
        shown.sort_by_key(|(time, _)| *time);
        let keep = shown.len().saturating_sub(KEPT);
        if let Some((time, _)) = shown.get(keep) {
            self.floor = self.floor.max(*time);
        }
        let floor = self.floor;
        shown.retain(|(time, _)| *time >= floor);
    }

    /// The mark that names few entries and yet all from its time on.
    fn named(&self) -> Mark {
        let mut shown = self.mark.shown.clone();
        shown.sort();
        let keep = shown.len().saturating_sub(NAMED);
        let from = shown.get(keep).map_or(self.floor, |(time, _)| *time);
        let from = from.min(self.pending.unwrap_or(from)).max(self.floor);
        shown.retain(|(time, _)| *time >= from);
        Mark {
            from: Some(from),
            shown,
            ..self.mark.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(ids: &[&str]) -> Arc<[Begun]> {
        let begun = |id: &&str| Begun {
            part: (*id).into(),
            mark: Mark {
                part: (*id).to_owned(),
                from: Some(0),
                ..Mark::default()
            },
        };
        ids.iter().map(begun).collect()
    }

    fn step(parts: &Arc<[Begun]>, part: usize, id: &str, time: i64) -> Step {
        Step {
            parts: parts.clone(),
            part,
            id: id.into(),
            has_id: !id.starts_with('#'),
            time,
            pending: None,
        }
    }

    fn marks(ledger: &Ledger) -> Vec<Mark> {
        let position = ledger.position().unwrap();
        position.marks_of("log").unwrap().to_vec()
    }

    #[test]
    fn the_last_id_of_each_part_is_marked() {
        let mut ledger = Ledger::new("log".into(), false, None);
        assert!(ledger.position().is_none());
        let two = parts(&["a", "b"]);
        for (part, id) in [(0, "a1"), (1, "b1"), (0, "a2"), (0, "#no-id")] {
            ledger.take(&step(&two, part, id, 1));
        }
        let after = |mark: &Mark| mark.after.clone();
        let found: Vec<_> = marks(&ledger).iter().map(after).collect();
        assert_eq!(found, [Some("a2".into()), Some("b1".into())]);
        // A part ends, another begins.
        ledger.take(&step(&parts(&["b", "c"]), 0, "b2", 2));
        let found: Vec<_> = marks(&ledger).iter().map(after).collect();
        assert_eq!(found, [Some("b2".into()), None]);
        assert_eq!(marks(&ledger).last().unwrap().part, "c");
    }

    #[test]
    fn a_position_names_all_entries_from_its_time_on_and_not_many_more() {
        let mut ledger = Ledger::new("log".into(), true, None);
        let part = parts(&[""]);
        let times: Vec<i64> = (0..10_000).map(|number| number / 7).collect();
        for (number, time) in times.iter().enumerate() {
            ledger.take(&step(&part, 0, &number.to_string(), *time));
            if number % 41 != 0 {
                continue;
            }
            let marks = marks(&ledger);
            let [mark] = marks.as_slice() else {
                panic!("{marks:?}");
            };
            let from = mark.from.unwrap();
            let shown = times.iter().take(number + 1).filter(|time| **time >= from);
            assert_eq!(mark.shown.len(), shown.count());
            assert!(mark.shown.len() < NAMED + 7, "{}", mark.shown.len());
        }
    }

    #[test]
    fn an_older_entry_that_is_still_to_come_is_behind_the_position() {
        let mut ledger = Ledger::new("log".into(), true, None);
        let part = parts(&[""]);
        for number in 0..100 {
            ledger.take(&step(&part, 0, &number.to_string(), number));
        }
        let late = Step {
            pending: Some(30),
            ..step(&part, 0, "late", 20)
        };
        ledger.take(&late);
        let marks = marks(&ledger);
        let mark = marks.first().unwrap();
        assert_eq!((mark.from, mark.shown.len()), (Some(30), 70));
    }
}
