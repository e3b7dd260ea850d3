//! Removes secrets from texts from outside, because some servers echo requests.
//!
//! It must not guess what a secret is: it only knows texts that were written to a request as a secret.

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::Secret;
use super::spelling::Plain;
use crate::line::one_line;

/// The minimum length in bytes of a request's secret that is removed from messages. In a map of secret
/// properties, values such as `80` and `on` are secrets, too, and messages without them would be useless.
const SHORTEST: usize = 4;
/// The minimum length in bytes of a text that is searched in base64; shorter ones occur in other texts by chance.
const SHORTEST_BASE64: usize = 8;
/// How many tokens a session remembers, and of how many requests the secrets.
const REMEMBERED: usize = 16;

/// The replacement for a secret.
pub(crate) const HIDDEN: &str = "***";

thread_local! {
    /// The secrets written or read so far, while they are recorded.
    static WRITTEN: RefCell<Option<Vec<Secret>>> = const { RefCell::new(None) };
}

/// Records a secret that was written or read, if recording is active.
pub(crate) fn note(secret: &Secret) {
    WRITTEN.with_borrow_mut(|written| {
        if let Some(written) = written {
            written.push(secret.clone());
        }
    });
}

/// Runs `write`, and returns its result and the secrets that it wrote or read.
pub(crate) fn noting<T>(write: impl FnOnce() -> T) -> (T, Vec<Secret>) {
    let outer = WRITTEN.replace(Some(Vec::new()));
    let value = write();
    let written = WRITTEN.replace(outer).unwrap_or_default();
    (value, written)
}

/// A text from outside, on one short line, without the secrets of its call.
///
/// Only a [`Redactor`] makes one, and errors and traces accept texts from outside only in this form.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shown(String);

impl Shown {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether a secret is long enough not to appear in other texts by chance.
pub(crate) fn is_telling(secret: &Secret) -> bool {
    secret.expose().len() >= SHORTEST
}

/// Secrets, as they are searched for.
#[derive(Clone, Default)]
pub(crate) struct Wanted(Arc<[Vec<u8>]>);

impl Wanted {
    /// All of them, however short.
    pub(crate) fn credentials<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let spellings = secrets.into_iter().flat_map(spellings);
        Self(spellings.filter(|wanted| !wanted.is_empty()).collect())
    }

    /// The secrets of a request that are long enough.
    pub(crate) fn request(secrets: &[Secret]) -> Self {
        if secrets.is_empty() {
            return Self::default();
        }
        Self::credentials(secrets.iter().filter(|secret| is_telling(secret)))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A secret in the common form, as text and as a part of a text in base64.
fn spellings(secret: &Secret) -> Vec<Vec<u8>> {
    let plain = |text: &str| Plain::new(text).into_bytes();
    let mut all = vec![plain(secret.expose())];
    for skipped in 0..3 {
        // The first and the last characters depend on the unknown text around it.
        let mut bytes = vec![0; skipped];
        bytes.extend_from_slice(secret.expose().as_bytes());
        let inner = (skipped * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for text in [
            BASE64_STANDARD_NO_PAD.encode(&bytes),
            BASE64_URL_SAFE_NO_PAD.encode(&bytes),
        ] {
            let wanted = text.get(inner.clone()).map(plain).unwrap_or_default();
            if wanted.len() >= SHORTEST_BASE64 && !all.contains(&wanted) {
                all.push(wanted);
            }
        }
    }
    all
}

/// Every secret that the sessions of a recording learn: credentials, tokens, and each [`Secret`] in requests and answers.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<BTreeSet<String>>>);

impl Ledger {
    pub(crate) fn note<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(secrets.into_iter().map(|secret| secret.expose().to_owned()));
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn secrets(&self) -> BTreeSet<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}

/// Knows secrets and removes them from texts, in any encoding.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    credentials: Wanted,
    tokens: VecDeque<Wanted>,
    requests: VecDeque<Wanted>,
    /// The ledger of a recording.
    ledger: Option<Ledger>,
}

impl Redactor {
    /// A redactor for these secrets, however short.
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        Self {
            credentials: Wanted::credentials(secrets),
            ..Self::default()
        }
    }

    /// The same, which also knows the secrets of a request.
    fn with(&self, request: &Wanted) -> Self {
        let mut all = self.clone();
        if !request.is_empty() {
            all.requests.push_back(request.clone());
        }
        all
    }

    /// A text that may be shown.
    pub(crate) fn show(&self, text: &str) -> Shown {
        Shown(one_line(&self.redact(text)))
    }

    /// A text that is useless in parts, such as an id; `None` if it contains a secret.
    pub(crate) fn show_whole(&self, text: &str) -> Option<Shown> {
        (!self.finds(text)).then(|| Shown(one_line(text)))
    }

    /// A text of any length without the secrets.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.replace(text, HIDDEN)
    }

