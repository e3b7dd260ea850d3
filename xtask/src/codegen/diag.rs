//! Complaints about a spec, written like a compiler's: `specs/x.yaml:214: error[unknown-key]: …` with a `help:` line.
//!
//! A pass collects all it finds and fails once, at its end.

mod code;

use std::fmt;

pub use code::Code;

/// More complaints than these about one file are counted, not shown.
const SHOWN: usize = 100;
/// More than these are not kept, so that a file full of mistakes does not fill the memory.
const KEPT: usize = 10_000;

/// One complaint about one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Diagnostic {
    pub file: String,
    pub line: usize,
    pub message: String,
    pub help: Option<String>,
    pub code: Code,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: error[{}]: {}",
            self.file, self.line, self.code, self.message
        )?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// What a pass has complained about so far in one file.
#[derive(Debug)]
pub struct Diags {
    file: String,
    found: Vec<Diagnostic>,
    dropped: usize,
}

impl Diags {
    pub fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            found: Vec::new(),
            dropped: 0,
        }
    }

    pub fn error(&mut self, code: Code, line: usize, message: impl Into<String>) {
        self.push(code, line, message.into(), None);
    }

    pub fn error_help(
        &mut self,
        code: Code,
        line: usize,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(code, line, message.into(), Some(help.into()));
    }

    /// Ends a pass that has found what makes it useless to go on.
    pub fn fail(mut self) -> Diagnostics {
        let found = self.finish(());
        found.err().unwrap_or(Diagnostics(Vec::new()))
    }

    /// Ends a pass: all complaints, in the order of their lines and up to a hundred, or the pass's result.
    ///
    /// # Errors
    /// The complaints, if there are any.
    pub fn finish<T>(&mut self, value: T) -> Result<T, Diagnostics> {
        if self.found.is_empty() {
            return Ok(value);
        }
        let mut found = std::mem::take(&mut self.found);
        found.sort();
        found.dedup();
        let more = found.len().saturating_sub(SHOWN) + self.dropped;
        found.truncate(SHOWN);
        if let Some(last) = found.last().filter(|_| more > 0) {
            found.push(Diagnostic {
                message: format!("and {more} more complaints"),
                help: None,
                code: Code::TooManyComplaints,
                ..last.clone()
            });
        }
        Err(Diagnostics(found))
    }

    fn push(&mut self, code: Code, line: usize, message: String, help: Option<String>) {
        if self.found.len() == KEPT {
            self.dropped += 1;
            return;
        }
        self.found.push(Diagnostic {
            file: self.file.clone(),
            line,
            message,
            help,
            code,
        });
    }
}

/// All complaints of one pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// An object of JSON on a line for each, as editors read them.
    pub fn json_lines(&self) -> String {
        let lines = self
            .0
            .iter()
            .filter_map(|it| serde_json::to_string(it).ok());
        lines.map(|line| line + "\n").collect()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
