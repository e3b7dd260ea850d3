//! Signs in, deploys an application, follows it until it runs, lists all deployments, and
//! removes it again: `cargo run -p anypoint --example quickstart`.
//!
//! It runs against an emulator of its own, or against Anypoint Platform when any of the
//! `ANYPOINT_*` variables is set; see the crate's README.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anypoint::application_manager::EnvironmentClient;
use anypoint::application_manager::types::{
    ApplicationStatus, ArtifactReference, Deployment, DeploymentSettings, DeploymentStatus,
    DesiredState, NewApplication, NewDeployment, NewTarget, Provider, RuntimeSelection,
};
use anypoint::{Anypoint, Credentials, Error, Scope};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// The name of the deployment; the platform wants it unique on its target.
const NAME: &str = "anypoint-quickstart";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let lookup = |name: &str| std::env::var(name).ok();
    match run(&lookup, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("quickstart: {problem}");
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
        let anypoint = Anypoint::from_lookup(lookup).map_err(failed("reading the settings", ""))?;
        return tour(&anypoint, lookup, Pace::PLATFORM, out).await;
    }
    say(
        out,
        "No ANYPOINT_* variable is set, so this runs against an emulator.",
    )?;
    let emulator = Emulator::builder()
        .step(Duration::from_millis(500))
        .start()
        .await
        .map_err(|error| format!("starting the emulator: {error}; try again"))?;
    let anypoint = Anypoint::builder()
        .host(emulator.url())
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET))
        .build()
        .map_err(failed("reading the settings", ""))?;
    tour(&anypoint, lookup, Pace::EMULATOR, out).await
}

/// How often to look at a deployment, for how long, and how much of a list to take at once.
struct Pace {
    every: Duration,
    limit: Duration,
    page: i64,
}

impl Pace {
    /// Often enough to see every state.
    const EMULATOR: Self = Self {
        every: Duration::from_millis(50),
        limit: Duration::from_secs(30),
        page: 1,
    };
    const PLATFORM: Self = Self {
        every: Duration::from_secs(1),
        limit: Duration::from_secs(20 * 60),
        page: 25,
    };
}

async fn tour(
    anypoint: &Anypoint,
    lookup: &dyn Fn(&str) -> Option<String>,
    pace: Pace,
    out: &mut dyn Write,
) -> Result<(), String> {
    let scope = anypoint.scope().await.map_err(failed(
        "finding the organization and environment",
        "check the credentials and the host",
    ))?;
    let (organization, environment) = (&scope.organization, &scope.environment);
    say(
        out,
        &format!(
            "Signed in to organization {}, environment {}.",
            organization.name, environment.name
        ),
    )?;

    let client = anypoint
        .application_manager()
        .in_environment(organization, environment);
    let deployment = client
        .create_deployment(order(&scope, lookup))
        .send()
        .await
        .map_err(failed(
            "deploying",
            "check QUICKSTART_TARGET and QUICKSTART_ARTIFACT",
        ))?
        .into_value();
    say(out, &format!("Deploying {}:", deployment.name))?;

    // Whatever happens from here on, nothing stays behind.
    let followed = match follow(&client, &deployment, &pace, out).await {
        Ok(()) => list(&client, &pace, out).await,
        Err(problem) => Err(problem),
    };
    let removed = client
        .delete_deployment(&deployment)
        .send()
        .await
        .map_err(failed(
            "removing the deployment",
            "remove it in Runtime Manager",
        ));
    followed?;
    removed?;
    say(out, &format!("Removed {}.", deployment.name))
}

/// What to deploy, and where.
fn order(scope: &Scope, lookup: &dyn Fn(&str) -> Option<String>) -> NewDeployment {
    let setting = |name: &str, default: &str| {
        let set = lookup(name).filter(|value| !value.trim().is_empty());
        set.unwrap_or_else(|| default.to_owned())
    };
    let artifact = ArtifactReference::new(
        scope.organization.id.as_str(),
        setting("QUICKSTART_ARTIFACT", "hello-anypoint"),
        setting("QUICKSTART_VERSION", "1.0.0"),
        "jar",
    );
    let runtime = RuntimeSelection::new().version(setting("QUICKSTART_RUNTIME", "4.9.0"));
    let place = setting("QUICKSTART_TARGET", "cloudhub-us-east-2");
    let target = NewTarget::new(Provider::Mc, place)
        .deployment_settings(DeploymentSettings::new().runtime(runtime))
        .replicas(1);
    let application = NewApplication::new(artifact)
        .desired_state(DesiredState::Started)
        .vcores("0.1");
    NewDeployment::new(NAME, target, application)
}

/// Shows each state once, until the application runs.
async fn follow(
    client: &EnvironmentClient,
    created: &Deployment,
    pace: &Pace,
    out: &mut dyn Write,
) -> Result<(), String> {
    let wait = client
        .wait_for_deployment(created)
        .every(pace.every)
        .timeout(pace.limit);
    let mut states = wait.states();
    while let Some(progress) = states.next().await {
        let progress = progress.map_err(failed(
            "following the deployment",
            "look at it and its logs in Runtime Manager",
        ))?;
        say(out, &format!("  {}", progress.state))?;
    }
    Ok(())
}

/// Shows the list page by page; each is fetched when it is asked for.
async fn list(client: &EnvironmentClient, pace: &Pace, out: &mut dyn Write) -> Result<(), String> {
    let mut pages = client.list_deployments().limit(pace.page).pages();
    let mut number = 0;
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("listing the deployments", "try again"))?;
        number += 1;
        say(out, &format!("Deployments, page {number}:"))?;
        for one in &page.items {
            let application = one.application.as_ref().and_then(|app| app.status.as_ref());
            say(
                out,
                &format!(
                    "  {}: {}",
                    one.name,
                    state(one.status.as_ref(), application)
                ),
            )?;
        }
    }
    Ok(())
}

fn state(deployment: Option<&DeploymentStatus>, application: Option<&ApplicationStatus>) -> String {
    let deployment = deployment.map_or("no status yet", DeploymentStatus::as_str);
    match application {
        Some(application) => format!("{deployment}, application {application}"),
        None => deployment.to_owned(),
    }
}

/// One line: what failed, why, and what to try. The error's own hint comes before ours.
fn failed(step: &'static str, advice: &'static str) -> impl Fn(Error) -> String {
    move |error| match error.hint() {
        None if !advice.is_empty() => format!("{step}: {error}; {advice}"),
        _ => format!("{step}: {error}"),
    }
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
