//! The profile file, which the official tool reads, too: `~/.anypoint/credentials`.
//!
//! What else stands in it stays, in its order.

use std::io;
use std::path::PathBuf;

use crate::failure::Failure;
use crate::private;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) struct Profiles {
    path: PathBuf,
    all: Vec<(String, Value)>,
}

/// The profile that is meant.
pub(crate) fn name(settings: &Settings, terminal: &Terminal) -> String {
    let named = settings.profile.clone();
    let named = named.or_else(|| terminal.variable("ANYPOINT_PROFILE"));
    named.unwrap_or_else(|| "default".to_owned())
}

impl Profiles {
    pub(crate) fn read(terminal: &Terminal) -> Result<Self, Failure> {
        let folder = private::folder(terminal);
        let folder =
            folder.ok_or_else(|| Failure::failed("there is no home directory").hint("set HOME"))?;
        let path = folder.join("credentials");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(wrong(&path, &error.to_string())),
        };
        if text.trim().is_empty() {
            return Ok(Self {
                path,
                all: Vec::new(),
            });
        }
        match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
            Ok(Value::Object(all)) => Ok(Self { path, all }),
            // The parser's own words may quote a secret.
            _ => Err(wrong(&path, "it is no JSON object")),
        }
    }

    pub(crate) fn all(&self) -> &[(String, Value)] {
        &self.all
    }

    /// Changes members of a profile; `None` removes one.
    pub(crate) fn set(&mut self, profile: &str, members: &[(&str, Option<String>)]) {
        let at = self.all.iter().position(|(name, _)| name == profile);
        let at = at.unwrap_or_else(|| {
            self.all
                .push((profile.to_owned(), Value::Object(Vec::new())));
            self.all.len() - 1
        });
        let Value::Object(known) = &mut self.all[at].1 else {
            return;
        };
        for (name, value) in members {
            known.retain(|(other, _)| other != name);
            known.extend(
                value
                    .clone()
                    .map(|text| ((*name).to_owned(), Value::Text(text))),
            );
        }
    }

    /// Whether there was one.
    pub(crate) fn remove(&mut self, profile: &str) -> bool {
        let before = self.all.len();
        self.all.retain(|(name, _)| name != profile);
        self.all.len() < before
    }

    pub(crate) fn write(&self) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&Value::Object(self.all.clone()));
        let text = text.map_err(|error| Failure::failed(error.to_string()))?;
        let written = private::write(&self.path, &(text + "\n"));
        written.map_err(|error| {
            Failure::failed(format!(
                "{} cannot be written: {error}",
                self.path.display()
            ))
        })
    }
}

fn wrong(path: &std::path::Path, problem: &str) -> Failure {
    Failure::failed(format!("{}: {problem}", path.display())).hint("mend or remove the file")
}
