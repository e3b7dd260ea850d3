//! The events of a deployment, in a common form for all platforms.
//!
//! It must not know how they are found.

use std::fmt;

use anypoint_core::{Error, Timestamp};

/// An event of a deployment; see [`Events`](super::Events).
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// The progress of the upload, before `Accepted`, if an archive is uploaded. It starts again at 0 if the upload is repeated. If
    /// several changes happen between two calls of `next`, only the last one is returned.
    Sent {
        /// The bytes that were sent in this attempt.
        bytes: u64,
        /// The total number of bytes, if it is known.
        total: Option<u64>,
    },
    /// The service has accepted the order. This is the first event, or the first one after `Sent`.
    Accepted(Accepted),
    /// The state has changed, as the service calls it, such as `APPLYING, application STARTING`.
    State(String),
    /// A line was logged.
    Line(LogLine),
    /// Lines may be missing, because one could not be read, or the whole log, which is reported once.
    /// The deployment is still followed.
    LogProblem(Error),
    /// The application runs, or has stopped if that was ordered. This is the last event.
    Done(Deployed),
}

/// An order that the service has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The id of the deployment; the domain of the application on CloudHub 1.0.
    pub id: String,
    /// The version that is followed, if the service has versions.
    pub version: Option<String>,
    /// Whether the application is new. Otherwise an existing one is replaced.
    pub created: bool,
}

/// The deployed application, as the platform shows it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Deployed {
    /// An application on CloudHub 1.0.
    #[cfg(feature = "cloudhub")]
    CloudHub(Box<anypoint_cloudhub::types::Application>),
    /// A deployment on CloudHub 2.0 or Runtime Fabric.
    #[cfg(feature = "application-manager")]
    ApplicationManager(Box<anypoint_application_manager::types::Deployment>),
}

/// A line of a log. Members that the service leaves out are `None`.
///
/// It prints as time, level, source and message: `2026-11-21T06:12:56.120Z ERROR r-1 no memory`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LogLine {
    /// The id of the entry.
    pub id: Option<String>,
    /// When it was logged.
    pub time: Option<Timestamp>,
    /// The level, such as `ERROR`.
    pub level: Option<String>,
    /// The source: the replica, or the instance on CloudHub 1.0.
    pub source: Option<String>,
    /// The logger in the application.
    pub logger: Option<String>,
    /// The message. It may have several lines.
    pub message: String,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(time) = &self.time {
            match time.as_system_time().map(Timestamp::from) {
                Some(readable) => write!(f, "{readable} ")?,
                None => write!(f, "{time} ")?,
            }
        }
        for part in [&self.level, &self.source].into_iter().flatten() {
            write!(f, "{part} ")?;
        }
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_text_with_what_is_known_of_it() {
        let mut line = LogLine {
            time: Some(Timestamp::from_millis(1_709_290_800_120)),
            level: Some("ERROR".to_owned()),
            source: Some("r-1".to_owned()),
            message: "no memory".to_owned(),
            ..LogLine::default()
        };
        assert_eq!(
            line.to_string(),
            "2024-03-01T11:00:00.120Z ERROR r-1 no memory"
        );
        (line.time, line.level) = (None, None);
        assert_eq!(line.to_string(), "r-1 no memory");
    }
}
