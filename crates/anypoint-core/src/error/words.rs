//! The text of an error: in one line, in several lines when `main` returns it, and in parts.
//!
//! It must not print a body, a query string or a secret.

use std::error::Error as StdError;
use std::fmt;
use std::iter::successors;

use bytes::Bytes;

use super::cause::Cause;
use super::{Error, ErrorKind, reason};
use crate::line::one_line;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.headline(f)?;
        match self.hint() {
            Some(hint) => write!(f, "; hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// What failed, in one line.
    fn headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &self.0;
        if let Some(operation) = &facts.operation {
            write!(f, "{operation}: ")?;
        }
        if let Some(summary) = &facts.summary {
            write!(f, "{summary}")?;
        }
        // A decode error has a status too, but there it is part of the summary.
        let refused = matches!(facts.kind, ErrorKind::Status | ErrorKind::Authentication);
        if let Some(status) = facts.status.filter(|_| refused) {
            let separator = if facts.summary.is_some() { ": " } else { "" };
            write!(f, "{separator}{status}")?;
            if let Some(reason) = reason(status) {
                write!(f, " {reason}")?;
            }
        }
        if let Some(message) = &facts.message {
            write!(f, ": {message}")?;
        }
        match (&facts.request_id, facts.attempts) {
            (None, 0 | 1) => {}
            (None, attempts) => write!(f, " ({attempts} attempts)")?,
            (Some(id), 0 | 1) => write!(f, " (request id {id})")?,
            (Some(id), attempts) => write!(f, " (request id {id}, {attempts} attempts)")?,
        }
        Ok(())
    }

    /// The causes, the outermost first. Of an error of another library only the outermost one is shown, because its causes
    /// may quote anything.
    fn causes(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let first = self.source();
        successors(first, |cause| cause.downcast_ref::<Cause>()?.source())
    }

    fn parts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = &self.0;
        f.debug_struct("Error")
            .field("kind", &facts.kind)
            .field("summary", &facts.summary)
            .field("status", &facts.status)
            .field("request_id", &facts.request_id)
            .field("operation", &facts.operation)
            .field("message", &facts.message)
            .field("hint", &facts.hint)
            .field("json_path", &facts.json_path)
            .field("body_length", &facts.body.as_ref().map(Bytes::len))
            .field("last_state", &facts.last_state)
            .field("attempts", &facts.attempts)
            .field("source", &facts.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.parts(f);
        }
        self.headline(f)?;
        if let Some(hint) = self.hint() {
            write!(f, "\n\nHint: {hint}")?;
        }
        for (number, cause) in self.causes().enumerate() {
            let title = if number == 0 { "\n\nCaused by:" } else { "" };
            write!(f, "{title}\n    {number}: {}", one_line(&cause.to_string()))?;
        }
        Ok(())
    }
}
