//! Every way to sign in, and where settings come from:
//! `cargo run -p anypoint --example credentials`.
//!
//! It runs against an emulator of its own. With any of the `ANYPOINT_*` variables set, it says
//! what they and the profile file amount to, and signs in to that platform; see the crate's
//! README.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anypoint::{AccessToken, Anypoint, CredentialChain, Credentials, Error};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator, FIXED_TOKEN, PASSWORD};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("credentials: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the variables and the output of the caller.
pub(crate) async fn run(
    lookup: &dyn Fn(&str) -> Option<String>,
    out: &mut dyn Write,
) -> Result<(), String> {
    let set = |name: &str| lookup(name).is_some_and(|value| !value.trim().is_empty());
    if anypoint::VARIABLES.iter().any(|name| set(name)) {
        return from_settings(lookup, out).await;
    }
    say(
        out,
        "No ANYPOINT_* variable is set, so this runs against an emulator.",
    )?;
    let emulator = Emulator::start()
        .await
        .map_err(|error| format!("starting the emulator: {error}; try again"))?;
    for (what, credentials) in every_kind() {
        let anypoint = Anypoint::builder()
            .host(emulator.url())
            .credentials(credentials)
            .build()
            .map_err(failed("reading the settings"))?;
        sign_in(&anypoint, what, out).await?;
    }
    // The same variables that the official command line interface takes.
    let variables = |name: &str| match name {
        "ANYPOINT_HOST" => Some(emulator.url().to_owned()),
        "ANYPOINT_CLIENT_ID" => Some(CLIENT_ID.to_owned()),
        "ANYPOINT_CLIENT_SECRET" => Some(CLIENT_SECRET.to_owned()),
        _ => None,
    };
    from_settings(&variables, out).await
}

/// The four ways to sign in to the platform. A Mule Management Console takes
/// `Credentials::basic`.
fn every_kind() -> [(&'static str, Credentials); 4] {
    [
        (
            "a connected app",
            Credentials::connected_app(CLIENT_ID, CLIENT_SECRET),
        ),
        ("a user", Credentials::user("emulator", PASSWORD)),
        ("a token", Credentials::bearer(FIXED_TOKEN)),
        ("a source of its own", Credentials::custom(vault)),
    ]
}

/// Where tokens come from when nothing else fits. It is asked again when a token runs out.
async fn vault() -> Result<AccessToken, anypoint::core::BoxError> {
    Ok(AccessToken::new(FIXED_TOKEN).with_life(Duration::from_secs(600)))
}

/// Says where the settings come from, and signs in with them.
async fn from_settings(
    lookup: &dyn Fn(&str) -> Option<String>,
    out: &mut dyn Write,
) -> Result<(), String> {
    say(out, "The settings:")?;
    let explanation = CredentialChain::new().explain_from(lookup).to_string();
    for line in explanation.lines() {
        say(out, &format!("  {line}"))?;
    }
    // What is set on the builder comes before the variables, and these before the file.
    let anypoint = Anypoint::builder()
        .load_from(lookup)
        .and_then(anypoint::AnypointBuilder::build)
        .map_err(failed("reading the settings"))?;
    sign_in(&anypoint, "these settings", out).await
}

async fn sign_in(anypoint: &Anypoint, what: &str, out: &mut dyn Write) -> Result<(), String> {
    let scope = anypoint.scope().await.map_err(failed("signing in"))?;
    let name = &scope.organization.name;
    say(out, &format!("Signed in to {name} with {what}."))
}

/// One line: what failed, why, and what to try.
fn failed(step: &'static str) -> impl Fn(Error) -> String {
    move |error| match error.hint() {
        Some(_) => format!("{step}: {error}"),
        None => format!("{step}: {error}; check the credentials and the host"),
    }
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
