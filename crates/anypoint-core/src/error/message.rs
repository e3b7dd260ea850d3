//! Finds the message of a server in an error body of any form, as one line.
//!
//! It must not return the body itself, nor anything with line breaks or control characters.

mod shapes;
mod xml;

use crate::Json;
use crate::line::{LIMIT, one_line};
use crate::secret::redact::{Redactor, Shown};

/// The message of an error body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The message, on one line.
    pub(crate) text: Option<Shown>,
    /// Whether it is an HTML page, which none of these APIs sends.
    pub(crate) html: bool,
}

/// Reads a body regardless of its content type, because that of gateways is often wrong.
pub(crate) fn extract(body: &[u8], redactor: &Redactor) -> Message {
    // Redact before a secret may be cut, and again after escapes were decoded.
    let text = redactor.redact(&String::from_utf8_lossy(body));
    let text = text.trim_start_matches('\u{feff}').trim();
    let html = is_html(text);
    let found = if html {
        Some(page(text))
    } else if let Ok(json) = serde_json::from_str::<Json>(text) {
        shapes::message(&json)
    } else if text.starts_with('<') {
        xml::message(text)
    } else {
        plain(text).then(|| shapes::unwrapped(text))
    };
    let found = found.map(|found| redactor.show(&found));
    Message {
        text: found.filter(|found| !found.as_str().is_empty()),
        html,
    }
}

/// Whether a text is an HTML page, also after a comment or an XML declaration.
pub(crate) fn is_html(text: &str) -> bool {
    let start: String = text.chars().take(200).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with('<') && (start.contains("<html") || start.contains("<!doctype html"))
}

/// An HTML page in a few words.
fn page(text: &str) -> String {
    match html_title(text) {
        Some(title) => format!("an HTML page (title {title:?})"),
        None => "an HTML page".to_owned(),
    }
}

fn html_title(text: &str) -> Option<String> {
    // ASCII lower-casing keeps every byte offset, so positions hold in the original.
    let lower = text.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let start = tag + lower[tag..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = one_line(&text[start..end]);
    (!title.is_empty()).then(|| title.chars().take(100).collect())
}

/// Whether a text is a message ("unauthorized"); a long or binary text is not.
fn plain(text: &str) -> bool {
    let printable = !text.contains('\u{fffd}') && !text.contains('\0');
    // A text that starts like JSON or XML is a truncated document, not a message.
    let document = text.starts_with(['{', '[', '<']);
    printable && !document && text.chars().count() <= 2 * LIMIT
}

#[cfg(test)]
mod tests;
