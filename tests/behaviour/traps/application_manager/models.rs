//! The types of answers.

use anypoint_application_manager::types::{DeploymentId, ReplicaId};
use std::collections::BTreeMap;

use anypoint_application_manager::types::{
    ApplicationProperties, ApplicationSpecification, DeploymentStatus, DeploymentUpdate,
    DesiredState, Provider,
};
use anypoint_core::{ErrorKind, Secret, StringOrNumber};
use serde_json::json as value;

use super::{client, naive};
use crate::support::{Server, answer, json, payload, printed};
use crate::traps::{assert_naive_fails, sent};

/// What one successful answer to `get_deployment` decodes to.
macro_rules! deployment {
    ($payload:expr) => {{
        let server = Server::start([json(200, $payload)]).await;
        let call = client(&server).get_deployment(DeploymentId::new("d-1"));
        call.send().await.unwrap().into_value()
    }};
}

#[tokio::test]
async fn trap_amc_dates_as_epoch_milliseconds() {
    let payload = payload!("application-manager/get_deployment/epoch_milliseconds.json");
    let found = deployment!(payload);
    let created = found.creation_date.unwrap();
    assert_eq!(created.as_millis(), Some(1_700_000_000_000));
    // Not turned into another form.
    assert_eq!(created.to_string(), "1700000000000");
    let modified = found.last_modified_date.unwrap();
    assert_eq!(modified.as_millis(), Some(1_700_000_360_000));
    assert_eq!(found.last_successful_version, None);
    assert_naive_fails::<naive::Dates>(payload, "expected a string");
}

#[tokio::test]
async fn trap_amc_vcores_number_or_string() {
    let text = payload!("application-manager/get_deployment/vcores_text.json");
    let number = payload!("application-manager/get_deployment/running.json");
    let cores = deployment!(text).application.unwrap().vcores.unwrap();
    assert_eq!(cores, StringOrNumber::from("0.07"));
    let cores = deployment!(number).application.unwrap().vcores.unwrap();
    assert_eq!(cores.as_f64(), Some(0.1));
    assert_naive_fails::<naive::NumberOfCores>(text, "expected f64");
    // Either form goes back as it came.
    let spec = ApplicationSpecification::new().vcores("0.07");
    assert_eq!(
        serde_json::to_string(&spec).unwrap(),
        r#"{"vCores":"0.07"}"#
    );
}

#[tokio::test]
async fn trap_amc_running_is_a_status() {
    let running = payload!("application-manager/get_deployment/running.json");
    assert_eq!(deployment!(running).status, Some(DeploymentStatus::Running));
    assert_naive_fails::<naive::WithStatus>(running, "unknown variant `RUNNING`");
}

#[tokio::test]
async fn trap_amc_unknown_status() {
    let unknown = payload!("application-manager/get_deployment/unknown_status.json");
    let found = deployment!(unknown);
    assert_eq!(found.id, "d-1");
    assert_eq!(found.status.unwrap().as_str(), "RECONCILING");
    assert_naive_fails::<naive::WithStatus>(unknown, "unknown variant `RECONCILING`");
}

/// `replicas` is a number in the target and a list in the deployment; the documents and the
/// specification disagree on the name and the form of TCP ports; a boolean may be a text.
#[tokio::test]
async fn trap_amc_replicas_ports_and_booleans() {
    let payload = payload!("application-manager/get_deployment/tcp_both.json");
    let found = deployment!(payload);
    assert_eq!(found.replicas[0].id, Some(ReplicaId::new("r-1")));
    let target = found.target.unwrap();
    assert_eq!(target.provider, Some(Provider::Mc));
    assert_eq!(target.replicas.unwrap().as_i64(), Some(1));
    let settings = target.deployment_settings.unwrap();
    let tcp = settings.tcp.unwrap().inbound.unwrap();
    assert_eq!(tcp.ports.unwrap()[0].port_number, Some(30_500));
    assert_eq!(tcp.port_mappings.unwrap()[0].port, Some(2575));
    let http = settings.http.unwrap().inbound.unwrap();
    assert_eq!(http.last_mile_security, Some(true));
    assert_eq!(http.forward_ssl_session, Some(false));
    assert_naive_fails::<naive::ReplicasOfTarget>(payload, "expected a sequence");
    assert_naive_fails::<naive::Settings>(payload, "expected a boolean");
}

