//! The last entries of a log in the order of the service, and which of them may still get a late
//! entry before them.
//!
//! It must not know pages, nor what is requested when.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::follow::entry::hash;
use crate::follow::horizon::LATE_FOR;

/// The maximum number of entries; they take about 20 MiB unless the ids are long.
pub(super) const LONGEST: usize = 100_000;

/// Identifies an entry.
pub(super) type Key = u64;

/// The place of an entry among the others.
type Place = u128;

/// The distance between entries that are appended, and between entries that are inserted among them.
const APART: Place = 1 << 64;
const CLOSE: Place = 1 << 32;

#[derive(Debug)]
struct Link {
    key: Key,
    /// The id by which the entries after it are requested; `None` if another entry has the id, too.
    id: Option<Arc<str>>,
    /// The hash of its id in either case.
    hash: Option<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Chain {
    links: BTreeMap<Place, Link>,
    places: HashMap<Key, Place>,
    /// The last entry with each id, by the hash of the id.
    ids: HashMap<u64, Place>,
    /// Since when an entry is known; removed once the range before it was shown again, late enough.
    unchecked: BTreeMap<Place, Instant>,
    /// Entries were removed at the beginning.
    pub(super) is_cut: bool,
}

impl Chain {
    pub(super) fn knows(&self, key: Key) -> bool {
        self.places.contains_key(&key)
    }

    fn place(&self, key: Key) -> Option<Place> {
        self.places.get(&key).copied()
    }

    /// Whether the one entry is after the other.
    pub(super) fn is_behind(&self, one: Key, other: Key) -> bool {
        self.place(one) > self.place(other)
    }

    pub(super) fn id(&self, key: Key) -> Option<Arc<str>> {
        self.links.get(&self.place(key)?)?.id.clone()
    }

    pub(super) fn first(&self) -> Option<Key> {
        self.links.values().next().map(|link| link.key)
    }

    pub(super) fn last(&self) -> Option<Key> {
        self.links.values().next_back().map(|link| link.key)
    }

    /// The entry after that one, or the first entry for `None`.
    pub(super) fn next(&self, key: Option<Key>) -> Option<Key> {
        let from = key
            .and_then(|key| self.place(key))
            .map_or(Unbounded, Excluded);
        self.links
            .range((from, Unbounded))
            .next()
            .map(|(_, link)| link.key)
    }

    pub(super) fn has_two_behind(&self, key: Option<Key>) -> bool {
        let next = self.next(key);
        next.is_some_and(|next| self.next(Some(next)).is_some())
    }

    /// The entry before that one.
    pub(super) fn before(&self, key: Key) -> Option<Key> {
        let place = self.place(key)?;
        self.links
            .range(..place)
            .next_back()
            .map(|(_, link)| link.key)
    }

    /// The entry itself, or the nearest one before it, that has a usable id.
    pub(super) fn named(&self, key: Key) -> Option<Key> {
        let place = self.place(key)?;
        let mut until = self.links.range(..=place).rev();
        until
            .find(|(_, link)| link.id.is_some())
            .map(|(_, link)| link.key)
    }

    /// The nearest entry before that one with a usable id.
    pub(super) fn named_before(&self, key: Key) -> Option<Key> {
        self.named(self.before(key)?)
    }

    /// The first entry with a usable id.
    pub(super) fn first_named(&self) -> Option<Key> {
        let mut links = self.links.values();
        links.find(|link| link.id.is_some()).map(|link| link.key)
    }

    /// The last entry with a usable id.
    pub(super) fn last_named(&self) -> Option<Key> {
        self.named(self.last()?)
    }

    /// The entry that is followed by `count` others, or the first one if there are fewer.
    pub(super) fn before_last(&self, count: usize) -> Option<Key> {
        let nth = self.links.values().rev().nth(count);
        nth.map(|link| link.key).or_else(|| self.first())
    }

    /// How many of the last entries were not checked yet, up to a limit.
    pub(super) fn new_at_end(&self, most: usize) -> usize {
        let last = self.links.keys().rev();
        let is_new = |place: &&Place| self.unchecked.contains_key(place);
        last.take_while(is_new).take(most).count()
    }

