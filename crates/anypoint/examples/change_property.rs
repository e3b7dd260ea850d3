//! Changes one property of an application and keeps the others, the secure ones included; and
//! changes a deployment of the Mule Management Console that someone else changes, too:
//! `cargo run -p anypoint --example change_property`.
//!
//! It runs against an emulator of its own.
#![expect(clippy::print_stderr, reason = "a failure is one line on stderr")]

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anypoint::application_manager::EnvironmentClient;
use anypoint::application_manager::types::{
    ApplicationConfiguration, ApplicationProperties, ArtifactReference, Deployment, NewApplication,
    NewDeployment, NewTarget, Provider,
};
use anypoint::core::Secret;
use anypoint::mmc;
use anypoint::{Anypoint, Credentials, Error, ErrorKind, Session};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// The emulator is faster than the platform. Without `every` the pauses are 5 seconds.
const PAUSE: Duration = Duration::from_millis(20);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&mut std::io::stdout()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("change_property: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Everything, with the output of the caller.
pub(crate) async fn run(out: &mut dyn Write) -> Result<(), String> {
    let emulator = Emulator::builder()
        .step(Duration::from_millis(20))
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
    let orders = place.deploy().await.map_err(text)?;
    say(
        out,
        &format!("Deployed {}: {}.", orders.name, plain(&orders)),
    )?;
    let orders = one_property(&place, &orders, out).await?;
    missing(&place, &orders, out).await?;
    one_secret(&place, &orders, out).await?;
    console(&emulator, out).await
}

/// Where the application is.
struct Place {
    client: EnvironmentClient,
    /// The group of the application's artifact.
    group: String,
}

impl Place {
    /// An application with two plain properties and a secure one.
    async fn deploy(&self) -> Result<Deployment, Error> {
        let properties = ApplicationProperties::new()
            .properties([("http.port", "8081"), ("log.level", "INFO")])
            .secure_properties([("db.password", password())]);
        let configuration =
            ApplicationConfiguration::new().mule_agent_application_properties_service(properties);
        let artifact = ArtifactReference::new(&self.group, "orders", "1.0.0", "jar");
        let application = NewApplication::new(artifact).configuration(configuration);
        let target = NewTarget::new(Provider::Mc, "cloudhub-us-east-2").replicas(1);
        let order = NewDeployment::new("orders", target, application);
        let created = self.client.create_deployment(order).send().await?;
        self.settled(&created).await
    }

    /// The deployment once its change is in force; the next one is based on that.
    async fn settled(&self, changed: &Deployment) -> Result<Deployment, Error> {
        self.client.wait_for_deployment(changed).every(PAUSE).await
    }
}

/// Nobody can read the secure property, so it is given once more.
async fn one_property(
    place: &Place,
    orders: &Deployment,
    out: &mut dyn Write,
) -> Result<Deployment, String> {
    let changed = place
        .client
        .change_properties(orders)
        .set("log.level", "DEBUG")
        .set_secret("db.password", password())
        .send()
        .await
        .map_err(text)?;
    let orders = place.settled(&changed).await.map_err(text)?;
    say(out, &format!("Changed a plain one: {}.", plain(&orders)))?;
    Ok(orders)
}

/// Without it nothing is sent, rather than the property lost.
async fn missing(place: &Place, orders: &Deployment, out: &mut dyn Write) -> Result<(), String> {
    let change = place
        .client
        .change_properties(orders)
        .set("log.level", "WARN");
    match change.send().await {
        Err(error) if error.kind() == ErrorKind::InvalidRequest => {
            say(out, &format!("Not sent: {error}"))
        }
        Err(error) => Err(text(error)),
        Ok(_) => Err("the secure property was lost".to_owned()),
    }
}

/// A secret of another value, and a plain property that goes.
async fn one_secret(place: &Place, orders: &Deployment, out: &mut dyn Write) -> Result<(), String> {
    let changed = place
        .client
        .change_properties(orders)
        .set_secret("db.password", "another-password")
        .remove("http.port")
        .send()
        .await
        .map_err(text)?;
    let orders = place.settled(&changed).await.map_err(text)?;
    say(
        out,
        &format!("Changed the secret, removed one: {}.", plain(&orders)),
    )
}

/// The console compares what a change is based on, and gives the deployment a new id with each.
async fn console(emulator: &Emulator, out: &mut dyn Write) -> Result<(), String> {
    let credentials = Credentials::basic("admin", "admin");
    let session = Session::builder().credentials(credentials).build();
    let client = mmc::Client::with_base_url(&session.map_err(text)?, &emulator.api_url("mmc"));
    let client = client.map_err(text)?;
    let order = mmc::types::NewDeployment::new("invoices")
        .applications(["invoices-1.0"])
        .servers(["server-a"]);
    let read = client.create_deployment(order).send().await.map_err(text)?;
    let theirs = client.extend_deployment(&read, |addition| addition.servers(["server-b"]));
    let theirs = theirs.send().await.map_err(text)?;
    say(
        out,
        &format!("A colleague has added {}.", theirs.servers.join(" and ")),
    )?;
    let outdated = client.extend_deployment(&read, |addition| addition.servers(["server-c"]));
    match outdated.send().await {
        Err(error) => say(
            out,
            &format!("Refused: {}", error.hint().unwrap_or_default()),
        )?,
        Ok(_) => return Err("the colleague's change was lost".to_owned()),
    }
    // What the latest change has answered is what the next one is based on.
    let ours = client.reduce_deployment(&theirs, |removal| removal.servers(["server-a"]));
    let ours = ours.send().await.map_err(text)?;
    client.deploy(&ours).send().await.map_err(text)?;
    let wait = client.wait_for_deployment(&ours).every(PAUSE);
    wait.await.map_err(text)?;
    say(
        out,
        &format!("{} runs on {}.", ours.name, ours.servers.join(" and ")),
    )
}

/// From wherever secrets are kept.
fn password() -> Secret {
    Secret::from("not-a-real-password")
}

/// The plain properties, and the names of the secure ones.
fn plain(deployment: &Deployment) -> String {
    let application = deployment.application.as_ref();
    let configuration = application.and_then(|it| it.configuration.as_ref());
    let properties = configuration
        .and_then(|it| it.mule_agent_application_properties_service.as_ref())
        .cloned()
        .unwrap_or_default();
    let plain = properties.properties.unwrap_or_default();
    let plain = plain
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"));
    let secure = properties.secure_properties.unwrap_or_default();
    let secure = secure.into_keys().map(|name| format!("{name} (secure)"));
    plain.chain(secure).collect::<Vec<_>>().join(", ")
}

fn text(error: Error) -> String {
    error.to_string()
}

fn say(out: &mut dyn Write, line: &str) -> Result<(), String> {
    writeln!(out, "{line}").map_err(|error| format!("writing the output: {error}"))
}
