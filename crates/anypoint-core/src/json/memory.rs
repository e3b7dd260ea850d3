//! How much memory may be made of one answer.
//!
//! A list of a million nulls takes five bytes for each, and a model a thousand. So what lists, maps and boxes take is counted
//! while an answer is read, each time that one of them grows. Texts take no more than they are long, and are not counted.
//!
//! What is counted belongs to the answer that this thread is reading.

use std::cell::Cell;

use serde::de::Error;

/// What each answer may take whatever its length is, in bytes: models of a few members are larger than their JSON, which
/// leaves out what has no value.
const ALWAYS: usize = 64 << 20;
/// What it may take besides, for each of its bytes.
const FOR_A_BYTE: usize = 8;
/// A node of a map has room for so many entries, and is half full at least.
const NODE: usize = 11;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Begins to count for an answer of this length.
pub(crate) fn begin(length: usize) {
    LEFT.set(length.saturating_mul(FOR_A_BYTE).saturating_add(ALWAYS));
}

/// Counts no longer.
pub(crate) fn end() {
    LEFT.set(usize::MAX);
}

/// Counts what is about to be allocated.
///
/// # Errors
/// It is too much.
pub(crate) fn take<E: Error>(bytes: usize) -> Result<(), E> {
    match LEFT.get().checked_sub(bytes) {
        Some(left) => {
            LEFT.set(left);
            Ok(())
        }
        None => Err(E::custom(
            "what it holds takes far more memory than its length; ask for less at once, or read it raw",
        )),
    }
}

/// Counts the growth of a list that is full.
///
/// # Errors
/// As [`take`].
#[cold]
pub(crate) fn grow<E: Error>(capacity: usize, item: usize) -> Result<(), E> {
    // As `Vec` grows: by as much as it has, from four items, or one where they are large.
    let least = if item > 1024 { 1 } else { 4 };
    take(capacity.max(least).saturating_mul(item))
}

/// Counts an entry more for a map of so many.
///
/// # Errors
/// As [`take`].
#[inline]
pub(crate) fn entry<E: Error>(entries: usize, item: usize) -> Result<(), E> {
    match entries.is_multiple_of(NODE / 2) {
        true => take(NODE * item),
        false => Ok(()),
    }
}
