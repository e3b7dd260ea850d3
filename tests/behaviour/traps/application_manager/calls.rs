//! Request lines, codes, and bodies that are not objects.

use anypoint_application_manager::types::ReplicaId;
use anypoint_application_manager::types::{
    ArtifactReference, DeploymentUpdate, LogLevel, NewApplication, NewDeployment, NewTarget,
    Provider, SchedulerSwitch, SchedulerTiming,
};
use anypoint_application_manager::types::{DeploymentId, SpecificationId};
use anypoint_core::{EnvironmentId, OrganizationId, Session};
use serde_json::json as value;

use super::{BASE, client, inside, naive};
use crate::support::{Server, answer, empty, json, payload};
use crate::traps::{assert_naive_fails, lines};

#[tokio::test]
async fn trap_amc_logs_are_a_bare_array() {
    let logs = payload!("application-manager/list_logs/bare_array.json");
    let server = Server::start([json(200, logs)]).await;
    let call = client(&server).list_logs(DeploymentId::new("d-1"), SpecificationId::new("v-2"));
    let entries = call.send().await.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].log_level, Some(LogLevel::Info));
    assert_eq!(entries[1].doc_id.as_deref(), Some("1700000000002-2"));
    assert_eq!(entries[1].log_level.as_ref().unwrap().as_str(), "AUDIT");
    assert_eq!(entries[1].message.as_deref(), Some("line 1\nline 2"));
    assert!(entries[1].context.is_none());
    // As the specification declares it, and as a client guesses.
    assert_naive_fails::<String>(logs, "expected a string");
    assert_naive_fails::<naive::Entries>(logs, "expected a sequence");
}

#[tokio::test]
async fn trap_amc_log_file_may_be_empty() {
    let server = Server::start([
        answer(200, "application/json", "12:00 INFO started\n"),
        answer(200, "application/json", ""),
        empty(204),
    ])
    .await;
    for expected in ["12:00 INFO started\n", "", ""] {
        let call =
            client(&server).download_logs(DeploymentId::new("d-1"), SpecificationId::new("v-2"));
        let file = call.send().await.unwrap().into_value();
        assert_eq!(file.bytes(100).await.unwrap(), expected);
    }
    // JSON by the specification.
    assert_naive_fails::<serde_json::Value>(b"", "EOF");
    assert_naive_fails::<serde_json::Value>(b"12:00 INFO started\n", "trailing characters");
}

/// A naive client sends `?search={"length":50,...}`, or `?search[length]=50`.
#[tokio::test]
async fn trap_amc_flat_query_parameters() {
    let page = r#"{"total":0,"items":[]}"#;
    let server = Server::start([json(200, "[]"), json(200, page)]).await;
    let call = client(&server)
        .list_logs(DeploymentId::new("d-1"), SpecificationId::new("v-2"))
        .after_doc_id("17-1")
        .length(50)
        .start_time(1_700_000_000_000)
        .regexp("a b&c")
        .descending(false)
        .replica_id(["r-1", "r-2"].map(ReplicaId::new))
        .log_level([LogLevel::Warn, LogLevel::Error]);
    call.send().await.unwrap();
    let call = client(&server).list_deployments();
    let call = call.provider(Provider::Mc).target_id("t-1").limit(10);
    call.send().await.unwrap();
    let expected = [
        format!(
            "GET {BASE}/deployments/d-1/specs/v-2/logs?afterDocId=17-1&length=50\
             &startTime=1700000000000&regexp=a%20b%26c&descending=false\
             &replicaId=r-1&replicaId=r-2&logLevel=WARN&logLevel=ERROR"
        ),
        format!("GET {BASE}/deployments?provider=MC&targetId=t-1&limit=10"),
    ];
    assert_eq!(lines(&server), expected);
}

