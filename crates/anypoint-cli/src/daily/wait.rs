//! `wait`: follows an application until it runs, has stopped or fails.

use std::time::Duration;

use anypoint_core::Wait;
use anypoint_core::internal::Waited;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::application::{Application, Home, argument};
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Settings;
use crate::terminal::Terminal;

pub(crate) fn command() -> Command {
    Command::new("wait")
        .about("Follows an application until it runs, has stopped or fails")
        .arg(argument())
        .arg(timeout())
}

/// How long something is followed.
pub(crate) fn timeout() -> Arg {
    Arg::new("timeout")
        .long("timeout")
        .value_name("SECONDS")
        .value_parser(value_parser!(u64).range(1..))
        .help("How long to follow it at most; 20 minutes without it")
}

pub(crate) fn given(matches: &ArgMatches) -> Option<Duration> {
    matches
        .get_one::<u64>("timeout")
        .copied()
        .map(Duration::from_secs)
}

pub(crate) async fn perform(
    matches: &ArgMatches,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let name = matches
        .get_one::<String>("application")
        .map_or("", String::as_str);
    let output = Output::new(settings, None)?;
    let home = Home::new(settings, terminal).await?;
    let application = home.find(name).await?;
    follow(&home, &application, given(matches), &output, terminal).await
}

pub(crate) async fn follow(
    home: &Home,
    application: &Application,
    timeout: Option<Duration>,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    match application {
        Application::CloudHub(it) => {
            states(
                home.cloudhub.wait_for_application(it),
                timeout,
                output,
                terminal,
            )
            .await
        }
        Application::Managed(it) => {
            let deployment = home.deployment(&it.id).await?;
            states(
                home.manager.wait_for_deployment(&deployment),
                timeout,
                output,
                terminal,
            )
            .await
        }
    }
}

async fn states<R: Waited>(
    wait: Wait<R>,
    timeout: Option<Duration>,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let wait = match timeout {
        Some(timeout) => wait.timeout(timeout),
        None => wait,
    };
    let wait = match terminal.pause {
        Some(pause) => wait.every(pause),
        None => wait,
    };
    let mut states = wait.states();
    while let Some(progress) = states.next().await {
        output.note(&progress?.state, terminal);
    }
    Ok(())
}
