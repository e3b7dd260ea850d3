//! The marks, and the search for them.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::iter::successors;

use anypoint_core::Error;

/// In the example of every secret, because the spec linter wants it there; with periods in some.
pub(crate) const REQUEST: &str = "not-a-real";
/// In every secret of an answer, and in every token that the emulator hands out.
pub(crate) const ANSWER: &str = "mark-answer";
pub(crate) const CLIENT_SECRET: &str = "mark-client-secret";
pub(crate) const BEARER: &str = "mark-bearer";
pub(crate) const PASSWORD: &str = "mark-password";
/// `wire:mark-password` as HTTP basic has it on the wire.
pub(crate) const BASIC: &str = "d2lyZTptYXJrLXBhc3N3b3Jk";

pub(crate) const ALL: [&str; 6] = [REQUEST, ANSWER, CLIENT_SECRET, BEARER, PASSWORD, BASIC];

/// The marks in a text, each with what stands around it.
pub(crate) fn found(text: &str) -> Vec<String> {
    let text = &with_hyphens(text);
    let around = |mark: &&str| {
        let at = text.find(*mark)?;
        let start = text[..at].char_indices().rev().nth(80);
        let start = start.map_or(0, |(index, _)| index);
        let part: String = text[start..].chars().take(200).collect();
        Some(format!("{mark} in …{part}…"))
    };
    ALL.iter().filter_map(around).collect()
}

/// Whether a text that nobody prints holds a mark: proof that there was something to leak.
pub(crate) fn holds(text: &[u8], mark: &str) -> bool {
    with_hyphens(&String::from_utf8_lossy(text)).contains(mark)
}

fn with_hyphens(text: &str) -> String {
    text.replace("not.a.real", REQUEST)
}

/// A value as `Debug` prints it, on one line and on many.
pub(crate) fn printed(value: &(impl Debug + ?Sized)) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// An error with its sources, in every form that a log might have it.
pub(crate) fn told(error: &Error) -> String {
    let mut text = String::new();
    for cause in successors(Some(error as &dyn StdError), |&cause| cause.source()) {
        text += &format!("{cause}\n{cause:?}\n{cause:#?}\n");
    }
    let parts = [
        error.message(),
        error.hint(),
        error.json_path(),
        error.request_id(),
    ];
    text + &printed(&parts)
}
