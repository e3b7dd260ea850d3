//! Strict reading of JSON that a caller wrote: required members must be present and not null, and none may be misspelt.
//!
//! The model of a request is read by the same code as an answer, because it may be part of one. Strictness is a mode of the
//! thread, which only the model's `Deserialize` enables, so that no reader is compiled twice.

use std::cell::Cell;

use serde::de::{Deserializer, Error};

use super::{Member, Model, Tolerant, odd, trail};

thread_local! {
    /// Reading is synchronous, so a thread is in one mode at a time.
    static STRICT: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread reads strictly.
#[inline]
pub(crate) fn is_on() -> bool {
    STRICT.get()
}

/// Strict until it is dropped.
struct Mode {
    before: bool,
}

impl Mode {
    fn strict() -> Self {
        Self {
            before: STRICT.replace(true),
        }
    }
}

impl Drop for Mode {
    fn drop(&mut self) {
        STRICT.set(self.before);
    }
}

/// Reads a model of a request.
///
/// # Errors
/// The JSON cannot be read, a value does not fit, a member is unknown, or a required member is missing or null.
pub fn strictly<'de, T: Tolerant, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let _mode = Mode::strict();
    odd::clear();
    let read = T::tolerant(deserializer).map_err(|error| match trail::take() {
        Some(path) => D::Error::custom(format_args!("{path}: {error}")),
        None => error,
    });
    odd::clear();
    read
}

/// The value for null, which is an error in strict mode.
///
/// # Errors
/// The thread reads strictly.
pub(crate) fn null<T, E: Error>(absent: T) -> Result<T, E> {
    match is_on() {
        true => Err(E::custom("null is no value here")),
        false => Ok(absent),
    }
}

/// Checks the members of one object in strict mode.
pub(crate) struct Check {
    model: &'static str,
    members: &'static [Member],
    /// Whether the model keeps and sends unknown members.
    keeps: bool,
    unknown: Vec<String>,
    seen: Vec<bool>,
}

impl Check {
    /// `None` for an answer, or for a model that is only part of answers. Boxed, because it is rare and every reader has the field.
    #[inline]
    pub(crate) fn begin<T: Model>() -> Option<Box<Self>> {
        (T::STRICT && is_on()).then(|| Self::new(T::NAME, T::MEMBERS, T::KEEPS))
    }

    #[cold]
    fn new(model: &'static str, members: &'static [Member], keeps: bool) -> Box<Self> {
        Box::new(Self {
            model,
            members,
            keeps,
            unknown: Vec::new(),
            seen: vec![false; members.len()],
        })
    }

    #[cold]
    pub(crate) fn member(&mut self, name: &str) {
        let known = Member::position(self.members, name);
        match known.and_then(|index| self.seen.get_mut(index)) {
            Some(seen) => *seen = true,
            None => self.unknown.push(name.to_owned()),
        }
    }

    /// # Errors
    /// A member is misspelt, unknown or missing.
    #[cold]
    pub(crate) fn end<E: Error>(&self) -> Result<(), E> {
        let model = self.model;
        for unknown in &self.unknown {
            match self.nearest(unknown) {
                Some(nearest) => {
                    return Err(E::custom(format_args!(
                        "{model} has no member `{unknown}`; did you mean `{nearest}`?"
                    )));
                }
                None if self.keeps => {}
                None => {
                    return Err(E::custom(format_args!("{model} has no member `{unknown}`")));
                }
            }
        }
        let mut members = self.members.iter().zip(&self.seen);
        match members.find(|(member, seen)| member.is_required() && !**seen) {
            Some((member, _)) => Err(E::custom(format_args!(
                "{model} needs the member `{}`, which is missing",
                member.name()
            ))),
            None => Ok(()),
        }
    }

    /// The missing member whose name is most similar.
    fn nearest(&self, name: &str) -> Option<&'static str> {
        let not_given = self.members.iter().zip(&self.seen);
        let not_given = not_given.filter(|(_, seen)| !**seen);
        let names = not_given.flat_map(|(member, _)| member.names);
        let near = names.filter_map(|known| Some((distance(name, known)?, *known)));
        near.min_by_key(|(distance, _)| *distance)
            .map(|(_, known)| known)
    }
}

/// The edit distance of two names, if it is at most a third of the letters. Case and separators are ignored.
fn distance(one: &str, other: &str) -> Option<usize> {
    let letters = |text: &str| -> Vec<char> {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).take(64).collect()
    };
    let (one, other) = (letters(one), letters(other));
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, known) in other.iter().enumerate() {
            let kept = diagonal + usize::from(letter != known);
            diagonal = row[column + 1];
            row[column + 1] = kept.min(diagonal + 1).min(row[column] + 1);
        }
    }
    let distance = row.last().copied()?;
    (distance * 3 <= other.len()).then_some(distance)
}
