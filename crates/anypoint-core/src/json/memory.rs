//! Bounds the memory that one answer takes.
//!
//! In a list of nulls each item has five bytes, but its model may take a thousand. So the memory of lists, maps and boxes is
//! counted while an answer is read, each time that one of them grows. Texts take no more memory than their length, and are
//! not counted.
//!
//! The count belongs to the answer that this thread is reading.

use std::cell::Cell;

use serde::de::Error;

/// How many bytes each answer may take regardless of its length: a model is larger than JSON that leaves out most of its
/// members.
const ALWAYS: usize = 64 << 20;
/// How many additional bytes it may take for each byte of the answer.
const FOR_A_BYTE: usize = 8;
/// The number of entries in a node of a map, which is at least half full.
const NODE: usize = 11;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Starts the count for an answer of this length.
pub(crate) fn begin(length: usize) {
    LEFT.set(length.saturating_mul(FOR_A_BYTE).saturating_add(ALWAYS));
}

/// Ends the count.
pub(crate) fn end() {
    LEFT.set(usize::MAX);
}

/// Counts bytes that are about to be allocated.
///
/// # Errors
/// The bound is exceeded.
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

/// Counts the growth of a full list.
///
/// # Errors
/// As for [`take`].
#[cold]
pub(crate) fn grow<E: Error>(capacity: usize, item: usize) -> Result<(), E> {
    // `Vec` doubles its capacity, starting with four items, or with one if items are large.
    let least = if item > 1024 { 1 } else { 4 };
    take(capacity.max(least).saturating_mul(item))
}

/// Counts one more entry for a map of `entries`.
///
/// # Errors
/// As for [`take`].
#[inline]
pub(crate) fn entry<E: Error>(entries: usize, item: usize) -> Result<(), E> {
    match entries.is_multiple_of(NODE / 2) {
        true => take(NODE * item),
        false => Ok(()),
    }
}
