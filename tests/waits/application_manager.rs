//! Deployments of the Application Manager.

use anypoint_application_manager::types::DeploymentId;
use std::time::Duration;

use anypoint_application_manager::requests::GetDeployment;
use anypoint_application_manager::types::{
    ApplicationSpecification, ApplicationStatus, ArtifactReference, Deployment, DeploymentUpdate,
    DesiredState, NewApplication, NewDeployment, NewTarget, Provider,
};
use anypoint_application_manager::{Client, EnvironmentClient};
use anypoint_core::{EnvironmentId, Error, ErrorKind, OrganizationId, Wait};
use anypoint_emulator::Fault;

use super::support::{ENV, ORG, World};

pub(crate) fn client(world: &World) -> EnvironmentClient {
    inside(world, ORG, ENV)
}

pub(crate) fn inside(world: &World, organization: &str, environment: &str) -> EnvironmentClient {
    let client = Client::new(&world.session().build().unwrap());
    let environment = EnvironmentId::new(environment);
    client.in_environment(OrganizationId::new(organization), environment)
}

fn artifact(version: &str) -> ArtifactReference {
    ArtifactReference::new(ORG, "orders", version, "jar")
}

fn application(version: &str) -> ApplicationSpecification {
    ApplicationSpecification::new()
        .desired_state(DesiredState::Started)
        .ref_(artifact(version))
}

pub(crate) async fn create(client: &EnvironmentClient, name: &str) -> Deployment {
    let target = NewTarget::new(Provider::Mc, "t");
    let body = NewDeployment::new(name, target, NewApplication::new(artifact("1.0.0")));
    let created = client.create_deployment(body).send().await;
    created.unwrap().into_value()
}

async fn change(
    client: &EnvironmentClient,
    of: &Deployment,
    body: ApplicationSpecification,
) -> Deployment {
    let body = DeploymentUpdate::new().application(body);
    let changed = client.update_deployment(&of.id, body).send().await;
    changed.unwrap().into_value()
}

fn wait(client: &EnvironmentClient, deployment: &Deployment) -> Wait<GetDeployment> {
    client.wait_for_deployment(deployment)
}

/// A running deployment.
async fn running(client: &EnvironmentClient, name: &str) -> Deployment {
    let created = create(client, name).await;
    wait(client, &created).await.unwrap()
}

fn version(deployment: &Deployment) -> Option<String> {
    let application = deployment.application.as_ref()?;
    application.ref_.as_ref()?.version.clone()
}

async fn states(wait: Wait<GetDeployment>) -> (Vec<String>, Option<Error>) {
    let (mut states, mut seen) = (wait.states(), Vec::new());
    while let Some(progress) = states.next().await {
        match progress {
            Ok(progress) => seen.push(progress.state),
            Err(error) => return (seen, Some(error)),
        }
    }
    (seen, None)
}

#[tokio::test]
async fn expectation_14_a_deployment_is_waited_for_until_its_application_runs() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let done = wait(&client, &created).await.unwrap();
    assert_eq!(
        (&done.id, &done.desired_version),
        (&created.id, &created.desired_version)
    );
    let status = done.application.and_then(|application| application.status);
    assert_eq!(status, Some(ApplicationStatus::Running));
    // Looks at 0, 5, … 25 s, of which the last is after two steps of 12 s; no call in between.
    assert_eq!(world.clock.passed(), Duration::from_secs(25));
    assert_eq!(world.emulator.requests(), 1 + 6);
}

#[tokio::test]
async fn expectation_14_each_state_is_told_once() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let (seen, error) = states(wait(&client, &created)).await;
    let expected = [
        "APPLYING, application NOT_RUNNING",
        "APPLYING, application STARTING",
        "APPLIED, application RUNNING",
    ];
    assert_eq!(seen, expected);
    assert!(error.is_none(), "{error:?}");
}

