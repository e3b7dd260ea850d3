//! `profiles`: what the profile file holds, without its secrets.

use clap::Command;

use crate::failure::Failure;
use crate::output::Output;
use crate::profiles::{KEYRING, Profiles, kind};
use crate::settings::Settings;
use crate::table::Ty;
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) fn command() -> Command {
    Command::new("profiles").about("Lists the profiles, without their secrets")
}

pub(crate) fn perform(settings: &Settings, terminal: &mut Terminal) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let profiles = Profiles::read(terminal)?;
    let rows = profiles.all().iter().map(row).collect();
    output.show(Value::List(rows), &Ty::Json, terminal)
}

fn row((name, profile): &(String, Value)) -> Value {
    let member = |name: &str| profile.get(name).cloned().unwrap_or_default();
    let members = [
        ("name", Value::Text(name.clone())),
        ("kind", Value::Text(kind(profile).to_owned())),
        ("keyring", Value::Flag(profile.get(KEYRING).is_some())),
        ("organization", member("organization")),
        ("environment", member("environment")),
        ("region", member("region")),
        ("host", member("host")),
        ("production", member("production")),
    ];
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
}
