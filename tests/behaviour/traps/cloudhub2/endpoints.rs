//! VPC endpoints and the endpoint service, which only the vendor's guides describe.

use anypoint_cloudhub2::types::{
    EndpointServiceSettings, EndpointServiceStatus, VpcEndpointSettings, VpcEndpointStatus,
};
use anypoint_cloudhub2::types::{PrivateSpaceId, VpcEndpointId};

use super::{SPACE, client, naive};
use crate::support::{Server, empty, json, payload};
use crate::traps::{assert_naive_fails, lines};

fn settings() -> VpcEndpointSettings {
    let service = "com.amazonaws.vpce.us-east-1.vpce-svc-1";
    VpcEndpointSettings::new("orders", service, "us-east-1", "111122223333", ["use1-az1"])
}

/// An older guide prints the paths without `/organizations`; a naive client copies it.
#[tokio::test]
async fn trap_cloudhub2_vpc_endpoints_stand_below_organizations() {
    let list = payload!("cloudhub2/list_vpc_endpoints/bare_array.json");
    let one = payload!("cloudhub2/get_vpc_endpoint/pending.json");
    let server = Server::start([
        json(200, list),
        json(201, one),
        json(200, one),
        json(200, one),
        empty(204),
    ])
    .await;
    let client = client(&server);
    let call = client.list_vpc_endpoints(PrivateSpaceId::new("ps-1"));
    call.send().await.unwrap();
    let call = client.create_vpc_endpoint(PrivateSpaceId::new("ps-1"), settings());
    let id = call.send().await.unwrap().vpce_id.clone();
    let call = client.get_vpc_endpoint(PrivateSpaceId::new("ps-1"), &id);
    call.send().await.unwrap();
    let call = client.update_vpc_endpoint(PrivateSpaceId::new("ps-1"), &id, settings());
    call.send().await.unwrap();
    let call = client.delete_vpc_endpoint(PrivateSpaceId::new("ps-1"), &id);
    call.send().await.unwrap();
    let expected = [
        format!("GET {SPACE}/vpces"),
        format!("POST {SPACE}/vpces"),
        format!("GET {SPACE}/vpces/p-1"),
        format!("PATCH {SPACE}/vpces/p-1"),
        format!("DELETE {SPACE}/vpces/p-1"),
    ];
    assert_eq!(lines(&server), expected);
    // A change is sent whole: a naive client sends the member that it changes.
    let requests = server.requests();
    assert_eq!(requests[1].text(), requests[3].text());
    assert_eq!(
        requests[3].text(),
        r#"{"name":"orders","serviceName":"com.amazonaws.vpce.us-east-1.vpce-svc-1","serviceRegion":"us-east-1","serviceOwner":"111122223333","azIds":["use1-az1"]}"#
    );
}

/// As document 001 shows it: a bare array, without a state.
#[tokio::test]
async fn trap_cloudhub2_vpc_endpoints_are_a_bare_array() {
    let list = payload!("cloudhub2/list_vpc_endpoints/bare_array.json");
    let server = Server::start([json(200, list)]).await;
    let found = client(&server)
        .list_vpc_endpoints(PrivateSpaceId::new("ps-1"))
        .send()
        .await;
    let found = found.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].vpce_id, "ec6a2988-5529-4fac-9262-9b9962ce0b50");
    assert_eq!(found[0].service_owner.as_deref(), Some("amazon"));
    assert_eq!(found[0].az_ids, ["use1-az1", "use1-az2"]);
    // An account, and no number: the zero stays.
    assert_eq!(found[1].service_owner.as_deref(), Some("055970264539"));
    assert_eq!(found[1].status, None);
    assert_naive_fails::<naive::Page>(list, "expected a sequence");
    assert_naive_fails::<Vec<naive::Endpoint>>(list, "missing field `status`");
}