    /// Replaces each secret in a text.
    pub(crate) fn replace(&self, text: &str, with: &str) -> String {
        let plain = Plain::new(text);
        let mut found: Vec<Range<usize>> = self
            .wanted()
            .flat_map(|wanted| plain.find(wanted))
            .collect();
        found.sort_by_key(|range| range.start);
        let (mut redacted, mut done) = (String::new(), 0);
        for range in found {
            // One may be a part of another one, or overlap with it.
            if range.start >= done {
                redacted.push_str(text.get(done..range.start).unwrap_or_default());
                redacted.push_str(with);
            }
            done = done.max(range.end);
        }
        redacted.push_str(text.get(done..).unwrap_or_default());
        redacted
    }

    /// The `Debug` output of a value, without the secrets.
    pub(crate) fn debug<'a, T: fmt::Debug>(&'a self, value: &'a T) -> impl fmt::Debug + 'a {
        Printed(self, value)
    }

    /// Whether a text holds a secret.
    pub(crate) fn finds(&self, text: &str) -> bool {
        // An id is written in one way only, and every answer has one.
        let in_common_form = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if text.bytes().all(in_common_form) {
            return self.wanted().any(|wanted| holds(text.as_bytes(), wanted));
        }
        let plain = Plain::new(text);
        self.wanted()
            .any(|wanted| plain.find(wanted).next().is_some())
    }

    fn wanted(&self) -> impl Iterator<Item = &[u8]> {
        let groups = self.tokens.iter().chain(&self.requests);
        let groups = std::iter::once(&self.credentials).chain(groups);
        groups.flat_map(|group| group.0.iter().map(Vec::as_slice))
    }
}

fn holds(text: &[u8], wanted: &[u8]) -> bool {
    let mut windows = text.windows(wanted.len());
    windows.any(|window| window.eq_ignore_ascii_case(wanted))
}

struct Printed<'a, T>(&'a Redactor, &'a T);

impl<T: fmt::Debug> fmt::Debug for Printed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(redactor, value) = self;
        let text = match f.alternate() {
            true => format!("{value:#?}"),
            false => format!("{value:?}"),
        };
        f.write_str(&redactor.redact(&text))
    }
}

/// What must not be shown of one call: the session's secrets and those of its request.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    known: Arc<Redactor>,
    request: Wanted,
}

impl Secrets {
    /// Runs `read`. The secrets that it reads are added to the ledger of a recording.
    pub(crate) fn watch<T>(&self, read: impl FnOnce() -> T) -> T {
        let Some(ledger) = &self.known.ledger else {
            return read();
        };
        let (value, secrets) = noting(read);
        ledger.note(&secrets);
        value
    }

    pub(crate) fn redactor(&self) -> Redactor {
        self.known.with(&self.request)
    }

    /// Like [`Redactor::show_whole`], for every answer.
    pub(crate) fn show_whole(&self, text: &str) -> Option<Shown> {
        match self.request.is_empty() {
            true => self.known.show_whole(text),
            false => self.redactor().show_whole(text),
        }
    }
}

/// The secrets that a session knows: its credentials, and recent tokens and secrets of requests. A
/// server may store what it was sent and return it in the answer to another call.
pub(crate) struct Known(RwLock<Arc<Redactor>>);

impl Known {
    pub(crate) fn new(credentials: &[Secret], ledger: Option<Ledger>) -> Self {
        if let Some(ledger) = &ledger {
            ledger.note(credentials);
        }
        Self(RwLock::new(Arc::new(Redactor {
            credentials: Wanted::credentials(credentials),
            ledger,
            ..Redactor::default()
        })))
    }

    pub(crate) fn redactor(&self) -> Arc<Redactor> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn with(&self, request: &Wanted) -> Secrets {
        Secrets {
            known: self.redactor(),
            request: request.clone(),
        }
    }

    /// Adds the secrets of a request to the ledger of a recording.
    pub(crate) fn note(&self, secrets: &[Secret]) {
        if let Some(ledger) = &self.redactor().ledger {
            ledger.note(secrets);
        }
    }