    /// The first entry whose check is due, since when it is known, and how many checks are due, up to
    /// a limit.
    pub(super) fn due(&self, now: Instant, most: usize) -> Option<(Key, Duration, usize)> {
        let age = |since: &Instant| now.saturating_duration_since(*since);
        let mut due = self
            .unchecked
            .iter()
            .filter(|(_, since)| age(since) >= LATE_FOR);
        let (place, since) = due.next()?;
        let count = 1 + due.take(most).count();
        Some((self.links.get(place)?.key, age(since), count))
    }

    /// Inserts a new entry after that one, or before all others.
    pub(super) fn insert(
        &mut self,
        after: Option<Key>,
        key: Key,
        id: Option<Arc<str>>,
        read: Instant,
    ) {
        let place = match self.room(after) {
            Some(place) => place,
            None => {
                self.spread();
                self.room(after).unwrap_or(APART)
            }
        };
        let hash = id.as_deref().map(|id| hash(id.as_bytes()));
        let other = hash.and_then(|hash| self.ids.insert(hash, place));
        if let Some(other) = other.and_then(|other| self.links.get_mut(&other)) {
            other.id = None;
        }
        let id = id.filter(|_| other.is_none());
        self.links.insert(place, Link { key, id, hash });
        self.places.insert(key, place);
        self.unchecked.insert(place, read);
        if self.links.len() > LONGEST {
            self.cut();
        }
    }

    /// Appends an entry, unless it is known.
    pub(super) fn append(&mut self, key: Key, id: Option<Arc<str>>, read: Instant) {
        if !self.knows(key) {
            self.insert(self.last(), key, id, read);
        }
    }

    fn room(&self, after: Option<Key>) -> Option<Place> {
        let after = after.and_then(|key| self.place(key)).unwrap_or(0);
        let Some((next, _)) = self.links.range((Excluded(after), Unbounded)).next() else {
            return Some(after + APART);
        };
        let half = (next - after) / 2;
        (half > 0).then(|| after + half.min(CLOSE))
    }

    /// Makes space between all entries.
    fn spread(&mut self) {
        let links = std::mem::take(&mut self.links);
        self.place_anew(links.into_iter());
    }

    /// Reverses the entries after that one, or all: they were received in the wrong order.
    pub(super) fn turn(&mut self, behind: Option<Key>) {
        let mut links = std::mem::take(&mut self.links);
        let place = behind.and_then(|key| self.place(key));
        let turned = links.split_off(&place.map_or(0, |place| place + 1));
        self.place_anew(links.into_iter().chain(turned.into_iter().rev()));
    }

    fn place_anew(&mut self, links: impl Iterator<Item = (Place, Link)>) {
        let unchecked = std::mem::take(&mut self.unchecked);
        let ids = std::mem::take(&mut self.ids);
        for ((old, link), number) in links.zip(1..) {
            let place = APART * number;
            self.places.insert(link.key, place);
            if let Some(since) = unchecked.get(&old) {
                self.unchecked.insert(place, *since);
            }
            if let Some(hash) = link.hash.filter(|hash| ids.get(hash) == Some(&old)) {
                self.ids.insert(hash, place);
            }
            self.links.insert(place, link);
        }
    }

    fn cut(&mut self) {
        let Some((place, link)) = self.links.pop_first() else {
            return;
        };
        self.is_cut = true;
        self.places.remove(&link.key);
        self.unchecked.remove(&place);
        if let Some(hash) = link.hash
            && self.ids.get(&hash) == Some(&place)
        {
            self.ids.remove(&hash);
        }
    }