/// The specification declares a deployment as the body of a 404.
#[tokio::test]
async fn trap_amc_problem_and_message_errors() {
    let problem = payload!("application-manager/get_deployment/problem.json");
    let message = payload!("application-manager/get_deployment/message.json");
    for (body, expected) in [
        (&problem[..], "Not Found: deployment d-9 does not exist"),
        (&message[..], "deployment d-9 does not exist"),
    ] {
        let server = Server::start([answer(404, "*/*", body)]).await;
        let call = client(&server).get_deployment(DeploymentId::new("d-9"));
        let error = call.send().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_not_found()),
            (ErrorKind::Status, true)
        );
        assert_eq!(error.message(), Some(expected));
        assert_naive_fails::<naive::Deployment>(body, "missing field `id`");
    }
}

/// A naive client reads a deployment, changes a member and sends all of it: the mask becomes
/// the password. An update sends only what was set.
#[tokio::test]
async fn trap_amc_masked_secure_properties() {
    let masked = payload!("application-manager/get_deployment/masked.json");
    let found = deployment!(masked);
    assert!(!format!("{found:#?}").contains("******"));
    let configuration = found.application.unwrap().configuration.unwrap();
    let service = configuration.mule_agent_application_properties_service;
    let secure = service.unwrap().secure_properties.unwrap();
    assert_eq!(secure["db.password"].expose(), "******");
    let echo: serde_json::Value = serde_json::from_slice(masked).unwrap();
    assert!(echo.to_string().contains("******"), "the naive way");

    let server = Server::start([json(200, masked)]).await;
    let stop = ApplicationSpecification::new().desired_state(DesiredState::Stopped);
    let update = DeploymentUpdate::new().application(stop);
    let call = client(&server).update_deployment(DeploymentId::new("d-1"), update);
    call.send().await.unwrap();
    assert_eq!(
        sent(&server),
        value!({"application": {"desiredState": "STOPPED"}})
    );

    let new = BTreeMap::from([("db.password".to_owned(), Secret::from("s3cret"))]);
    let properties = ApplicationProperties::new().secure_properties(new);
    assert!(!format!("{properties:?}").contains("s3cret"));
    let wire = serde_json::to_string(&properties).unwrap();
    assert_eq!(wire, r#"{"secureProperties":{"db.password":"s3cret"}}"#);
}

/// The specification has a second member of nearly that name, a map of maps. It is no other
/// spelling: it must neither take the place of the first nor make the answer unreadable.
#[tokio::test]
async fn trap_amc_secureproperties_is_another_member() {
    let both = payload!("application-manager/get_deployment/secureproperties.json");
    let found = deployment!(both);
    let configuration = found.application.unwrap().configuration.unwrap();
    let service = configuration.mule_agent_application_properties_service;
    let secure = service.unwrap().secure_properties.unwrap();
    assert_eq!(secure["db.password"].expose(), "******");
    assert_naive_fails::<naive::SecureOnce>(both, "expected a string");
}

/// An answer that cannot be read, or not all of it, must not show its secrets either.
#[tokio::test]
async fn trap_amc_secure_properties_in_a_decode_error() {
    let body = r#"{"application":{"configuration":{"mule.agent.application.properties.service":
        {"secureProperties":{"db.password":"s3cret"}}}},"replicas":"r3plica"}"#;
    let two = format!("[{body},{body}]");
    let server = Server::start([json(200, body), json(200, &two)]).await;
    let call = || {
        client(&server)
            .get_deployment(DeploymentId::new("d-1"))
            .send()
    };
    let found = call().await.unwrap();
    assert_eq!(found.oddities()[0].path(), "replicas");
    let shown = format!("{found:?}");
    assert!(
        !shown.contains("s3cret") && !shown.contains("r3plica"),
        "{shown}"
    );
    let error = call().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!printed(&error).contains("s3cret"), "{error:?}");
}

/// Lists of alerts come without a total, and their actions without what was to be sent.
#[tokio::test]
async fn trap_amc_alerts_lack_total_and_texts() {
    let alerts = payload!("application-manager/list_alerts/without_total.json");
    let server = Server::start([json(200, alerts), json(200, r#"{"data":[]}"#)]).await;
    let items = client(&server).list_alerts().items();
    let found = items.collect().await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].actions[0].user_ids, ["u-1"]);
    let created = found[0].created_at.as_ref().unwrap();
    assert_eq!(created.as_millis(), Some(1_700_000_000_000));
    assert_naive_fails::<naive::AlertPage>(alerts, "missing field `total`");
    assert_naive_fails::<naive::AlertTexts>(alerts, "missing field `subject`");
}
