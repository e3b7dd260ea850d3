//! Properties of an application: one is changed, the others are kept, and no mask is stored.

use anypoint_application_manager::types::DeploymentId;
use std::collections::BTreeMap;
use std::time::Duration;

use anypoint_application_manager::types::{
    ApplicationConfiguration, ApplicationProperties, ApplicationSpecification, ArtifactReference,
    Deployment, DeploymentUpdate, LogLevel, LogScope, LogSettings, NewApplication, NewDeployment,
    NewTarget, Provider,
};
use anypoint_application_manager::{Client, EnvironmentClient};
use anypoint_core::{
    Backoff, Change, Credentials, EnvironmentId, Error, ErrorKind, OrganizationId, Response,
    Session,
};
use anypoint_emulator::{Emulator, FIXED_TOKEN, Fault};

const ORG: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
const ENV: &str = "d2e8b7f1-5a39-4e60-9c14-83b6f0a7d925";
const MASK: &str = "******";

struct World {
    emulator: Emulator,
    client: EnvironmentClient,
    id: DeploymentId,
}

fn inside(session: &Session, environment: &str) -> EnvironmentClient {
    let environment = EnvironmentId::new(environment);
    Client::new(session).in_environment(OrganizationId::new(ORG), environment)
}

impl World {
    /// With an application that has these secure properties, and the plain ones `http.port`,
    /// `log.level` and, as a trap for typing mistakes, `log.levels`.
    async fn with(secure: &[(&str, &str)]) -> Self {
        let builder = Emulator::builder().step(Duration::ZERO).count_requests();
        let emulator = builder.start().await.unwrap();
        let session = Session::builder()
            .host(emulator.url())
            .credentials(Credentials::bearer(FIXED_TOKEN))
            .retry(Backoff::new().first(Duration::from_millis(1)));
        let client = inside(&session.build().unwrap(), ENV);
        let mut properties = ApplicationProperties::new()
            .application_name("orders")
            .properties([
                ("http.port", "8080"),
                ("log.level", "INFO"),
                ("log.levels", ""),
            ]);
        if !secure.is_empty() {
            properties = properties.secure_properties(secure.iter().copied());
        }
        let scope = LogScope::new()
            .scope("com.example")
            .log_level(LogLevel::Debug);
        let logging = LogSettings::new().scope_logging_configurations([scope]);
        let configuration = ApplicationConfiguration::new()
            .mule_agent_application_properties_service(properties)
            .mule_agent_logging_service(logging);
        let artifact = ArtifactReference::new(ORG, "orders", "1.0.0", "jar");
        let application = NewApplication::new(artifact)
            .vcores("0.2")
            .configuration(configuration);
        let body = NewDeployment::new("orders", NewTarget::new(Provider::Mc, "t"), application);
        let created = client.create_deployment(body).send().await;
        let id = created.unwrap().id.clone();
        Self {
            emulator,
            client,
            id,
        }
    }

    async fn secured() -> Self {
        Self::with(&[("api.key", "k3y-of-api"), ("db.password", "hunter-2")]).await
    }

    fn change(&self) -> Change<Deployment> {
        self.client.change_properties(&self.id)
    }

    async fn read(&self) -> Deployment {
        let read = self.client.get_deployment(&self.id).send().await;
        read.unwrap().into_value()
    }

    async fn plain(&self) -> BTreeMap<String, String> {
        properties(&self.read().await)
    }

    fn secure(&self) -> BTreeMap<String, String> {
        self.emulator.secure_properties(&self.id)
    }

    /// How many changes reached the deployment.
    fn changes(&self) -> u64 {
        let processed = self.emulator.processed();
        let changes = processed.iter().filter(|(it, _)| it.method == "PATCH");
        changes.map(|(_, count)| count).sum()
    }

    /// The error of a change that is refused here, before anything is sent that changes something.
    async fn refused(&self, change: Change<Deployment>) -> String {
        let before = (self.plain().await, self.secure());
        let error = change.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
        assert_eq!(error.operation(), Some("change_properties"));
        assert_eq!(self.changes(), 0);
        assert_eq!((self.plain().await, self.secure()), before);
        assert_silent(&error);
        error.to_string()
    }
}

