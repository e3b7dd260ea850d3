//! Restarting what can only be stopped and started.

use std::time::Duration;

use anypoint::application_manager::types::DeploymentId;
use anypoint::core::testing::{FakeHttp, Reply};
use anypoint::{Anypoint, EnvironmentId, ErrorKind, OrganizationId};

fn platform(http: &FakeHttp) -> Anypoint {
    let session = http.builder().environment(
        OrganizationId::new("organization"),
        EnvironmentId::new("environment"),
    );
    let builder = Anypoint::builder().session(|_| session);
    builder.build().unwrap()
}

/// How the service shows a deployment on its way to a state.
fn shown(version: u32, wanted: &str, status: &str, application: &str) -> Reply {
    let reached = if status == "APPLIED" { version } else { 1 };
    Reply::new(200).body(format!(
        r#"{{"id":"d","name":"orders","status":"{status}","desiredVersion":"{version}",
            "lastSuccessfulVersion":"{reached}",
            "application":{{"status":"{application}","desiredState":"{wanted}"}}}}"#
    ))
}

fn told(http: &FakeHttp) -> Vec<String> {
    let requests = http.requests();
    let updates = requests
        .iter()
        .filter(|it| it.operation == "update_deployment");
    updates
        .map(|it| String::from_utf8(it.body.to_vec()).unwrap())
        .collect()
}

const STOP: &str = r#"{"application":{"desiredState":"STOPPED"}}"#;
const START: &str = r#"{"application":{"desiredState":"STARTED"}}"#;

#[tokio::test]
async fn a_deployment_is_started_once_it_has_stopped() {
    let http = FakeHttp::new();
    http.in_order();
    http.on(
        "update_deployment",
        [shown(2, "STOPPED", "APPLYING", "RUNNING")],
    );
    let stopping = shown(2, "STOPPED", "APPLYING", "RUNNING");
    let stopped = shown(2, "STOPPED", "APPLIED", "NOT_RUNNING");
    http.on("get_deployment", [stopping, stopped]);
    http.on(
        "update_deployment",
        [shown(3, "STARTED", "APPLYING", "NOT_RUNNING")],
    );
    let starting = shown(3, "STARTED", "APPLYING", "STARTING");
    let started = shown(3, "STARTED", "APPLIED", "RUNNING");
    http.on("get_deployment", [starting, started]);
    let restart = platform(&http).restart_deployment(DeploymentId::new("d"));
    let deployment = restart.every(Duration::from_secs(10)).await.unwrap();
    assert_eq!(deployment.name, "orders");
    assert_eq!(told(&http), [STOP, START]);
    http.finish();
}

#[tokio::test]
async fn a_refused_stop_leaves_all_as_it_was() {
    let http = FakeHttp::new();
    http.on("update_deployment", [Reply::new(403)]);
    let restart = platform(&http).restart_deployment(DeploymentId::new("d"));
    let error = restart.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert!(!error.to_string().contains("told to stop"), "{error}");
}

#[tokio::test]
async fn an_error_after_the_stop_says_that_nothing_runs() {
    let http = FakeHttp::new();
    let failed = shown(2, "STOPPED", "FAILED", "NOT_RUNNING");
    http.on(
        "update_deployment",
        [shown(2, "STOPPED", "APPLYING", "RUNNING")],
    );
    http.respond(move |asked| (asked.operation == "get_deployment").then(|| failed.clone()));
    let restart = platform(&http).restart_deployment(DeploymentId::new("d"));
    let error = restart.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(
        error.hint().unwrap().contains("was not started again"),
        "{error}"
    );
    assert_eq!(told(&http), [STOP]);
}
