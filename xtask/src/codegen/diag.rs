//! Complaints about a spec, in the form of a compiler's: `specs/x.yaml:214: error[unknown-key]: …`, the line with the place
//! marked, and a `help:` line.
//!
//! A pass collects its complaints and fails once, at its end.

mod code;
mod excerpt;

use std::collections::BTreeMap;
use std::fmt;

pub use code::Code;
use excerpt::Excerpt;

/// How many complaints about one file are shown; the others are only counted.
const SHOWN: usize = 100;
/// How many complaints are kept, so that a file with many mistakes does not fill the memory.
const KEPT: usize = 10_000;
/// The longest message, in characters, because a quote from a spec may have any length.
const MESSAGE: usize = 1_000;

/// One complaint about one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Diagnostic {
    pub file: String,
    pub line: usize,
    pub message: String,
    pub help: Option<String>,
    pub code: Code,
    /// The line itself, if its file can be read.
    #[serde(flatten)]
    pub excerpt: Option<Excerpt>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: error[{}]: {}",
            self.file, self.line, self.code, self.message
        )?;
        if let Some(excerpt) = &self.excerpt {
            write!(f, "\n{excerpt}")?;
        }
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// The complaints of a pass about one file so far.
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

    /// Ends a pass that cannot continue.
    pub fn fail(mut self) -> Diagnostics {
        let found = self.finish(());
        found.err().unwrap_or(Diagnostics(Vec::new()))
    }

    /// Ends a pass. Returns up to a hundred complaints in the order of their lines, or the result of the pass if there are none.
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
            message: bearable(&message),
            help: help.as_deref().map(bearable),
            code,
            excerpt: None,
        });
    }
}

/// A message that may quote a spec, shortened and escaped.
fn bearable(message: &str) -> String {
    let mut text = String::new();
    for letter in message.chars().take(MESSAGE) {
        match letter {
            '\n' => text.push(letter),
            _ => excerpt::escape(letter, &mut text),
        }
    }
    if message.chars().nth(MESSAGE).is_some() {
        text.push('…');
    }
    text
}

/// All complaints of one pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Shows the line with each complaint whose file can be read again.
    #[must_use]
    pub fn with_lines(mut self, read: impl Fn(&str) -> Option<String>) -> Self {
        let mut texts = BTreeMap::new();
        for found in &mut self.0 {
            let text = texts
                .entry(found.file.clone())
                .or_insert_with(|| read(&found.file));
            let line = text.as_deref().and_then(|text| {
                let mut lines = text.lines();
                lines.nth(found.line.checked_sub(1)?)
            });
            found.excerpt = line.and_then(|line| Excerpt::of(found.line, line, &found.message));
        }
        self
    }

    /// One JSON object per line and complaint, for editors.
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
