//! Follows the log of an application, stops, and continues at its position, as a new process would:
//! `cargo run -p anypoint --example follow_logs`.
//!
//! It runs against an emulator of its own. When any of the `ANYPOINT_*` variables is set, it tells
//! what is new in the log of the deployment whose id is in `FOLLOW_DEPLOYMENT`, and where it has
//! come to; the next run goes on from there when that is in `FOLLOW_POSITION`.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anypoint::application_manager::EnvironmentClient;
use anypoint::application_manager::types::{
    self as deployments, ArtifactReference, DeploymentId, DesiredState, LogEntry, NewDeployment,
    NewTarget, Provider, ReplicaId,
};
use anypoint::cloudhub::types::{
    ApplicationSource, ApplicationSourceKind, LogSearch, NewApplication, NewApplicationSettings,
};
use anypoint::core::{Position, Timestamp};
use anypoint::{Anypoint, Credentials, Error};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// What runs in the emulator logs something ten times a second; so the pauses are short, too.
/// Without `every` they are 2 seconds.
const PAUSE: Duration = Duration::from_millis(200);
/// How many lines to read at a time.
const LINES: usize = 8;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("follow_logs: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the variables and the output of the caller.
pub(crate) async fn run(
    lookup: &dyn Fn(&str) -> Option<String>,
    out: &mut dyn Write,
) -> Result<(), String> {
    let value = |name: &str| lookup(name).filter(|value| !value.trim().is_empty());
    if anypoint::VARIABLES.iter().any(|name| value(name).is_some()) {
        let anypoint = Anypoint::from_lookup(lookup).map_err(text)?;
        let deployment = value("FOLLOW_DEPLOYMENT");
        let deployment = deployment.ok_or("no log to follow; set FOLLOW_DEPLOYMENT to an id")?;
        let deployment = DeploymentId::new(deployment);
        return news(&anypoint, &deployment, value("FOLLOW_POSITION"), out).await;
    }
    let emulator = Emulator::builder()
        .step(Duration::from_millis(100))
        .start()
        .await
        .map_err(|error| format!("starting the emulator: {error}; try again"))?;
    let credentials = Credentials::connected_app(CLIENT_ID, CLIENT_SECRET);
    let builder = Anypoint::builder().host(emulator.url());
    let anypoint = builder.credentials(credentials).build().map_err(text)?;
    across_a_restart(&anypoint, &emulator, out).await?;
    on_cloudhub(&anypoint, out).await
}

/// What is new since the last time.
async fn news(
    anypoint: &Anypoint,
    deployment: &DeploymentId,
    position: Option<String>,
    out: &mut dyn Write,
) -> Result<(), String> {
    let manager = manager(anypoint).await.map_err(text)?;
    let log = manager.follow_logs(deployment);
    let log = match position {
        Some(position) => log.resume(position.parse().map_err(text)?),
        None => log,
    };
    // Without `once` it would wait for more.
    let mut lines = log.once().lines();
    while let Some(line) = lines.next().await {
        tell(line, out)?;
    }
    match lines.position() {
        Some(position) => say(out, &format!("FOLLOW_POSITION={position}")),
        None => say(out, "The log is empty."),
    }
}

async fn across_a_restart(
    anypoint: &Anypoint,
    emulator: &Emulator,
    out: &mut dyn Write,
) -> Result<(), String> {
    let manager = manager(anypoint).await.map_err(text)?;
    let deployment = deploy(anypoint, &manager).await.map_err(text)?;
    say(out, "The log from its beginning:")?;
    let log = manager.follow_logs(&deployment).every(PAUSE);
    let start = Timestamp::from_millis(0);
    let mut lines = log.clone().since(start).map_err(text)?.lines();
    for _ in 0..LINES {
        tell(lines.next().await.ok_or("the log has ended")?, out)?;
    }
    // A text, to be kept in a file.
    let kept = lines.position().map(|position| position.to_string());
    let kept = kept.ok_or("the log has no position")?;
    drop(lines);

    say(out, "Nobody looks while a new version takes over.")?;
    let wrong = |error| format!("rolling over: {error}");
    emulator.roll_over(&deployment).map_err(wrong)?;
    tokio::time::sleep(Duration::from_millis(500)).await;

    say(out, "From the position that was kept:")?;
    let position: Position = kept.parse().map_err(text)?;
    let mut lines = log.resume(position).lines();
    let mut started = false;
    while !started {
        let line = lines.next().await.ok_or("the log has ended")?;
        let message = line.as_ref().ok().and_then(|entry| entry.message.clone());
        started = message.is_some_and(|message| message == "The application has started.");
        tell(line, out)?;
    }
    Ok(())
}

/// The same on CloudHub 1.0, where a log is searched by time, once a second at most.
async fn on_cloudhub(anypoint: &Anypoint, out: &mut dyn Write) -> Result<(), String> {
    let scope = anypoint.scope().await.map_err(text)?;
    let client = anypoint.in_scope(&scope).map_err(text)?.cloudhub();
    let source = ApplicationSource::new(ApplicationSourceKind::Exchange)
        .group_id(scope.organization.id.as_str())
        .artifact_id("orders")
        .version("1.0.0");
    let settings = NewApplicationSettings::new("order-desk");
    let application = NewApplication::new(settings, source).auto_start(true);
    let request = client.create_application(application);
    let domain = request.send().await.map_err(text)?.into_value().domain;

    say(out, "On CloudHub 1.0:")?;
    let log = client.follow_logs(domain, LogSearch::new());
    let mut lines = log.lines();
    for _ in 0..LINES / 2 {
        let record = lines.next().await.ok_or("the log has ended")?;
        let event = record.map_err(text)?.event.unwrap_or_default();
        say(out, &format!("  {}", event.message.unwrap_or_default()))?;
    }
    Ok(())
}

/// The client for the environment that was chosen.
async fn manager(anypoint: &Anypoint) -> Result<EnvironmentClient, Error> {
    let scope = anypoint.scope().await?;
    let manager = anypoint.application_manager();
    Ok(manager.in_environment(&scope.organization, &scope.environment))
}

async fn deploy(anypoint: &Anypoint, manager: &EnvironmentClient) -> Result<DeploymentId, Error> {
    let group = anypoint.scope().await?.organization.id;
    let target = NewTarget::new(Provider::Mc, "cloudhub-us-east-2").replicas(2);
    let artifact = ArtifactReference::new(group.as_str(), "orders", "1.0.0", "jar");
    let application =
        deployments::NewApplication::new(artifact).desired_state(DesiredState::Started);
    let order = NewDeployment::new("orders", target, application);
    Ok(manager
        .create_deployment(order)
        .send()
        .await?
        .into_value()
        .id)
}

/// A line that cannot be read is told, too; it does not end the log.
fn tell(line: Result<LogEntry, Error>, out: &mut dyn Write) -> Result<(), String> {
    match line {
        Ok(entry) => {
            let source = entry.replica_id.as_ref().map_or("", ReplicaId::as_str);
            let message = entry.message.unwrap_or_default();
            say(out, &format!("  {source}: {message}"))
        }
        Err(error) if error.body().is_some() => say(out, &format!("  {error}")),
        Err(error) => Err(text(error)),
    }
}

fn text(error: Error) -> String {
    error.to_string()
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
