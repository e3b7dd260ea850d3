//! Asks for confirmation before something is deleted or stopped.

use anypoint_core::http::Method;

use crate::failure::Failure;
use crate::profiles;
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

/// What an interrupted request leaves.
pub(crate) const MAYBE: &str = "the server may have done it all the same";

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
    if let Some(profile) = profiles::production(settings, terminal)? {
        return production(what, &profile, settings, terminal);
    }
    if settings.yes {
        return Ok(());
    }
    let question = format!("{what}: this deletes or stops something. Go on? [y/N]");
    match terminal.ask(&question) {
        Some(answer) if matches!(answer.to_lowercase().as_str(), "y" | "yes") => Ok(()),
        Some(_) => Err(Failure::failed("nothing was sent")),
        None => Err(nobody(what).hint("--yes")),
    }
}

/// In production a habit is no agreement: the profile has to be named.
fn production(
    what: &str,
    profile: &str,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let enough = format!("--yes --confirm {profile}");
    match (&settings.confirm, settings.yes) {
        (Some(named), _) if named != profile => {
            let problem = format!("--confirm names `{named}`, and the profile is `{profile}`");
            return Err(Failure::usage(problem).hint(enough));
        }
        (Some(_), true) => return Ok(()),
        _ => {}
    }
    let question = format!(
        "{what}: this deletes or stops something, and the profile `{profile}` is for production. Its name, to go on:"
    );
    match terminal.ask(&question) {
        Some(answer) if answer == profile => Ok(()),
        Some(_) => Err(Failure::failed(
            "nothing was sent: that is not the profile's name",
        )),
        None => Err(nobody(what).hint(enough)),
    }
}

fn nobody(what: &str) -> Failure {
    let problem = "this deletes or stops something, and nobody can be asked";
    Failure::usage(format!("{what}: {problem}"))
}