fn map<V: for<'a> From<&'a str>>(pairs: &[(&str, &str)]) -> BTreeMap<String, V> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), V::from(value)))
        .collect()
}

fn properties(deployment: &Deployment) -> BTreeMap<String, String> {
    service(deployment).properties.unwrap_or_default()
}

fn service(deployment: &Deployment) -> ApplicationProperties {
    let application = deployment.application.clone().unwrap();
    let configuration = application.configuration.unwrap();
    configuration
        .mule_agent_application_properties_service
        .unwrap()
}

/// No value of a secure property is in an error.
fn assert_silent(error: &Error) {
    let all = format!("{error} {error:?} {:?}", std::error::Error::source(error));
    for secret in ["k3y-of-api", "hunter-2", "hunter-3"] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[tokio::test]
async fn a_plain_property_changes_and_everything_else_stays() {
    let world = World::with(&[]).await;
    let before = world.read().await;
    let change = world.change().set("http.port", "8081").remove("log.levels");
    let answer: Response<Deployment> = change.set("new", "").send().await.unwrap();
    assert_eq!(answer.id, world.id);
    assert_ne!(answer.desired_version, before.desired_version);
    let expected = map(&[("http.port", "8081"), ("log.level", "INFO"), ("new", "")]);
    let after = world.read().await;
    assert_eq!(properties(&after), expected);
    let (mut was, mut is) = (before.application.unwrap(), after.application.unwrap());
    for application in [&mut was, &mut is] {
        let configuration = application.configuration.as_mut().unwrap();
        let service = &mut configuration.mule_agent_application_properties_service;
        let service = service.as_mut().unwrap();
        assert_eq!(service.application_name.as_deref(), Some("orders"));
        service.properties = None;
    }
    assert_eq!((was, before.target), (is, after.target));
    // What it gave is what can be waited for.
    let running = world.client.wait_for_deployment(&answer);
    assert_eq!(running.every(Duration::ZERO).await.unwrap().id, world.id);
}

#[tokio::test]
async fn a_change_with_all_secrets_keeps_the_plain_ones() {
    let world = World::secured().await;
    let before = world.plain().await;
    let change = world.change().set_secret("db.password", "hunter-3");
    change
        .set_secret("api.key", "k3y-of-api")
        .send()
        .await
        .unwrap();
    assert_eq!(world.plain().await, before);
    let expected = map(&[("api.key", "k3y-of-api"), ("db.password", "hunter-3")]);
    assert_eq!(world.secure(), expected);
    let shown = service(&world.read().await).secure_properties.unwrap();
    assert!(shown.values().all(|value| value.expose() == MASK));

    // One more, and one less.
    let change = world
        .change()
        .remove("api.key")
        .set_secret("token", "t0ken");
    change
        .set_secret("db.password", "hunter-3")
        .send()
        .await
        .unwrap();
    let expected = map(&[("db.password", "hunter-3"), ("token", "t0ken")]);
    assert_eq!(world.secure(), expected);
    assert_eq!(world.plain().await, before);
}

/// Why the others have to be given: this is what the plain update does.
#[tokio::test]
async fn trap_amc_either_map_of_properties_replaces_both() {
    let world = World::secured().await;
    let mut read = service(&world.read().await);
    read.properties = None;
    let update = async |properties| {
        let configuration =
            ApplicationConfiguration::new().mule_agent_application_properties_service(properties);
        let application = ApplicationSpecification::new().configuration(configuration);
        let update = DeploymentUpdate::new().application(application);
        let call = world.client.update_deployment(&world.id, update);
        call.send().await.unwrap();
    };
    // A mask that is sent back is a value from then on.
    update(read).await;
    assert_eq!(
        world.secure(),
        map(&[("api.key", MASK), ("db.password", MASK)])
    );
    assert_eq!(world.plain().await, BTreeMap::new());
    update(ApplicationProperties::new().properties([("a", "b")])).await;
    assert_eq!(world.secure(), BTreeMap::new());
}

#[tokio::test]
async fn a_secret_that_is_missing_is_named_and_nothing_is_sent() {
    let world = World::secured().await;
    let error = world.refused(world.change().set("http.port", "8081")).await;
    for part in ["api.key, db.password", "hint: give each by set_secret"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let one = world.change().set_secret("db.password", "hunter-3");
    let error = world.refused(one).await;
    assert!(
        error.contains("api.key") && !error.contains("db.password"),
        "{error}"
    );
    let removed = world.change().remove("db.password");
    assert!(world.refused(removed).await.contains("read: api.key;"));
}

#[tokio::test]
async fn a_mask_is_refused_before_anything_is_read() {
    let world = World::secured().await;
    for change in [
        world
            .change()
            .set_secret("db.password", MASK)
            .remove("api.key"),
        world.change().set("http.port", MASK),
    ] {
        let before = world.emulator.requests();
        let error = change.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(
            error.to_string().contains("a mask would be stored"),
            "{error}"
        );
        assert_eq!(world.emulator.requests(), before);
    }
}

#[tokio::test]
async fn what_is_not_there_cannot_be_removed() {
    let world = World::secured().await;
    let change = world.change().remove("log.lvel").remove("db.password");
    let error = world
        .refused(change.set_secret("api.key", "k3y-of-api"))
        .await;
    assert!(error.contains("by the name of log.lvel;"), "{error}");
}

#[tokio::test]
async fn a_property_moves_from_one_map_to_the_other() {
    let world = World::with(&[("db.host", "hunter-2")]).await;
    let change = world.change().set("db.host", "db.example.com");
    change.set_secret("http.port", "8080").send().await.unwrap();
    let plain = map(&[
        ("db.host", "db.example.com"),
        ("log.level", "INFO"),
        ("log.levels", ""),
    ]);
    assert_eq!(world.plain().await, plain);
    assert_eq!(world.secure(), map(&[("http.port", "8080")]));
}

#[tokio::test]
async fn what_is_so_already_is_not_sent() {
    let world = World::secured().await;
    let before = world.read().await;
    let same = world
        .change()
        .set("http.port", "8080")
        .send()
        .await
        .unwrap();
    assert_eq!(same.desired_version, before.desired_version);
    world.change().send().await.unwrap();
    assert_eq!(world.changes(), 0);
}

#[tokio::test]
async fn faults_in_passing() {
    let world = World::with(&[]).await;
    // Reading is tried again.
    world
        .emulator
        .fault(Fault::on("get_deployment").times(2).status(503));
    world.change().set("http.port", "1").send().await.unwrap();
    assert_eq!(world.changes(), 1);
    // The change is not, as it may have been made. Here it was.
    world.emulator.fault(
        Fault::on("update_deployment")
            .times(1)
            .reset_after_processing(),
    );
    let error = world
        .change()
        .set("http.port", "2")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    assert_eq!(error.operation(), Some("update_deployment"));
    assert_eq!(world.changes(), 2);
    assert_eq!(world.plain().await["http.port"], "2");
    // Once more does no harm, and is not even sent.
    world.change().set("http.port", "2").send().await.unwrap();
    assert_eq!(world.changes(), 2);
    world
        .emulator
        .fault(Fault::on("update_deployment").times(1).status(500));
    let before = world.emulator.requests();
    let error = world
        .change()
        .set("http.port", "3")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), world.emulator.requests() - before),
        (Some(500), 2)
    );
    // Without an answer nobody knows what is to be kept.
    for body in ["", "null", "[]"] {
        let fault = Fault::on("get_deployment").times(1);
        world
            .emulator
            .fault(fault.status_with(200, body, "application/json"));
        let change = world.change().set("http.port", "3").send();
        assert_eq!(change.await.unwrap_err().kind(), ErrorKind::Decode);
    }
    assert_eq!(world.changes(), 2);
}

