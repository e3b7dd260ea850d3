//! What answers mean, as data: JSON pointers and the values to look for there.
//!
//! It must not know time, calls or versions.

use std::time::Duration;

use serde_json::Value;

use crate::pointer::texts;

/// What the answers of one operation mean, emitted as a `static`.
#[derive(Debug)]
pub struct Waiting {
    /// The method that waits, such as `wait_for_deployment`.
    pub method: &'static str,
    /// Where the state is, in the order in which it is told.
    pub state: &'static [&'static str],
    /// It goes on, whatever the others say.
    pub pending: Rules,
    /// The good end.
    pub done: Rules,
    /// The bad end.
    pub failed: Rules,
    /// It is no longer there, although there is an answer.
    pub gone: Rules,
    /// Where the reasons are.
    pub reason: &'static [&'static str],
    /// How several deployments of the same thing are told apart.
    pub version: Option<Version>,
    /// How long to wait, unless set.
    pub timeout: Duration,
}

/// Alternatives, each of which is a list of conditions that must all hold.
pub type Rules = &'static [&'static [Condition]];

/// A pointer and the texts that may stand there, in any case. `*` at both ends matches a part;
/// the empty text stands for a member that is missing, null or empty.
pub type Condition = (&'static str, &'static [&'static str]);

/// Where an answer tells which of several deployments of the same thing it speaks of.
#[derive(Debug)]
pub struct Version {
    /// Where the version is.
    pub at: &'static str,
    /// When that version came about.
    pub date: Option<&'static str>,
    /// Where the version stands once it is in force. All that are there must have it.
    pub reached: &'static [&'static str],
}

/// What an answer says about the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Pending,
    Done,
    Failed,
    Gone,
}

impl Waiting {
    /// An unknown state is one on the way: services add values.
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

    /// The state in the service's words: `APPLYING, application STARTING`.
    pub(super) fn describe(&self, answer: &Value) -> String {
        let mut parts = Vec::new();
        for (index, pointer) in self.state.iter().enumerate() {
            let name = name(pointer).filter(|_| index > 0);
            for text in texts(answer, pointer) {
                parts.push(match name {
                    Some(name) => format!("{name} {text}"),
                    None => text,
                });
            }
        }
        match parts.is_empty() {
            true => "no state".to_owned(),
            false => parts.join(", "),
        }
    }

    /// The reasons that an answer gives, each once.
    pub(super) fn reasons(&self, answer: &Value) -> Option<String> {
        let mut reasons: Vec<String> = Vec::new();
        for text in self.reason.iter().flat_map(|at| texts(answer, at)) {
            if !reasons.contains(&text) {
                reasons.push(text);
            }
        }
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }
}

/// How many of several values at one pointer must fit.
#[derive(Clone, Copy)]
enum Share {
    Any,
    All,
}
use Share::{All, Any};

fn holds(rules: Rules, answer: &Value, share: Share) -> bool {
    let condition = |(pointer, wanted): &Condition| {
        let texts = texts(answer, pointer);
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
        pending: &[&[("/update", &["DEPLOYING"])]],
        done: &[
            &[
                ("/status", &["APPLIED"]),
                ("/application/status", &["RUNNING", ""]),
            ],
            &[("/replicas/*/state", &["UP"])],
        ],
        failed: &[
            &[("/status", &["*fail*"])],
            &[("/replicas/*/state", &["FAILED"])],
        ],
        gone: &[&[("/status", &["DELETED"])]],
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
}
