//! A log that is read on from the id of its last entry.
//!
//! It must not know time, nor other parts of the same log.

use super::entry::Found;
use super::seen::Seen;
use super::{Batch, Stretch};
use crate::error::{Error, ErrorKind};

/// A log, and where to read on.
#[derive(Debug, Clone)]
pub(super) struct Document {
    at: At,
    /// How many entries to ask for.
    length: i64,
}

#[derive(Debug, Clone)]
pub(super) enum At {
    /// At the last so many entries.
    Newest(i64),
    /// At this time, in epoch milliseconds.
    From(i64),
    /// After the entry with this id.
    After(String),
}

impl Document {
    pub(super) fn new(at: At, length: i64) -> Self {
        Self { at, length }
    }

    /// What to ask for next.
    pub(super) fn stretch(&self) -> Stretch {
        let stretch = Stretch {
            length: Some(self.length),
            ..Stretch::default()
        };
        match &self.at {
            // In the other order they may be the oldest ones.
            At::Newest(count) => Stretch {
                length: Some((*count).clamp(1, self.length)),
                descending: true,
                ..stretch
            },
            At::From(time) => Stretch {
                from: Some(*time),
                ..stretch
            },
            At::After(id) => Stretch {
                after: Some(id.clone()),
                ..stretch
            },
        }
    }

    /// Takes what is new, and moves on.
    ///
    /// # Errors
    /// When a full page has no id to read on from.
    pub(super) fn accept<T>(
        &mut self,
        mut found: Vec<Found<T>>,
        seen: &mut Seen,
    ) -> Result<Batch<T>, Error> {
        if newest_first(&found).unwrap_or(matches!(self.at, At::Newest(_))) {
            found.reverse();
        }
        // A page may begin before the entry that it was to begin after, and show that one again
        // further on.
        if let At::After(id) = &self.at
            && let Some(at) = found.iter().position(|found| *found.id == **id)
        {
            found.drain(..=at);
        }
        let full = i64::try_from(found.len()).is_ok_and(|count| count >= self.length);
        match found.iter().rfind(|found| found.has_id) {
            Some(last) => self.at = At::After(last.id.to_string()),
            None if full => return Err(nameless()),
            // The log was empty: whatever comes is to be read from its start.
            None if matches!(self.at, At::Newest(_)) => self.at = At::From(0),
            None => {}
        }
        found.retain(|found| seen.is_new(&found.id));
        Ok(Batch {
            // Only an answer without news is the end: the service may give less than is asked for.
            more: !found.is_empty(),
            entries: found,
            gap: None,
        })
    }
}

/// Whether an answer has the newest entry first, whatever it was asked for; nothing if its times
/// do not tell.
pub(super) fn newest_first<T>(found: &[Found<T>]) -> Option<bool> {
    let mut times = found.iter().filter_map(|found| found.time);
    let (first, last) = (times.next()?, times.next_back()?);
    (first != last).then_some(first > last)
}

