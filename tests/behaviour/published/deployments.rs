//! What is deployed: Application Manager, CloudHub 2.0 targets and CloudHub 1.0 applications.

use anypoint_application_manager::types::{DeploymentId, ReplicaState};
use anypoint_application_manager::{Client, EnvironmentClient};
use anypoint_core::{EnvironmentId, OrganizationId};
use serde_json::{Value, json as value};

use crate::support::{Server, json, payload, session};

fn deployments(server: &Server) -> EnvironmentClient {
    let client = Client::new(&session(server));
    client.in_environment(OrganizationId::new("o-1"), EnvironmentId::new("e-1"))
}

#[tokio::test]
async fn a_replica_tells_its_state_and_the_one_it_is_to_reach() {
    let found = payload!("application-manager/get_deployment/replica_states.json");
    let server = Server::start([json(200, found)]).await;
    let call = deployments(&server).get_deployment(DeploymentId::new("d-1"));
    let replicas = call.send().await.unwrap().into_value().replicas.into_iter();
    let states: Vec<_> = replicas
        .map(|replica| (replica.state.unwrap(), replica.desired_status))
        .collect();
    let expected = [
        (ReplicaState::Recovering, Some(ReplicaState::Started)),
        (ReplicaState::NotDeployed, Some(ReplicaState::Disposed)),
        (ReplicaState::Running, None),
    ];
    assert_eq!(states, expected);
}

#[tokio::test]
async fn the_list_of_deployments_tells_their_runtimes() {
    let found = payload!("application-manager/list_deployments/runtime_versions.json");
    let server = Server::start([json(200, found)]).await;
    let call = deployments(&server).list_deployments();
    let page = call.send().await.unwrap();
    let item = &page.items[0];
    let current = item.current_runtime_version.as_deref();
    let last = item.last_successful_runtime_version.as_deref();
    let expected = (Some("4.6.9:2e-java17"), Some("4.6.8:1e-java17"));
    assert_eq!((current, last), expected);
}

#[tokio::test]
async fn a_target_says_whose_it_is() {
    let found = payload!("cloudhub2/list_targets/organization.json");
    let server = Server::start([json(200, found)]).await;
    let client = anypoint_cloudhub2::Client::new(&session(&server));
    let organization = OrganizationId::new("o-1");
    let call = client.in_organization(&organization).list_targets();
    let targets = call.send().await.unwrap();
    assert_eq!(targets[0].organization_id, Some(organization));
}

/// Sent back as it came.
#[expect(deprecated, reason = "the old version has it, too")]
#[tokio::test]
async fn the_mask_of_a_network_is_text_or_a_number() {
    let text = payload!("cloudhub/get_application/vpn_mask.json");
    let number = payload!("cloudhub/get_application_v1/vpn_mask.json");
    let server = Server::start([json(200, text), json(200, number)]).await;
    let client = anypoint_cloudhub::Client::new(&session(&server));
    let new = client.get_application("hello").send().await.unwrap();
    let old = client.get_application_v1("hello").send().await.unwrap();
    for (range, raw) in [
        (value!(new.vpn_config), &text[..]),
        (value!(old.vpn_config), &number[..]),
    ] {
        let raw: Value = serde_json::from_slice(raw).unwrap();
        assert_eq!(range, raw["vpnConfig"]);
    }
}
