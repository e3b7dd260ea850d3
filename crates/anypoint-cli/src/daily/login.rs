//! `login`, `logout`, `use` and `profiles`: who one is, from one run to the next.

use anypoint::{AnypointBuilder, Credentials};
use clap::{Arg, ArgMatches, Command};

use crate::failure::Failure;
use crate::output::Output;
use crate::profiles::{Profiles, name};
use crate::settings::Settings;
use crate::table::Ty;
use crate::terminal::Terminal;
use crate::value::Value;
use crate::{keep, scope};

pub(crate) fn login() -> Command {
    Command::new("login")
        .about("Signs in, and keeps the credentials in a profile")
        .long_about(
            "Signs in as a connected app or as a user, and keeps the credentials in the profile file ~/.anypoint/credentials, which \
             nobody else can read. The secret is asked for, or is the first line of the standard input; it is never an argument.",
        )
        .arg(text("client-id", "ID", "The id of a connected app"))
        .arg(text("username", "NAME", "A user, instead of a connected app").conflicts_with("client-id"))
}

pub(crate) fn logout() -> Command {
    Command::new("logout").about("Forgets a profile's credentials, and all tokens that are kept")
}

pub(crate) fn choose() -> Command {
    Command::new("use")
        .about("Chooses environment, organization and host of a profile")
        .long_about(
            "Chooses the environment for all further commands, and with --organization and --host these. Names are looked up before \
             they are kept in the profile.",
        )
        .arg(Arg::new("name").value_name("ENVIRONMENT").help("By name or id"))
}

pub(crate) fn profiles() -> Command {
    Command::new("profiles").about("Lists the profiles, without their secrets")
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

pub(crate) async fn perform(
    action: &str,
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    match action {
        "login" => sign_in(matches, settings, &output, terminal).await,
        "logout" => sign_out(settings, &output, terminal),
        "use" => set(matches, settings, &output, terminal).await,
        _ => output.show(listed(&Profiles::read(terminal)?), &Ty::Json, terminal),
    }
}

async fn sign_in(
    matches: &ArgMatches,
    settings: &Settings,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let given = |name: &str| matches.get_one::<String>(name).cloned();
    let (kind, id) = match (given("username"), given("client-id")) {
        (Some(user), _) => (["username", "password"], user),
        (None, Some(id)) => (["client_id", "client_secret"], id),
        (None, None) => {
            let id = terminal
                .ask("Client id of a connected app:")
                .filter(|id| !id.is_empty());
            let id = id.ok_or_else(|| {
                Failure::usage("nobody can be asked").hint("--client-id ID or --username NAME")
            })?;
            (["client_id", "client_secret"], id)
        }
    };
    let secret = terminal.secret(&format!("{}: ", kind[1].replace('_', " ")))?;
    let credentials = match kind[0] {
        "username" => Credentials::user(&id, secret.as_str()),
        _ => Credentials::connected_app(&id, secret.as_str()),
    };
    // Only what works is kept.
    let builder = scope::anonymous(settings, terminal).credentials(credentials);
    let anypoint = AnypointBuilder::build(builder)?;
    let me = anypoint
        .access_management()
        .get_me()
        .send()
        .await
        .map_err(Failure::from)?;
    let user = me.user.as_ref().and_then(|user| user.username.clone());
    let profile = name(settings, terminal);
    let mut profiles = Profiles::read(terminal)?;
    let none = ["username", "password", "client_id", "client_secret"].map(|name| (name, None));
    profiles.set(&profile, &none);
    profiles.set(&profile, &[(kind[0], Some(id)), (kind[1], Some(secret))]);
    profiles.set(&profile, &chosen(settings));
    profiles.write()?;
    let who = user.map_or_else(String::new, |user| format!(" as {user}"));
    output.note(
        &format!("signed in{who}; kept in the profile `{profile}`"),
        terminal,
    );
    Ok(())
}

/// What the flags say about the place; nothing else is changed.
fn chosen(settings: &Settings) -> Vec<(&'static str, Option<String>)> {
    let members = [
        ("organization", &settings.organization),
        ("environment", &settings.environment),
        ("host", &settings.host),
    ];
    let members = members.into_iter().filter(|(_, value)| value.is_some());
    members.map(|(name, value)| (name, value.clone())).collect()
}

fn sign_out(
    settings: &Settings,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let profile = name(settings, terminal);
    let mut profiles = Profiles::read(terminal)?;
    let known = profiles.remove(&profile);
    if known {
        profiles.write()?;
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

async fn set(
    matches: &ArgMatches,
    settings: &Settings,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let environment = matches.get_one::<String>("name").cloned();
    let settings = Settings {
        environment: environment.or_else(|| settings.environment.clone()),
        organization: settings.organization.clone(),
        host: settings.host.clone(),
        profile: settings.profile.clone(),
        ..Settings::default()
    };
    let members = chosen(&settings);
    if members.is_empty() {
        return Err(
            Failure::usage("nothing is chosen").hint("anypoint use Sandbox --organization Acme")
        );
    }
    let scope = scope::platform(&settings, terminal)?.scope().await?;
    let profile = name(&settings, terminal);
    let mut profiles = Profiles::read(terminal)?;
    profiles.set(&profile, &members);
    profiles.write()?;
    let message = format!(
        "{} of {}, in the profile `{profile}`",
        scope.environment.name, scope.organization.name
    );
    output.note(&message, terminal);
    let overruled = ["ANYPOINT_ENV", "ANYPOINT_ORG"]
        .into_iter()
        .find(|name| terminal.variable(name).is_some());
    if let Some(variable) = overruled {
        terminal.say(&format!("warning: {variable} is set and comes first"));
    }
    Ok(())
}

fn listed(profiles: &Profiles) -> Value {
    let row = |(name, profile): &(String, Value)| {
        let kind = match (profile.get("client_id"), profile.get("username")) {
            (Some(_), _) => "connected app",
            (None, Some(_)) => "user",
            (None, None) => "none",
        };
        let member = |name: &str| profile.get(name).cloned().unwrap_or_default();
        let members = [
            ("name", Value::Text(name.clone())),
            ("credentials", Value::Text(kind.to_owned())),
            ("organization", member("organization")),
            ("environment", member("environment")),
            ("host", member("host")),
        ];
        Value::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
    };
    Value::List(profiles.all().iter().map(row).collect())
}