    /// Records that an answer, requested at that time, showed the range after one entry up to another.
    pub(super) fn shown(&mut self, behind: Option<Key>, until: Key, asked: Instant) {
        let Some(until) = self.place(until) else {
            return;
        };
        let behind = behind.and_then(|key| self.place(key)).unwrap_or(0);
        if behind >= until {
            return;
        }
        let range = (Excluded(behind), Included(until));
        let is_late =
            |(_, since): &(&Place, &Instant)| asked.saturating_duration_since(**since) >= LATE_FOR;
        let checked = self.unchecked.range(range).filter(is_late);
        for place in checked.map(|(place, _)| *place).collect::<Vec<_>>() {
            self.unchecked.remove(&place);
        }
    }

    /// Does not check the range before that entry, which cannot be requested.
    pub(super) fn pass_over(&mut self, key: Key) {
        if let Some(place) = self.place(key) {
            self.unchecked.remove(&place);
        }
    }

    /// Whether no late entry is expected between that entry, or the beginning, and the next one.
    pub(super) fn is_settled(&self, key: Option<Key>) -> bool {
        let is_checked = |key: Key| {
            self.place(key)
                .is_some_and(|place| !self.unchecked.contains_key(&place))
        };
        key.is_none_or(is_checked) && self.next(key).is_some_and(is_checked)
    }

    /// Does not use the id of that entry any more, because the service interprets it differently.
    pub(super) fn forget_id(&mut self, key: Key) {
        if let Some(place) = self.place(key)
            && let Some(link) = self.links.get_mut(&place)
        {
            link.id = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(chain: &Chain) -> Vec<Key> {
        let mut keys = Vec::new();
        let mut at = None;
        while let Some(key) = chain.next(at) {
            keys.push(key);
            at = Some(key);
        }
        keys
    }

    #[test]
    fn there_is_room_between_any_two_entries() {
        let (mut chain, now) = (Chain::default(), Instant::now());
        chain.insert(None, 0, Some("zero".into()), now);
        chain.insert(Some(0), 1_000, None, now);
        for key in 1..1_000 {
            chain.insert(Some(0), 1_000 - key, None, now);
        }
        chain.insert(None, 2_000, None, now);
        let all: Vec<Key> = std::iter::once(2_000).chain(0..=1_000).collect();
        assert_eq!(keys(&chain), all);
        assert_eq!(chain.named(500), Some(0));
        assert_eq!(chain.named(2_000), None);
        assert_eq!(chain.unchecked.len(), all.len());
    }

    #[test]
    fn an_id_that_comes_twice_stands_for_neither() {
        let (mut chain, now) = (Chain::default(), Instant::now());
        let id = |id: &str| Some(Arc::from(id));
        chain.insert(None, 1, id("a"), now);
        chain.insert(Some(1), 2, id("b"), now);
        assert_eq!(chain.last_named(), Some(2));
        chain.insert(Some(2), 3, id("b"), now);
        chain.insert(Some(3), 4, id("b"), now);
        assert_eq!(chain.last_named(), Some(1));
    }

    #[test]
    fn the_oldest_entries_are_forgotten() {
        let (mut chain, now) = (Chain::default(), Instant::now());
        for key in 0..=LONGEST as u64 {
            chain.insert(chain.last(), key, Some(key.to_string().into()), now);
        }
        assert!(chain.is_cut && !chain.knows(0) && chain.knows(1));
        assert_eq!((chain.ids.len(), chain.unchecked.len()), (LONGEST, LONGEST));
    }

    #[test]
    fn an_entry_is_checked_when_it_was_shown_again_after_a_while() {
        let (mut chain, now) = (Chain::default(), Instant::now());
        let later = |seconds: u64| now + Duration::from_secs(seconds);
        for key in 1..=3 {
            chain.insert(chain.last(), key, None, later(key));
        }
        assert!(chain.due(later(30), 9).is_none());
        assert_eq!(
            chain.due(later(32), 9),
            Some((1, Duration::from_secs(31), 2))
        );
        chain.shown(None, 3, later(32));
        assert!(chain.is_settled(Some(1)) && !chain.is_settled(Some(2)));
        assert_eq!(chain.new_at_end(9), 1);
        assert_eq!(chain.due(later(40), 9).map(|(key, ..)| key), Some(3));
        chain.pass_over(3);
        assert!(chain.due(later(99), 9).is_none());
    }
}
