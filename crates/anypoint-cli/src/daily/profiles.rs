//! `profiles`: what the profile file holds, without its secrets.

use clap::Command;

use crate::failure::Failure;
use crate::output::Output;
use crate::profiles::Profiles;
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
    let has = |member: &str| profile.get(member).is_some();
    // In the order in which they are looked for.
    let kinds = [
        ("bearer", "token"),
        ("client_id", "connected app"),
        ("username", "user"),
    ];
    let kind = kinds.iter().find(|(member, _)| has(member));
    let kind = kind.map_or("none", |(_, kind)| *kind);
    let member = |name: &str| profile.get(name).cloned().unwrap_or_default();
    let members = [
        ("name", Value::Text(name.clone())),
        ("kind", Value::Text(kind.to_owned())),
        ("organization", member("organization")),
        ("environment", member("environment")),
        ("host", member("host")),
        ("production", member("production")),
    ];
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
}
