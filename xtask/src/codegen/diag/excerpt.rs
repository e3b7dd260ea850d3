//! The line that a complaint is about, with the place marked.
//!
//! A line may have any content and be megabytes long: the excerpt is short and has no control characters.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// The longest part of a line that is shown, in characters.
const SHOWN: usize = 120;
/// How many characters are shown before a place that is far into a long line.
const BEFORE: usize = 30;

/// A line as it is shown, and the place in it. Columns count characters from 1, and the end column is the one after the place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Excerpt {
    pub column: usize,
    pub end_column: usize,
    #[serde(skip)]
    number: usize,
    #[serde(skip)]
    text: String,
    /// The bytes of the place in `text`.
    #[serde(skip)]
    mark: (usize, usize),
}

impl Excerpt {
    /// `None` if the line has nothing visible.
    pub fn of(number: usize, line: &str, message: &str) -> Option<Self> {
        let place = place(line, message)?;
        let column = 1 + line[..place.start].chars().count();
        let end_column = column + line[place.clone()].chars().count();
        let start = match column <= SHOWN - BEFORE {
            true => 0,
            false => backward(line, place.start, BEFORE),
        };
        let mut text = String::from(if start > 0 { "…" } else { "" });
        let mut mark = (text.len(), text.len());
        let shown = line[start..].char_indices().take(SHOWN);
        for (at, letter) in shown.map(|(at, letter)| (start + at, letter)) {
            if at == place.start {
                mark.0 = text.len();
            }
            escape(letter, &mut text);
            if place.contains(&at) {
                mark.1 = text.len();
            }
        }
        if line[start..].chars().nth(SHOWN).is_some() {
            text.push('…');
        }
        Some(Self {
            column,
            end_column,
            number,
            text,
            mark,
        })
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = AnnotationKind::Primary.span(self.mark.0..self.mark.1);
        let line = Snippet::source(&*self.text).line_start(self.number);
        let group = Group::with_level(Level::ERROR).element(line.annotation(mark));
        f.write_str(&Renderer::plain().render(&[group]))
    }
}

/// The first word that the complaint quotes and that is in the line; otherwise an invisible character; otherwise the first key.
fn place(line: &str, message: &str) -> Option<Range<usize>> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if let Some(found) = quoted.find_map(|word| word_in(line, word)) {
        return Some(found);
    }
    let mut letters = line.char_indices();
    if let Some((at, letter)) = letters.find(|(_, letter)| is_hidden(*letter)) {
        return Some(at..at + letter.len_utf8());
    }
    let within = |opening: &[char]| {
        let start = line.len() - line.trim_start_matches(opening).len();
        let end = line[start..].find(": ").map_or(line.len(), |at| start + at);
        let end = line[..end].trim_end_matches([' ', ':']).len();
        (start < end).then_some(start..end)
    };
    within(&[' ', '-', '{', '[']).or_else(|| within(&[' ']))
}

/// The position of a word that is not a part of a longer word.
fn word_in(line: &str, word: &str) -> Option<Range<usize>> {
    let longer = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    let mut found = line.match_indices(word).map(|(at, _)| at..at + word.len());
    found.find(|place| {
        let before = line[..place.start].chars().next_back();
        let behind = line[place.end..].chars().next();
        !word.is_empty() && !before.is_some_and(longer) && !behind.is_some_and(longer)
    })
}

/// The position of the byte that is some characters before another byte.
fn backward(line: &str, from: usize, characters: usize) -> usize {
    let mut starts = line[..from].char_indices().rev().map(|(at, _)| at);
    starts.nth(characters - 1).unwrap_or_default()
}

fn is_hidden(letter: char) -> bool {
    let quote = matches!(letter, '"' | '\'' | '\\');
    !quote && letter.escape_debug().len() > 1
}

/// Writes a character in a visible form.
pub fn escape(letter: char, text: &mut String) {
    if is_hidden(letter) {
        text.extend(letter.escape_debug());
    } else {
        text.push(letter);
    }
}
