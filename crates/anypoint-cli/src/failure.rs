//! The errors of the program: their exit codes, and their text for people and programs.

use std::ffi::OsString;
use std::io;

use anypoint::{Error, ErrorKind};
use serde_json::json;

use crate::terminal::{Interrupted, Terminal};

/// The exit codes. They stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    /// Not signed in, or not allowed.
    Denied = 3,
    NotFound = 4,
    /// Throttled, or out of time.
    Late = 5,
    /// What was deployed does not run.
    Deployment = 6,
    /// By Ctrl-C, as shells count it.
    Interrupted = 130,
}

#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    hint: Option<String>,
    /// What the runtime says.
    error: Option<Error>,
    /// What clap has rendered: help that was asked for, or what is wrong with the arguments.
    rendered: bool,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
            error: None,
            rendered: false,
        }
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// What to try.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// The status of the answer that says so, where there is one.
    pub(crate) fn status(&self) -> Option<u16> {
        self.error.as_ref().and_then(Error::status)
    }

    /// All of it on one line.
    pub(crate) fn line(&self) -> String {
        let hint = self.hint.iter().map(|hint| format!("; try: {hint}"));
        format!("{}{}", self.message, hint.collect::<String>())
    }

    /// Tells it, and gives the exit code.
    pub(crate) fn tell(&self, terminal: &mut Terminal, json: bool) -> u8 {
        match (self.rendered, self.exit) {
            // Help that was asked for is output.
            (true, Exit::Done) => drop(terminal.print(&self.message)),
            (false, Exit::Done) => {}
            (true, _) if !json => terminal.say(self.message.trim_end()),
            (_, _) if json => terminal.say(&self.json()),
            (_, _) => {
                let hint = self.hint.iter().map(|hint| format!("\n  try: {hint}"));
                let hint: String = hint.collect();
                terminal.say(&format!("error: {}{hint}", self.message));
            }
        }
        self.exit as u8
    }

    fn json(&self) -> String {
        let error = self.error.as_ref();
        let json = json!({"error": {
            "exitCode": self.exit as u8,
            "message": self.message.trim_end(),
            "hint": self.hint,
            "kind": error.map(|it| format!("{:?}", it.kind())),
            "operation": error.and_then(Error::operation),
            "status": error.and_then(Error::status),
            "requestId": error.and_then(Error::request_id),
        }});
        json.to_string()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match (error.kind(), error.status()) {
            (ErrorKind::InvalidRequest, _) => Exit::Usage,
            (ErrorKind::Authentication, _) | (_, Some(401 | 403)) => Exit::Denied,
            (ErrorKind::UnknownName, _) | (_, Some(404)) => Exit::NotFound,
            _ if error.is_timeout() || error.is_throttled() => Exit::Late,
            (ErrorKind::Failed | ErrorKind::Deleted | ErrorKind::Replaced, _) => Exit::Deployment,
            _ => Exit::Failed,
        };
        let whole = error.to_string();
        let hint = error.hint().map(str::to_owned);
        let tail = hint.as_ref().map(|hint| format!("; hint: {hint}"));
        let message = tail.and_then(|tail| Some(whole.strip_suffix(&tail)?.to_owned()));
        let hint = hint.or_else(|| general(error.kind()));
        Self {
            hint,
            message: message.unwrap_or(whole),
            error: Some(error),
            ..Self::new(exit, "")
        }
    }
}

/// What to try where the runtime knows nothing better.
fn general(kind: ErrorKind) -> Option<String> {
    let hint = match kind {
        ErrorKind::Decode => {
            "try again; `anypoint doctor` checks the way to the host, and `anypoint api` shows any JSON"
        }
        ErrorKind::InvalidRequest => "`--help` shows what is expected",
        _ => return None,
    };
    Some(hint.to_owned())
}

impl From<io::Error> for Failure {
    /// A reader that has gone away has what it wanted.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(Exit::Done, ""),
            _ => Self::failed(error.to_string()),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let exit = if error.use_stderr() {
            Exit::Usage
        } else {
            Exit::Done
        };
        Self {
            rendered: true,
            ..Self::new(exit, error.to_string())
        }
    }
}

/// How a command ends that is interrupted.
pub(crate) fn interrupted(then: &Interrupted) -> Result<(), Failure> {
    let failure = Failure::new(Exit::Interrupted, "interrupted");
    match then {
        Interrupted::Nothing => Err(failure),
        Interrupted::AsMeant => Ok(()),
        Interrupted::GoesOn(what) => Err(Failure {
            message: format!("interrupted; {what}"),
            ..failure
        }),
    }
}

/// Whether errors are to be JSON, also where the arguments cannot be read.
pub(crate) fn wants_json(arguments: &[OsString]) -> bool {
    let mut arguments = arguments.iter().filter_map(|it| it.to_str()).peekable();
    while let Some(argument) = arguments.next() {
        let value = match argument {
            "--output" | "-o" => arguments.peek().copied(),
            _ => argument
                .strip_prefix("--output=")
                .or(argument.strip_prefix("-o")),
        };
        if matches!(value, Some("json" | "=json")) {
            return true;
        }
    }
    false
}
