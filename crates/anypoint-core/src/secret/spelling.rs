//! Converts a text to a form that does not depend on its encoding: percent-encoding, escapes of JSON or
//! HTML, and case.
//!
//! It must not know what a secret is.

use std::ops::Range;

/// How many layers are decoded, for example JSON in JSON, or a URL in a form.
const DEPTH: usize = 5;

/// A byte, and the part of the original text that it stands for.
#[derive(Clone, Copy)]
struct Unit {
    byte: u8,
    start: usize,
    end: usize,
}

/// A text in the common form, with the origin of each of its bytes.
pub(super) struct Plain(Vec<Unit>);

impl Plain {
    pub(super) fn new(text: &str) -> Self {
        let mut units: Vec<Unit> = (0..)
            .zip(text.bytes())
            .map(|(start, byte)| Unit {
                byte,
                start,
                end: start + 1,
            })
            .collect();
        for _ in 0..DEPTH {
            if !units.iter().any(|unit| b"%\\&+".contains(&unit.byte)) {
                break;
            }
            units = decoded(&units);
        }
        Self(folded(units))
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.0.into_iter().map(|unit| unit.byte).collect();
        while bytes.last() == Some(&b' ') {
            bytes.pop();
        }
        bytes
    }

    /// The ranges of the original at which a text in the common form occurs.
    pub(super) fn find<'a>(&'a self, wanted: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        let here = |window: &[Unit]| {
            let bytes = window.iter().map(|unit| unit.byte);
            bytes.eq(wanted.iter().copied())
        };
        let windows = self.0.windows(wanted.len().max(1));
        windows
            .filter(move |window| here(window))
            .filter_map(|window| Some(window.first()?.start..window.last()?.end))
    }
}

/// ASCII in lower case, white space and control characters as one space, none at the start.
fn folded(units: Vec<Unit>) -> Vec<Unit> {
    let mut folded: Vec<Unit> = Vec::with_capacity(units.len());
    for mut unit in units {
        unit.byte = match unit.byte {
            byte if byte <= b' ' || byte == 0x7f => b' ',
            byte => byte.to_ascii_lowercase(),
        };
        if unit.byte != b' ' || folded.last().is_some_and(|last| last.byte != b' ') {
            folded.push(unit);
        }
    }
    folded
}

/// Removes one layer of escapes.
fn decoded(units: &[Unit]) -> Vec<Unit> {
    let mut out = Vec::with_capacity(units.len());
    let mut rest = units;
    // A backslash belongs to the character after it: half an escape would corrupt the text.
    let mut protected = None;
    while let Some((first, after)) = rest.split_first() {
        let (text, length) = match first.byte {
            b'%' => percent(after),
            b'\\' => backslash(after),
            b'&' => entity(after),
            b'+' => (Some(' '.into()), 0),
            _ => (None, 0),
        };
        let (of, tail) = rest.split_at((1 + length).min(rest.len()));
        let end = of.last().map_or(first.end, |last| last.end);
        let start = protected.take().unwrap_or(first.start);
        match text {
            None => out.push(Unit { start, ..*first }),
            Some(Decoded::Byte(byte)) => out.push(Unit { byte, start, end }),
            Some(Decoded::Char(c)) => {
                let mut buffer = [0; 4];
                let bytes = c.encode_utf8(&mut buffer).bytes();
                out.extend(bytes.map(|byte| Unit { byte, start, end }));
            }
            Some(Decoded::Nothing) => protected = Some(start),
        }
        rest = tail;
    }
    out
}

enum Decoded {
    Byte(u8),
    Char(char),
    Nothing,
}

impl From<char> for Decoded {
    fn from(c: char) -> Self {
        Self::Char(c)
    }
}

/// The value of an escape, if it is one, and its length after the first character.
type Escape = (Option<Decoded>, usize);

fn percent(after: &[Unit]) -> Escape {
    match number(after, 2, 16) {
        Some(value) => (u8::try_from(value).ok().map(Decoded::Byte), 2),
        None => (None, 0),
    }
}

/// As in JSON. A backslash before anything else only protects what follows, or the next one.
fn backslash(after: &[Unit]) -> Escape {
    match after.first().map(|unit| unit.byte) {
        Some(b'n' | b'r' | b't' | b'b' | b'f') => (Some(' '.into()), 1),
        Some(b'u') => {
            let Some(high) = number(&after[1..], 4, 16) else {
                return (Some(Decoded::Nothing), 0);
            };
            let low = match after.get(5..) {
                Some([slash, u, rest @ ..]) if (slash.byte, u.byte) == (b'\\', b'u') => {
                    number(rest, 4, 16)
                }
                _ => None,
            };
            let pair = low
                .filter(|low| (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(low));
            match pair {
                Some(low) => {
                    let value = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    (char::from_u32(value).map(Decoded::Char), 11)
                }
                None => (char::from_u32(high).map(Decoded::Char), 5),
            }
        }
        _ => (Some(Decoded::Nothing), 0),
    }
}

/// As in HTML and XML.
fn entity(after: &[Unit]) -> Escape {
    /// The longest, `#1114111`.
    const LONGEST: usize = 8;
    let Some(length) = after
        .iter()
        .take(LONGEST + 1)
        .position(|unit| unit.byte == b';')
    else {
        return (None, 0);
    };
    let name: String = after[..length]
        .iter()
        .map(|unit| char::from(unit.byte))
        .collect();
    let found = match name.as_str() {
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        other => other.strip_prefix('#').and_then(|digits| {
            let value = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => digits.parse(),
            };
            char::from_u32(value.ok()?)
        }),
    };
    match found {
        Some(c) => (Some(c.into()), length + 1),
        None => (None, 0),
    }
}

/// A number with exactly this many digits.
fn number(units: &[Unit], digits: usize, radix: u32) -> Option<u32> {
    let digits = units.get(..digits)?.iter();
    digits
        .map(|unit| char::from(unit.byte).to_digit(radix))
        .try_fold(0, |value, digit| Some(value * radix + digit?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        String::from_utf8(Plain::new(text).into_bytes()).unwrap()
    }

    #[test]
    fn every_way_to_write_a_text_has_one_form() {
        for text in [
            "Pä\"ß/ \\x&1",
            "P%C3%A4%22%c3%9f%2F%20%5cx%261",
            "P%25C3%25A4%2522%25c3%259f%252F+%255cx%25261",
            r#"P\u00e4\"\u00DF\/ \\x\u00261"#,
            r#"P\\u00e4\\\"\\u00DF/ \\\\x&1"#,
            "P&#228;&quot;&#xdf;/&#32;\\x&amp;1",
        ] {
            assert_eq!(plain(text), "pä\"ß/ x&1", "{text}");
        }
        assert_eq!(plain(r"\ud83d\ude00"), "😀");
        assert_eq!(plain("a\\nb"), plain("a\nb"));
        assert_eq!(plain("100% & more; 50%zz"), "100% & more; 50%zz");
    }

    #[test]
    fn what_is_found_is_where_it_was_written() {
        let text = "x %53e%63ret, S\\u0065cret.";
        let found: Vec<&str> = Plain::new(text)
            .find(b"secret")
            .map(|at| &text[at])
            .collect();
        assert_eq!(found, ["%53e%63ret", "S\\u0065cret"]);
        let nested = "\"\\\\u0053ecret\"";
        let at = Plain::new(nested).find(b"secret").next().unwrap();
        assert_eq!(&nested[at], "\\\\u0053ecret");
    }
}
