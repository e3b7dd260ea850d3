//! The meaning of answers, as data: JSON pointers and expected values.
//!
//! It must not know time, calls or versions.

use std::time::Duration;

use serde_json::Value;

use crate::line::one_line;
use crate::pointer::texts;

/// What the answers of one operation mean; a `static` in generated code.
#[derive(Debug, Clone, Copy)]
pub struct Waiting {
    /// The method that waits, such as `wait_for_deployment`.
    pub method: &'static str,
    /// Where the parts of the state are, in the order in which they are shown.
    pub state: &'static [&'static str],
    /// The operation is in progress, regardless of the other conditions.
    pub pending: Rules,
    /// Success.
    pub done: Rules,
    /// Failure.
    pub failed: Rules,
    /// It was deleted, although there is an answer.
    pub gone: Rules,
    /// Where the reasons of a failure are.
    pub reason: &'static [&'static str],
    /// How versions are distinguished.
    pub version: Option<Version>,
    /// The default time limit.
    pub timeout: Duration,
}

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl Waiting {
    /// Rules without conditions.
    #[must_use]
    pub const fn new(method: &'static str, timeout: Duration) -> Self {
        Self {
            method,
            state: &[],
            pending: &[],
            done: &[],
            failed: &[],
            gone: &[],
            reason: &[],
            version: None,
            timeout,
        }
    }

    #[must_use]
    pub const fn with_state(self, state: &'static [&'static str]) -> Self {
        Self { state, ..self }
    }

    #[must_use]
    pub const fn with_pending(self, pending: Rules) -> Self {
        Self { pending, ..self }
    }

    #[must_use]
    pub const fn with_done(self, done: Rules) -> Self {
        Self { done, ..self }
    }

    #[must_use]
    pub const fn with_failed(self, failed: Rules) -> Self {
        Self { failed, ..self }
    }

    #[must_use]
    pub const fn with_gone(self, gone: Rules) -> Self {
        Self { gone, ..self }
    }

    #[must_use]
    pub const fn with_reason(self, reason: &'static [&'static str]) -> Self {
        Self { reason, ..self }
    }

    #[must_use]
    pub const fn with_version(self, version: Version) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }
}

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl Version {
    #[must_use]
    pub const fn new(at: &'static str, reached: &'static [&'static str]) -> Self {
        Self {
            at,
            date: None,
            reached,
        }
    }

    #[must_use]
    pub const fn with_date(self, date: &'static str) -> Self {
        Self {
            date: Some(date),
            ..self
        }
    }
}

/// Alternatives, each of which is a list of conditions that must all hold.
pub type Rules = &'static [&'static [Condition]];

/// A pointer and the texts that match there, regardless of case. `*` at both ends matches a part;
/// the empty text matches a member that is missing, null or empty.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    at: &'static str,
    values: &'static [&'static str],
}

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl Condition {
    #[must_use]
    pub const fn new(at: &'static str, values: &'static [&'static str]) -> Self {
        Self { at, values }
    }
}

/// Where an answer has the version that it describes.
#[derive(Debug, Clone, Copy)]
pub struct Version {
    /// Where the version is.
    pub at: &'static str,
    /// The date of that version.
    pub date: Option<&'static str>,
    /// Where the version is once it is in force. All values that are present must equal it.
    pub reached: &'static [&'static str],
}

/// What an answer says about the progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Pending,
    Done,
    Failed,
    Gone,
}

impl Waiting {
    /// In progress. An unknown state counts as this, because services add values.
    pub(super) fn stage(&self, answer: &Value) -> Stage {
        if holds(self.gone, answer, Any) {
            Stage::Gone
        } else if holds(self.pending, answer, Any) {
            Stage::Pending
        } else if holds(self.failed, answer, Any) {
            Stage::Failed
        } else if holds(self.done, answer, All) {
            Stage::Done
        } else {
            Stage::Pending
        }
    }

