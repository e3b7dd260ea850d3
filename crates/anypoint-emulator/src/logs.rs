//! What a test does to the logs of deployments and applications.

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
    /// A line of the level `INFO`.
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

    /// Any value in the place of a line, such as a text, a number or an object that lacks members.
    /// Filters see an empty message of the level `INFO`. An object's own `docId` or `recordId` is
    /// the id of the line.
    pub fn raw(value: impl Into<Value>) -> Self {
        Self {
            raw: Some(value.into()),
            ..Self::new("")
        }
    }

    /// When it was written, in milliseconds since 1970; now if not set.
    pub fn at(mut self, millis: u64) -> Self {
        self.millis = Some(millis);
        self
    }

    /// The level; it need not be one that the specs know.
    pub fn level(mut self, level: impl Into<String>) -> Self {
        self.level = level.into();
        self
    }

    /// The replica or, on CloudHub, the instance that writes it; the first one of the
    /// specification or deployment if not set. It need not exist.
    pub fn source(mut self, id: impl Into<String>) -> Self {
        self.source = Some(id.into());
        self
    }

    /// The specification or, on CloudHub, the deployment that it belongs to; the current one if
    /// not set.
    pub fn deployment(mut self, id: impl Into<String>) -> Self {
        self.deployment = Some(id.into());
        self
    }
}

impl Emulator {
    /// Adds lines to the log of an Application Manager deployment, by its id, or of a CloudHub
    /// application, by its domain. They stand in the log in the order given, whatever their times,
    /// behind what the life cycle has logged by now. Returns their ids: the `docId` or `recordId`
    /// of each.
    ///
    /// # Errors
    /// When there is no such deployment or application, or a line names a specification or a
    /// deployment that it does not have; then none of the lines is written.
    pub fn write_log(
        &self,
        id: impl AsRef<str>,
        lines: impl IntoIterator<Item = LogLine>,
    ) -> Result<Vec<String>, io::Error> {
        let id = id.as_ref();
        let lines = lines.into_iter().collect();
        self.remembered(|state, moment| state.write_log(id, lines, moment))
    }

    /// Gives an Application Manager deployment a new specification or a CloudHub application a new
    /// deployment, as an update that changes nothing would. Returns its id.
    ///
    /// # Errors
    /// When there is no such deployment or application.
    pub fn roll_over(&self, id: impl AsRef<str>) -> Result<String, io::Error> {
        let id = id.as_ref();
        self.remembered(|state, moment| {
            let found = state.roll_over(id, moment);
            found.ok_or_else(|| format!("there is no deployment and no application {id}"))
        })
    }

    /// Puts new replicas in the place of those of an Application Manager deployment, within the
    /// same specification: the old ones stop now, the new ones have started a step later. Returns
    /// the ids of the new ones; none if nothing runs.
    ///
    /// # Errors
    /// When there is no such deployment.
    pub fn restart_replicas(&self, deployment: &str) -> Result<Vec<String>, io::Error> {
        self.remembered(|state, moment| {
            let found = state.restart_replicas(deployment, moment);
            found.ok_or_else(|| format!("there is no deployment {deployment}"))
        })
    }

    /// The time that logs have now, in milliseconds since 1970. It goes on with the emulator's
    /// clock.
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
