//! Splits the text of an answer into entries, even if some of them are damaged.
//!
//! A text that is JSON is parsed as a whole. Otherwise the list in it is split first, so that an entry
//! that is not JSON does not affect the others.
//!
//! It must not know the meaning of an entry.

use crate::Json;
use crate::response::{Answer, DecodeError};

/// The content of one entry.
#[derive(Debug)]
pub(super) enum Piece {
    Whole(Json),
    Damaged(Damaged),
}

/// An entry that is not JSON.
#[derive(Debug)]
pub(super) struct Damaged {
    pub(super) text: Vec<u8>,
    /// Why it is not JSON.
    pub(super) problem: String,
    /// Its value after invalid text was replaced by replacement characters, for its id and time; null
    /// if that is not JSON either.
    pub(super) mended: Json,
}

/// The entries of an answer, in its order.
#[derive(Debug, Default)]
pub struct Pieces(pub(super) Vec<Piece>);

/// How many bytes after the apparent start of the next entry the end of a damaged one is searched.
const FURTHER: usize = 16 * 1024;

/// Splits an answer: a bare list, a list within an object, or a list in the text of a JSON string. No
/// body is an empty list.
///
/// # Errors
/// An answer that is not a list, or only the beginning of one: entries may be missing at either end
/// of the log, so the answer must be read again.
pub fn pieces(answer: &Answer) -> Result<Pieces, DecodeError> {
    split(answer.content()).map(Pieces)
}

fn split(text: &[u8]) -> Result<Vec<Piece>, DecodeError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    match serde_json::from_slice::<Json>(text) {
        Ok(json) => list(json),
        Err(error) => taken_apart(text).unwrap_or_else(|| Err(DecodeError::new(&error))),
    }
}

fn list(answer: Json) -> Result<Vec<Piece>, DecodeError> {
    match answer {
        Json::Null => Ok(Vec::new()),
        Json::Array(items) => Ok(items.into_iter().map(Piece::Whole).collect()),
        Json::Object(members) => {
            let mut lists = members.into_iter().filter(|(_, value)| value.is_array());
            match (lists.next(), lists.next()) {
                (Some((_, list)), None) => self::list(list),
                (None, _) => Err(no_list("an object without one")),
                (Some(_), Some(_)) => Err(no_list("an object with several")),
            }
        }
        Json::String(text) => match text.trim_start().as_bytes().first() {
            None | Some(b'[' | b'{') => split(text.trim().as_bytes()),
            Some(_) => Err(no_list("a text")),
        },
        Json::Bool(_) | Json::Number(_) => Err(no_list("a single value")),
    }
}

fn no_list(found: &str) -> DecodeError {
    DecodeError::of(format!("expected a list of log entries, and found {found}"))
}

/// The entries of a list that is not JSON; `None` if the text is not a list, or is truncated.
fn taken_apart(text: &[u8]) -> Option<Result<Vec<Piece>, DecodeError>> {
    match text.first()? {
        b'[' => Elements::of(text, 1).map(Ok),
        b'{' => Elements::of(text, first_list(text)?).map(Ok),
        b'"' => {
            let inner: String = serde_json::from_slice(&mended(text)).ok()?;
            Some(split(inner.trim().as_bytes()))
        }
        _ => None,
    }
}

/// Where the first list within an object begins.
fn first_list(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at = skip(text, at, b",");
        at = skip(text, string_end(text, at)?, b":");
        if text.get(at) == Some(&b'[') {
            return Some(at + 1);
        }
        at = value_end(text, at, text.len()).ok()?;
    }
}

/// The search for starts of entries may read this many times the length of the answer; after that it
/// is limited to nearby text.
const TIMES: usize = 16;

/// A list that is being split.
struct Elements<'a> {
    text: &'a [u8],
    at: usize,
    /// The start of the last valid entry: the next ones most likely start in the same way.
    beginning: &'a [u8],
    found: Vec<Piece>,
    /// How many bytes may still be searched for starts of entries.
    left: usize,
}

impl<'a> Elements<'a> {
    fn of(text: &'a [u8], at: usize) -> Option<Vec<Piece>> {
        let mut elements = Self {
            text,
            at,
            beginning: &[],
            found: Vec::new(),
            left: text.len().saturating_mul(TIMES),
        };
        loop {
            elements.at = skip(text, elements.at, b",");
            match text.get(elements.at)? {
                b']' => return Some(elements.found),
                _ => elements.next()?,
            }
        }
    }

    fn next(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<Json>();
        match values.next() {
            Some(Ok(value)) => {
                if let Some(own) = beginning(rest) {
                    self.beginning = own;
                }
                self.at += values.byte_offset();
                self.found.push(Piece::Whole(value));
            }
            Some(Err(error)) => self.damaged(&error)?,
            None => return None,
        }
        Some(())
    }

    fn damaged(&mut self, error: &serde_json::Error) -> Option<()> {
        let end = self.damaged_end()?;
        let text = self.text.get(self.at..end)?.trim_ascii_end();
        let text = text.strip_suffix(b",").unwrap_or(text).trim_ascii_end();
        self.found.push(Piece::Damaged(Damaged {
            text: text.to_vec(),
            problem: DecodeError::new(error).to_string(),
            mended: serde_json::from_slice(&mended(text)).unwrap_or_default(),
        }));
        // Always advance, so that the loop ends on any text.
        self.at = end.max(self.at + 1);
        Some(())
    }

