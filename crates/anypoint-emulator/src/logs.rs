//! Methods for tests that change the logs of deployments and applications.

use std::io;

use serde_json::Value;

use crate::Emulator;
use crate::state::{Moment, State};

/// A line for [`Emulator::write_log`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a line is in no log until it is written"]
pub struct LogLine {
    pub(crate) message: String,
    pub(crate) level: String,
    pub(crate) millis: Option<u64>,
    pub(crate) source: Option<String>,
    pub(crate) deployment: Option<String>,
    pub(crate) raw: Option<Value>,
}

impl LogLine {
    /// Creates a line of the level `INFO`.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            level: "INFO".to_owned(),
            millis: None,
            source: None,
            deployment: None,
            raw: None,
        }
    }

    /// Creates a line with any value as its entry, such as a text, a number or an object with missing
    /// members. Filters treat it as an empty message of the level `INFO`. The `docId` or `recordId` of
    /// an object is the id of the line.
    pub fn raw(value: impl Into<Value>) -> Self {
        Self {
            raw: Some(value.into()),
            ..Self::new("")
        }
    }

    /// Sets the time, in milliseconds since 1970; the current time by default.
    pub fn at(mut self, millis: u64) -> Self {
        self.millis = Some(millis);
        self
    }

    /// Sets the level, which need not be one of the specs; `INFO` by default.
    pub fn level(mut self, level: impl Into<String>) -> Self {
        self.level = level.into();
        self
    }

    /// Sets the replica or, on CloudHub, the instance that writes the line, which need not exist; by
    /// default the first one of the specification or deployment.
    pub fn source(mut self, id: impl Into<String>) -> Self {
        self.source = Some(id.into());
        self
    }

    /// Sets the specification or, on CloudHub, the deployment of the line; the current one by default.
    pub fn deployment(mut self, id: impl Into<String>) -> Self {
        self.deployment = Some(id.into());
        self
    }
}

impl Emulator {
    /// Appends lines to the log of an Application Manager deployment, by its id, or of a CloudHub
    /// application, by its domain. They are in the given order, regardless of their times, after the
    /// lines of the life cycle so far. Returns the `docId` or `recordId` of each.
    ///
    /// # Errors
    /// There is no such deployment or application, or a line names a specification or a deployment
    /// that it does not have. In this case no line is written.
    pub fn write_log(
        &self,
        id: impl AsRef<str>,
        lines: impl IntoIterator<Item = LogLine>,
    ) -> Result<Vec<String>, io::Error> {
        let id = id.as_ref();
        let lines = lines.into_iter().collect();
        self.remembered(|state, moment| state.write_log(id, lines, moment))
    }

    /// Creates a new specification of an Application Manager deployment, or a new deployment of a
    /// CloudHub application, like an update without changes. Returns its id.
    ///
    /// # Errors
    /// There is no such deployment or application.
    pub fn roll_over(&self, id: impl AsRef<str>) -> Result<String, io::Error> {
        let id = id.as_ref();
        self.remembered(|state, moment| {
            let found = state.roll_over(id, moment);
            found.ok_or_else(|| format!("there is no deployment and no application {id}"))
        })
    }

    /// Replaces the replicas of an Application Manager deployment within the same specification: the
    /// old ones stop now, the new ones have started a step later. Returns the ids of the new ones,
    /// which are none if nothing runs.
    ///
    /// # Errors
    /// There is no such deployment.
    pub fn restart_replicas(&self, deployment: &str) -> Result<Vec<String>, io::Error> {
        self.remembered(|state, moment| {
            let found = state.restart_replicas(deployment, moment);
            found.ok_or_else(|| format!("there is no deployment {deployment}"))
        })
    }

    /// The current time of logs, in milliseconds since 1970. It advances with the emulator's clock.
    #[must_use]
    pub fn log_time(&self) -> u64 {
        self.shared.moment().millis()
    }

    fn remembered<T>(
        &self,
        change: impl FnOnce(&mut State, &Moment) -> Result<T, String>,
    ) -> Result<T, io::Error> {
        let moment = self.shared.moment();
        let changed = self.shared.remembered(|state| change(state, &moment));
        changed.map_err(|message| io::Error::new(io::ErrorKind::NotFound, message))
    }
}
