//! `login` and `logout`: who one is, from one run to the next.

use anypoint::{AnypointBuilder, Credentials};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::choose::chosen;
use crate::failure::Failure;
use crate::output::Output;
use crate::profiles::{CREDENTIALS, Profiles, name};
use crate::settings::Settings;
use crate::terminal::Terminal;
use crate::value::Value;
use crate::{keep, scope};

pub(crate) fn login() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("login")
        .about("Signs in, and keeps the credentials in a profile")
        .long_about(
            "Signs in as a connected app, as a user or by an access token, and keeps the credentials in the profile file \
             ~/.anypoint/credentials, which nobody else can read. The secret is asked for, or is the first line of the standard \
             input; it is never an argument. A token is not renewed: once it has expired, commands end with exit code 3.",
        )
        .arg(text("client-id", "ID", "The id of a connected app"))
        .arg(text("username", "NAME", "A user, instead of a connected app").conflicts_with("client-id"))
        .arg(
            Arg::new("token-stdin")
                .long("token-stdin")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["client-id", "username"])
                .help("An access token, instead of them: the standard input"),
        )
        .arg(production())
}

/// Marks a profile, or takes the mark away.
pub(crate) fn production() -> Arg {
    Arg::new("production")
        .long("production")
        .value_name("true|false")
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
        .value_parser(value_parser!(bool))
        .help("The profile is for production: what deletes or stops asks for its name")
}

pub(crate) fn logout() -> Command {
    Command::new("logout").about("Forgets a profile's credentials, and all tokens that are kept")
}

/// Credentials, and the members of a profile that keep them.
struct Given {
    credentials: Credentials,
    members: Vec<(&'static str, String)>,
}

impl Given {
    /// From the flags, the standard input or a person.
    fn read(matches: &ArgMatches, terminal: &mut Terminal) -> Result<Self, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        if matches.get_flag("token-stdin") {
            let token = terminal.token()?;
            return Ok(Self {
                credentials: Credentials::bearer(token.as_str()),
                members: vec![("bearer", token)],
            });
        }
        if let Some(user) = text("username") {
            let password = terminal.secret("password: ")?;
            return Ok(Self {
                credentials: Credentials::user(&user, password.as_str()),
                members: vec![("username", user), ("password", password)],
            });
        }
        let ask = || terminal.ask("Client id of a connected app:");
        let id = text("client-id").or_else(ask).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| {
            Failure::usage("nobody can be asked")
                .hint("--client-id ID, --username NAME or --token-stdin")
        })?;
        let secret = terminal.secret("client secret: ")?;
        Ok(Self {
            credentials: Credentials::connected_app(&id, secret.as_str()),
            members: vec![("client_id", id), ("client_secret", secret)],
        })
    }

    fn is_token(&self) -> bool {
        matches!(self.members.as_slice(), [("bearer", _)])
    }
}

pub(crate) async fn sign_in(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let given = Given::read(matches, terminal)?;
    // Only what works is kept.
    let builder = scope::anonymous(settings, terminal).credentials(given.credentials.clone());
    let anypoint = AnypointBuilder::build(builder)?;
    let me = anypoint.access_management().get_me().send().await?;
    let user = me.user.as_ref().and_then(|user| user.username.clone());
    let profile = name(settings, terminal);
    let is_token = given.is_token();
    Profiles::change(terminal, |profiles| {
        profiles.set(&profile, CREDENTIALS.map(|name| (name, None)));
        let members = given.members.into_iter();
        profiles.set(
            &profile,
            members.map(|(name, it)| (name, Some(Value::Text(it)))),
        );
        profiles.set(&profile, chosen(matches, settings));
    })?;
    let who = user.map_or_else(String::new, |user| format!(" as {user}"));
    output.note(
        &format!("signed in{who}; kept in the profile `{profile}`"),
        terminal,
    );
    if is_token {
        let note = "the token is not renewed: once it has expired, commands end with exit code 3, and this command takes another one";
        output.note(note, terminal);
    }
    Ok(())
}

pub(crate) fn sign_out(settings: &Settings, terminal: &mut Terminal) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let profile = name(settings, terminal);
    let known = Profiles::read(terminal)?.get(&profile).is_some();
    if known {
        Profiles::change(terminal, |profiles| profiles.remove(&profile))?;
    }
    let kept = keep::forget(terminal)?;
    match known || kept {
        true => output.note(
            &format!("signed out of `{profile}`; tokens are forgotten"),
            terminal,
        ),
        false => output.note("nothing was kept", terminal),
    }
    Ok(())
}
