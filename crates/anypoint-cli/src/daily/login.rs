//! `login` and `logout`: who one is, from one run to the next.

use anypoint::{AnypointBuilder, Credentials};
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::choose::{chosen, production};
use super::me::Me;
use crate::failure::Failure;
use crate::keyring::Bounded;
use crate::output::Output;
use crate::profiles::{CREDENTIALS, KEYRING, Profiles, account, name};
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
            "Signs in as a connected app, as a user or by an access token, and keeps the secret in the system's keyring, and all else in \
             the profile file ~/.anypoint/credentials, which nobody else can read. Without a keyring, or if it does not answer \
             within 3 seconds, the secret is in the file, too. The secret is asked for, or is the first line of the standard \
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
        .arg(
            Arg::new("no-keyring")
                .long("no-keyring")
                .action(ArgAction::SetTrue)
                .help("Keeps the secret in the profile file, which other programs read, too"),
        )
        .arg(production())
}

pub(crate) fn logout() -> Command {
    Command::new("logout").about("Forgets a profile's credentials, and all tokens that are kept")
}

/// Credentials, and the members of a profile that keep them.
struct Given {
    credentials: Credentials,
    id: Option<(&'static str, String)>,
    secret: (&'static str, String),
}

impl Given {
    /// From the flags, the standard input or a person.
    fn read(matches: &ArgMatches, terminal: &mut Terminal) -> Result<Self, Failure> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        if matches.get_flag("token-stdin") {
            let token = terminal.token()?;
            return Ok(Self {
                credentials: Credentials::bearer(token.as_str()),
                id: None,
                secret: ("bearer", token),
            });
        }
        if let Some(user) = text("username") {
            let password = terminal.secret("password: ")?;
            return Ok(Self {
                credentials: Credentials::user(&user, password.as_str()),
                id: Some(("username", user)),
                secret: ("password", password),
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
            id: Some(("client_id", id)),
            secret: ("client_secret", secret),
        })
    }

    fn is_token(&self) -> bool {
        self.id.is_none()
    }

    /// The members, and where the secret is: in the keyring, or else in the profile.
    fn kept(
        self,
        account: &str,
        keyring: Option<&Bounded>,
        terminal: &mut Terminal,
    ) -> (Vec<(&'static str, Option<Value>)>, &'static str) {
        let (name, secret) = self.secret;
        let kept = keyring.map(|keyring| keyring.set(account, &secret));
        if let Some(Err(problem)) = &kept {
            terminal.say(&format!(
                "warning: the system's keyring keeps nothing: {problem}"
            ));
        }
        let (secret, place) = match kept {
            Some(Ok(())) => (
                (KEYRING, name.to_owned()),
                ", its secret in the system's keyring",
            ),
            _ => ((name, secret), ""),
        };
        let members = self.id.into_iter().chain([secret]);
        let members = members.map(|(name, text)| (name, Some(Value::Text(text))));
        (members.collect(), place)
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
    let user = Me::of(&anypoint).await?.user();
    let profile = name(settings, terminal);
    let is_token = given.is_token();
    let keyring = terminal.keyring().cloned();
    let keyring = keyring.filter(|_| !matches.get_flag("no-keyring"));
    let account = account(&profile, terminal)?;
    let (members, place) = given.kept(&account, keyring.as_ref(), terminal);
    Profiles::change(terminal, |profiles| {
        profiles.set(&profile, CREDENTIALS.map(|name| (name, None)));
        profiles.set(&profile, members);
        profiles.set(&profile, chosen(matches, settings));
    })?;
    let who = user.map_or_else(String::new, |user| format!(" as {user}"));
    output.note(
        &format!("signed in{who}; kept in the profile `{profile}`{place}"),
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
    let profiles = Profiles::read(terminal)?;
    let known = profiles.get(&profile);
    let in_keyring = known.is_some_and(|it| it.get(KEYRING).is_some());
    if let Some(keyring) = terminal.keyring().filter(|_| in_keyring)
        && let Err(problem) = keyring.remove(&account(&profile, terminal)?)
    {
        terminal.say(&format!(
            "warning: the secret is still in the system's keyring: {problem}"
        ));
    }
    let known = known.is_some();
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
