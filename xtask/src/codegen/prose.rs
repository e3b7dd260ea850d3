//! Makes a text of a spec safe as Markdown in rustdoc and on the page of a crate.
//!
//! Texts are Markdown, and most are not changed. Text that rustdoc would run as a test, link to, warn about or read as HTML is
//! escaped. The parser that rustdoc uses decides whether a text contains such parts.

use std::fmt;
use std::ops::Deref;

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

/// A paragraph after the text that is checked, which must remain a paragraph of its own.
const AFTERWARDS: &str = "What comes afterwards";

/// A longer line is not parsed, because that could take quadratic time.
const LONGEST_LINE: usize = 1_000;

/// Markdown in which everything necessary was escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markdown(String);

impl Deref for Markdown {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text of any length.
pub fn markdown(text: &str) -> Markdown {
    let ways: [fn(&str) -> String; 2] = [str::to_owned, mended];
    let harmless = ways.iter().map(|way| way(text)).find(|it| is_harmless(it));
    Markdown(harmless.unwrap_or_else(|| plain(text)))
}

/// A text as a part of one line, such as a title.
pub fn line(text: &str) -> Markdown {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let within = |text: &str| is_harmless(&format!("Of {text} it is."));
    let ways: [fn(&str) -> String; 2] = [str::to_owned, inline];
    let harmless = ways.iter().map(|way| way(&text)).find(|it| within(it));
    Markdown(harmless.unwrap_or_else(|| plain(&text)))
}

/// A text as a cell of a table.
pub fn cell(text: &str) -> Markdown {
    Markdown(line(text).replace('|', "\\|"))
}

/// `a` or `an`.
pub fn article(noun: &str) -> &'static str {
    match noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) {
        true => "an",
        false => "a",
    }
}

/// A value as a code span.
pub fn code(value: &str) -> Markdown {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let longest = value.split(|letter| letter != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    let edge = value.is_empty() || value.starts_with('`') || value.ends_with('`');
    let pad = if edge { " " } else { "" };
    Markdown(format!("{fence}{pad}{value}{pad}{fence}"))
}

/// A text as the part after `- name: ` in a list.
pub fn indented(text: &str) -> String {
    let rest = text.replace('\n', "\n  ");
    match opening(text) {
        Some(_) => format!("\n  {rest}"),
        None => rest,
    }
}

/// Whether a text is safe alone, and as an item of a list, with other text after it.
fn is_harmless(text: &str) -> bool {
    let item = format!("- `x`: {}", indented(text));
    [text, &item].into_iter().all(stands)
}

fn stands(text: &str) -> bool {
    let text = format!("{text}\n\n{AFTERWARDS}");
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    let mut is_broken = false;
    let mut broken = |_: BrokenLink<'_>| {
        is_broken = true;
        None
    };
    let mut parser = Parser::new_with_broken_link_callback(&text, options, Some(&mut broken));
    let mut judge = Judge::default();
    let fits = parser.all(|event| judge.takes(&event));
    fits && !is_broken && judge.ends_alone
}

#[derive(Default)]
struct Judge {
    depth: usize,
    /// The number of open links and blocks of code. An address in them is not a bare one.
    quoted: usize,
    ends_alone: bool,
}

impl Judge {
    fn takes(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                self.begins(tag)
            }
            Event::End(tag) => {
                self.depth -= 1;
                self.quoted -= usize::from(matches!(tag, TagEnd::Link | TagEnd::CodeBlock));
                true
            }
            Event::Text(text) => {
                self.ends_alone = self.depth == 1 && &**text == AFTERWARDS;
                self.quoted > 0 || !(text.contains("http://") || text.contains("https://"))
            }
            Event::Html(_) | Event::InlineHtml(_) | Event::FootnoteReference(_) => false,
            _ => true,
        }
    }

    fn begins(&mut self, tag: &Tag<'_>) -> bool {
        match tag {
            Tag::CodeBlock(kind) => {
                self.quoted += 1;
                matches!(kind, CodeBlockKind::Fenced(language) if &**language == "text")
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                self.quoted += 1;
                matches!(link_type, LinkType::Inline | LinkType::Autolink) && is_web(dest_url)
            }
            Tag::Image { .. } | Tag::HtmlBlock | Tag::FootnoteDefinition(_) => false,
            _ => true,
        }
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// The text line by line. Blocks of code become plain text, and everything else that is not ordinary prose is escaped.
fn mended(text: &str) -> String {
    let mut lines = Vec::new();
    let mut fence: Option<(String, String)> = None;
    for line in text.replace('\t', "    ").lines() {
        let bare = line.trim();
        // A larger indentation would be a block of code.
        let indent = (line.len() - line.trim_start().len()).min(3);
        match fence.take() {
            Some((indent, mark)) if closes(bare, &mark) => lines.push(indent + &mark),
            Some((indent, mark)) => {
                let own = line
                    .trim_start()
                    .len()
                    .max(line.len().saturating_sub(indent.len()));
                lines.push(format!("{indent}{}", &line[line.len() - own..]));
                fence = Some((indent, mark));
            }
            None => {
                let indent = " ".repeat(indent);
                match opening(bare) {
                    Some(mark) => {
                        lines.push(format!("{indent}{mark}text"));
                        fence = Some((indent, mark));
                    }
                    None => lines.push(indent + &inline(bare)),
                }
            }
        }
    }
    lines.extend(fence.map(|(indent, mark)| indent + &mark));
    lines.join("\n")
}

/// The fence that a block of code begins with.
fn opening(line: &str) -> Option<String> {
    let mark = line.chars().next().filter(|mark| "`~".contains(*mark))?;
    let bare = line.trim_start_matches(mark);
    let length = line.len() - bare.len();
    let inline = mark == '`' && bare.lines().next().unwrap_or_default().contains('`');
    (length >= 3 && !inline).then(|| mark.to_string().repeat(length))
}

fn closes(line: &str, mark: &str) -> bool {
    line.len() >= mark.len() && line.chars().all(|letter| mark.starts_with(letter))
}

/// One line in which code, emphasis and links to web pages stay as they are, and everything else is text.
fn inline(line: &str) -> String {
    if line.len() > LONGEST_LINE {
        return plain(line);
    }
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = kept(rest, out.ends_with('!')) {
            out.push_str(&rest[..length]);
            length
        } else if is_web(rest) {
            let length = address(rest);
            out.push_str(&format!("<{}>", &rest[..length]));
            length
        } else if first == ' ' {
            out.push(first);
            run(rest, first)
        } else {
            let length = if "`~".contains(first) {
                run(rest, first)
            } else {
                first.len_utf8()
            };
            let escape = "`<[".contains(first) || first == '~' && length > 2;
            for letter in rest[..length].chars() {
                out.extend(escape.then_some('\\'));
                out.push(letter);
            }
            length
        };
        rest = &rest[length..];
    }
    out
}

