//! Takes secrets out of what a server sends back: some echo what they were sent.
//!
//! It must not guess what is a secret: it is told by those who put one into a request.

use std::cell::RefCell;
use std::mem;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Secret;
use crate::Json;

/// Shorter secrets in a request are left in a message, in bytes: where a map of properties is
/// secret as a whole, values such as `80` and `on` are, and a message without them says nothing.
const SHORTEST: usize = 4;

thread_local! {
    /// The secrets written so far, while somebody wants to know.
    static WRITTEN: RefCell<Option<Vec<Secret>>> = const { RefCell::new(None) };
}

/// Notes that a secret was written, if somebody wants to know.
pub(crate) fn note(secret: &Secret) {
    WRITTEN.with_borrow_mut(|written| {
        if let Some(written) = written {
            written.push(secret.clone());
        }
    });
}

/// What `write` gives, and the secrets that it wrote.
pub(crate) fn noting<T>(write: impl FnOnce() -> T) -> (T, Vec<Secret>) {
    let outer = WRITTEN.replace(Some(Vec::new()));
    let value = write();
    let written = WRITTEN.replace(outer).unwrap_or_default();
    (value, written)
}

/// Secrets in all the spellings in which they come back.
pub(crate) struct Redactor(Vec<String>);

impl Redactor {
    /// All of the credentials' secrets, and those of a request that are worth it.
    pub(crate) fn new(credentials: &[Secret], request: &[Secret]) -> Self {
        let secrets = credentials.iter().chain(Self::worth_it(request));
        let mut spellings: Vec<String> = secrets
            .filter(|secret| !secret.expose().is_empty())
            .flat_map(|secret| spellings(secret.expose()))
            .collect();
        // A secret may be a part of another one, which must go first.
        spellings.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        spellings.dedup();
        Self(spellings)
    }

    /// The secrets of a request that are long enough to be told from other texts.
    pub(crate) fn worth_it(request: &[Secret]) -> impl Iterator<Item = &Secret> {
        request
            .iter()
            .filter(|secret| secret.expose().len() >= SHORTEST)
    }

    /// The text without the secrets.
    pub(crate) fn redact(&self, mut text: String) -> String {
        for spelling in &self.0 {
            if text.contains(spelling.as_str()) {
                text = text.replace(spelling.as_str(), "***");
            }
        }
        text
    }

    pub(crate) fn finds(&self, text: &str) -> bool {
        self.0
            .iter()
            .any(|spelling| text.contains(spelling.as_str()))
    }
}

/// A text as it is, in JSON, in JSON within JSON, in a URL and in a form.
fn spellings(text: &str) -> [String; 5] {
    let json = |text: &str| {
        let mut quoted = Json::from(text).to_string();
        quoted.pop();
        mem::take(&mut quoted).split_off(1)
    };
    let form = serde_urlencoded::to_string([("", text)]).unwrap_or_default();
    [
        text.to_owned(),
        json(text),
        json(&json(text)),
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        form.trim_start_matches('=').to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_goes_and_nothing_else() {
        let secret = Secret::from("a \"b\"\n&c");
        let redactor = Redactor::new(&[], std::slice::from_ref(&secret));
        let json = Json::from(secret.expose()).to_string();
        let nested = Json::from(json.as_str()).to_string();
        for text in [
            secret.expose(),
            &json,
            &nested,
            "a%20%22b%22%0A%26c",
            "a+%22b%22%0A%26c",
        ] {
            let redacted = redactor.redact(format!("before {text} after"));
            assert!(
                !redacted.contains('b') || redacted.matches('b').count() == 1,
                "{redacted}"
            );
            assert!(
                redacted.contains("***") && redacted.ends_with("after"),
                "{redacted}"
            );
        }
        assert_eq!(redactor.redact("a b c".to_owned()), "a b c");
    }

    #[test]
    fn a_secret_within_another_one_leaves_no_rest() {
        let secrets = ["hunter", "hunter2-and-more"].map(Secret::from);
        let redactor = Redactor::new(&[], &secrets);
        assert_eq!(redactor.redact("is hunter2-and-more".to_owned()), "is ***");
    }

    #[test]
    fn short_values_of_a_request_stay_and_short_credentials_go() {
        let short = [Secret::from("80")];
        let text = || "port 80".to_owned();
        assert_eq!(Redactor::new(&[], &short).redact(text()), "port 80");
        assert_eq!(Redactor::new(&short, &[]).redact(text()), "port ***");
        assert_eq!(
            Redactor::new(&[Secret::from("")], &[]).redact(text()),
            "port 80"
        );
    }

    #[test]
    fn only_what_is_written_meanwhile_is_noted() {
        let [before, inside] = ["before", "inside"].map(Secret::from);
        note(&before);
        let ((), noted) = noting(|| note(&inside));
        assert_eq!(noted, [inside]);
        note(&before);
        assert_eq!(noting(|| ()).1, []);
    }
}