    /// Whether an answer has no state and matches no rule: it is empty, or about something else.
    pub(super) fn says_nothing(&self, answer: &Value) -> bool {
        self.stage(answer) == Stage::Pending
            && !holds(self.pending, answer, Any)
            && self.state.iter().all(|at| texts(answer, at).is_empty())
    }

    /// The state, as the service calls it: `APPLYING, application STARTING`.
    pub(super) fn describe(&self, answer: &Value) -> String {
        let states = self.state.iter().enumerate().flat_map(|(index, pointer)| {
            let name = name(pointer).filter(|_| index > 0);
            let named = move |text| match name {
                Some(name) => format!("{name} {text}"),
                None => text,
            };
            texts(answer, pointer).into_iter().map(named)
        });
        listed(states, ", ").unwrap_or_else(|| "no state".to_owned())
    }

    /// The reasons that an answer gives.
    pub(super) fn reasons(&self, answer: &Value) -> Option<String> {
        let reasons = self.reason.iter().flat_map(|at| texts(answer, at));
        listed(reasons, "; ")
    }
}

/// How many different states or reasons are shown.
const TOLD: usize = 10;

/// Texts on one line, each once. A server may send any number of them, so only the first ones are kept,
/// which also limits the comparisons.
fn listed(texts: impl Iterator<Item = String>, separator: &str) -> Option<String> {
    let mut told: Vec<String> = Vec::new();
    for text in texts {
        let text = one_line(&text);
        if told.contains(&text) {
            continue;
        }
        if told.len() == TOLD {
            told.push("...".to_owned());
            break;
        }
        told.push(text);
    }
    (!told.is_empty()).then(|| told.join(separator))
}

/// How many of several values at a pointer must match.
#[derive(Clone, Copy)]
enum Share {
    Any,
    All,
}
use Share::{All, Any};

fn holds(rules: Rules, answer: &Value, share: Share) -> bool {
    let condition = |Condition { at, values: wanted }: &Condition| {
        let texts = texts(answer, at);
        let fits = |text: &String| wanted.iter().any(|wanted| matches(wanted, text));
        match share {
            _ if texts.is_empty() => wanted.contains(&""),
            All => texts.iter().all(fits),
            Any => texts.iter().any(fits),
        }
    };
    rules.iter().any(|rule| rule.iter().all(condition))
}

fn matches(wanted: &str, text: &str) -> bool {
    let part = wanted.strip_prefix('*').and_then(|w| w.strip_suffix('*'));
    match part {
        Some(part) => text.to_lowercase().contains(&part.to_lowercase()),
        None => wanted.eq_ignore_ascii_case(text),
    }
}

