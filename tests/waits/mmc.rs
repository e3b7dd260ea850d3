//! Deployments of the Mule Management Console.

use std::time::Duration;

use anypoint_core::{Clock, Credentials, ErrorKind};
use anypoint_mmc::Client;
use anypoint_mmc::types::{Deployment, DeploymentAddition, NewDeployment};

use super::support::{STEP, World};

pub(crate) fn client(world: &World) -> Client {
    let admin = Credentials::basic("admin", "admin");
    let session = world.session().credentials(admin).build().unwrap();
    Client::with_base_url(&session, &world.emulator.api_url("mmc")).unwrap()
}

pub(crate) async fn create(client: &Client, name: &str) -> Deployment {
    let body = NewDeployment::new(name).applications(["a"]).servers(["s"]);
    client
        .create_deployment(body)
        .send()
        .await
        .unwrap()
        .into_value()
}

#[tokio::test]
async fn expectation_14_a_deployment_of_the_console_is_waited_for() {
    let world = World::start().await;
    let client = client(&world);
    let deployment = create(&client, "orders").await;
    client.deploy(&deployment.id).send().await.unwrap();
    let mut states = client.wait_for_deployment(&deployment).states();
    for expected in ["IN_PROGRESS", "DEPLOYED"] {
        assert_eq!(states.next().await.unwrap().unwrap().state, expected);
    }
    assert!(states.next().await.is_none());
}

#[tokio::test]
async fn expectation_14_answers_of_the_console_that_are_behind_do_not_end_the_wait() {
    let world = World::with(|builder| builder.stale_looks(2)).await;
    let client = client(&world);
    let deployment = create(&client, "orders").await;
    client.deploy(&deployment.id).send().await.unwrap();
    client.wait_for_deployment(&deployment).await.unwrap();
    // Once more; the first answers are still those of the time before.
    client.redeploy(&deployment.id).send().await.unwrap();
    let mut states = client.wait_for_deployment(&deployment).states();
    for expected in ["IN_PROGRESS", "DEPLOYED"] {
        assert_eq!(states.next().await.unwrap().unwrap().state, expected);
    }
}

#[tokio::test]
async fn expectation_14_a_console_tells_failures_changes_and_nothing() {
    let world = World::start().await;
    let client = client(&world);
    let failing = create(&client, "orders-fail").await;
    client.deploy(&failing.id).send().await.unwrap();
    let error = client.wait_for_deployment(&failing).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.last_state()),
        (ErrorKind::Failed, Some("FAILED"))
    );

    // Nobody has said `deploy`.
    let idle = create(&client, "idle").await;
    let wait = client
        .wait_for_deployment(&idle)
        .timeout(Duration::from_secs(60));
    let error = wait.await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.last_state(), Some("UNDEPLOYED"));

    // A change gives a deployment another id.
    let mut states = client.wait_for_deployment(&idle).states();
    states.next().await.unwrap().unwrap();
    let addition = DeploymentAddition::new(&idle.last_modified).applications(["b"]);
    client
        .add_to_deployment(&idle.id, addition)
        .send()
        .await
        .unwrap();
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted);
    let error = client.wait_for_deployment(&idle).await.unwrap_err();
    assert!(error.is_not_found());
}

/// A deployment has no version: a redeployment is the same one with the same id, and whose it is
/// cannot be told. So the wait goes on until that one is through, too. A change of what is
/// deployed does give another id, and ends the wait.
#[tokio::test]
async fn expectation_14_a_redeployment_by_someone_else_is_waited_for_too() {
    let world = World::start().await;
    let (own, other) = (client(&world), client(&world));
    let made = create(&own, "orders").await;
    own.deploy(&made.id).send().await.unwrap();
    let mut states = own.wait_for_deployment(&made).states();
    assert_eq!(states.next().await.unwrap().unwrap().state, "IN_PROGRESS");
    for _ in 0..2 {
        world.clock.sleep(Duration::from_secs(5)).await;
    }
    other.redeploy(&made.id).send().await.unwrap();
    let began = world.clock.passed();
    assert_eq!(states.next().await.unwrap().unwrap().state, "DEPLOYED");
    assert!(world.clock.passed() >= began + STEP);
}

#[tokio::test]
async fn expectation_14_a_deletion_in_mid_wait_is_told_as_such() {
    let world = World::start().await;
    let client = client(&world);
    let made = create(&client, "orders").await;
    client.deploy(&made.id).send().await.unwrap();
    let mut states = client.wait_for_deployment(&made).states();
    states.next().await.unwrap().unwrap();
    let removed = client.delete_deployment(&made.id).send().await;
    removed.unwrap();
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.last_state()),
        (ErrorKind::Deleted, Some("IN_PROGRESS"))
    );
}
