//! The daily commands: written by hand, with the facade.

mod api;
mod application;
mod apps;
mod choose;
mod completions;
mod deploy;
mod doctor;
mod drift;
mod emulator;
mod login;
mod logs;
mod man;
mod me;
mod names;
mod profiles;
mod set;
mod wait;
mod whoami;

use clap::{ArgMatches, Command};

use crate::dry_run::DryRun;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::Terminal;

/// The commands, as they are listed.
pub(crate) fn commands() -> Vec<Command> {
    vec![
        login::login(),
        login::logout(),
        whoami::command(),
        choose::command(),
        profiles::command(),
        apps::command(),
        deploy::command(),
        wait::command(),
        logs::command(),
        api::command(),
        emulator::command(),
        doctor::command(),
        drift::command(),
        completions::completions(),
        completions::complete(),
        man::command(),
    ]
}

/// Runs a command. A dry run ends at the request that it shows.
pub(crate) async fn perform(
    name: &str,
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    // `api` is one request, which is shown whatever it does.
    terminal.dry_run = settings.dry_run.then(|| DryRun::new(name == "api"));
    let done = command(name, matches, settings, terminal).await;
    match terminal.dry_run.take().and_then(|it| it.line()) {
        Some(line) => terminal.print(&(line + "\n")),
        None => done,
    }
}

async fn command(
    name: &str,
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    match name {
        "login" => login::sign_in(matches, settings, terminal).await,
        "logout" => login::sign_out(settings, terminal),
        "use" => choose::perform(matches, settings, terminal).await,
        "profiles" => profiles::perform(settings, terminal),
        "whoami" => whoami::perform(settings, terminal).await,
        "apps" => apps::perform(matches, settings, terminal).await,
        "deploy" => deploy::perform(matches, settings, terminal).await,
        "wait" => wait::perform(matches, settings, terminal).await,
        "logs" => logs::perform(matches, settings, terminal).await,
        "api" => api::perform(matches, settings, terminal).await,
        "doctor" => doctor::perform(settings, terminal).await,
        "drift" => drift::perform(matches, settings, terminal).await,
        "completions" => completions::script(matches, terminal),
        "complete" => completions::candidates(matches, terminal).await,
        "man" => man::perform(matches, terminal),
        "emulator" => emulator::perform(matches, terminal).await,
        other => Err(Failure::usage(format!("there is no command `{other}`"))),
    }
}
