//! How the items of a list are identified, and which of them have been returned.
//!
//! It must not know how a list is read.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher;

use crate::{Nullable, StringOrNumber};

/// A value that can be the id of an item, or a part of it.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Id {
    /// The id as text; `None` if the server left it out.
    fn id(&self) -> Option<Cow<'_, str>>;
}

impl Id for String {
    // A required member that is missing is the empty text.
    fn id(&self) -> Option<Cow<'_, str>> {
        (!self.is_empty()).then_some(Cow::Borrowed(self.as_str()))
    }
}

impl Id for i64 {
    // A required member that is missing is 0.
    fn id(&self) -> Option<Cow<'_, str>> {
        (*self != 0).then(|| Cow::Owned(self.to_string()))
    }
}

impl Id for StringOrNumber {
    fn id(&self) -> Option<Cow<'_, str>> {
        let text = self.to_string();
        (!text.is_empty()).then_some(Cow::Owned(text))
    }
}

impl<T: Id> Id for Option<T> {
    fn id(&self) -> Option<Cow<'_, str>> {
        self.as_ref().and_then(T::id)
    }
}

impl<T: Id> Id for Nullable<T> {
    fn id(&self) -> Option<Cow<'_, str>> {
        self.as_option().and_then(T::id)
    }
}

impl Id for BTreeMap<String, String> {
    // An empty map is a valid value: a scope without a context applies everywhere.
    fn id(&self) -> Option<Cow<'_, str>> {
        let texts = self.iter().flat_map(|(key, value)| [key, value]);
        Some(Cow::Owned(texts.map(|text| part(text)).collect()))
    }
}

/// The id that consists of several members; `None` if one of them is missing, because the others may be
/// those of several items.
pub fn joined(parts: &[&dyn Id]) -> Option<Cow<'static, str>> {
    let parts = parts.iter().map(|value| value.id().map(|text| part(&text)));
    parts.collect::<Option<String>>().map(Cow::Owned)
}

/// With its length before it, so that `a`, `bc` and `ab`, `c` stay different.
fn part(text: &str) -> String {
    format!("{}:{text}", text.len())
}

/// The ids of the items that were returned.
///
/// It keeps a hash of each, some 10 to 20 bytes whatever the length of the id. Two of a million
/// ids have the same hash in one list of 37 million; the keys are random, so nobody can choose
/// such ids.
#[derive(Default)]
pub(super) struct Seen {
    keys: RandomState,
    hashes: HashSet<u64>,
}

impl Seen {
    /// Records an item, and returns whether it is new. An item without an id always is.
    pub(super) fn is_new(&mut self, id: Option<Cow<'_, str>>) -> bool {
        id.is_none_or(|id| self.hashes.insert(self.keys.hash_one(id.as_bytes())))
    }
}
