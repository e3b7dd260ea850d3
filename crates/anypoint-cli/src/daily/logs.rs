//! `logs`: the log of an application, each line once, also across restarts of this program.

use anypoint::application_manager::types::LogEntry;
use anypoint::cloudhub::types::{LogRecord, LogSearch};
use anypoint_core::internal::Followed;
use anypoint_core::{ErrorKind, Follow, Position, Timestamp};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::application::{self, Application, Home};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::settings::{Form, Settings};
use crate::table::Ty;
use crate::terminal::{Interrupted, Terminal};
use crate::value::Value;

pub(crate) fn command() -> Command {
    arguments(
        Command::new("logs")
            .about("Shows the log of an application, and follows it")
            .args(application::arguments()),
    )
}

pub(crate) fn arguments(command: Command) -> Command {
    command
        .arg(
            Arg::new("follow")
                .long("follow")
                .short('f')
                .action(ArgAction::SetTrue)
                .help("Waits for more, until it is interrupted"),
        )
        .arg(
            Arg::new("since")
                .long("since")
                .value_name("TIME|AGE")
                .help("Begins with a time, 2026-11-29T12:00:00Z, or with what is up to 90s, 15m, 2h or 1d old"),
        )
        .arg(
            Arg::new("resume-file")
                .long("resume-file")
                .value_name("FILE")
                .conflicts_with("since")
                .help("Goes on where the last run with this file has come to"),
        )
}

pub(crate) async fn perform(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let reading = Reading {
        output: &Output::new(settings, None)?,
        since: text("since").map(since).transpose()?,
        file: text("resume-file"),
        follow: matches.get_flag("follow"),
    };
    let home = Home::new(settings, terminal).await?;
    match home.find(matches).await? {
        Application::CloudHub(it) => {
            let log = home.cloudhub.follow_logs(&it.domain, LogSearch::new());
            reading.read(log, record, terminal).await
        }
        Application::Managed(it) => {
            reading
                .read(home.manager.follow_logs(&it.id), entry, terminal)
                .await
        }
    }
}

struct Reading<'a> {
    output: &'a Output<'a>,
    since: Option<Timestamp>,
    file: Option<&'a str>,
    follow: bool,
}

impl Reading<'_> {
    async fn read<R: Followed>(
        &self,
        log: Follow<R>,
        line: fn(&R::Entry) -> String,
        terminal: &mut Terminal,
    ) -> Result<(), Failure>
    where
        R::Entry: Serialize,
    {
        let log = self.beginning(log)?;
        let mut lines = match terminal.pause {
            Some(pause) => log.every(pause).lines(),
            None => log.lines(),
        };
        if self.follow {
            terminal.interrupted = Interrupted::AsMeant;
        }
        while let Some(next) = lines.next().await {
            match next {
                Ok(entry) => self.tell(&entry, line, terminal)?,
                // The lines behind what is damaged or missing still come.
                Err(error) if error.body().is_some() || error.kind() == ErrorKind::Gap => {
                    terminal.say(&format!("warning: {error}"));
                }
                Err(error) => return Err(error.into()),
            }
            self.keep(lines.position())?;
        }
        Ok(())
    }

    fn beginning<R: Followed>(&self, log: Follow<R>) -> Result<Follow<R>, Failure> {
        let kept = self
            .file
            .and_then(|file| std::fs::read_to_string(file).ok());
        let log = match (kept, self.since.clone()) {
            (Some(kept), _) => log.resume(kept.trim().parse()?),
            (None, Some(time)) => log.since(time)?,
            (None, None) => log.newest(100),
        };
        Ok(if self.follow { log } else { log.once() })
    }

    /// What has been shown is not shown again by the next run.
    fn keep(&self, position: Option<Position>) -> Result<(), Failure> {
        let (Some(file), Some(position)) = (self.file, position) else {
            return Ok(());
        };
        std::fs::write(file, format!("{position}\n")).map_err(|error| {
            Failure::failed(format!("{file} cannot be written: {error}")).with_exit(Exit::Failed)
        })
    }

    fn tell<T: Serialize>(
        &self,
        entry: &T,
        line: fn(&T) -> String,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        if matches!(self.output.form(), Form::Table | Form::Csv) {
            return self.output.text(&line(entry), terminal);
        }
        let json =
            serde_json::to_string(entry).and_then(|json| serde_json::from_str::<Value>(&json));
        let value = json.map_err(|error| Failure::failed(error.to_string()))?;
        self.output.item(value, &Ty::Json, terminal)
    }
}

fn entry(entry: &LogEntry) -> String {
    let parts = [
        entry.timestamp.as_ref().map(time),
        entry.log_level.as_ref().map(ToString::to_string),
        entry.replica_id.as_ref().map(ToString::to_string),
        entry.message.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn record(record: &LogRecord) -> String {
    let event = record.event.clone().unwrap_or_default();
    let source = record.instance_id.clone().or(event.instance_id);
    let parts = [
        event.timestamp.as_ref().map(time),
        event.priority.map(|level| level.to_string()),
        source.map(|id| id.to_string()),
        event.message,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn time(time: &Timestamp) -> String {
    match time.as_system_time().map(Timestamp::from) {
        Some(readable) => readable.to_string(),
        None => time.to_string(),
    }
}

/// A time, or how long ago it was.
fn since(text: &str) -> Result<Timestamp, Failure> {
    let units = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
    let age = units.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(*seconds)
    });
    if let Some(age) = age {
        let now = std::time::SystemTime::now();
        let then = now
            .checked_sub(std::time::Duration::from_secs(age))
            .unwrap_or(std::time::UNIX_EPOCH);
        return Ok(Timestamp::from(then));
    }
    let time = text
        .parse::<Timestamp>()
        .ok()
        .filter(|time| time.as_millis().is_some());
    time.ok_or_else(|| {
        Failure::usage(format!("--since: `{text}` is no time"))
            .hint("15m, 2h, or 2026-11-29T12:00:00Z")
    })
}
