//! The file of a cassette.
//!
//! It must not remove secrets: what it writes was cleaned before.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::json;
use crate::download::save;
use crate::error::{Error, ErrorKind};
use crate::http::{Headers, HttpError};

/// The version of the format.
const VERSION: u32 = 1;
/// The largest file that is read, in bytes.
const LIMIT: u64 = 256 << 20;

/// The errors that a client may return, by their names in the file.
const KINDS: [ErrorKind; 10] = [
    ErrorKind::InvalidRequest,
    ErrorKind::Configuration,
    ErrorKind::Connect,
    ErrorKind::Tls,
    ErrorKind::UntrustedCertificate,
    ErrorKind::ClockSkew,
    ErrorKind::Proxy,
    ErrorKind::Timeout,
    ErrorKind::Interrupted,
    ErrorKind::Io,
];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    cassette: u32,
    exchanges: Vec<Exchange>,
}

/// A request and its outcome.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub(super) operation: String,
    pub(super) request: Asked,
    pub(super) outcome: Outcome,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Content>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Outcome {
    Answer(Answered),
    Error(Failed),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Content>,
    /// The error, if the body is incomplete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) broken: Option<Failed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failed {
    pub(super) kind: String,
    pub(super) summary: String,
    pub(super) unsent: bool,
}

impl Asked {
    /// Method, path and query.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

impl Answered {
    pub(super) fn headers(&self) -> Result<Headers, String> {
        let mut headers = Headers::new();
        for line in &self.headers {
            let parts = line
                .split_once(": ")
                .or(line.strip_suffix(':').map(|name| (name, "")));
            let (name, value) = parts.ok_or_else(|| format!("{line:?} is no header"))?;
            let added = headers.append(name, value);
            added.map_err(|error| error.to_string())?;
        }
        Ok(headers)
    }

    fn check(&self) -> Result<(), String> {
        if !(100..1000).contains(&self.status) {
            return Err(format!("{} is no status", self.status));
        }
        if matches!(self.body, Some(Content::Bytes(_))) {
            return Err("an answer has no length without a body".to_owned());
        }
        self.headers()?;
        self.broken.as_ref().map_or(Ok(()), Failed::check)
    }
}

impl Failed {
    pub(super) fn new(error: &HttpError, summary: String) -> Self {
        Self {
            kind: format!("{:?}", error.kind()),
            summary,
            unsent: error.is_unsent(),
        }
    }

    pub(super) fn error(&self) -> HttpError {
        let kind = self.kind().unwrap_or(ErrorKind::Interrupted);
        HttpError::new(kind, self.summary.as_str()).unsent(self.unsent)
    }

    fn kind(&self) -> Option<ErrorKind> {
        let mut kinds = KINDS.into_iter();
        kinds.find(|kind| format!("{kind:?}") == self.kind)
    }

    fn check(&self) -> Result<(), String> {
        match self.kind() {
            Some(_) => Ok(()),
            None => Err(format!("{:?} is no kind of error", self.kind)),
        }
    }
}

pub(super) fn load(path: &Path) -> Result<Vec<Exchange>, Error> {
    let bytes = crate::file::read(path, LIMIT).map_err(|error| {
        let summary = format!("the cassette {} cannot be read: {error}", path.display());
        Error::new(ErrorKind::Io, summary)
            .with_source(error)
            .with_hint("record it with Cassette::record")
    })?;
    let exchanges = parse(&bytes).map_err(|problem| {
        let summary = format!("{} is not a cassette: {problem}", path.display());
        Error::new(ErrorKind::Configuration, summary).with_hint(
            "record it again with Cassette::record, or undo the change that was made to it",
        )
    })?;
    Ok(exchanges)
}

fn parse(bytes: &[u8]) -> Result<Vec<Exchange>, String> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if document.cassette != VERSION {
        let other = document.cassette;
        return Err(format!(
            "it is of version {other}, and this is version {VERSION}"
        ));
    }
    for (number, exchange) in document.exchanges.iter().enumerate() {
        let checked = match &exchange.outcome {
            Outcome::Answer(answer) => answer.check(),
            Outcome::Error(failed) => failed.check(),
        };
        checked.map_err(|problem| {
            let name = exchange.request.name();
            format!("exchange {} ({name}): {problem}", number + 1)
        })?;
    }
    Ok(document.exchanges)
}

/// Replaces the file atomically.
pub(super) fn save(path: &Path, exchanges: Vec<Exchange>) -> Result<(), Error> {
    let document = Document {
        cassette: VERSION,
        exchanges,
    };
    let text = serde_json::to_string(&document).and_then(|text| json::indented(&text));
    let text =
        text.map_err(|error| Error::invalid("the cassette cannot be written").with_source(error))?;
    write(path, format!("{text}\n").as_bytes()).map_err(|error| {
        let summary = format!("the cassette {} cannot be written: {error}", path.display());
        Error::new(ErrorKind::Io, summary).with_source(error)
    })
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    save::replace(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_cassette_is_refused_with_its_place() {
        let exchange = |outcome: &str| {
            format!(
                r#"{{"cassette":1,"exchanges":[{{"operation":"a","request":{{"method":"GET","target":"/x","headers":[]}},"outcome":{outcome}}}]}}"#
            )
        };
        let answer = |more: &str| {
            exchange(&format!(
                r#"{{"answer":{{"status":200,"headers":[]{more}}}}}"#
            ))
        };
        assert_eq!(parse(answer("").as_bytes()).map(|all| all.len()), Ok(1));
        for (text, problem) in [
            (String::new(), "EOF while parsing a value at line 1"),
            (
                "{\"cassette\":1,\n\"exchanges\":[".to_owned(),
                "EOF while parsing a list at line 2",
            ),
            (
                r#"{"cassette":2,"exchanges":[]}"#.to_owned(),
                "it is of version 2, and this is version 1",
            ),
            (answer(r#","x":1"#), "unknown field `x`"),
            (answer(r#","body":{"base64":"?"}"#), "it is not base64"),
            (
                answer(r#","body":{"bytes":1}"#),
                "exchange 1 (GET /x): an answer has no length",
            ),
            (
                answer("").replace("200", "7"),
                "exchange 1 (GET /x): 7 is no status",
            ),
            (
                answer("").replace(r#"200,"headers":[]"#, r#"200,"headers":["a"]"#),
                "\"a\" is no header",
            ),
            (
                exchange(r#"{"error":{"kind":"Odd","summary":"","unsent":true}}"#),
                "exchange 1 (GET /x): \"Odd\" is no kind of error",
            ),
        ] {
            let found = parse(text.as_bytes()).err().unwrap();
            assert!(found.contains(problem), "{found}");
        }
    }
}
