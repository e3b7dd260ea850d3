//! Transit gateways: the published calls differ from those of the clients.

use anypoint_cloudhub2::types::{NewTransitGateway, TransitGatewayRename, TransitGatewayUpdate};
use anypoint_cloudhub2::types::{PrivateSpaceId, TransitGatewayId};

use super::{BASE, SPACE, client, naive};
use crate::support::{Server, json, payload};
use crate::traps::{assert_naive_fails, lines};

#[tokio::test]
async fn trap_cloudhub2_transit_gateways_are_a_bare_array() {
    let gateways = payload!("cloudhub2/list_transit_gateways/bare_array.json");
    let one = payload!("cloudhub2/update_transit_gateway/published.json");
    let server = Server::start([json(200, gateways), json(200, gateways), json(201, one)]).await;
    let client = client(&server);
    let call = client.list_transit_gateways(PrivateSpaceId::new("ps-1"));
    let found = call.send().await.unwrap();
    let status = found[0].status.as_ref().unwrap();
    assert_eq!(status.routes, ["10.0.0.0/21", "10.0.0.0/22"]);
    let attachment = status.attachment.as_deref();
    assert_eq!(attachment, Some("Pending PrivateSpace Attachment"));
    let share = found[1].spec.as_ref().unwrap().resource_share.clone();
    assert_eq!(share.unwrap().account.as_deref(), Some("25102306"));
    let call = client.list_organization_transit_gateways();
    let call = call
        .region("us-east-1")
        .private_space_id(PrivateSpaceId::new("ps-1"));
    assert_eq!(call.send().await.unwrap().len(), 2);
    let new = NewTransitGateway::new("gateway-1", "s-1", "25102306", ["10.0.0.0/21"]);
    let call = client.create_transit_gateway(PrivateSpaceId::new("ps-1"), new);
    let created = call.send().await.unwrap();
    assert_eq!(created.spec.as_ref().unwrap().network_ids, ["n-1"]);
    assert_naive_fails::<naive::Page>(gateways, "expected a sequence");
    let expected = [
        format!("GET {SPACE}/transitgateways"),
        format!("GET {BASE}/transitgateways?region=us-east-1&privateSpaceId=ps-1"),
        format!("POST {SPACE}/transitgateways"),
    ];
    assert_eq!(lines(&server), expected);
}

/// One object is published as the answer; clients read an array of another shape.
#[tokio::test]
async fn trap_cloudhub2_changed_transit_gateway_as_object_or_array() {
    let object = payload!("cloudhub2/update_transit_gateway/published.json");
    let array = payload!("cloudhub2/update_transit_gateway/clients.json");
    let server = Server::start([
        json(200, object),
        json(202, object),
        json(200, array),
        json(200, array),
        json(200, object),
    ])
    .await;
    let client = client(&server);
    let renamed = || TransitGatewayUpdate::new().name("renamed");
    for update in [
        renamed(),
        renamed(),
        TransitGatewayUpdate::new().routes(["10.0.0.0/21"]),
    ] {
        let call = client.update_transit_gateway(
            PrivateSpaceId::new("ps-1"),
            TransitGatewayId::new("t-1"),
            update,
        );
        let found = call.send().await.unwrap().into_value().transit_gateways;
        assert_eq!((found.len(), found[0].id.as_str()), (1, "t-1"));
    }
    let rename = || TransitGatewayRename::new("renamed");
    let call = client.rename_organization_transit_gateway(TransitGatewayId::new("t-1"), rename());
    let found = call.send().await.unwrap().into_value().transit_gateways;
    assert_eq!(found[0].resource_share_id.as_deref(), Some("s-1"));
    assert_eq!(found[0].routes, ["10.0.0.0/21", "10.0.0.0/22"]);
    assert!(found[0].spec.is_none() && found[0].status.is_none());
    let call = client.rename_organization_transit_gateway(TransitGatewayId::new("t-1"), rename());
    let found = call.send().await.unwrap().into_value().transit_gateways;
    assert!(found[0].status.is_some());
    assert_naive_fails::<Vec<naive::Named>>(object, "expected a sequence");
    assert_naive_fails::<naive::Named>(array, "expected a string");
    assert_naive_fails::<Vec<naive::TransitGateway>>(array, "missing field `spec`");
    let requests = server.requests();
    assert_eq!(requests[2].text(), r#"{"routes":["10.0.0.0/21"]}"#);
    assert_eq!(requests[3].text(), r#"{"name":"renamed"}"#);
    let lines = lines(&server);
    assert_eq!(lines[0], format!("PATCH {SPACE}/transitgateways/t-1"));
    assert_eq!(lines[3], format!("PATCH {BASE}/transitgateways/t-1"));
}

/// The body is an array of texts, which a naive client wraps into an object. No answer of the
/// four calls about routes is published.
#[tokio::test]
async fn trap_cloudhub2_routes_of_transit_gateways_have_no_schema() {
    let strings = payload!("cloudhub2/list_transit_gateway_routes/strings.json");
    let objects = payload!("cloudhub2/list_transit_gateway_routes/objects.json");
    let server = Server::start([
        json(200, strings),
        json(200, objects),
        json(200, strings),
        json(200, ""),
    ])
    .await;
    let client = client(&server);
    let call = client.list_all_transit_gateway_routes(PrivateSpaceId::new("ps-1"));
    assert_eq!(call.send().await.unwrap().value()[1], "10.0.0.0/22");
    let call = client
        .list_transit_gateway_routes(PrivateSpaceId::new("ps-1"), TransitGatewayId::new("t-1"));
    let found = call.send().await.unwrap();
    assert_eq!(found.value()[0]["destination"], "10.0.0.0/21");
    let call = client.list_organization_transit_gateway_routes(TransitGatewayId::new("t-1"));
    assert_eq!(call.send().await.unwrap().value()[0], "10.0.0.0/21");
    let routes = ["10.0.0.0/21", "10.0.0.0/22"];
    let call = client.update_transit_gateway_routes(
        PrivateSpaceId::new("ps-1"),
        TransitGatewayId::new("t-1"),
        routes,
    );
    assert!(call.send().await.unwrap().value().is_null());
    assert_naive_fails::<Vec<String>>(objects, "expected a string");
    assert_naive_fails::<Vec<String>>(b"", "EOF");
    let requests = server.requests();
    assert_eq!(requests[3].text(), r#"["10.0.0.0/21","10.0.0.0/22"]"#);
    let expected = [
        format!("GET {SPACE}/transitgateways/routes"),
        format!("GET {SPACE}/transitgateways/t-1/routes"),
        format!("GET {BASE}/transitgateways/t-1/routes"),
        format!("PATCH {SPACE}/transitgateways/t-1/routes"),
    ];
    assert_eq!(lines(&server), expected);
}
