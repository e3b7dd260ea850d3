//! Which of several versions an answer describes.
//!
//! It must not know time, calls or what a state means.

use serde::Serialize;
use serde_json::Value;

use super::rules::{Version, Waiting};
use crate::pointer::texts;
use crate::timestamp::Timestamp;

/// The version that is awaited.
#[derive(Debug, Clone, Default)]
pub(super) struct Followed {
    version: Option<String>,
    /// Its date, in milliseconds since 1970.
    date: Option<i64>,
    /// Whether an answer has shown it.
    seen: bool,
}

/// The version that an answer describes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The awaited version.
    Ours {
        /// The answer says that this version is in force.
        reached: Reached,
    },
    /// An earlier version, which is the value.
    Earlier(String),
    /// A later version.
    Later {
        version: String,
        /// By its date. Otherwise one of several servers may be stale.
        sure: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    Yes,
    No,
    /// The answer does not say.
    Unknown,
}

impl Followed {
    pub(super) fn version(version: String) -> Self {
        Self {
            version: Some(version).filter(|version| !version.is_empty()),
            ..Self::default()
        }
    }

    /// The version in the answer of a change. Without a version or a date there, any version is awaited.
    pub(super) fn of(waiting: &Waiting, answer: &impl Serialize) -> Self {
        let value = crate::json::to_json(answer).unwrap_or_default();
        let rules = waiting.version.as_ref();
        Self {
            version: rules.and_then(|rules| text(&value, rules.at)),
            date: rules.and_then(|rules| date(&value, rules)),
            seen: false,
        }
    }

    pub(super) fn name(&self) -> &str {
        self.version.as_deref().unwrap_or("the one asked for")
    }

    pub(super) fn whose(&mut self, rules: Option<&Version>, answer: &Value) -> Whose {
        let Some(rules) = rules else {
            return Whose::Ours {
                reached: Reached::Unknown,
            };
        };
        let (shown, shown_date) = (text(answer, rules.at), date(answer, rules));
        let order = shown_date
            .zip(self.date)
            .map(|(shown, own)| shown.cmp(&own));
        match (&self.version, &shown) {
            (Some(own), Some(other)) if own != other => {
                let other = other.clone();
                let sure = order.is_some_and(|order| order.is_gt());
                let may_be_later = self.seen && !order.is_some_and(|order| order.is_lt());
                return match sure || may_be_later {
                    true => Whose::Later {
                        version: other,
                        sure,
                    },
                    false => Whose::Earlier(other),
                };
            }
            (Some(_), Some(_)) => {
                self.seen = true;
                self.date = self.date.max(shown_date);
            }
            // Only dates can decide.
            _ if order.is_some_and(|order| order.is_lt()) => {
                return Whose::Earlier(shown.unwrap_or_else(|| "of an earlier date".to_owned()));
            }
            _ => {}
        }
        Whose::Ours {
            reached: reached(rules, shown.as_deref(), answer),
        }
    }
}

fn reached(rules: &Version, version: Option<&str>, answer: &Value) -> Reached {
    let Some(version) = version else {
        return Reached::Unknown;
    };
    let mut found = rules.reached.iter().flat_map(|at| texts(answer, at));
    match found.next() {
        None => Reached::Unknown,
        Some(first) if first == version && found.all(|other| other == version) => Reached::Yes,
        Some(_) => Reached::No,
    }
}

fn text(answer: &Value, pointer: &str) -> Option<String> {
    texts(answer, pointer).into_iter().next()
}

/// Parses milliseconds, or a date in text.
fn date(answer: &Value, rules: &Version) -> Option<i64> {
    let text = text(answer, rules.date?)?;
    let date = || text.parse::<Timestamp>().ok()?.as_millis();
    text.parse().ok().or_else(date)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULES: Version = Version {
        at: "/version",
        date: Some("/date"),
        reached: &["/good", "/replicas/*/version"],
    };

    fn followed(version: Option<&str>, date: Option<i64>) -> Followed {
        Followed {
            version: version.map(str::to_owned),
            date,
            seen: false,
        }
    }

    fn ours(reached: Reached) -> Whose {
        Whose::Ours { reached }
    }

    #[test]
    fn dates_tell_earlier_from_later() {
        let mut own = followed(Some("b"), Some(1_000));
        let mut whose = |version: &str, date: Value| {
            let answer = json!({ "version": version, "date": date });
            own.whose(Some(&RULES), &answer)
        };
        assert_eq!(whose("a", json!(999)), Whose::Earlier("a".into()));
        let later = |version: &str, sure| Whose::Later {
            version: version.into(),
            sure,
        };
        assert_eq!(whose("c", json!("1970-01-01T00:00:02Z")), later("c", true));
        assert_eq!(whose("c", json!(1_000)), Whose::Earlier("c".into()));
        assert_eq!(whose("b", json!(500)), ours(Reached::Unknown));
        assert_eq!(whose("c", json!(1_000)), later("c", false));
        assert_eq!(whose("c", json!(null)), later("c", false));
        assert_eq!(whose("a", json!(999)), Whose::Earlier("a".into()));
    }

    #[test]
    fn without_a_version_an_earlier_date_is_enough() {
        let mut own = followed(None, Some(1_000));
        let mut whose = |answer: Value| own.whose(Some(&RULES), &answer);
        assert_eq!(
            whose(json!({ "version": "a", "date": 9 })),
            Whose::Earlier("a".into())
        );
        assert_eq!(
            whose(json!({ "version": "c", "date": 1_001 })),
            ours(Reached::Unknown)
        );
        assert_eq!(whose(json!({})), ours(Reached::Unknown));
        let mut any = Followed::default();
        assert_eq!(
            any.whose(Some(&RULES), &json!({ "date": 1 })),
            ours(Reached::Unknown)
        );
        assert_eq!(any.whose(None, &json!({})), ours(Reached::Unknown));
    }

    #[test]
    fn a_version_is_in_force_when_everything_says_so() {
        let mut own = followed(Some("b"), None);
        let mut whose = |answer: Value| own.whose(Some(&RULES), &answer);
        let replicas = |a: &str, b: &str| json!([{ "version": a }, { "version": b }, {}]);
        assert_eq!(
            whose(json!({ "version": "b", "good": "b", "replicas": replicas("b", "b") })),
            ours(Reached::Yes)
        );
        assert_eq!(
            whose(json!({ "version": "b", "good": "b", "replicas": replicas("b", "a") })),
            ours(Reached::No)
        );
        assert_eq!(
            whose(json!({ "version": "b", "good": "a" })),
            ours(Reached::No)
        );
        assert_eq!(whose(json!({ "version": "b" })), ours(Reached::Unknown));
    }
}
