//! Load balancers, VPNs and transit gateways: words that became booleans, two spellings of one member, a
//! path with a repeated part.

use anypoint_cloudhub::types::{
    ChangeKind, HttpMode, LoadBalancerChange, NewLoadBalancer, NewSslEndpoint, NewVpn,
    TransitGatewayConnection, TransitGatewayUpdate, VerifyClientMode, VpcUpdate,
    VpnConnectionStatus, VpnRoutingType,
};
use anypoint_cloudhub::types::{LoadBalancerId, TransitGatewayId, VpcId, VpnId};
use serde_json::json as value;

use super::{BASE, inside, naive};
use crate::support::{Server, empty, json, payload};
use crate::traps::{assert_naive_fails, lines, sent};

/// `on` and `off` are booleans to a YAML reader, so the specification lists `true` and `false`.
#[tokio::test]
async fn trap_cloudhub_on_and_off_are_words() {
    let payload = payload!("cloudhub/get_load_balancer/on_and_off.json");
    let server = Server::start([json(200, payload), json(201, payload)]).await;
    let call = inside(&server).get_load_balancer(VpcId::new("vpc-1"), LoadBalancerId::new("5e9f"));
    let found = call.send().await.unwrap();
    assert_eq!(found.http_mode, Some(HttpMode::Off));
    let modes = found.ssl_endpoints.iter();
    let modes: Vec<_> = modes
        .map(|endpoint| endpoint.verify_client_mode.clone())
        .collect();
    let expected = [
        Some(VerifyClientMode::On),
        Some(VerifyClientMode::Optional),
        Some(VerifyClientMode::Off),
    ];
    assert_eq!(modes, expected);
    let endpoint = NewSslEndpoint::new().verify_client_mode(VerifyClientMode::On);
    let new = NewLoadBalancer::new("acme")
        .http_mode(HttpMode::Redirect)
        .ssl_endpoints([endpoint]);
    let call = inside(&server).create_load_balancer(VpcId::new("vpc-1"), new);
    call.send().await.unwrap();
    let requests = server.requests();
    assert_eq!(
        requests[1].text(),
        r#"{"name":"acme","httpMode":"redirect","sslEndpoints":[{"verifyClientMode":"on"}]}"#
    );
    assert_naive_fails::<naive::BooleanMode>(payload, "expected a boolean");
    assert_naive_fails::<naive::VerifyModes>(payload, "expected a boolean");
}

#[tokio::test]
async fn trap_cloudhub_addresses_in_two_spellings() {
    let capital = payload!("cloudhub/get_load_balancer/on_and_off.json");
    let small = payload!("cloudhub/get_load_balancer/schema_spelling.json");
    let server = Server::start([json(200, capital), json(200, small)]).await;
    let get =
        || inside(&server).get_load_balancer(VpcId::new("vpc-1"), LoadBalancerId::new("5e9f"));
    let (capitals, smalls) = (get().send().await.unwrap(), get().send().await.unwrap());
    assert_eq!(capitals.ip_addresses, ["198.51.100.17"]);
    assert_eq!(smalls.ip_addresses, ["198.51.100.17"]);
    // An old name beside a new one, not a spelling of it: the values differ here.
    assert_eq!(capitals.ip_whitelist, ["203.0.113.0/24"]);
    assert_eq!(capitals.ip_allowlist, ["0.0.0.0/0"]);
    assert_eq!(smalls.ip_whitelist, ["0.0.0.0/0"]);
    assert!(smalls.ip_allowlist.is_empty());
    assert_naive_fails::<naive::SmallAddresses>(capital, "missing field `ipAddresses`");
    assert_naive_fails::<naive::CapitalAddresses>(small, "missing field `IpAddresses`");
    assert_naive_fails::<naive::AllowList>(small, "missing field `ipAllowlist`");
}

/// The published example wraps the list in `value`; a naive client sends `{"value":[...]}`.
#[tokio::test]
async fn trap_cloudhub_load_balancer_patch_is_a_bare_list() {
    let payload = payload!("cloudhub/get_load_balancer/schema_spelling.json");
    let server = Server::start([json(200, payload)]).await;
    let changes = [
        LoadBalancerChange::new(ChangeKind::Replace, "/httpMode").value(value!("on")),
        LoadBalancerChange::new(ChangeKind::Replace, "/tlsv13").value(value!("true")),
        LoadBalancerChange::new(ChangeKind::Remove, "/sslEndpoints/0/mappings/1"),
    ];
    let call = inside(&server).update_load_balancer(
        VpcId::new("vpc-1"),
        LoadBalancerId::new("5e9f"),
        changes,
    );
    call.send().await.unwrap();
    let request = server.request();
    let line = format!("PATCH {BASE}/organizations/o-1/vpcs/vpc-1/loadbalancers/5e9f");
    assert_eq!(request.line(), line);
    let content_type = request.header("content-type");
    assert_eq!(content_type.as_deref(), Some("application/json-patch+json"));
    assert_eq!(
        request.text(),
        r#"[{"op":"replace","path":"/httpMode","value":"on"},{"op":"replace","path":"/tlsv13","value":"true"},{"op":"remove","path":"/sslEndpoints/0/mappings/1"}]"#
    );
}

