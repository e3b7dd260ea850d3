//! Polls that fail, and the caller's settings for them.

use std::time::Duration;

use anypoint_application_manager::Client;
use anypoint_application_manager::types::DeploymentId;
use anypoint_core::{Credentials, EnvironmentId, ErrorKind, OrganizationId};
use anypoint_emulator::{CLIENT_ID, CLIENT_SECRET, Fault};

use super::application_manager::client;
use super::support::{ENV, ORG, World};

/// A deployment of the seed, which runs.
const ID: &str = "c19a7e40-6b2d-4f83-95e1-d70f3b84c256";

#[tokio::test]
async fn expectation_14_faults_in_passing_do_not_end_a_wait() {
    let world = World::start().await;
    for fault in [
        Fault::on("get_deployment").times(3).status(503),
        Fault::on("get_deployment").times(2).reset_before_read(),
        Fault::on("get_deployment").times(2).status(429),
        Fault::on("get_deployment").times(1).truncate(10),
    ] {
        world.emulator.fault(fault);
    }
    let wait = client(&world).get_deployment(DeploymentId::new(ID)).wait();
    assert_eq!(wait.await.unwrap().id, ID);
    assert!(world.clock.passed() >= Duration::from_secs(8 * 5));
}

#[tokio::test]
async fn faults_that_do_not_pass_end_in_a_timeout_that_names_the_last_one() {
    let world = World::start().await;
    world
        .emulator
        .fault(Fault::on("get_deployment").status(503));
    let wait = client(&world).get_deployment(DeploymentId::new(ID)).wait();
    let error = wait.timeout(Duration::from_secs(60)).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.last_state(), None);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("503"), "{cause}");
}

#[tokio::test]
async fn a_page_that_does_not_pass_is_named_in_the_timeout() {
    let world = World::start().await;
    world.emulator.fault(Fault::on("get_deployment").html(200));
    let wait = client(&world).get_deployment(DeploymentId::new(ID)).wait();
    let error = wait.timeout(Duration::from_secs(60)).await.unwrap_err();
    assert!(error.is_timeout());
    let text = error.to_string();
    for part in [
        "the last look failed: get_deployment: the 200 answer is not JSON",
        "hint: this is not the API",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // It has no other hint, and the fault tells the status, too.
    assert_eq!(text.matches("hint").count(), 1, "{text}");
}

#[tokio::test]
async fn a_page_in_place_of_a_token_is_waited_out_too() {
    let world = World::start().await;
    let session = world
        .session()
        .credentials(Credentials::connected_app(CLIENT_ID, CLIENT_SECRET));
    let client = Client::new(&session.build().unwrap());
    let (organization, environment) = (OrganizationId::new(ORG), EnvironmentId::new(ENV));
    let client = client.in_environment(organization, environment);
    world.emulator.fault(Fault::on("*").times(2).html(200));
    let wait = client.get_deployment(DeploymentId::new(ID)).wait();
    assert_eq!(wait.await.unwrap().id, ID);
}

#[tokio::test]
async fn whole_json_of_a_wrong_shape_ends_a_wait_at_once() {
    let world = World::start().await;
    for body in [r#"{"message": "moved"}"#, r#"["a"]"#] {
        let before = world.emulator.requests();
        let fault = Fault::on("get_deployment").status_with(200, body, "application/json");
        world.emulator.fault(fault.times(1));
        let wait = client(&world).get_deployment(DeploymentId::new(ID)).wait();
        assert_eq!(wait.await.unwrap_err().kind(), ErrorKind::Decode);
        assert_eq!(world.emulator.requests(), before + 1);
    }
}

/// An answer without a state is not the way to an end, which would make the next end a sure one.
#[tokio::test]
async fn an_empty_answer_says_nothing_of_the_way() {
    for (body, media) in [("", "text/plain"), ("{}", "application/json")] {
        let world = World::start().await;
        let failed = format!(r#"{{"id": "{ID}", "name": "n", "status": "FAILED"}}"#);
        for fault in [
            Fault::on("get_deployment").status_with(200, body, media),
            Fault::on("get_deployment").status_with(200, failed, "application/json"),
        ] {
            world.emulator.fault(fault.times(1));
        }
        let mut states = client(&world)
            .get_deployment(DeploymentId::new(ID))
            .wait()
            .states();
        let first = states.next().await.unwrap().unwrap();
        assert_eq!(first.state, "APPLIED, application RUNNING");
    }
}

#[tokio::test]
async fn a_refusal_ends_a_wait_at_once() {
    let world = World::start().await;
    for status in [400, 401, 403] {
        let before = world.emulator.requests();
        let fault = Fault::on("get_deployment").times(1).status(status);
        world.emulator.fault(fault);
        let wait = client(&world).get_deployment(DeploymentId::new(ID)).wait();
        let error = wait.await.unwrap_err();
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Status, Some(status))
        );
        assert_eq!(world.emulator.requests(), before + 1);
    }
    let empty = client(&world).get_deployment(DeploymentId::new("")).wait();
    assert_eq!(empty.await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn the_pause_and_the_limits_are_the_callers() {
    let world = World::start().await;
    let body = format!(r#"{{"id": "{ID}", "name": "n", "status": "APPLYING"}}"#);
    let fault = Fault::on("get_deployment").status_with(200, body, "application/json");
    world.emulator.fault(fault);
    let request = client(&world).get_deployment(DeploymentId::new(ID));
    let wait = request.wait().every(Duration::from_secs(2));
    let debug = format!("{wait:?}");
    assert!(debug.contains("wait_for_deployment"), "{debug}");
    let error = wait.timeout(Duration::from_secs(60)).await.unwrap_err();
    assert!(error.is_timeout());
    // A pause of five seconds gives 12 looks.
    let looks = world.emulator.requests();
    assert!((25..=30).contains(&looks), "{looks}");
    let never = client(&world).get_deployment(DeploymentId::new(ID)).wait();
    assert!(
        never
            .timeout(Duration::ZERO)
            .await
            .unwrap_err()
            .is_timeout()
    );
    world.emulator.clear_faults();
    let long = client(&world).get_deployment(DeploymentId::new(ID)).wait();
    assert!(long.timeout(Duration::MAX).await.is_ok());
}

#[tokio::test]
async fn waits_can_be_spawned_and_sent() {
    let world = World::start().await;
    let wait = client(&world).get_deployment(DeploymentId::new(ID)).wait();
    let task = tokio::spawn(wait.clone().into_future());
    assert!(task.await.unwrap().is_ok());
    let task = tokio::spawn(async move { wait.states().next().await.unwrap().unwrap().state });
    assert_eq!(task.await.unwrap(), "APPLIED, application RUNNING");
}
