//! Asks before something is deleted or stopped.

use anypoint_core::http::Method;

use crate::failure::Failure;
use crate::request::Request;
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::value::Value;

/// Operations that take something away, by the first word of their names.
const ENDINGS: [&str; 12] = [
    "clear",
    "delete",
    "disband",
    "pause",
    "remove",
    "reset",
    "restart",
    "revoke",
    "stop",
    "undeploy",
    "unregister",
    "cancel",
];

/// Members of bodies that say what is to become of something, and what takes it away.
const MEMBERS: [&str; 4] = ["action", "desiredState", "desiredStatus", "status"];
const STATES: [&str; 7] = [
    "delete",
    "deleted",
    "restart",
    "stop",
    "stopped",
    "undeploy",
    "undeployed",
];

/// Goes on if nothing is taken away, or somebody agrees to it.
pub(crate) fn request(
    request: &Request,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let command = request.command;
    let verb = command.id.split('_').next().unwrap_or_default();
    let ends = command.method() == Method::Delete
        || ENDINGS.contains(&verb)
        || request.fields().is_some_and(stops);
    match ends {
        true => anything(
            &format!("{} {}", command.method(), command.path),
            settings,
            terminal,
        ),
        false => Ok(()),
    }
}

fn stops(body: &Value) -> bool {
    let state = |name: &&str| match body.get(name) {
        Some(Value::Text(text)) => STATES.contains(&text.to_lowercase().as_str()),
        _ => false,
    };
    MEMBERS.iter().any(state) || body.get("application").is_some_and(stops)
}

/// The same for what a person calls so.
pub(crate) fn anything(
    what: &str,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if settings.yes {
        return Ok(());
    }
    match terminal.ask(&format!(
        "{what}: this deletes or stops something. Go on? [y/N]"
    )) {
        Some(answer) if matches!(answer.to_lowercase().as_str(), "y" | "yes") => Ok(()),
        Some(_) => Err(Failure::failed("nothing was sent")),
        None => Err(Failure::usage(format!(
            "{what}: this deletes or stops something, and nobody can be asked"
        ))
        .hint("--yes")),
    }
}
