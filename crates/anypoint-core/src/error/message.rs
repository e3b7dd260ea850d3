//! Finds the one line that a server meant to say in an error body of any shape.
//!
//! It must not return the body itself, nor anything with line breaks or control characters.

use crate::Json;

/// The longest message that is kept, in characters.
const MESSAGE_LIMIT: usize = 300;

/// What an error body says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// The server's words, on one line.
    pub(crate) text: Option<String>,
    /// Whether it is an HTML page, which none of these APIs sends.
    pub(crate) html: bool,
}

/// Reads a body, whatever its content type claims: gateways often claim wrongly.
pub(crate) fn extract(body: &[u8]) -> Message {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if is_html(text) {
        let page = match html_title(text) {
            Some(title) => format!("an HTML page (title {title:?})"),
            None => "an HTML page".to_owned(),
        };
        return Message {
            text: Some(one_line(&page)),
            html: true,
        };
    }
    let message = match serde_json::from_str::<Json>(text) {
        Ok(json) => from_json(&json),
        Err(_) => plain(text),
    };
    Message {
        text: message
            .map(|text| one_line(&text))
            .filter(|text| !text.is_empty()),
        html: false,
    }
}

/// Puts text on one line of printable characters, shortened to the limit.
pub(crate) fn one_line(text: &str) -> String {
    let unprintable =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}');
    let spaced: String = text
        .chars()
        .take(8 * MESSAGE_LIMIT)
        .map(|c| if unprintable(c) { ' ' } else { c })
        .collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= MESSAGE_LIMIT {
        return words;
    }
    let mut short: String = words.chars().take(MESSAGE_LIMIT - 3).collect();
    short.push_str("...");
    short
}

/// Whether a text is an HTML page, also one behind a comment or an XML declaration.
pub(crate) fn is_html(text: &str) -> bool {
    let start: String = text.chars().take(200).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with('<') && (start.contains("<html") || start.contains("<!doctype html"))
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

/// A short text is a message ("unauthorized"); a long or binary one is a body.
fn plain(text: &str) -> Option<String> {
    let printable = !text.contains('\u{fffd}') && !text.contains('\0');
    // A text that opens like JSON or XML is a cut-off document, not words for a reader.
    let document = text.starts_with(['{', '[', '<']);
    (printable && !document && text.chars().count() <= 2 * MESSAGE_LIMIT).then(|| text.to_owned())
}

fn from_json(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Array(items) => items.iter().find_map(from_json),
        Json::Object(_) => from_object(json),
        _ => None,
    }
}

/// `message` first, then an OAuth error, then a Problem document; details are appended.
fn from_object(json: &Json) -> Option<String> {
    let main = ["message", "error_description", "errorMessage"]
        .iter()
        .find_map(|key| text_at(json, key))
        .or_else(|| problem(json))
        .or_else(|| json.get("error").and_then(from_json));
    let mut parts: Vec<String> = main.into_iter().collect();
    for key in ["errors", "details"] {
        let Some(Json::Array(items)) = json.get(key) else {
            continue;
        };
        for text in items.iter().take(3).filter_map(from_json) {
            if !parts.iter().any(|part| part.contains(&text)) {
                parts.push(text);
            }
        }
    }
    if parts.is_empty() {
        parts.extend(text_at(json, "name").or_else(|| text_at(json, "description")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// RFC 9457: the detail is for the reader, the title names the class of problem.
fn problem(json: &Json) -> Option<String> {
    match (text_at(json, "title"), text_at(json, "detail")) {
        (Some(title), Some(detail)) => Some(format!("{title}: {detail}")),
        (title, detail) => title.or(detail),
    }
}

fn text_at(json: &Json, key: &str) -> Option<String> {
    let text = json.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: Option<&str>) {
        assert_eq!(extract(body.as_bytes()).text.as_deref(), expected, "{body}");
    }

    #[test]
    fn every_shape_gives_its_message() {
        check(r#"{"message":"no access"}"#, Some("no access"));
        check(
            r#"{"errors":[{"message":"a"},{"message":"b"}]}"#,
            Some("a; b"),
        );
        check(
            r#"{"message":"a","errors":[{"code":1,"message":"a"}]}"#,
            Some("a"),
        );
        check(
            r#"{"title":"Bad","detail":"name is taken","status":{"statusCode":400}}"#,
            Some("Bad: name is taken"),
        );
        check(
            r#"{"name":"E","status":400,"message":"bad","details":["x is short"]}"#,
            Some("bad; x is short"),
        );
        check(
            r#"{"error":"invalid_client","error_description":"wrong secret"}"#,
            Some("wrong secret"),
        );
        check(r#"{"error":"invalid_client"}"#, Some("invalid_client"));
        check(r#"{"error":{"message":"deep"}}"#, Some("deep"));
        check(r#"{"name":"ONLY_A_NAME"}"#, Some("ONLY_A_NAME"));
        check(r#"[{"message":"first"}]"#, Some("first"));
        check(r#""quoted""#, Some("quoted"));
        check("unauthorized\n", Some("unauthorized"));
        check("\u{feff}{\"message\":\"bom\"}", Some("bom"));
    }

    #[test]
    fn nothing_to_say_is_none() {
        for body in [
            "",
            "  ",
            "{}",
            "null",
            "[]",
            "42",
            r#"{"message":""}"#,
            "{\"cut\": ",
            "<xml/>",
        ] {
            check(body, None);
        }
        check(&"x".repeat(1000), None);
        assert_eq!(extract(&[0xff, 0xfe, 0x00]).text, None);
    }

    #[test]
    fn html_is_named_and_never_quoted() {
        let page =
            extract(b"<!DOCTYPE html><html><head><title>Sign\n in</title></head><body>x</body>");
        assert_eq!(
            page.text.as_deref(),
            Some("an HTML page (title \"Sign in\")")
        );
        assert!(page.html);
        check("<html><body>proxy</body></html>", Some("an HTML page"));
        check(r#"{"message":"no <html> here"}"#, Some("no <html> here"));
    }

    #[test]
    fn a_message_is_one_short_line() {
        check(
            "{\"message\":\"a\\r\\n\\u001b[31mb\\u2028c\"}",
            Some("a [31mb c"),
        );
        let long = format!(r#"{{"message":"{}"}}"#, "é".repeat(1000));
        let text = extract(long.as_bytes()).text.unwrap();
        assert_eq!(text.chars().count(), MESSAGE_LIMIT);
        assert!(text.ends_with("..."));
    }
}