/// The length of the beginning of a text that stays as it is, if there is one.
fn kept(text: &str, after_mark: bool) -> Option<usize> {
    match text.as_bytes().first()? {
        b'\\' => escape(text),
        b'`' => code_span(text),
        b'<' => bracketed(text),
        // After an exclamation mark it would be an image.
        b'[' if !after_mark => link(text),
        _ => None,
    }
}

/// The number of bytes at the beginning of a text that are repetitions of this letter.
fn run(text: &str, letter: char) -> usize {
    text.len() - text.trim_start_matches(letter).len()
}

/// The length of an escaped character.
fn escape(text: &str) -> Option<usize> {
    let escaped = text.as_bytes().get(1)?;
    escaped.is_ascii_punctuation().then_some(2)
}

/// The length of a code span that ends on its line.
fn code_span(text: &str) -> Option<usize> {
    let fence = run(text, '`');
    let mut at = fence;
    while let Some(next) = text[at..].find('`') {
        let found = run(&text[at + next..], '`');
        at += next + found;
        if found == fence {
            return Some(at);
        }
    }
    None
}

/// The length of an address in angle brackets.
fn bracketed(text: &str) -> Option<usize> {
    let end = text.find('>')?;
    let inside = &text[1..end];
    let fits =
        is_web(inside) && !inside.contains(|it: char| it.is_whitespace() || "<`".contains(it));
    fits.then_some(end + 1)
}

/// The length of a link with its address.
fn link(text: &str) -> Option<usize> {
    let middle = text.find("](")?;
    let end = middle + text[middle..].find(')')?;
    let (words, url) = (&text[1..middle], &text[middle + 2..end]);
    let fits = !words.is_empty()
        && !words.contains(['[', ']', '<', '`', '\\'])
        && !words.contains("://")
        && is_web(url)
        && !url.contains(|it: char| it.is_whitespace() || "<>(`\\".contains(it));
    fits.then_some(end + 1)
}

/// The length of the address that a text begins with.
fn address(text: &str) -> usize {
    let is_end = |letter: char| letter.is_whitespace() || "<>\"'`()[]{}|\\".contains(letter);
    let end = text.find(is_end).unwrap_or(text.len());
    text[..end]
        .trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_'])
        .len()
}

/// The whole text as plain text.
fn plain(text: &str) -> String {
    let line = |line: &str| -> String {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let escaped = words.chars().flat_map(|letter| {
            let escape = letter.is_ascii_punctuation() && !",'".contains(letter);
            escape.then_some('\\').into_iter().chain([letter])
        });
        escaped.collect()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_prose_stays_as_it_is() {
        for text in [
            "The id of `a` thing.",
            "One line.\n\nAnother *paragraph* with `code that\ngoes on`.",
            "- an item\n  of two lines\n- another\n  - deeper",
            "| `type` | goes with |\n|---|---|\n| `cpu`, `memory` | `operator` |",
            "See [the page](https://docs.example.com/a) or <https://example.com>.",
            "```text\nlines\n```\n\nAnd more.",
            "2 < 3, 5 > 4, a_b_c and 10 % of * all.",
        ] {
            assert_eq!(&*markdown(text), text);
        }
    }

    #[test]
    fn what_rustdoc_would_stumble_over_is_escaped() {
        for (text, expected) in [
            (
                "See https://a.example/b?c=d.",
                "See <https://a.example/b?c=d>.",
            ),
            ("A <name> or [the list].", "A \\<name> or \\[the list]."),
            ("A [`Link`] and [a](b).", "A \\[`Link`] and \\[a](b)."),
            ("```\n{\"a\": 1}\n```", "```text\n{\"a\": 1}\n```"),
            ("~~~ rust\nloop {}", "~~~text\nloop {}\n~~~"),
            ("A\n\n    loop {}", "A\n\n   loop {}"),
            (
                "![an image](https://a.example/b.png)",
                "!\\[an image](<https://a.example/b.png>)",
            ),
        ] {
            assert_eq!(&*markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cell_and_a_title_stay_on_their_line() {
        assert_eq!(&*cell("a | `b`\n<c>"), "a \\| `b` \\<c>");
        assert_eq!(&*line("The \"new\" [API]"), "The \"new\" \\[API]");
    }

    #[test]
    fn a_code_span_holds_any_value() {
        for (value, expected) in [
            ("a", "`a`"),
            ("", "`  `"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("a\n/// b", "`a /// b`"),
        ] {
            assert_eq!(&*code(value), expected);
        }
    }
}