#[tokio::test]
async fn what_is_elsewhere_is_not_found() {
    let world = World::secured().await;
    let other = "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9";
    let session = Session::builder()
        .host(world.emulator.url())
        .credentials(Credentials::bearer(FIXED_TOKEN))
        .build()
        .unwrap();
    let elsewhere = inside(&session, other);
    for change in [
        elsewhere.change_properties(&world.id),
        world.client.change_properties(DeploymentId::new(other)),
    ] {
        let error = change.set("http.port", "1").send().await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.operation(), Some("get_deployment"));
    }
    let nameless = world
        .client
        .change_properties(DeploymentId::new(""))
        .send()
        .await;
    assert_eq!(nameless.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(world.changes(), 0);
}

#[tokio::test]
async fn no_secret_is_printed() {
    let builder = Emulator::builder().echo_on_error();
    let emulator = builder.start().await.unwrap();
    let session = Session::builder()
        .host(emulator.url())
        .credentials(Credentials::bearer(FIXED_TOKEN))
        .retry(Backoff::off());
    let client = inside(&session.build().unwrap(), ENV);
    let seed = "c19a7e40-6b2d-4f83-95e1-d70f3b84c256";
    let change = client
        .change_properties(DeploymentId::new(seed))
        .set_secret("orders.password", "hunter-2")
        .set("http.port", "80801")
        .remove("orders.queue");
    let printed = format!("{change:?}");
    for name in [
        "orders.password",
        "http.port",
        "orders.queue",
        "change_properties",
    ] {
        assert!(printed.contains(name), "{printed}");
    }
    assert!(
        !printed.contains("hunter-2") && !printed.contains("80801"),
        "{printed}"
    );
    // The server repeats what it was sent.
    emulator.fault(Fault::on("update_deployment").status(400));
    // The future can be sent to another thread.
    let error = tokio::spawn(change.send()).await.unwrap().unwrap_err();
    assert_eq!(error.status(), Some(400));
    let body = String::from_utf8_lossy(error.body().unwrap()).into_owned();
    assert!(body.contains("hunter-2"), "nothing was repeated: {body}");
    assert_silent(&error);
}

