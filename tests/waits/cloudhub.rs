//! Applications of CloudHub 1.0.

use anypoint_core::{EnvironmentId, OrganizationId};
use std::time::Duration;

use anypoint_cloudhub::Client;
use anypoint_cloudhub::requests::GetApplication;
use anypoint_cloudhub::types::{
    Application, ApplicationSource, ApplicationSourceKind, ApplicationStatus,
    ApplicationStatusChange, ApplicationUpdate, ApplicationUpload, NewApplication,
    NewApplicationSettings, StatusCommand,
};
use anypoint_core::{ErrorKind, Upload, Wait};
use anypoint_emulator::{Fault, PRODUCTION};

use super::support::{ENV, ORG, World};

pub(crate) fn client(world: &World) -> Client {
    Client::new(
        &world
            .session()
            .environment(OrganizationId::new(ORG), EnvironmentId::new(ENV))
            .build()
            .unwrap(),
    )
}

fn source(artifact: &str) -> ApplicationSource {
    ApplicationSource::new(ApplicationSourceKind::Exchange).artifact_id(artifact)
}

pub(crate) async fn create(client: &Client, domain: &str) -> Application {
    let settings = NewApplicationSettings::new(domain);
    let body = NewApplication::new(settings, source("orders")).auto_start(true);
    let created = client.create_application(body).send().await;
    created.unwrap().into_value()
}

async fn update(client: &Client, domain: &str, artifact: &str) -> Application {
    let body = ApplicationUpdate::new().application_source(source(artifact));
    let updated = client.update_application(domain, body).send().await;
    updated.unwrap().into_value()
}

async fn running(client: &Client, domain: &str) -> Application {
    let created = create(client, domain).await;
    client.wait_for_application(&created).await.unwrap()
}

async fn states(wait: Wait<GetApplication>) -> Vec<String> {
    let (mut states, mut seen) = (wait.states(), Vec::new());
    while let Some(progress) = states.next().await {
        seen.push(progress.map_or_else(|error| error.to_string(), |progress| progress.state));
    }
    seen
}

#[tokio::test]
async fn expectation_14_an_application_is_waited_for_until_it_has_started() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let done = client.wait_for_application(&created).await.unwrap();
    assert_eq!(done.status, Some(ApplicationStatus::Started));
    assert_eq!(done.version_id, created.version_id);
    assert_eq!(world.clock.passed(), Duration::from_secs(15));
}

#[tokio::test]
async fn an_upload_is_waited_for_once_it_is_told_to_start() {
    let world = World::start().await;
    let client = client(&world);
    let file = Upload::bytes("orders.jar", &b"PK\x03\x04"[..]);
    let body = ApplicationUpload::new(file, NewApplicationSettings::new("orders"));
    let created = client.upload_application(body).send().await.unwrap();
    let wait = client
        .wait_for_application(&created)
        .timeout(Duration::from_secs(60));
    let error = wait.await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.last_state(), Some("UNDEPLOYED"));
    let start = ApplicationStatusChange::new(StatusCommand::Start);
    client
        .change_application_status("orders", start)
        .send()
        .await
        .unwrap();
    assert_eq!(
        states(client.wait_for_application(&created)).await,
        ["DEPLOYING", "STARTED"]
    );
}

#[tokio::test]
async fn expectation_14_a_failed_start_comes_with_its_reason() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders-fail").await;
    let error = client.wait_for_application(&created).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(error.last_state(), Some("DEPLOY_FAILED"));
    assert!(error.message().unwrap().contains("worker"), "{error}");
}

#[tokio::test]
async fn expectation_14_a_replacement_under_way_is_not_taken_for_its_end() {
    let world = World::start().await;
    let client = client(&world);
    running(&client, "orders").await;
    let updated = update(&client, "orders", "orders-2").await;
    let seen = states(client.wait_for_application(&updated)).await;
    assert_eq!(
        seen,
        ["STARTED, deploymentUpdateStatus DEPLOYING", "STARTED"]
    );
}

#[tokio::test]
async fn expectation_14_a_failed_replacement_of_a_running_application_is_a_failure() {
    let world = World::start().await;
    let client = client(&world);
    running(&client, "orders").await;
    let updated = update(&client, "orders", "orders-fail").await;
    let error = client.wait_for_application(&updated).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    let state = "STARTED, deploymentUpdateStatus DEPLOY_FAILED";
    assert_eq!(error.last_state(), Some(state));
}

#[tokio::test]
async fn expectation_14_answers_that_are_behind_do_not_end_the_wait() {
    let world = World::with(|builder| builder.stale_looks(4)).await;
    let client = client(&world);
    let before = running(&client, "orders").await;
    let updated = update(&client, "orders", "orders-2").await;
    assert_ne!(updated.version_id, before.version_id);
    let begun = world.clock.passed();
    let done = client.wait_for_application(&updated).await.unwrap();
    assert_eq!(done.version_id, updated.version_id);
    assert!(world.clock.passed() >= begun + Duration::from_secs(20));
}

#[tokio::test]
async fn expectation_14_the_deployment_that_was_made_is_followed_not_a_later_one() {
    let world = World::start().await;
    let client = client(&world);
    running(&client, "orders").await;
    let own = update(&client, "orders", "orders-2").await;
    let mut states = client.wait_for_application(&own).states();
    states.next().await.unwrap().unwrap();
    let later = update(&client, "orders", "orders-3").await;
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Replaced);
    client.wait_for_application(&later).await.unwrap();
}

#[tokio::test]
async fn expectation_14_a_deletion_in_mid_wait_is_told_as_such() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let mut states = client.wait_for_application(&created).states();
    states.next().await.unwrap().unwrap();
    client.delete_application("orders").send().await.unwrap();
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted);

    create(&client, "orders").await;
    let gone = r#"{"domain": "orders", "status": "DELETED"}"#;
    let fault = Fault::on("cloudhub/get_application").status_with(200, gone, "application/json");
    world.emulator.fault(fault);
    let wait = client.get_application("orders").wait();
    assert_eq!(wait.await.unwrap_err().kind(), ErrorKind::Deleted);
}

#[tokio::test]
async fn expectation_14_a_timeout_tells_the_last_state() {
    let world = World::with(|builder| builder.step(Duration::from_secs(3600))).await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let error = client.wait_for_application(&created).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.last_state(), Some("DEPLOYING"));
    assert_eq!(world.clock.passed(), Duration::from_secs(1200));
}

#[tokio::test]
async fn what_is_not_there_or_elsewhere_is_not_waited_for() {
    let world = World::start().await;
    let own = client(&world);
    let created = create(&own, "orders").await;
    let wait = own.get_application("no-such-domain").wait();
    assert!(wait.await.unwrap_err().is_not_found());
    let elsewhere = world
        .session()
        .environment(OrganizationId::new(ORG), EnvironmentId::new(PRODUCTION))
        .build()
        .unwrap();
    let wait = Client::new(&elsewhere)
        .wait_for_application(&created)
        .into_future();
    assert!(wait.await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn faults_in_passing_do_not_end_the_wait() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    world
        .emulator
        .fault(Fault::on("cloudhub/get_application").times(4).status(503));
    client.wait_for_application(&created).await.unwrap();
}