/// The guides print one state in two ways. One of them is unknown, and none is an error.
#[tokio::test]
async fn trap_cloudhub2_states_of_vpc_endpoints() {
    let pending = payload!("cloudhub2/get_vpc_endpoint/pending.json");
    let misprint = payload!("cloudhub2/get_vpc_endpoint/misprint.json");
    let server = Server::start([json(200, pending), json(200, misprint)]).await;
    let get =
        || client(&server).get_vpc_endpoint(PrivateSpaceId::new("ps-1"), VpcEndpointId::new("p-1"));
    let found = get().send().await.unwrap();
    assert_eq!(found.status, Some(VpcEndpointStatus::PendingAcceptance));
    assert_eq!(found.dns_entries, ["vpce-1.example.com"]);
    let found = get().send().await.unwrap();
    let status = found.status.as_ref().unwrap();
    assert_eq!(status.as_str(), "PendingAcceptence");
    assert_eq!(found.service_owner, None);
    assert_naive_fails::<naive::Endpoint>(misprint, "unknown variant `PendingAcceptence`");
}

/// No guide names the codes.
#[tokio::test]
async fn trap_cloudhub2_codes_of_vpc_endpoints() {
    let one = payload!("cloudhub2/get_vpc_endpoint/pending.json");
    for (created, deleted) in [(200, 200), (201, 202), (202, 204)] {
        let server = Server::start([json(created, one), empty(deleted)]).await;
        let call = client(&server).create_vpc_endpoint(PrivateSpaceId::new("ps-1"), settings());
        let found = call.send().await.unwrap();
        assert_eq!((found.status(), found.vpce_id.as_str()), (created, "p-1"));
        let call = client(&server)
            .delete_vpc_endpoint(PrivateSpaceId::new("ps-1"), VpcEndpointId::new("p-1"));
        assert_eq!(call.send().await.unwrap().status(), deleted);
    }
}

/// A change is answered with `true`, where a naive client reads the service; 204 deletes it.
#[tokio::test]
async fn trap_cloudhub2_endpoint_service_answers_true() {
    let yes = payload!("cloudhub2/create_endpoint_service/true.json");
    let server = Server::start([json(201, yes), json(200, yes), empty(204)]).await;
    let client = client(&server);
    let settings = || EndpointServiceSettings::new(["arn:aws:iam::111122223333:root"]);
    let call = client.create_endpoint_service(PrivateSpaceId::new("ps-1"), settings());
    let done = call.send().await.unwrap();
    assert_eq!((done.status(), done.into_value()), (201, true));
    let call = client.update_endpoint_service(PrivateSpaceId::new("ps-1"), settings());
    assert!(call.send().await.unwrap().into_value());
    let call = client.delete_endpoint_service(PrivateSpaceId::new("ps-1"));
    assert_eq!(call.send().await.unwrap().status(), 204);
    assert_naive_fails::<naive::Service>(yes, "invalid type: boolean");
    let expected =
        ["POST", "PATCH", "DELETE"].map(|verb| format!("{verb} {SPACE}/endpointservice"));
    assert_eq!(lines(&server), expected);
    assert_eq!(
        server.requests()[1].text(),
        r#"{"principals":["arn:aws:iam::111122223333:root"]}"#
    );
}

/// `unknown` is a state that the service sends; one that no guide has is kept.
#[tokio::test]
async fn trap_cloudhub2_state_of_the_endpoint_service() {
    let unknown = payload!("cloudhub2/get_endpoint_service/unknown.json");
    let deleting = payload!("cloudhub2/get_endpoint_service/deleting.json");
    let server = Server::start([json(200, unknown), json(200, deleting)]).await;
    let get = || client(&server).get_endpoint_service(PrivateSpaceId::new("ps-1"));
    let found = get().send().await.unwrap();
    assert_eq!(found.status, Some(EndpointServiceStatus::ReportedUnknown));
    assert_eq!(found.endpoint_service_name, None);
    assert_eq!(found.vpc_endpoints[0].message, None);
    assert_eq!(found.vpc_endpoints[0].connectable_azs, ["use1-az1"]);
    let found = get().send().await.unwrap();
    assert_eq!(found.status.as_ref().unwrap().as_str(), "Deleting");
    assert!(found.principals.is_empty());
    assert_naive_fails::<naive::Service>(unknown, "invalid type: null");
}
