//! `doctor`: looks for what keeps calls from working, and says what to do.

mod clock;
mod way;

use anypoint::{CredentialChain, Error};
use clap::Command;

use super::me::Me;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::profiles;
use crate::scope;
use crate::settings::Settings;
use crate::table::Ty;
use crate::terminal::Terminal;
use crate::value::Value;
use clock::Heard;

pub(crate) fn command() -> Command {
    Command::new("doctor")
        .about("Checks credentials, proxy, host, TLS, clock, token and place, and says what to do")
}

/// What was found out, a row for each question.
#[derive(Default)]
struct Verdicts {
    rows: Vec<Value>,
    worst: Option<Exit>,
}

/// What is known of one question.
enum Found {
    Fine(String),
    Wrong(Failure),
    /// Something before it is wrong.
    Unknown(String),
}

pub(crate) async fn perform(settings: &Settings, terminal: &mut Terminal) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let mut verdicts = Verdicts::default();
    credentials(settings, terminal, &mut verdicts);
    let heard = Heard::default();
    let listens = heard.clone();
    let anonymous = scope::anonymous(settings, terminal).session(|it| it.interceptor(listens));
    match anonymous.build() {
        Ok(anypoint) => {
            way::look(&anypoint, &mut verdicts).await;
            verdicts.add("clock", heard.verdict());
            signed_in(settings, terminal, &mut verdicts).await;
        }
        Err(error) => verdicts.add("host", Found::from(Err(error))),
    }
    output.show(Value::List(verdicts.rows), &Ty::Json, terminal)?;
    match verdicts.worst {
        None => Ok(()),
        Some(exit) => Err(Failure::failed("not everything is in order").with_exit(exit)),
    }
}

fn credentials(settings: &Settings, terminal: &Terminal, verdicts: &mut Verdicts) {
    let mut chain = CredentialChain::new();
    if let Some(profile) = &settings.profile {
        chain = chain.profile(profile);
    }
    match profiles::in_keyring(settings, terminal) {
        Ok(None) => {}
        Ok(Some(_)) => {
            let detail = "the profile's, with the secret from the system's keyring";
            return verdicts.add("credentials", Found::Fine(detail.to_owned()));
        }
        Err(failure) => return verdicts.add("credentials", Found::Wrong(failure)),
    }
    let found = chain.resolve_from(|name| terminal.variable(name));
    let found = found.map(|found| {
        let lines = found.explanation.to_string();
        let first = lines.lines().next().unwrap_or_default();
        first
            .strip_prefix("credentials: ")
            .unwrap_or(first)
            .to_owned()
    });
    verdicts.add("credentials", found.into());
}

/// What only those who have signed in can do.
async fn signed_in(settings: &Settings, terminal: &Terminal, verdicts: &mut Verdicts) {
    let Ok(anypoint) = scope::platform(settings, terminal) else {
        return;
    };
    let token = match Me::of(&anypoint).await {
        Ok(_) => Found::Fine("the host takes it".to_owned()),
        Err(failure) => Found::Wrong(failure),
    };
    verdicts.add("token", token);
    let place = anypoint.scope().await;
    let place = place.map(|it| format!("{} of {}", it.environment.name, it.organization.name));
    verdicts.add("place", place.into());
}

impl From<Result<String, Error>> for Found {
    fn from(found: Result<String, Error>) -> Self {
        match found {
            Ok(detail) => Self::Fine(detail),
            Err(error) => Self::Wrong(error.into()),
        }
    }
}

impl Verdicts {
    fn add(&mut self, check: &str, found: Found) {
        let (verdict, detail) = match found {
            Found::Fine(detail) => ("fine", detail),
            Found::Unknown(why) => ("unknown", why),
            Found::Wrong(failure) => {
                self.worst = self.worst.or(Some(failure.exit()));
                ("wrong", failure.line())
            }
        };
        let members = [("check", check), ("verdict", verdict), ("detail", &detail)];
        let members = members.map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned())));
        self.rows.push(Value::Object(members.into()));
    }
}