/// A naive client sends `/schedulers/get:/orders every day`, which is no request line, or
/// leaves the slash, which is another path. The misspelt member is the service's.
#[tokio::test]
async fn trap_amc_flow_name_with_blanks_and_slash() {
    let list = payload!("application-manager/list_schedulers/blanks_and_slash.json");
    let server = Server::start([json(200, list), json(200, list), empty(202)]).await;
    let client = client(&server);
    let found = client.list_schedulers(DeploymentId::new("d-1"));
    let flow = found.send().await.unwrap().items[0].flow_name.clone();
    assert_eq!(flow, "get:/orders every day");
    let timing = SchedulerTiming::new().fixed_frequency_scehduler(false);
    let call = client.replace_scheduler(DeploymentId::new("d-1"), &flow, timing);
    call.send().await.unwrap();
    let call = client.run_scheduler(DeploymentId::new("d-1"), &flow);
    call.send().await.unwrap();
    let schedulers = format!("{BASE}/deployments/d-1/schedulers");
    let encoded = "get%3A%2Forders%20every%20day";
    let expected = [
        format!("GET {schedulers}"),
        format!("PUT {schedulers}/{encoded}"),
        format!("POST {schedulers}/{encoded}/run"),
    ];
    assert_eq!(lines(&server), expected);
    let body = server.requests()[1].text();
    assert_eq!(body, r#"{"fixedFrequencyScehduler":false}"#);
}

/// The specification knows one code for each; a naive client takes the other for an error.
#[tokio::test]
async fn trap_amc_post_200_or_202() {
    let payload = payload!("application-manager/get_deployment/epoch_milliseconds.json");
    for status in [200, 202] {
        let server = Server::start([json(status, payload), json(status, payload)]).await;
        let artifact = ArtifactReference::new("o-1", "orders", "1.0.0", "jar");
        let target = NewTarget::new(Provider::Mc, "t-1").replicas(1);
        let new = NewDeployment::new("orders", target, NewApplication::new(artifact));
        let call = client(&server).create_deployment(new);
        let created = call.send().await.unwrap();
        assert_eq!((created.status(), created.id.as_str()), (status, "d-1"));
        let update = DeploymentUpdate::new().desired_version(SpecificationId::new("v-2"));
        let call = client(&server).update_deployment(DeploymentId::new("d-1"), update);
        assert_eq!(
            call.send().await.unwrap().desired_version,
            Some(SpecificationId::new("v-2"))
        );
        let body: serde_json::Value = serde_json::from_slice(server.requests()[0].body()).unwrap();
        let expected = value!({"provider": "MC", "targetId": "t-1", "replicas": 1});
        assert_eq!(body["target"], expected);
    }
}

/// A 204 that the specification gives a body, and a 204 that has none there.
#[tokio::test]
async fn trap_amc_delete_204() {
    let list = payload!("application-manager/list_schedulers/blanks_and_slash.json");
    let server = Server::start([empty(204), empty(204), json(200, list)]).await;
    let client = client(&server);
    let call = client.delete_deployment(DeploymentId::new("d-1"));
    assert_eq!(call.send().await.unwrap().status(), 204);
    let switch = || [SchedulerSwitch::new("get:/orders every day", false)];
    let call = client.update_schedulers(DeploymentId::new("d-1"), switch());
    assert_eq!(call.send().await.unwrap().into_value(), None);
    let call = client.update_schedulers(DeploymentId::new("d-1"), switch());
    let list = call.send().await.unwrap().into_value().unwrap();
    assert_eq!(list.items[0].enabled, Some(true));
    assert_naive_fails::<naive::Entries>(b"", "EOF");
    assert_eq!(lines(&server)[0], format!("DELETE {BASE}/deployments/d-1"));
}

/// The path has them. CloudHub 1.0 wants headers, and a naive client sends those here as well.
#[tokio::test]
async fn trap_amc_environment_goes_into_the_path_alone() {
    let payload = payload!("application-manager/get_deployment/running.json");
    let server = Server::start([json(200, payload)]).await;
    let builder = Session::builder()
        .host(&server.url)
        .environment(OrganizationId::new("o-2"), EnvironmentId::new("e-2"));
    let client = inside(&builder.build().unwrap());
    let call = client.get_deployment(DeploymentId::new("d-1"));
    call.send().await.unwrap();
    let request = server.request();
    assert_eq!(request.line(), format!("GET {BASE}/deployments/d-1"));
    assert_eq!(request.header("x-anypnt-env-id"), None);
    assert_eq!(request.header("x-anypnt-org-id"), None);
}
