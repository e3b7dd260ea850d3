//! `doctor`: looks for what keeps calls from working, and says what to do.

use anypoint::{Anypoint, CredentialChain, Error, ErrorKind};
use anypoint_core::http::Method;
use clap::Command;

use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::scope;
use crate::settings::Settings;
use crate::table::Ty;
use crate::terminal::Terminal;
use crate::value::Value;

pub(crate) fn command() -> Command {
    Command::new("doctor").about(
        "Checks credentials, the way to the host, the token and the place, and says what to do",
    )
}

/// What was found out, a row for each question.
#[derive(Default)]
struct Verdicts {
    rows: Vec<Value>,
    worst: Option<Exit>,
}

pub(crate) async fn perform(settings: &Settings, terminal: &mut Terminal) -> Result<(), Failure> {
    let output = Output::new(settings, None)?;
    let mut verdicts = Verdicts::default();
    credentials(settings, terminal, &mut verdicts);
    reach(
        &scope::anonymous(settings, terminal).build()?,
        &mut verdicts,
    )
    .await;
    if let Ok(anypoint) = scope::platform(settings, terminal) {
        let me = anypoint.access_management().get_me().send().await;
        verdicts.add("token", me.map(|_| "the host takes it".to_owned()));
        let place = anypoint.scope().await;
        verdicts.add(
            "place",
            place.map(|it| format!("{} of {}", it.environment.name, it.organization.name)),
        );
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
    let found = chain.resolve_from(|name| terminal.variable(name));
    let first = |text: String| text.lines().next().unwrap_or_default().to_owned();
    verdicts.add(
        "credentials",
        found.map(|found| first(found.explanation.to_string())),
    );
}

/// Any answer shows that there is a way; only its absence says something.
async fn reach(anypoint: &Anypoint, verdicts: &mut Verdicts) {
    let answer = anypoint
        .session()
        .request(Method::Get, "/accounts/api/me")
        .send()
        .await;
    let answer = match answer {
        Err(error) if error.status().is_some() && error.kind() == ErrorKind::Status => Ok(()),
        answer => answer.map(|_| ()),
    };
    verdicts.add("host", answer.map(|()| "it answers".to_owned()));
}

impl Verdicts {
    fn add(&mut self, check: &str, found: Result<String, Error>) {
        let (verdict, detail) = match found {
            Ok(detail) => ("fine", detail),
            Err(error) => {
                let failure = Failure::from(error);
                self.worst = self.worst.or(Some(failure.exit()));
                ("wrong", failure.line())
            }
        };
        let members = [("check", check), ("verdict", verdict), ("detail", &detail)];
        let members = members.map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned())));
        self.rows.push(Value::Object(members.into()));
    }
}
