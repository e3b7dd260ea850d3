//! The profile file, which the official tool reads, too: `~/.anypoint/credentials`.
//!
//! What else stands in it stays, in its order.

use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::private;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::value::Value;

/// The members of a profile that are credentials.
pub(crate) const CREDENTIALS: [&str; 5] = [
    "bearer",
    "client_id",
    "client_secret",
    "username",
    "password",
];
/// The variables of them.
const VARIABLES: [&str; 5] = [
    "ANYPOINT_BEARER",
    "ANYPOINT_CLIENT_ID",
    "ANYPOINT_CLIENT_SECRET",
    "ANYPOINT_USERNAME",
    "ANYPOINT_PASSWORD",
];

/// What to try where a token that a profile keeps is no longer taken.
pub(crate) fn explained(failure: Failure, settings: &Settings, terminal: &Terminal) -> Failure {
    if failure.status() != Some(401) || is_overruled(terminal) {
        return failure;
    }
    let name = name(settings, terminal);
    let profiles = Profiles::read(terminal);
    let profiles = profiles.unwrap_or_else(|_| Profiles(Vec::new()));
    match profiles.get(&name).and_then(|it| it.get("bearer")) {
        Some(_) => failure.hint(format!(
            "the token of the profile `{name}` has expired or was revoked, and is not renewed: `anypoint login --token-stdin --profile {name}` takes another one"
        )),
        None => failure,
    }
}

/// All profiles of the file.
pub(crate) struct Profiles(Vec<(String, Value)>);

/// The profile that is meant.
pub(crate) fn name(settings: &Settings, terminal: &Terminal) -> String {
    named(settings, terminal).unwrap_or_else(|| "default".to_owned())
}

fn named(settings: &Settings, terminal: &Terminal) -> Option<String> {
    let named = settings.profile.clone();
    named.or_else(|| terminal.variable("ANYPOINT_PROFILE"))
}

/// Whether variables give the credentials, so that a profile's are not used.
pub(crate) fn is_overruled(terminal: &Terminal) -> bool {
    VARIABLES
        .iter()
        .any(|name| terminal.variable(name).is_some())
}

/// The name of the profile that is used, if it is marked as one for production. A profile that nobody has named and
/// whose credentials are not used does not count.
pub(crate) fn production(
    settings: &Settings,
    terminal: &Terminal,
) -> Result<Option<String>, Failure> {
    let unused = named(settings, terminal).is_none() && is_overruled(terminal);
    if unused || private::folder(terminal).is_none() {
        return Ok(None);
    }
    let name = name(settings, terminal);
    let profiles = Profiles::read(terminal)?;
    let mark = profiles.get(&name).and_then(|it| it.get("production"));
    // A mark that was written by hand and is none of ours still marks.
    let marked = !matches!(mark, None | Some(Value::Null | Value::Flag(false)));
    Ok(marked.then_some(name))
}

impl Profiles {
    pub(crate) fn read(terminal: &Terminal) -> Result<Self, Failure> {
        Self::at(&path(terminal)?)
    }

    /// Changes the file, one process at a time.
    pub(crate) fn change<T>(
        terminal: &Terminal,
        change: impl FnOnce(&mut Self) -> T,
    ) -> Result<T, Failure> {
        let path = path(terminal)?;
        // Where files cannot be locked, the last one wins.
        let _turn = private::lock(&path.with_extension("lock"));
        let mut profiles = Self::at(&path)?;
        let outcome = change(&mut profiles);
        profiles.write(&path)?;
        Ok(outcome)
    }

    fn at(path: &Path) -> Result<Self, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(wrong(path, &error.to_string())),
        };
        if text.trim().is_empty() {
            return Ok(Self(Vec::new()));
        }
        match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
            Ok(Value::Object(all)) => Ok(Self(all)),
            // The parser's own words may quote a secret.
            _ => Err(wrong(path, "it is no JSON object")),
        }
    }

    pub(crate) fn all(&self) -> &[(String, Value)] {
        &self.0
    }

    pub(crate) fn get(&self, profile: &str) -> Option<&Value> {
        let mut all = self.0.iter();
        all.find(|(name, _)| name == profile).map(|(_, it)| it)
    }

    /// Changes members of a profile; `None` removes one.
    pub(crate) fn set(
        &mut self,
        profile: &str,
        members: impl IntoIterator<Item = (&'static str, Option<Value>)>,
    ) {
        let at = self.0.iter().position(|(name, _)| name == profile);
        let at = at.unwrap_or_else(|| {
            self.0.push((profile.to_owned(), Value::Object(Vec::new())));
            self.0.len() - 1
        });
        let Value::Object(known) = &mut self.0[at].1 else {
            return;
        };
        for (name, value) in members {
            known.retain(|(other, _)| other != name);
            known.extend(value.map(|value| (name.to_owned(), value)));
        }
    }

    /// Whether there was one.
    pub(crate) fn remove(&mut self, profile: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|(name, _)| name != profile);
        self.0.len() < before
    }

    fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&Value::Object(self.0.clone()));
        let text = text.map_err(|error| Failure::failed(error.to_string()))?;
        let written = private::write(path, &(text + "\n"));
        written.map_err(|error| {
            Failure::failed(format!("{} cannot be written: {error}", path.display()))
        })
    }
}

fn path(terminal: &Terminal) -> Result<PathBuf, Failure> {
    let folder = private::folder(terminal);
    let folder =
        folder.ok_or_else(|| Failure::failed("there is no home directory").hint("set HOME"))?;
    Ok(folder.join("credentials"))
}

fn wrong(path: &Path, problem: &str) -> Failure {
    Failure::failed(format!("{}: {problem}", path.display())).hint("mend or remove the file")
}
