//! Removes secrets from requests and answers.
//!
//! A replay does the same with its requests, so that they match the recorded ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::content::{Binary, Content};
use super::json::{self, Place};
use crate::http::Headers;
use crate::secret::Secret;
use crate::secret::name::sounds_secret;
use crate::secret::redact::{HIDDEN, Ledger, Redactor, is_telling};

/// Headers with credentials.
const HEADERS: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-anypnt-access-token",
];

/// The values of the caller with their stand-ins.
#[derive(Clone, Default)]
pub(super) struct Replaced(Vec<(String, Redactor, String)>);

impl Replaced {
    pub(super) fn add(&mut self, value: &str, stand_in: &str) {
        let redactor = Redactor::of(&[Secret::from(value)]);
        self.0
            .push((value.to_owned(), redactor, stand_in.to_owned()));
    }

    fn text(&self, text: &str) -> String {
        let start = text.to_owned();
        self.0.iter().fold(start, |text, (_, redactor, stand_in)| {
            redactor.replace(&text, stand_in)
        })
    }

    /// The stand-in of a whole text.
    fn whole(&self, text: &str) -> Option<&str> {
        let mut all = self.0.iter();
        let found = all.find(|(value, _, stand_in)| value == text || stand_in == text);
        found.map(|(_, _, stand_in)| stand_in.as_str())
    }
}

pub(super) struct Cleaner {
    replaced: Arc<Replaced>,
    /// The secrets that are distinctive enough to be recognized within other text.
    secrets: Redactor,
    /// All secrets, to compare with whole values.
    whole: BTreeSet<String>,
}

impl Cleaner {
    pub(super) fn new(replaced: &Arc<Replaced>, ledger: &Ledger) -> Self {
        let whole = ledger.secrets();
        let secrets = whole.iter().map(|text| Secret::from(text.as_str()));
        let secrets: Vec<Secret> = secrets.filter(is_telling).collect();
        Self {
            replaced: replaced.clone(),
            secrets: Redactor::of(&secrets),
            whole,
        }
    }

    /// Any text.
    pub(super) fn text(&self, text: &str) -> String {
        self.secrets.redact(&self.replaced.text(text))
    }

    /// A whole value; `sounds_secret` if its name is one of a secret.
    fn value(&self, text: &str, sounds_secret: bool) -> String {
        match self.replaced.whole(text) {
            Some(stand_in) => stand_in.to_owned(),
            None if text.is_empty() => String::new(),
            None if sounds_secret || self.whole.contains(text) => HIDDEN.to_owned(),
            None => self.text(text),
        }
    }

    /// Path and query.
    pub(super) fn target(&self, path: &str, query: &str) -> String {
        // The form in a path of a secret that was replaced before.
        let path = self.text(path).replace("%2A%2A%2A", HIDDEN);
        match query.is_empty() {
            true => path,
            false => format!("{path}?{}", self.pairs(query)),
        }
    }

    /// A query, or a form: a pair without secrets keeps its encoding.
    fn pairs(&self, text: &str) -> String {
        let pair = |pair: &str| match url::form_urlencoded::parse(pair.as_bytes()).next() {
            Some((name, value)) if self.is_secret(&name, &value) => {
                let name = pair.split('=').next().unwrap_or_default();
                format!("{}={HIDDEN}", self.text(name))
            }
            _ => self.text(pair),
        };
        let pairs: Vec<String> = text.split('&').map(pair).collect();
        pairs.join("&")
    }

    fn is_secret(&self, name: &str, value: &str) -> bool {
        let hidden = sounds_secret(name) || self.whole.contains(value);
        hidden && !value.is_empty() && self.replaced.whole(value).is_none()
    }

    /// A header as a line.
    pub(super) fn header(&self, name: &str, value: &str, is_secret: bool) -> String {
        let hidden = is_secret || HEADERS.contains(&name) || sounds_secret(name);
        format!("{name}: {}", self.value(value, hidden))
    }

    /// A complete body; `None` if it is empty.
    pub(super) fn body(&self, content_type: &str, bytes: &[u8]) -> Option<Content> {
        if bytes.is_empty() {
            return None;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Some(Content::Base64(Binary(self.binary(bytes).into())));
        };
        if let Some(json) = self.json(text) {
            return Some(Content::Json(json));
        }
        let text = match content_type.starts_with("application/x-www-form-urlencoded") {
            true => self.pairs(text),
            false => self.text(text),
        };
        Some(Content::Text(text))
    }