fn nameless() -> Error {
    Error::new(
        ErrorKind::Decode,
        "none of the entries on a full page has an id to read on from",
    )
    .with_hint("follow the log anew, from a later time")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: i64 = 9;

    fn page(ids: &[(&str, i64)]) -> Vec<Found<()>> {
        let found = |(id, time): &(&str, i64)| Found {
            id: (*id).into(),
            has_id: !id.starts_with('#'),
            time: Some(*time),
            order: None,
            entry: Ok(()),
        };
        ids.iter().map(found).collect()
    }

    fn ids(batch: &Batch<()>) -> Vec<&str> {
        batch.entries.iter().map(|found| &*found.id).collect()
    }

    #[test]
    fn each_entry_comes_once_although_pages_overlap() {
        let mut seen = Seen::default();
        let mut document = Document::new(At::From(0), LENGTH);
        let batch = document.accept(page(&[("a", 1), ("b", 1)]), &mut seen);
        assert_eq!(ids(&batch.unwrap()), ["a", "b"]);
        assert_eq!(document.stretch().after.as_deref(), Some("b"));
        let overlapping = page(&[("a", 1), ("b", 1), ("c", 1), ("b", 1), ("c", 1)]);
        let batch = document.accept(overlapping, &mut seen).unwrap();
        assert_eq!((ids(&batch), batch.more), (vec!["c"], true));
        let batch = document.accept(page(&[("c", 1)]), &mut seen).unwrap();
        assert_eq!((ids(&batch), batch.more), (vec![], false));
        assert_eq!(document.stretch().after.as_deref(), Some("c"));
    }

    #[test]
    fn what_comes_before_a_position_does_not_come_again() {
        let mut document = Document::new(At::After("b".into()), LENGTH);
        let overlapping = page(&[("a", 1), ("b", 1), ("c", 1)]);
        let batch = document.accept(overlapping, &mut Seen::default());
        assert_eq!(ids(&batch.unwrap()), ["c"]);
    }

    #[test]
    fn an_entry_that_is_shown_again_hides_no_others() {
        let mut seen = Seen::default();
        let mut document = Document::new(At::After("a".into()), LENGTH);
        seen.is_new("a");
        let again = page(&[("a", 1), ("b", 1), ("a", 1), ("c", 1)]);
        let batch = document.accept(again, &mut seen);
        assert_eq!(ids(&batch.unwrap()), ["b", "c"]);
    }

    #[test]
    fn an_answer_with_the_newest_first_is_turned_round() {
        let mut document = Document::new(At::Newest(9), LENGTH);
        let page = page(&[("c", 3), ("b", 2), ("a", 2)]);
        let batch = document.accept(page, &mut Seen::default());
        assert_eq!(ids(&batch.unwrap()), ["a", "b", "c"]);
        assert_eq!(document.stretch().after.as_deref(), Some("c"));
    }

    #[test]
    fn the_newest_entries_are_asked_for_as_such() {
        let mut document = Document::new(At::Newest(2), LENGTH);
        let stretch = document.stretch();
        assert!(stretch.descending && stretch.length == Some(2) && stretch.from.is_none());
        // Their times do not tell, so they have the order that was asked for.
        let batch = document.accept(page(&[("b", 1), ("a", 1)]), &mut Seen::default());
        assert_eq!(ids(&batch.unwrap()), ["a", "b"]);
        let stretch = document.stretch();
        assert!(!stretch.descending && stretch.after.as_deref() == Some("b"));
        // A service that has them in its own order.
        let mut document = Document::new(At::Newest(2), LENGTH);
        let batch = document.accept(page(&[("a", 1), ("b", 2)]), &mut Seen::default());
        assert_eq!(ids(&batch.unwrap()), ["a", "b"]);
    }

    #[test]
    fn a_log_that_was_empty_is_read_from_its_start() {
        let mut document = Document::new(At::Newest(2), LENGTH);
        assert_eq!(document.stretch().length, Some(2));
        let batch = document.accept(page(&[]), &mut Seen::default());
        assert!(!batch.unwrap().more);
        let stretch = document.stretch();
        assert_eq!((stretch.from, stretch.length), (Some(0), Some(9)));
    }

    #[test]
    fn a_page_without_ids_is_no_dead_end_unless_it_is_full() {
        let mut document = Document::new(At::After("a".into()), 2);
        let mut seen = Seen::default();
        let batch = document.accept(page(&[("#1", 1)]), &mut seen);
        assert_eq!(ids(&batch.unwrap()), ["#1"]);
        let batch = document.accept(page(&[("#1", 1)]), &mut seen);
        assert!(batch.unwrap().entries.is_empty());
        let full = document.accept(page(&[("#1", 1), ("#2", 1)]), &mut seen);
        assert_eq!(full.unwrap_err().kind(), ErrorKind::Decode);
    }
}
