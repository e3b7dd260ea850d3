//! Deploys and shows states and log lines as they come, until the application runs or fails:
//! `cargo run -p anypoint --example deploy_and_follow`.
//!
//! It runs against an emulator of its own. When any of the `ANYPOINT_*` variables is set, it
//! deploys the file in `DEPLOY_FILE` to CloudHub 1.0, under the domain in `DEPLOY_DOMAIN`; an
//! application that is there is updated.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anypoint::application_manager::types::{
    ApplicationSpecification, ArtifactReference, DeploymentId, DeploymentUpdate, NewApplication,
    NewDeployment, NewTarget, Provider,
};
use anypoint::cloudhub::types::{ApplicationUpload, NewApplicationSettings};
use anypoint::core::Upload;
use anypoint::deploy::{Deploy, Event, Order};
use anypoint::{Anypoint, Credentials, ErrorKind};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// The emulator takes a second for what takes the platform minutes; so the pauses are short, too.
/// Without `every` they are 5 seconds.
const PAUSE: Duration = Duration::from_millis(250);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("deploy_and_follow: {problem}");
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
        let (Some(file), Some(domain)) = (value("DEPLOY_FILE"), value("DEPLOY_DOMAIN")) else {
            return Err("nothing to deploy; set DEPLOY_FILE and DEPLOY_DOMAIN".to_owned());
        };
        let anypoint = Anypoint::from_lookup(lookup).map_err(text)?;
        let anypoint = settled(&anypoint).await?;
        let order = archive(Upload::file(file), &domain);
        return follow(anypoint.deploy(order), out).await.map(|_| ());
    }
    let emulator = Emulator::builder()
        .step(Duration::from_millis(500))
        .start()
        .await
        .map_err(|error| format!("starting the emulator: {error}; try again"))?;
    let credentials = Credentials::connected_app(CLIENT_ID, CLIENT_SECRET);
    let builder = Anypoint::builder().host(emulator.url());
    let anypoint = builder.credentials(credentials).build().map_err(text)?;
    tour(&settled(&anypoint).await?, out).await
}

/// With the ids of organization and environment.
async fn settled(anypoint: &Anypoint) -> Result<Anypoint, String> {
    let scope = anypoint.scope().await.map_err(text)?;
    anypoint.in_scope(&scope).map_err(text)
}

async fn tour(anypoint: &Anypoint, out: &mut dyn Write) -> Result<(), String> {
    say(out, "A new deployment of an Exchange asset:")?;
    let target = NewTarget::new(Provider::Mc, "cloudhub-us-east-2").replicas(1);
    let application = NewApplication::new(artifact(anypoint, "1.0.0"));
    let new = NewDeployment::new("orders", target, application);
    let deploy = anypoint.deploy(Order::new_deployment(new)).every(PAUSE);
    let id = follow(deploy, out).await?;

    say(out, "The next version of it, by the id of the deployment:")?;
    let application = ApplicationSpecification::new().ref_(artifact(anypoint, "1.1.0"));
    let update = DeploymentUpdate::new().application(application);
    let order = Order::update_deployment(DeploymentId::new(id), update);
    follow(anypoint.deploy(order).every(PAUSE), out).await?;

    say(out, "An archive on CloudHub 1.0:")?;
    let order = archive(Upload::bytes("orders.jar", "an archive"), "order-desk");
    follow(anypoint.deploy(order).every(PAUSE), out).await?;

    say(out, "One that fails:")?;
    let order = archive(Upload::bytes("orders.jar", "an archive"), "order-fail");
    match follow(anypoint.deploy(order).every(PAUSE), out).await {
        Err(_) => Ok(()),
        Ok(_) => Err("a failure was not noticed".to_owned()),
    }
}

/// Tells all there is until the end. Returns the id of what was deployed.
async fn follow(deploy: Deploy, out: &mut dyn Write) -> Result<String, String> {
    let mut id = String::new();
    let mut events = deploy.events();
    while let Some(event) = events.next().await {
        let line = match event {
            Ok(Event::Accepted(accepted)) => {
                id = accepted.id;
                match accepted.created {
                    true => "  accepted; it is new".to_owned(),
                    false => "  accepted; it takes the place of what was there".to_owned(),
                }
            }
            Ok(Event::State(state)) => format!("  {state}"),
            // As text a line has its time and its source, too.
            Ok(Event::Line(line)) => {
                let level = line.level.as_deref().unwrap_or("-");
                format!("    {level} {}", line.message)
            }
            Ok(Event::LogProblem(problem)) => format!("    lines may be missing: {problem}"),
            Ok(Event::Done(_)) => "  It runs.".to_owned(),
            Ok(_) => continue,
            Err(error) if error.kind() == ErrorKind::Failed => {
                let reason = error.message().unwrap_or("no reason given");
                say(out, &format!("  It failed: {reason}"))?;
                return Err(text(error));
            }
            Err(error) => return Err(text(error)),
        };
        say(out, &line)?;
    }
    Ok(id)
}

/// The domain says whether something is new.
fn archive(file: Upload, domain: &str) -> Order {
    let settings = NewApplicationSettings::new(domain);
    Order::cloudhub_file(ApplicationUpload::new(file, settings))
}

fn artifact(anypoint: &Anypoint, version: &str) -> ArtifactReference {
    let group = anypoint.organization().unwrap_or_default();
    ArtifactReference::new(group, "orders", version, "jar")
}

fn text(error: anypoint::Error) -> String {
    error.to_string()
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
