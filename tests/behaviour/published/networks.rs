//! CloudHub 1.0: load balancers, VPCs, VPNs and transit gateways.

use anypoint_cloudhub::types::{
    LoadBalancerAddressStatus, LoadBalancerId, NewVpn, TransitGatewayConnection, TransitGatewayId,
    TransitGatewayUpdate, VpcId, VpcUpdate, VpnTunnelConfiguration,
};
use anypoint_cloudhub::{Client, OrganizationClient};
use anypoint_core::OrganizationId;
use serde_json::{Value, json as value};

use crate::support::{Server, empty, json, payload, sent, session};

fn client(server: &Server) -> OrganizationClient {
    Client::new(&session(server)).in_organization(OrganizationId::new("o-1"))
}

fn vpc() -> VpcId {
    VpcId::new("vpc-1")
}

#[tokio::test]
async fn an_address_of_a_load_balancer_is_in_use_or_was() {
    let found = payload!("cloudhub/get_load_balancer/address_status.json");
    let server = Server::start([json(200, found)]).await;
    let call = client(&server).get_load_balancer(vpc(), LoadBalancerId::new("5e9f"));
    let balancer = call.send().await.unwrap().into_value();
    let statuses = balancer.ip_addresses_info.into_iter();
    let statuses: Vec<_> = statuses.filter_map(|address| address.status).collect();
    let expected = [
        LoadBalancerAddressStatus::Used,
        LoadBalancerAddressStatus::LastUsed,
        LoadBalancerAddressStatus::Available,
    ];
    assert_eq!(statuses, expected);
}

/// The owner of a VPC may send anything, who only uses it these two.
#[tokio::test]
async fn a_change_of_a_vpc_sends_what_changes_alone() {
    let found = payload!("cloudhub/get_vpc/routes.json");
    let server = Server::start([json(200, found)]).await;
    let update = VpcUpdate::new()
        .is_default(true)
        .associated_environments(["e-1"]);
    let call = client(&server).update_vpc(vpc(), update);
    call.send().await.unwrap();
    let expected = value!({"isDefault": true, "associatedEnvironments": ["e-1"]});
    assert_eq!(sent(&server), expected);
}

#[tokio::test]
async fn the_routes_of_a_vpc_have_names_with_blanks() {
    let found = payload!("cloudhub/get_vpc/routes.json");
    let server = Server::start([json(200, found)]).await;
    let vpc = client(&server).get_vpc(vpc()).send().await;
    let vpc = vpc.unwrap().into_value();
    assert_eq!(vpc.vpc_routes[0].next_hop.as_deref(), Some("Local"));
    assert_eq!(vpc.vpc_routes[1].cidr.as_deref(), Some("0.0.0.0/0"));
    let raw: Value = serde_json::from_slice(found).unwrap();
    assert_eq!(value!(vpc)["vpcRoutes"], raw["vpcRoutes"]);
}

#[tokio::test]
async fn static_routes_go_with_tunnels_of_either_routing() {
    let server = Server::start([empty(201)]).await;
    let tunnel = VpnTunnelConfiguration::new("s3cret.key", "169.254.12.0/30");
    let vpn = NewVpn::new("hq", "203.0.113.24")
        .remote_asn(65_000)
        .remote_networks(["10.0.0.0/8"])
        .tunnel_configs([tunnel]);
    let call = client(&server).create_vpn(vpc(), vpn);
    call.send().await.unwrap();
    let expected = value!({
        "name": "hq", "remoteIpAddress": "203.0.113.24", "remoteAsn": 65_000,
        "remoteNetworks": ["10.0.0.0/8"],
        "tunnelConfigs": [{"psk": "s3cret.key", "ptpCidr": "169.254.12.0/30"}],
    });
    assert_eq!(sent(&server), expected);
}

/// The update of a transit gateway is three operations: to attach, to route and to rename.
#[tokio::test]
async fn each_part_of_a_transit_gateway_changes_alone() {
    let attached = payload!("cloudhub/update_transit_gateway/attached.json");
    let attach = TransitGatewayConnection::new(vpc());
    let route = TransitGatewayConnection::new(vpc()).routes(["12.1.0.0/16"]);
    for (update, expected) in [
        (
            TransitGatewayUpdate::new().tgw_vpc_connections([attach]),
            value!({"tgwVpcConnections": [{"vpcId": "vpc-1"}]}),
        ),
        (
            TransitGatewayUpdate::new().tgw_vpc_connections([route]),
            value!({"tgwVpcConnections": [{"vpcId": "vpc-1", "routes": ["12.1.0.0/16"]}]}),
        ),
        (
            TransitGatewayUpdate::new().tgw_name("new"),
            value!({"tgwName": "new"}),
        ),
    ] {
        let server = Server::start([json(201, attached)]).await;
        let call = client(&server).update_transit_gateway(TransitGatewayId::new("g-1"), update);
        call.send().await.unwrap();
        assert_eq!(sent(&server), expected);
    }
}

#[tokio::test]
async fn a_transit_gateway_and_its_attachment_say_how_far_they_are() {
    let found = payload!("cloudhub/list_transit_gateways/attached.json");
    let server = Server::start([json(200, found)]).await;
    let list = client(&server).list_transit_gateways().send().await;
    let gateway = list.unwrap().into_value().data.remove(0);
    assert_eq!(gateway.tgw_status.as_deref(), Some("AVAILABLE"));
    let attachment = &gateway.tgw_attachments[0];
    assert_eq!(attachment.status.as_deref(), Some("VPC_ATTACHED_ROUTED"));
    let changed = attachment.last_modified_time.as_ref().unwrap();
    assert_eq!(changed.as_millis(), Some(1_623_369_054_731));
}