#[tokio::test]
async fn expectation_14_a_stop_is_waited_for_too() {
    let world = World::start().await;
    let client = client(&world);
    let before = running(&client, "orders").await;
    let stop = ApplicationSpecification::new().desired_state(DesiredState::Stopped);
    let changed = change(&client, &before, stop).await;
    let done = wait(&client, &changed).await.unwrap();
    let status = done.application.and_then(|application| application.status);
    assert_eq!(status, Some(ApplicationStatus::NotRunning));
}

#[tokio::test]
async fn expectation_14_a_failure_comes_with_the_reason_of_the_replicas() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders-fail").await;
    let error = wait(&client, &created).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(!error.is_retryable() && !error.is_timeout());
    let reason = error.message().unwrap();
    assert!(reason.contains("failed to start"), "{reason}");
    assert_eq!(error.last_state(), Some("FAILED, application NOT_RUNNING"));
    let text = error.to_string();
    let start = "wait_for_deployment: it failed: FAILED, application NOT_RUNNING: The application";
    assert!(text.starts_with(start), "{text}");
}

#[tokio::test]
async fn expectation_14_a_timeout_tells_the_last_state() {
    let world = World::with(|builder| builder.step(Duration::from_secs(3600))).await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let wait = wait(&client, &created);
    let error = wait.timeout(Duration::from_secs(62)).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(
        error.last_state(),
        Some("APPLYING, application NOT_RUNNING")
    );
    let text = error.to_string();
    let start = "wait_for_deployment: not done after 62s; its last state was APPLYING, application NOT_RUNNING";
    assert!(text.starts_with(start), "{text}");
    assert_eq!(world.clock.passed(), Duration::from_secs(62));
}

#[tokio::test]
async fn expectation_14_answers_that_are_behind_do_not_end_the_wait() {
    let world = World::with(|builder| builder.stale_looks(3)).await;
    let client = client(&world);
    let before = running(&client, "orders").await;
    let changed = change(&client, &before, application("2.0.0")).await;
    let done = wait(&client, &changed).await.unwrap();
    assert_eq!(done.desired_version, changed.desired_version);
    assert_eq!(version(&done).as_deref(), Some("2.0.0"));

    // What was before is no state of what is waited for.
    let changed = change(&client, &done, application("3.0.0")).await;
    let (seen, _) = states(wait(&client, &changed)).await;
    let expected = [
        "APPLYING, application STARTING",
        "APPLIED, application RUNNING",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn answers_that_stay_behind_end_in_a_timeout_that_says_so() {
    let world = World::with(|builder| builder.stale_looks(u32::MAX)).await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let before = wait(&client, &created).await.unwrap();
    let changed = change(&client, &before, application("2.0.0")).await;
    let error = wait(&client, &changed).await.unwrap_err();
    assert!(error.is_timeout());
    let (old, new) = (
        before.desired_version.unwrap(),
        changed.desired_version.unwrap(),
    );
    let text = error.to_string();
    let part = format!("the answers still show version {old} in place of {new}");
    assert!(text.contains(&part), "{text}");
}

#[tokio::test]
async fn a_state_that_is_behind_its_version_does_not_end_the_wait() {
    let world = World::start().await;
    let client = client(&world);
    let before = running(&client, "orders").await;
    let changed = change(&client, &before, application("2.0.0")).await;
    // The version is the new one already; what is told of it is still that of the old one.
    let new = changed.desired_version.clone().unwrap();
    let old = before.desired_version.clone().unwrap();
    let answer = |status: &str, running: &str, good: &str| {
        let body = format!(
            r#"{{"id": "{}", "name": "orders", "status": "{status}", "desiredVersion": "{new}",
                "lastSuccessfulVersion": {good}, "application": {{"status": "{running}",
                "desiredState": "STARTED"}}}}"#,
            changed.id
        );
        Fault::on("get_deployment").status_with(200, body, "application/json")
    };
    let quoted = format!("{old:?}");
    for fault in [
        answer("APPLIED", "RUNNING", &quoted).times(2),
        answer("APPLYING", "RUNNING", &quoted).times(1),
        answer("APPLIED", "RUNNING", &quoted).times(2),
    ] {
        world.emulator.fault(fault);
    }
    let done = wait(&client, &changed).await.unwrap();
    assert_eq!(done.last_successful_version, Some(new.clone()));

    for fault in [
        answer("FAILED", "NOT_RUNNING", "null").times(1),
        answer("APPLYING", "NOT_RUNNING", "null").times(1),
    ] {
        world.emulator.fault(fault);
    }
    wait(&client, &changed).await.unwrap();
    world
        .emulator
        .fault(answer("APPLIED", "RUNNING", "null").times(1));
    world
        .emulator
        .fault(answer("APPLYING", "STARTING", "null").times(1));
    let (seen, _) = states(wait(&client, &changed)).await;
    assert_eq!(seen[0], "APPLYING, application STARTING");
}