    pub(crate) fn learn_token(&self, token: &Secret) {
        self.note(std::slice::from_ref(token));
        let token = Wanted::request(std::slice::from_ref(token));
        self.learn(|known| remember(&mut known.tokens, token));
    }

    pub(crate) fn learn_request(&self, request: &Wanted) {
        if !request.is_empty() {
            self.learn(|known| remember(&mut known.requests, request.clone()));
        }
    }

    fn learn(&self, change: impl FnOnce(&mut Redactor)) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut known));
    }
}

fn remember(list: &mut VecDeque<Wanted>, wanted: Wanted) {
    list.push_back(wanted);
    if list.len() > REMEMBERED {
        list.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;
    use crate::Json;

    fn credentials(secrets: &[&str]) -> Redactor {
        let secrets: Vec<Secret> = secrets.iter().copied().map(Secret::from).collect();
        Redactor::of(&secrets)
    }

    fn request(secrets: &[&str]) -> Redactor {
        let secrets: Vec<Secret> = secrets.iter().copied().map(Secret::from).collect();
        Redactor::default().with(&Wanted::request(&secrets))
    }

    #[test]
    fn every_spelling_goes_and_nothing_else() {
        let secret = "a \"B\"\n&c/ü";
        let redactor = request(&[secret]);
        let json = Json::from(secret).to_string();
        let nested = Json::from(json.as_str()).to_string();
        let form = crate::form::encode(&[("", secret)]).unwrap();
        for text in [
            secret,
            json.trim_matches('"'),
            &nested[3..nested.len() - 3],
            &utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
            &form[1..],
            "a%20%22b%22%0a%26c%2f%c3%bc",
            "A \"b\" &C/ü",
            "a &quot;B&quot;&#10;&amp;c/&#xfc;",
            "a \\u0022B\\u0022\\n\\u0026c\\/\\u00fc",
        ] {
            let redacted = redactor.redact(&format!("before {text} after"));
            assert_eq!(redacted, "before *** after", "{text}");
        }
        assert_eq!(redactor.redact("a b c"), "a b c");
    }

    #[test]
    fn a_part_of_something_in_base64_goes() {
        let redactor = credentials(&["a-long?secret~"]);
        for before in ["", "x", "us", "user:"] {
            let text = format!("{before}a-long?secret~, and more");
            for encoded in [
                BASE64_STANDARD_NO_PAD.encode(&text),
                BASE64_URL_SAFE_NO_PAD.encode(&text),
            ] {
                let redacted = redactor.redact(&format!("<{encoded}>"));
                assert!(redacted.contains("***"), "{encoded}: {redacted}");
                assert!(redactor.finds(&encoded));
            }
        }
    }

    #[test]
    fn secrets_within_one_another_leave_no_rest() {
        let redactor = credentials(&["hunter", "hunter2-and-more", "more, or"]);
        assert_eq!(
            redactor.redact("is hunter2-and-more, or what"),
            "is *** what"
        );
    }

    #[test]
    fn short_values_of_a_request_stay_and_short_credentials_go() {
        assert_eq!(request(&["80"]).redact("port 80"), "port 80");
        assert_eq!(credentials(&["80"]).redact("port 80"), "port ***");
        assert_eq!(credentials(&["", " "]).redact("port 80"), "port 80");
    }

    #[test]
    fn an_id_with_a_secret_is_none() {
        let redactor = credentials(&["S3cret-Token"]);
        for id in [
            "s3cret-token",
            "1:S3CRET-TOKEN.2",
            "S3cret%2DToken",
            "a S3cret-Token b",
        ] {
            assert_eq!(redactor.show_whole(id), None, "{id}");
        }
        let id = "4f3c-1a2b:0";
        assert_eq!(redactor.show_whole(id).unwrap().as_str(), id);
    }

    #[test]
    fn a_session_knows_what_it_has_sent_of_late() {
        let known = Known::new(&[Secret::from("credential")], None);
        known.learn_request(&Wanted::request(&[Secret::from("property")]));
        for number in 100..100 + REMEMBERED {
            known.learn_token(&Secret::from(format!("token-{number}")));
        }
        let text = "credential property token-100 token-115 token-116";
        let redacted = known.redactor().redact(text);
        assert_eq!(redacted, "*** *** *** *** token-116");
        known.learn_token(&Secret::from("token-116"));
        assert_eq!(known.redactor().redact(text), "*** *** token-100 *** ***");
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
