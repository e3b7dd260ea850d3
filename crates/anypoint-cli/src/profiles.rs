//! The profile file, which the official tool reads, too: `~/.anypoint/credentials`.
//!
//! What else stands in it stays, in its order.

use std::io;
use std::path::{Path, PathBuf};

use anypoint::Credentials;

use crate::failure::{Exit, Failure};
use crate::private;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::value::Value;

/// The member that says which other one is in the keyring instead.
pub(crate) const KEYRING: &str = "keyring";
/// The members of a profile that are credentials.
pub(crate) const CREDENTIALS: [&str; 6] = [
    KEYRING,
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

/// The region of CloudHub that was chosen.
pub(crate) fn region(settings: &Settings, terminal: &Terminal) -> Option<String> {
    let profiles = Profiles::read(terminal).ok()?;
    match profiles.get(&name(settings, terminal))?.get("region")? {
        Value::Text(region) => Some(region.clone()),
        _ => None,
    }
}

/// What the keyring knows a profile by: there may be several files of them.
pub(crate) fn account(profile: &str, terminal: &Terminal) -> Result<String, Failure> {
    Ok(format!("{profile} of {}", path(terminal)?.display()))
}

/// The credentials of a profile whose secret is in the keyring. It is not touched where variables give credentials.
pub(crate) fn in_keyring(
    settings: &Settings,
    terminal: &Terminal,
) -> Result<Option<Credentials>, Failure> {
    if is_overruled(terminal) || private::folder(terminal).is_none() {
        return Ok(None);
    }
    let name = name(settings, terminal);
    // The runtime, which reads it next, says what is wrong with a file.
    let Ok(profiles) = Profiles::read(terminal) else {
        return Ok(None);
    };
    let text = |member: &str| match profiles.get(&name)?.get(member) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let Some(kind) = text(KEYRING) else {
        return Ok(None);
    };
    let account = account(&name, terminal)?;
    let secret = match terminal.keyring() {
        Some(keyring) => keyring.get(&account),
        None => Err("there is none here".to_owned()),
    };
    let secret = secret.map_err(|problem| {
        let place = format!("the secret of the profile `{name}` is in the system's keyring");
        Failure::failed(format!("{place}: {problem}"))
            .with_exit(Exit::Denied)
            .hint(format!(
                "unlock it, or sign in anew: `anypoint login --profile {name}`"
            ))
    })?;
    let id = |member: &str| text(member).unwrap_or_default();
    Ok(Some(match kind.as_str() {
        "bearer" => Credentials::bearer(secret),
        "password" => Credentials::user(id("username"), secret),
        _ => Credentials::connected_app(id("client_id"), secret),
    }))
}

/// What kind of credentials a profile has, in the order in which they are looked for.
pub(crate) fn kind(profile: &Value) -> &'static str {
    let in_keyring = profile.get(KEYRING) == Some(&Value::Text("bearer".to_owned()));
    let has = |member: &str| profile.get(member).is_some();
    match () {
        () if in_keyring || has("bearer") => TOKEN,
        () if has("client_id") => "connected app",
        () if has("username") => "user",
        () => "none",
    }
}

const TOKEN: &str = "token";

/// What to try where a token that a profile keeps is no longer taken.
pub(crate) fn explained(failure: Failure, settings: &Settings, terminal: &Terminal) -> Failure {
    if failure.status() != Some(401) || is_overruled(terminal) {
        return failure;
    }
    let name = name(settings, terminal);
    let profiles = Profiles::read(terminal);
    let profiles = profiles.unwrap_or_else(|_| Profiles(Vec::new()));
    match profiles.get(&name).map(kind) {
        Some(TOKEN) => failure.hint(format!(
            "the token of the profile `{name}` has expired or was revoked, and is not renewed: `anypoint login --token-stdin --profile {name}` takes another one"
        )),
        _ => failure,
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