#[tokio::test]
async fn expectation_14_the_deployment_that_was_made_is_followed_not_a_later_one() {
    let world = World::start().await;
    let (own, other) = (client(&world), client(&world));
    let before = running(&own, "orders").await;
    let changed = change(&own, &before, application("2.0.0")).await;
    let mut states = wait(&own, &changed).states();
    states.next().await.unwrap().unwrap();
    let later = change(&other, &before, application("3.0.0")).await;
    let error = loop {
        match states.next().await.unwrap() {
            Ok(progress) => assert!(!progress.done, "{progress:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Replaced);
    let text = error.to_string();
    assert!(text.contains("another deployment replaced it"), "{text}");
    assert!(
        text.contains(later.desired_version.as_ref().unwrap().as_str()),
        "{text}"
    );
    assert!(states.next().await.is_none());

    // The other one's wait is not disturbed, and one that begins too late knows as much.
    let done = wait(&other, &later).await.unwrap();
    assert_eq!(version(&done).as_deref(), Some("3.0.0"));
    let error = wait(&own, &changed).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Replaced);
}

#[tokio::test]
async fn a_name_that_is_used_again_is_another_deployment() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let removed = client.delete_deployment(&created.id).send().await;
    removed.unwrap();
    running(&client, "orders").await;
    assert!(wait(&client, &created).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn expectation_14_a_deletion_in_mid_wait_is_told_as_such() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let mut states = wait(&client, &created).states();
    states.next().await.unwrap().unwrap();
    let removed = client.delete_deployment(&created.id).send().await;
    removed.unwrap();
    let error = states.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted);
    assert!(error.to_string().contains("it was deleted"), "{error}");
    assert_eq!(
        error.last_state(),
        Some("APPLYING, application NOT_RUNNING")
    );
}

#[tokio::test]
async fn what_is_not_there_from_the_start_is_not_waited_for() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let none = DeploymentId::new("no-such-id");
    let elsewhere = inside(&world, ORG, "another-environment");
    for wait in [
        client.get_deployment(none).wait(),
        elsewhere.wait_for_deployment(&created),
    ] {
        let before = world.emulator.requests();
        let error = wait.await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Status, Some(404))
        );
        // Half a minute excludes that the service was only behind.
        assert_eq!(world.emulator.requests(), before + 7);
    }
    world
        .emulator
        .fault(Fault::on("get_deployment").times(1).status(404));
    wait(&client, &created).await.unwrap();
}

#[tokio::test]
async fn an_id_is_enough_to_wait_and_a_version_can_be_told() {
    let world = World::start().await;
    let client = client(&world);
    let created = create(&client, "orders").await;
    let done = client.get_deployment(&created.id).wait().await;
    assert_eq!(done.unwrap().id, created.id);
    let other = client.get_deployment(&created.id).wait();
    let error = other.version("another").await.unwrap_err();
    assert!(error.is_timeout());
    assert!(error.to_string().contains("in place of another"), "{error}");
}