    fn json(&self, text: &str) -> Option<Box<RawValue>> {
        let rewrite = |text: &str, place: Place<'_>| {
            let other = match place {
                Place::Name => self.text(text),
                Place::Value(within) => self.value(text, within.any(sounds_secret)),
            };
            (other != text).then_some(other)
        };
        let json = json::rewritten(text, &rewrite).ok()?;
        RawValue::from_string(json).ok()
    }

    /// Bytes that are not text. Each is treated as a character, because secrets in them are mostly ASCII.
    fn binary(&self, bytes: &[u8]) -> Vec<u8> {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let cleaned = self.text(&text);
        let bytes = cleaned.chars().map(|c| match u8::try_from(c) {
            Ok(byte) => vec![byte],
            Err(_) => c.to_string().into_bytes(),
        });
        bytes.flatten().collect()
    }
}

/// The values of headers that are marked as secret.
pub(super) fn marked(headers: &Headers) -> impl Iterator<Item = Secret> {
    let marked = headers.0.values().filter(|value| value.is_sensitive());
    let texts = marked.filter_map(|value| value.to_str().ok());
    texts.map(Secret::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaner(secrets: &[&str]) -> Cleaner {
        let ledger = Ledger::default();
        let secrets: Vec<Secret> = secrets.iter().copied().map(Secret::from).collect();
        ledger.note(&secrets);
        let mut replaced = Replaced::default();
        replaced.add("ACME Ltd", "company");
        replaced.add("real-key", "stand-in");
        Cleaner::new(&Arc::new(replaced), &ledger)
    }

    fn cleaned(content_type: &str, body: &str) -> String {
        let cleaner = cleaner(&["hunter2", "abc"]);
        let content = cleaner.body(content_type, body.as_bytes()).unwrap();
        let text = String::from_utf8(content.bytes().to_vec()).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn secrets_of_every_kind_go_and_values_get_their_stand_ins() {
        for (body, expected) in [
            (
                r#"{"a":"is hunter2, or \u0068unter2"}"#,
                r#"{ "a": "is ***, or ***" }"#,
            ),
            (
                r#"{"a":"abc","b":"xabc"}"#,
                r#"{ "a": "***", "b": "xabc" }"#,
            ),
            (
                r#"{"db.password":"x","apiKeys":["y"]}"#,
                r#"{ "db.password": "***", "apiKeys": [ "***" ] }"#,
            ),
            (
                r#"{"key":"x","publicKey":"y","token":""}"#,
                r#"{ "key": "x", "publicKey": "y", "token": "" }"#,
            ),
            (
                r#"{"apiKey":"real-key","a":"acme ltd."}"#,
                r#"{ "apiKey": "stand-in", "a": "company." }"#,
            ),
            (r#"{"hunter2":1}"#, r#"{ "***": 1 }"#),
            ("a hunter2 of ACME Ltd", "a *** of company"),
        ] {
            assert_eq!(cleaned("", body), expected);
        }
        let form = "application/x-www-form-urlencoded";
        assert_eq!(
            cleaned(form, "a=b+c&client_secret=x&d=abc"),
            "a=b+c&client_secret=***&d=***"
        );
    }

    #[test]
    fn paths_queries_headers_and_bytes_are_cleaned_too() {
        let cleaner = cleaner(&["hunter2 ü"]);
        assert_eq!(
            cleaner.target("/a/Hunter2%20%C3%BC", "b=%2F&x-token=1"),
            "/a/***?b=%2F&x-token=***"
        );
        assert_eq!(cleaner.target("/a/%2A%2A%2A", ""), "/a/***");
        assert_eq!(cleaner.header("set-cookie", "x", false), "set-cookie: ***");
        assert_eq!(cleaner.header("x-a", "ACME%20Ltd", false), "x-a: company");
        assert_eq!(cleaner.header("x-a", "x", true), "x-a: ***");
        let bytes = [b"\xff\x00acme ltd".as_slice(), b"\xfe"].concat();
        assert_eq!(cleaner.binary(&bytes), b"\xff\x00company\xfe");
    }
}
