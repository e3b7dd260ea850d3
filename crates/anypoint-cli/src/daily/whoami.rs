//! `whoami`: the user, the organization and the environment of calls, and the host.

use clap::Command;

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
    let me = anypoint
        .access_management()
        .get_me()
        .send()
        .await?
        .into_value();
    let scope = anypoint.scope().await?;
    let mut members = Vec::new();
    let mut tell = |name: &str, text: Option<&str>| {
        let text = text.filter(|text| !text.is_empty());
        members.extend(text.map(|text| (name.to_owned(), Value::Text(text.to_owned()))));
    };
    if let Some(user) = &me.user {
        tell("user", user.username.as_deref());
    }
    if let Some(client) = &me.client {
        tell(
            "app",
            client.name.as_deref().or(client.client_id.as_deref()),
        );
    }
    tell("organization", Some(&scope.organization.name));
    tell("organizationId", Some(scope.organization.id.as_ref()));
    tell("environment", Some(&scope.environment.name));
    tell("environmentId", Some(scope.environment.id.as_ref()));
    output.show(Value::Object(members), &Ty::Json, terminal)
}
