//! `wait`: follows an application until it runs, has stopped or fails.

use std::time::Duration;

use anypoint::cloudhub::types::ApplicationStatus;
use anypoint_core::Wait;
use anypoint_core::internal::Waited;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::application::{Application, Home, arguments};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::settings::Settings;
use crate::terminal::Terminal;

pub(crate) fn command() -> Command {
    Command::new("wait")
        .about("Follows an application until it runs, has stopped or fails")
        .args(arguments())
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
    let output = Output::new(settings, None)?;
    let home = Home::new(settings, terminal).await?;
    let application = home.find(matches).await?;
    terminal.goes_on(again(matches));
    follow(
        &home,
        &application,
        (false, given(matches)),
        &output,
        terminal,
    )
    .await
}

/// How to follow something again that goes on.
pub(crate) fn again(matches: &ArgMatches) -> String {
    let name = matches.get_one::<String>("application");
    let name = name.map_or("", String::as_str);
    format!("it goes on at the server: `anypoint wait {name}` follows it")
}

/// Tells the states of an application up to its end: that it has stopped, or else that it runs.
pub(crate) async fn follow(
    home: &Home,
    application: &Application,
    (stops, timeout): (bool, Option<Duration>),
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    match application {
        Application::CloudHub(it) => {
            let idle = matches!(it.status, Some(ApplicationStatus::Undeployed));
            if stops || (idle && it.deployment_update_status.is_none()) {
                let timeout = timeout.unwrap_or(TIMEOUT);
                return stopped(home, &it.domain, timeout, output, terminal).await;
            }
            let wait = home.cloudhub.wait_for_application(it);
            states(wait, timeout, output, terminal).await
        }
        Application::Managed(it) => {
            let deployment = home.deployment(&it.id).await?;
            let wait = home.manager.wait_for_deployment(&deployment);
            states(wait, timeout, output, terminal).await
        }
    }
}

/// How long to look whether an application has stopped, where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(1200);

/// On CloudHub 1.0 the runtime's wait is for what starts.
async fn stopped(
    home: &Home,
    domain: &str,
    timeout: Duration,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut last = String::new();
    let looks = looks(home, domain, &mut last, output, terminal);
    match tokio::time::timeout(timeout, looks).await {
        Ok(done) => done,
        Err(_) => {
            let seconds = timeout.as_secs();
            let problem = format!("{domain} has not stopped within {seconds} s: it is {last}");
            Err(Failure::failed(problem).with_exit(Exit::Late))
        }
    }
}

async fn looks(
    home: &Home,
    domain: &str,
    last: &mut String,
    output: &Output<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let pause = terminal.pause.unwrap_or(Duration::from_secs(5));
    loop {
        let now = home.cloudhub.get_application(domain).send().await?;
        let state = now
            .status
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        if state != *last {
            output.note(&state, terminal);
        }
        if matches!(now.status, Some(ApplicationStatus::Undeployed)) {
            return Ok(());
        }
        *last = state;
        tokio::time::sleep(pause).await;
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
