//! Deploys and waits until the application runs, and shows what else may happen: a failure, a
//! deployment by someone else, a timeout:
//! `cargo run -p anypoint --example deploy_and_wait`.
//!
//! It runs against an emulator of its own.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anypoint::application_manager::EnvironmentClient;
use anypoint::application_manager::types::{
    ApplicationSpecification, ArtifactReference, Deployment, DeploymentUpdate, NewApplication,
    NewDeployment, NewTarget, Provider,
};
use anypoint::{Anypoint, Credentials, Error, ErrorKind};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// The emulator takes a second for what takes the platform minutes; so the pauses are short, too.
/// Without `every` they are 5 seconds.
const PAUSE: Duration = Duration::from_millis(100);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("deploy_and_wait: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Where deployments are made.
struct Place {
    client: EnvironmentClient,
    /// The group of the application's artifact.
    group: String,
}

/// Everything, with the output of the caller.
pub(crate) async fn run(out: &mut dyn Write) -> Result<(), String> {
    let emulator = Emulator::builder()
        .step(Duration::from_millis(500))
        .start()
        .await
        .map_err(|error| format!("starting the emulator: {error}; try again"))?;
    let credentials = Credentials::connected_app(CLIENT_ID, CLIENT_SECRET);
    let builder = Anypoint::builder().host(emulator.url());
    let anypoint = builder.credentials(credentials).build().map_err(text)?;
    let scope = anypoint.scope().await.map_err(text)?;
    let place = Place {
        client: anypoint
            .application_manager()
            .in_environment(&scope.organization, &scope.environment),
        group: scope.organization.id.to_string(),
    };
    let orders = success(&place, out).await?;
    replaced(&place, &orders, out).await?;
    failure(&place, out).await?;
    too_short(&place, out).await
}

/// The usual way: what was begun is awaited.
async fn success(place: &Place, out: &mut dyn Write) -> Result<Deployment, String> {
    let created = place.deploy("orders").await.map_err(text)?;
    let running = place
        .client
        .wait_for_deployment(&created)
        .every(PAUSE)
        .await
        .map_err(text)?;
    say(out, &format!("{} runs.", running.name))?;
    Ok(running)
}

/// The wait follows the version that this process has made, and notices another one.
async fn replaced(place: &Place, orders: &Deployment, out: &mut dyn Write) -> Result<(), String> {
    let own = place.change(orders, "1.1.0").await.map_err(text)?;
    let mut states = place.client.wait_for_deployment(&own).every(PAUSE).states();
    let mut colleague = Some("2.0.0");
    while let Some(progress) = states.next().await {
        match progress {
            Ok(progress) => say(out, &format!("{}: {}", own.name, progress.state))?,
            Err(error) if error.kind() == ErrorKind::Replaced => {
                return say(out, "Someone else has deployed in the middle of it.");
            }
            Err(error) => return Err(text(error)),
        }
        if let Some(version) = colleague.take() {
            place.change(orders, version).await.map_err(text)?;
        }
    }
    Err("the second deployment was not noticed".to_owned())
}

/// A failure tells its reason.
async fn failure(place: &Place, out: &mut dyn Write) -> Result<(), String> {
    let created = place.deploy("invoices-fail").await.map_err(text)?;
    let wait = place.client.wait_for_deployment(&created);
    match wait.every(PAUSE).await {
        Err(error) if error.kind() == ErrorKind::Failed => {
            let reason = error.message().unwrap_or("no reason given");
            say(out, &format!("{} failed: {reason}", created.name))
        }
        Err(error) => Err(text(error)),
        Ok(_) => Err("a failure was not noticed".to_owned()),
    }
}

/// A timeout tells how far it had come. The deployment goes on, and can be waited for again.
async fn too_short(place: &Place, out: &mut dyn Write) -> Result<(), String> {
    let created = place.deploy("stock").await.map_err(text)?;
    let wait = place.client.wait_for_deployment(&created).every(PAUSE);
    match wait.clone().timeout(Duration::from_millis(400)).await {
        Err(error) if error.is_timeout() => {
            let state = error.last_state().unwrap_or("unknown");
            say(out, &format!("{} takes longer: {state}", created.name))?;
        }
        Err(error) => return Err(text(error)),
        Ok(_) => return Err("the wait was long enough".to_owned()),
    }
    let running = wait.await.map_err(text)?;
    say(out, &format!("{} runs.", running.name))
}

impl Place {
    async fn deploy(&self, name: &str) -> Result<Deployment, Error> {
        let target = NewTarget::new(Provider::Mc, "cloudhub-us-east-2").replicas(1);
        let application = NewApplication::new(self.artifact("1.0.0"));
        let order = NewDeployment::new(name, target, application);
        let request = self.client.create_deployment(order);
        Ok(request.send().await?.into_value())
    }

    async fn change(&self, of: &Deployment, version: &str) -> Result<Deployment, Error> {
        let application = ApplicationSpecification::new().ref_(self.artifact(version));
        let change = DeploymentUpdate::new().application(application);
        let request = self.client.update_deployment(of, change);
        Ok(request.send().await?.into_value())
    }

    fn artifact(&self, version: &str) -> ArtifactReference {
        ArtifactReference::new(&self.group, "orders", version, "jar")
    }
}

fn text(error: Error) -> String {
    error.to_string()
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