/// The member that a nested state belongs to, or the state's own name.
fn name(pointer: &str) -> Option<&str> {
    let mut names = pointer.rsplit('/').filter(|name| *name != "*");
    let own = names.next();
    names.next().filter(|name| !name.is_empty()).or(own)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    static WAITING: Waiting = Waiting {
        method: "wait_for_thing",
        state: &["/status", "/application/status", "/update"],
        pending: &[&[Condition::new("/update", &["DEPLOYING"])]],
        done: &[
            &[
                Condition::new("/status", &["APPLIED"]),
                Condition::new("/application/status", &["RUNNING", ""]),
            ],
            &[Condition::new("/replicas/*/state", &["UP"])],
        ],
        failed: &[
            &[Condition::new("/status", &["*fail*"])],
            &[Condition::new("/replicas/*/state", &["FAILED"])],
        ],
        gone: &[&[Condition::new("/status", &["DELETED"])]],
        reason: &["/replicas/*/reason"],
        version: None,
        timeout: Duration::ZERO,
    };

    #[test]
    fn an_answer_is_judged_by_its_values_in_any_case() {
        let cases = [
            (json!({ "status": "applied" }), Stage::Done),
            (
                json!({ "status": "APPLIED", "application": { "status": null } }),
                Stage::Done,
            ),
            (
                json!({ "status": "APPLIED", "application": { "status": "" } }),
                Stage::Done,
            ),
            (
                json!({ "status": "APPLIED", "application": { "status": "STARTING" } }),
                Stage::Pending,
            ),
            (json!({ "status": "Deploy_Failed" }), Stage::Failed),
            (
                json!({ "status": "DEPLOY_FAILED", "update": "DEPLOYING" }),
                Stage::Pending,
            ),
            (
                json!({ "status": "DELETED", "update": "DEPLOYING" }),
                Stage::Gone,
            ),
            (json!({ "status": "NEVER_SEEN" }), Stage::Pending),
            (json!({ "status": ["APPLIED"] }), Stage::Pending),
            (json!({}), Stage::Pending),
            (json!(null), Stage::Pending),
            (
                json!({ "replicas": [{ "state": "UP" }, { "state": "UP" }] }),
                Stage::Done,
            ),
            (
                json!({ "replicas": [{ "state": "UP" }, { "state": "DOWN" }] }),
                Stage::Pending,
            ),
            (
                json!({ "replicas": [{ "state": "UP" }, { "state": "FAILED" }] }),
                Stage::Failed,
            ),
        ];
        for (answer, stage) in cases {
            assert_eq!(WAITING.stage(&answer), stage, "{answer}");
        }
    }

    #[test]
    fn a_state_and_its_reasons_are_told_in_the_words_of_the_service() {
        let answer = json!({ "status": "FAILED", "application": { "status": "NOT_RUNNING" },
            "update": "X", "replicas": [{ "reason": "no memory" }, { "reason": "" },
            { "reason": "no memory" }, { "reason": "no port" }, {}] });
        let state = "FAILED, application NOT_RUNNING, update X";
        assert_eq!(WAITING.describe(&answer), state);
        assert_eq!(WAITING.describe(&json!({})), "no state");
        let reasons = WAITING.reasons(&answer);
        assert_eq!(reasons.as_deref(), Some("no memory; no port"));
        assert_eq!(WAITING.reasons(&json!({})), None);
    }

    #[test]
    fn however_many_reasons_and_states_there_are_ten_are_told() {
        let replicas = |from: u32, to: u32| -> Vec<Value> {
            let replica = |number| json!({ "reason": format!("reason {number}") });
            (from..to).map(replica).collect()
        };
        let told = |replicas: Vec<Value>| WAITING.reasons(&json!({ "replicas": replicas }));
        let ten = told(replicas(0, 10)).unwrap();
        assert!(ten.ends_with("; reason 9"), "{ten}");
        assert_eq!(told(replicas(0, 11)).unwrap(), format!("{ten}; ..."));
        assert_eq!(told(replicas(0, 20_000)).unwrap(), format!("{ten}; ..."));
        // A long reason is truncated, and a repeated one counts once.
        let long = json!({ "reason": "no memory ".repeat(100_000) });
        let told = told(vec![long; 20]).unwrap();
        assert!(told.starts_with("no memory") && told.len() <= 300, "{told}");

        let states: Vec<Value> = (0..20).map(|n| json!({ "state": n.to_string() })).collect();
        let many = Waiting {
            state: &["/replicas/*/state"],
            version: None,
            ..WAITING
        };
        let told = many.describe(&json!({ "replicas": states }));
        assert_eq!(told, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...");
    }

    #[test]
    fn an_answer_without_a_state_says_nothing() {
        for answer in [json!(null), json!({}), json!({ "status": "" }), json!([1])] {
            assert!(WAITING.says_nothing(&answer), "{answer}");
        }
        for answer in [
            json!({ "status": "UNKNOWN" }),
            json!({ "update": "DEPLOYING" }),
            json!({ "replicas": [{ "state": "UP" }] }),
        ] {
            assert!(!WAITING.says_nothing(&answer), "{answer}");
        }
    }
}
