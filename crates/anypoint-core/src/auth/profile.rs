//! The profile file of the official command line interface.
//!
//! It must not show the content of the file, except the names of its profiles.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::Deserialize;
use serde_json::error::Category;

use crate::error::{Error, ErrorKind};
use crate::file;
use crate::secret::Secret;

/// The size limit of a profile file, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// One profile; its other members are ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) bearer: Option<Secret>,
    pub(super) username: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<Secret>,
    pub(super) organization: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) host: Option<String>,
}

/// The profile, or why there is none.
pub(super) type Found = Result<Profile, &'static str>;

/// Reads a profile. It may be missing unless it was requested by name.
pub(super) fn read(path: &Path, name: &str, named: bool) -> Result<Found, Error> {
    let shown = file::shown(path);
    let text = match text(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !named => {
            return Ok(Err("no such file"));
        }
        Err(error) => {
            return Err(configuration(
                format!("the profile file {shown} cannot be read: {error}"),
                "check the file and its permissions; ANYPOINT_PROFILE names a profile in it",
            )
            .with_source(error));
        }
    };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() && !named {
        return Ok(Err("the file is empty"));
    }
    let mut profiles: BTreeMap<String, Profile> =
        serde_json::from_str(text).map_err(|error| malformed(path, &error))?;
    match profiles.remove(name) {
        Some(profile) => Ok(Ok(profile)),
        None if !named => Ok(Err("no such profile")),
        None => Err(configuration(
            format!("the profile file {shown} has no profile {name:?}"),
            match profiles.keys().cloned().collect::<Vec<_>>().join(", ") {
                names if names.is_empty() => "it has none at all".to_owned(),
                names => format!("its profiles are {names}"),
            },
        )),
    }
}

fn text(path: &Path) -> io::Result<String> {
    let bytes = file::read(path, LIMIT)?;
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// An error without the parser's message, which may quote the file.
fn malformed(path: &Path, error: &serde_json::Error) -> Error {
    let problem = match error.classify() {
        Category::Eof => "the JSON ends too early",
        Category::Data => "a value of another kind was expected",
        Category::Syntax | Category::Io => "this is not JSON",
    };
    configuration(
        format!(
            "the profile file {}, line {}, column {}: {problem}",
            file::shown(path),
            error.line(),
            error.column()
        ),
        r#"it should read {"default": {"client_id": "...", "client_secret": "..."}}"#,
    )
}

fn configuration(summary: String, hint: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, summary).with_hint(hint)
}