/// What it reads may hold members, values and nulls that nobody knows yet.
#[tokio::test]
async fn a_server_that_is_a_version_ahead() {
    let world = World::secured().await;
    world.emulator.future(true);
    let change = world.change().set("http.port", "8081").remove("api.key");
    let change = change.set_secret("db.password", "hunter-3");
    let error = change.send().await.map(|_| ());
    world.emulator.future(false);
    assert!(error.is_ok(), "{error:?}");
    assert_eq!(world.plain().await["http.port"], "8081");
    assert_eq!(world.secure(), map(&[("db.password", "hunter-3")]));
}

#[tokio::test]
async fn the_first_deployment_has_a_secret_of_its_own() {
    let mut world = World::with(&[]).await;
    world.id = DeploymentId::new("c19a7e40-6b2d-4f83-95e1-d70f3b84c256");
    let shown = service(&world.read().await).secure_properties.unwrap();
    assert_eq!(shown["orders.password"].expose(), MASK);
    assert_eq!(
        world.secure(),
        map(&[("orders.password", "not-a-real-password")])
    );
    assert!(world.change().set("a", "b").send().await.is_err());
}

/// A text that is not UTF-8 can be shown with replacement characters, but not be sent back.
#[tokio::test]
async fn what_cannot_be_read_exactly_is_not_sent_back() {
    let world = World::with(&[]).await;
    let before = world.plain().await;
    let latin: &[u8] = b"\xe9t\xe9";
    for value in [latin, br"half \ud83d"] {
        let mut body = format!(
            r#"{{"id": "{}", "name": "orders", "application": {{"configuration":
            {{"mule.agent.application.properties.service": {{"applicationName": "orders",
            "properties": {{"http.port": "8080", "greeting": ""#,
            world.id
        )
        .into_bytes();
        body.extend_from_slice(value);
        body.extend_from_slice(br#""}}}}}"#);
        let answer = Fault::on("get_deployment").status_with(200, body, "application/json");
        world.emulator.fault(answer.times(1));
        let change = world.change().set("http.port", "8081");
        let error = change.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(world.changes(), 0);
        assert_eq!(world.plain().await, before);
        assert_silent(&error);
    }
}