/// The specification prints `/ipsec/ipsec/{vpnId}`, which is a 404.
#[tokio::test]
async fn trap_cloudhub_vpn_path_has_one_ipsec() {
    let tunnels = payload!("cloudhub/get_vpn/tunnels.json");
    let server = Server::start([json(200, tunnels), empty(204)]).await;
    let client = inside(&server);
    let vpn = client
        .get_vpn(VpcId::new("vpc-1"), VpnId::new("65f1"))
        .send()
        .await
        .unwrap();
    let status = &vpn.state.vpn_connection_status;
    assert_eq!(*status, VpnConnectionStatus::Available);
    let asn = vpn.spec.local_asn.as_ref().unwrap();
    assert_eq!(asn.as_i64(), Some(4_294_967_294));
    assert_eq!(vpn.spec.routing_type, Some(VpnRoutingType::Bgp));
    let created = vpn.state.created_at.as_ref().unwrap();
    assert_eq!(created.to_string(), "2015-08-10T00:12:55Z");
    assert!(!format!("{:?}", *vpn).contains("s3cret"));
    let call = client.delete_vpn(VpcId::new("vpc-1"), VpnId::new("65f1"));
    call.send().await.unwrap();
    let path = format!("{BASE}/organizations/o-1/vpcs/vpc-1/ipsec/65f1");
    let expected = [format!("GET {path}"), format!("DELETE {path}")];
    assert_eq!(lines(&server), expected);
}

/// Published without a body, read as an object by a client.
#[tokio::test]
async fn trap_cloudhub_a_new_vpn_may_not_be_shown() {
    let created = payload!("cloudhub/create_vpn/created.json");
    let server = Server::start([empty(201), json(201, ""), json(201, created)]).await;
    let client = inside(&server);
    let create = || {
        let new = NewVpn::new("hq", "203.0.113.24");
        client.create_vpn(VpcId::new("vpc-1"), new).send()
    };
    for _ in 0..2 {
        let answer = create().await.unwrap();
        assert_eq!((answer.status(), answer.into_value()), (201, None));
    }
    let vpn = create().await.unwrap().into_value().unwrap();
    let status = vpn.state.vpn_connection_status;
    assert_eq!(status, VpnConnectionStatus::Pending);
    // Not there yet, in spite of the published schema.
    assert!(vpn.state.vpn_tunnels.is_empty());
    assert_naive_fails::<naive::Identified>(b"", "EOF");
    assert_naive_fails::<naive::Vpn>(created, "missing field `vpnTunnels`");
    let body = server.requests()[0].text();
    assert_eq!(body, r#"{"name":"hq","remoteIpAddress":"203.0.113.24"}"#);
}

/// A naive client takes 201 for the answer to a creation, and anything but 200 for a failure.
#[tokio::test]
async fn trap_cloudhub_transit_gateway_update_is_201() {
    let attached = payload!("cloudhub/update_transit_gateway/attached.json");
    let server = Server::start([json(201, attached), json(200, attached)]).await;
    let connection = || TransitGatewayConnection::new(VpcId::new("vpc-1")).routes(["10.60.0.0/16"]);
    for status in [201, 200] {
        let update = TransitGatewayUpdate::new().tgw_vpc_connections([connection()]);
        let call = inside(&server).update_transit_gateway(TransitGatewayId::new("g-1"), update);
        let gateway = call.send().await.unwrap();
        assert_eq!((gateway.status(), gateway.id.as_str()), (status, "g-1"));
        let created = gateway.creation_time.as_ref().unwrap();
        assert_eq!(created.to_string(), "1440000000000");
        assert!(gateway.tgw_attachments[0].routes.is_empty());
    }
    let line = format!("PUT {BASE}/organizations/o-1/tgws/g-1");
    assert_eq!(lines(&server), [line.clone(), line]);
}

/// The answer to an update has neither id nor region. Null clears the name servers; a naive
/// client leaves nulls out.
#[tokio::test]
async fn trap_cloudhub_vpc_update_answers_without_id() {
    let payload = payload!("cloudhub/update_vpc/without_id.json");
    let server = Server::start([json(200, payload)]).await;
    let update = VpcUpdate::new()
        .name("acme")
        .internal_dns(anypoint_core::Nullable::Null)
        .shared_with(Vec::<String>::new());
    let call = inside(&server).update_vpc(VpcId::new("vpc-1"), update);
    let vpc = call.send().await.unwrap().into_value();
    assert_eq!((vpc.id, vpc.internal_dns), (None, None));
    assert_eq!(vpc.firewall_rules[0].to_port, 8082);
    let expected = value!({"name": "acme", "internalDns": null, "sharedWith": []});
    assert_eq!(sent(&server), expected);
    assert_naive_fails::<naive::Identified>(payload, "missing field `id`");
}