    /// The end of a damaged entry: the end of its brackets, unless the next entry seems to start
    /// before that.
    fn damaged_end(&mut self) -> Option<usize> {
        let whole = self.text.len();
        let next = self.next_beginning();
        let limit = next.map_or(whole, |next| whole.min(next + FURTHER));
        let end = value_end(self.text, self.at, limit).ok();
        match (end, next) {
            (Some(end), Some(next)) if end > next => {
                let inside = self.text.get(self.at..end).unwrap_or_default();
                let is_one = serde_json::from_slice::<Json>(&mended(inside)).is_ok();
                Some(if is_one { end } else { next })
            }
            (Some(end), _) => Some(end),
            (None, Some(next)) => Some(next),
            // The last entry, if the list is complete.
            (None, None) => {
                let closed = self.text.iter().rposition(|byte| *byte == b']')?;
                let tail = self.text.get(closed + 1..)?;
                // If the list is within an object, that must be complete, too.
                let object = self.text.first() == Some(&b'{');
                let over = match object {
                    true => tail.trim_ascii().last() == Some(&b'}'),
                    false => tail.is_empty(),
                };
                // Otherwise the bracket belongs to the entry, and the rest of the list is missing.
                let is_cut = value_end(self.text, self.at, whole) == Err(Broken::Cut);
                (over && !is_cut && closed > self.at).then_some(closed)
            }
        }
    }

    fn next_beginning(&mut self) -> Option<usize> {
        let own = self.text.get(self.at..).and_then(beginning);
        let from = self.at + 1;
        let mut left = self.left;
        let mut find = |wanted: &[u8]| {
            let rest = self.text.get(from..)?;
            let rest = rest.get(..left.max(FURTHER)).unwrap_or(rest);
            let mut found = rest.windows(wanted.len().max(1)).enumerate();
            let separate = |at: usize| {
                let before = rest.get(..at).unwrap_or_default().trim_ascii_end();
                matches!(before.last(), Some(b',' | b'}'))
            };
            let at = found.find_map(|(at, text)| (text == wanted && separate(at)).then_some(at));
            left = left.saturating_sub(at.unwrap_or(rest.len()));
            at.map(|at| from + at)
        };
        let known = [Some(self.beginning).filter(|known| !known.is_empty()), own];
        let next = known.into_iter().flatten().filter_map(&mut find).min();
        self.left = left;
        next
    }
}

/// The text of an object up to the end of its first name.
fn beginning(text: &[u8]) -> Option<&[u8]> {
    let name = skip(text, 1, b"");
    (text.first() == Some(&b'{')).then(|| text.get(..string_end(text, name)?))?
}

fn skip(text: &[u8], mut at: usize, besides: &[u8]) -> usize {
    while let Some(byte) = text.get(at)
        && (byte.is_ascii_whitespace() || besides.contains(byte))
    {
        at += 1;
    }
    at
}

/// The index after the string that begins at `at`.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    let mut bytes = text.iter().enumerate().skip(at);
    bytes.next().filter(|(_, byte)| **byte == b'"')?;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    None
}

/// Why the end of a value was not found.
#[derive(Debug, PartialEq)]
enum Broken {
    /// The text ends while brackets are open.
    Cut,
    /// A bracket or a quote does not match.
    Misfit,
}

/// The index after the value that begins at `at`, by its brackets and quotes only, if they match.
fn value_end(text: &[u8], mut at: usize, limit: usize) -> Result<usize, Broken> {
    let text = text.get(..limit).unwrap_or_default();
    let mut open = Vec::new();
    loop {
        match text.get(at).ok_or(Broken::Cut)? {
            b'"' => at = string_end(text, at).ok_or(Broken::Misfit)?,
            bracket @ (b'{' | b'[') => {
                open.push(bracket);
                at += 1;
            }
            b'}' | b']' | b',' if open.is_empty() => return Ok(at),
            closing @ (b'}' | b']') => {
                let fits = matches!(
                    (open.pop(), closing),
                    (Some(b'{'), b'}') | (Some(b'['), b']')
                );
                at += 1;
                if !fits {
                    return Err(Broken::Misfit);
                }
            }
            _ => {
                at += 1;
                continue;
            }
        }
        if open.is_empty() {
            return Ok(at);
        }
    }
}

/// The text with replacement characters in place of what JSON does not allow.
fn mended(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut mended = String::with_capacity(text.len());
    let (mut rest, mut inside) = (&*text, false);
    while let Some(next) = rest.chars().next() {
        let mut length = next.len_utf8();
        match next {
            '\\' if inside => {
                let (escape, taken) = escaped(rest);
                mended.push_str(escape);
                length = taken;
            }
            control if inside && control < ' ' => mended.push(char::REPLACEMENT_CHARACTER),
            other => {
                inside ^= other == '"';
                mended.push(other);
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    mended.into_bytes()
}

/// An escape sequence or its replacement, and its length in the text.
fn escaped(text: &str) -> (&str, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    match (text.as_bytes().get(1), unit(0)) {
        (Some(b'u'), Some(0xd800..=0xdbff)) => match unit(6) {
            Some(0xdc00..=0xdfff) => (text.get(..12).unwrap_or_default(), 12),
            _ => ("\u{fffd}", 6),
        },
        (Some(b'u'), Some(0xdc00..=0xdfff)) => ("\u{fffd}", 6),
        (Some(b'u'), Some(_)) => (text.get(..6).unwrap_or_default(), 6),
        (Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), _) => {
            (text.get(..2).unwrap_or_default(), 2)
        }
        _ => ("\u{fffd}", 1),
    }
}

#[cfg(test)]
mod tests;
