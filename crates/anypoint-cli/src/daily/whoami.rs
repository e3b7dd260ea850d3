//! `whoami`: the user, the organization and the environment of calls, and the host.

use clap::Command;

use super::me::Me;
use crate::failure::Failure;
use crate::output::Output;
use crate::scope::platform;
use crate::settings::Settings;
use crate::table::Ty;
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) fn command() -> Command {
    Command::new("whoami")
        .about("Shows the user or connected app, the organization and the environment")
}

pub(crate) async fn perform(settings: &Settings, terminal: &mut Terminal) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let anypoint = platform(settings, terminal)?;
    let me = Me::of(&anypoint).await?;
    let scope = anypoint.scope().await?;
    let mut members = Vec::new();
    let mut tell = |name: &str, text: Option<&str>| {
        let text = text.filter(|text| !text.is_empty());
        members.extend(text.map(|text| (name.to_owned(), Value::Text(text.to_owned()))));
    };
    tell("user", me.user().as_deref());
    tell("app", me.app().as_deref());
    tell("organization", Some(&scope.organization.name));
    tell("organizationId", Some(scope.organization.id.as_ref()));
    tell("environment", Some(&scope.environment.name));
    tell("environmentId", Some(scope.environment.id.as_ref()));
    output.show(Value::Object(members), &Ty::Json, terminal)
}
