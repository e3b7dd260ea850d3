//! Text on one short line, for errors and traces.
//!
//! It must not know where a text comes from.

/// The longest text that is kept, in characters.
pub(crate) const LIMIT: usize = 300;

/// Puts text on one line of printable characters, shortened to the limit.
pub(crate) fn one_line(text: &str) -> String {
    // Ids are like that, and every answer has one.
    if text.len() <= LIMIT && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return text.to_owned();
    }
    let unprintable =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}');
    let spaced: String = text
        .chars()
        .take(8 * LIMIT)
        .map(|c| if unprintable(c) { ' ' } else { c })
        .collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LIMIT {
        return words;
    }
    let mut short: String = words.chars().take(LIMIT - 3).collect();
    short.push_str("...");
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_short_line() {
        assert_eq!(one_line("a\r\n\u{1b}[31mb\u{2028}c "), "a [31mb c");
        let long = one_line(&"é".repeat(1000));
        assert_eq!(long.chars().count(), LIMIT);
        assert!(long.ends_with("..."));
        assert_eq!(one_line(&"x".repeat(LIMIT)).len(), LIMIT);
    }
}
