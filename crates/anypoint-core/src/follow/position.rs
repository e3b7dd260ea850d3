//! A position in a log, as text that outlives the process.
//!
//! It must not know how a log is read.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;

/// A position in a log, after an entry of each of its parts.
///
/// It prints as one word of letters, digits, `-` and `_`, and can be parsed from it; serde uses the
/// same form. It contains ids, times and hashes, but no logged text.
///
/// ```
/// use anypoint_core::Position;
///
/// assert!("no position".parse::<Position>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Position(Content);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// The log.
    of: String,
    /// The oldest part first.
    marks: Vec<Mark>,
}

/// A position in one part of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) part: String,
    /// The id of one of the last entries, if the log is continued by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// The time to continue from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<i64>,
    /// The keys of entries that were returned. By time: all from `from` on, each with its distance
    /// from it. By id: some entries before `after`, with -1, then that one and those after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) shown: Vec<(i64, u64)>,
}

impl Position {
    pub(super) fn new(of: String, marks: Vec<Mark>) -> Self {
        Self(Content { of, marks })
    }

    /// The marks, if the position is one of this log.
    ///
    /// # Errors
    /// A position of another log.
    pub(super) fn marks_of(&self, log: &str) -> Result<&[Mark], Error> {
        if self.0.of == log {
            return Ok(&self.0.marks);
        }
        let problem = format!("the position is one of another log: {}", self.0.of);
        let hint =
            format!("this is the log of {log}; follow it without a position, or the other one");
        Err(Error::invalid(problem).with_hint(hint))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = serde_json::to_vec(&self.0).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(content))
    }
}

impl FromStr for Position {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let content = URL_SAFE_NO_PAD.decode(text.trim()).ok();
        let content = content.and_then(|content| serde_json::from_slice(&content).ok());
        content.map(Self).ok_or_else(|| {
            Error::invalid("the text is no position of a log")
                .with_hint("give it as it was printed, the whole of it")
        })
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Position")
            .field("of", &self.0.of)
            .field("marks", &self.0.marks)
            .finish()
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position() -> Position {
        let documents = Mark {
            part: "a".into(),
            after: Some("x".into()),
            ..Mark::default()
        };
        let times = Mark {
            from: Some(-3),
            shown: vec![(3, u64::MAX)],
            ..Mark::default()
        };
        Position::new("org/env/1".into(), vec![documents, times])
    }

    #[test]
    fn it_is_read_from_what_it_prints() {
        let printed = position().to_string();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(printed.chars().all(plain), "{printed}");
        assert_eq!(printed.parse::<Position>().unwrap(), position());
        assert_eq!(
            format!(" {printed}\n").parse::<Position>().unwrap(),
            position()
        );
        let json = serde_json::to_string(&position()).unwrap();
        assert_eq!(json, format!("{printed:?}"));
        assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), position());
    }

    #[test]
    fn every_part_of_its_text_is_refused() {
        let printed = position().to_string();
        for end in 0..printed.len() {
            let error = printed.get(..end).unwrap().parse::<Position>().unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest);
        }
    }

    #[test]
    fn it_belongs_to_one_log() {
        assert_eq!(position().marks_of("org/env/1").unwrap().len(), 2);
        let error = position().marks_of("org/env/2").unwrap_err().to_string();
        assert!(
            error.contains("org/env/1") && error.contains("org/env/2"),
            "{error}"
        );
    }
}
