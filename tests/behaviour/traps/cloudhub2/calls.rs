//! Success codes and headers, which documents and clients do not agree on.

use anypoint_cloudhub2::types::{
    AssociationId, ConnectionId, EgressRuleGroupId, PrivateSpaceId, TlsContextId, TransitGatewayId,
    VpcId, VpnId,
};
use anypoint_cloudhub2::types::{
    NewAssociation, NewAssociations, NewConnection, NewPrivateSpace, VpcMigration,
};
use anypoint_core::{EnvironmentId, OrganizationId, Session};

use super::{BASE, SPACE, client, inside, naive};
use crate::support::{Server, empty, json, payload};
use crate::traps::{assert_naive_fails, lines, sent};

/// 200 in the published specification, 204 for clients; a naive client takes one for an error.
#[tokio::test]
async fn trap_cloudhub2_delete_200_or_204() {
    for status in [200, 204] {
        let server = Server::start((0..9).map(|_| empty(status))).await;
        let client = client(&server);
        macro_rules! deleted {
            ($($operation:ident($($kind:ident $id:literal),*)),* $(,)?) => {
                [$(client.$operation($($kind::new($id)),*).send().await.unwrap().status()),*]
            };
        }
        let found = deleted![
            delete_private_space(PrivateSpaceId "ps-1"),
            delete_association(PrivateSpaceId "ps-1", AssociationId "a-1"),
            delete_egress_rule_group(PrivateSpaceId "ps-1", EgressRuleGroupId "g-1"),
            delete_connection(PrivateSpaceId "ps-1", ConnectionId "c-1"),
            delete_vpn(PrivateSpaceId "ps-1", ConnectionId "c-1", VpnId "v-1"),
            delete_transit_gateway(PrivateSpaceId "ps-1", TransitGatewayId "t-1"),
            delete_organization_transit_gateway(TransitGatewayId "t-1"),
            delete_tls_context(PrivateSpaceId "ps-1", TlsContextId "k-1"),
            cancel_upgrade(PrivateSpaceId "ps-1"),
        ];
        assert_eq!(found, [status; 9]);
        let lines = lines(&server);
        assert_eq!(lines[6], format!("DELETE {BASE}/transitgateways/t-1"));
    }
}

/// The published specification has 201 and clients 200, and for associations it is the other
/// way round.
#[tokio::test]
async fn trap_cloudhub2_post_200_or_201() {
    let space = r#"{"id":"ps-1","name":"space-1"}"#;
    let connection = r#"{"id":"c-1","name":"hello","vpns":[]}"#;
    let associations = payload!("cloudhub2/create_associations/environment_id.json");
    for status in [200, 201] {
        let server = Server::start([
            json(status, space),
            json(status, space),
            json(status, connection),
            json(status, associations),
        ])
        .await;
        let client = client(&server);
        let call = client.create_private_space(NewPrivateSpace::new("space-1"));
        let created = call.send().await.unwrap();
        assert_eq!((created.status(), created.id.as_str()), (status, "ps-1"));
        let call = client.migrate_vpc(VpcId::new("vpc-1"), VpcMigration::new("space-1"));
        assert_eq!(call.send().await.unwrap().id, "ps-1");
        let call =
            client.create_connection(PrivateSpaceId::new("ps-1"), NewConnection::new("hello", []));
        assert_eq!(call.send().await.unwrap().id, "c-1");
        let call =
            client.create_associations(PrivateSpaceId::new("ps-1"), NewAssociations::new([]));
        assert_eq!(call.send().await.unwrap().len(), 2);
    }
}

/// `environment` goes out and `environmentId` comes back; both may be a kind of environments.
#[tokio::test]
async fn trap_cloudhub2_environment_of_an_association() {
    let payload = payload!("cloudhub2/create_associations/environment_id.json");
    let server = Server::start([json(201, payload)]).await;
    let wanted = [
        NewAssociation::new(OrganizationId::new("o-1"), "e-1"),
        NewAssociation::new(OrganizationId::new("all"), "sandbox"),
    ];
    let call = client(&server)
        .create_associations(PrivateSpaceId::new("ps-1"), NewAssociations::new(wanted));
    let found = call.send().await.unwrap();
    assert_eq!(found[0].environment_id, "e-1");
    assert_eq!(found[1].environment_id, "sandbox");
    assert_eq!(found[1].error_message.as_deref(), Some("no capacity"));
    assert_naive_fails::<Vec<naive::Association>>(payload, "missing field `environment`");
    let expected = serde_json::json!({"associations": [
        {"organizationId": "o-1", "environment": "e-1"},
        {"organizationId": "all", "environment": "sandbox"},
    ]});
    assert_eq!(sent(&server), expected);
    assert_eq!(lines(&server), [format!("POST {SPACE}/associations")]);
}

/// The path has the organization. CloudHub 1.0 wants headers, and a naive client sends those
/// here as well.
#[tokio::test]
async fn trap_cloudhub2_no_environment_headers() {
    let server = Server::start([json(200, "[]")]).await;
    let builder = Session::builder().host(&server.url);
    let session = builder
        .environment(OrganizationId::new("o-2"), EnvironmentId::new("e-2"))
        .build()
        .unwrap();
    let call = inside(&session).list_egress_rule_groups(PrivateSpaceId::new("ps-1"));
    assert!(call.send().await.unwrap().is_empty());
    let request = server.request();
    assert_eq!(request.line(), format!("GET {SPACE}/egress"));
    assert_eq!(request.header("x-anypnt-env-id"), None);
    assert_eq!(request.header("x-anypnt-org-id"), None);
}
