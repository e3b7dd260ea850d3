//! Connections, VPNs and routes: names and types of requests, answers and examples differ.

use anypoint_cloudhub2::types::{ConnectionId, PrivateSpaceId, VpnId};
use anypoint_cloudhub2::types::{
    ConnectionUpdate, NetworkGateway, NewConnection, NewVpn, RouteUpdate, VpnLogOptions,
    VpnStartupAction, VpnStatus, VpnTunnel, VpnUpdate,
};
use anypoint_core::StringOrNumber;

use super::{BASE, SPACE, client, naive};
use crate::support::{Server, empty, json, payload};
use crate::traps::{assert_naive_fails, lines};

/// The published paths lack the connection: a naive client calls `connections/vpns/v-1`, which
/// is a connection of the name `vpns`.
#[tokio::test]
async fn trap_cloudhub2_vpns_stand_below_their_connection() {
    let connection = payload!("cloudhub2/get_connection/clients.json");
    let server = Server::start([
        json(201, connection),
        json(200, connection),
        empty(204),
        json(200, "hostname gateway"),
    ])
    .await;
    let client = client(&server);
    let vpn = NewVpn::new("203.0.113.4", [VpnTunnel::new()]);
    let call = client.create_vpn(PrivateSpaceId::new("ps-1"), ConnectionId::new("c-1"), vpn);
    assert_eq!(call.send().await.unwrap().vpns.len(), 1);
    let call = client.update_vpn(
        PrivateSpaceId::new("ps-1"),
        ConnectionId::new("c-1"),
        VpnId::new("v-1"),
        VpnUpdate::new(),
    );
    call.send().await.unwrap();
    let call = client.delete_vpn(
        PrivateSpaceId::new("ps-1"),
        ConnectionId::new("c-1"),
        VpnId::new("v-1"),
    );
    call.send().await.unwrap();
    let device = ("Cisco Systems, Inc.", "ISR Series", "IOS 12.4+");
    let call = client.download_connection_guide(
        PrivateSpaceId::new("ps-1"),
        ConnectionId::new("c-1"),
        VpnId::new("v-1"),
        device.0,
        device.1,
        device.2,
    );
    let guide = call.send().await.unwrap().into_value();
    assert_eq!(guide.bytes(100).await.unwrap(), "hostname gateway");
    let vpns = format!("{SPACE}/connections/c-1/vpns");
    let expected = [
        format!("POST {vpns}"),
        format!("PATCH {vpns}/v-1"),
        format!("DELETE {vpns}/v-1"),
        format!(
            "GET {vpns}/v-1/connectionGuide?vendor=Cisco%20Systems%2C%20Inc.\
             &platform=ISR%20Series&software=IOS%2012.4%2B"
        ),
    ];
    assert_eq!(lines(&server), expected);
}

/// Clients send texts and read numbers; the published specification has numbers both ways.
#[tokio::test]
async fn trap_cloudhub2_asns_keep_their_form() {
    let numbers = payload!("cloudhub2/list_connections/published.json");
    let texts = payload!("cloudhub2/get_connection/clients.json");
    let fractions = payload!("cloudhub2/update_vpn/vpn.json");
    let server = Server::start([json(200, numbers), json(200, texts), json(201, texts)]).await;
    let client = client(&server);
    let found = client
        .list_connections(PrivateSpaceId::new("ps-1"))
        .send()
        .await
        .unwrap();
    let asn = found[0].vpns[0].local_asn.clone().unwrap();
    assert_eq!(asn, StringOrNumber::from(65_001));
    let found = client
        .get_connection(PrivateSpaceId::new("ps-1"), ConnectionId::new("c-1"))
        .send()
        .await;
    let vpn = found.unwrap().vpns[0].clone();
    assert_eq!(vpn.local_asn, Some(StringOrNumber::from("65001")));
    assert_naive_fails::<naive::ConnectionOfNumbers>(texts, "expected i64");
    assert_naive_fails::<naive::VpnOfTexts>(fractions, "expected a string");
    assert_naive_fails::<naive::VpnOfIntegers>(fractions, "floating point `65002.0`");
    let new = NewVpn::new("203.0.113.4", []).local_asn("65001");
    let new = NewConnection::new("hello", [new.remote_asn(65_002)]);
    let call = client.create_connection(PrivateSpaceId::new("ps-1"), new);
    call.send().await.unwrap();
    assert_eq!(
        server.requests()[2].text(),
        r#"{"name":"hello","vpns":[{"localAsn":"65001","remoteAsn":65002,"remoteIpAddress":"203.0.113.4","vpnTunnels":[]}]}"#
    );
}

/// `connectionStatus` and `vpnTunnelsConfig` in examples, `vpnConnectionStatus` and
/// `vpnTunnels` in the schema and for clients, and a state that no document lists.
#[tokio::test]
async fn trap_cloudhub2_vpn_status_and_tunnels_under_two_names() {
    let published = payload!("cloudhub2/list_connections/published.json");
    let clients = payload!("cloudhub2/get_connection/clients.json");
    let server = Server::start([json(200, published), json(200, clients)]).await;
    let client = client(&server);
    let found = client
        .list_connections(PrivateSpaceId::new("ps-1"))
        .send()
        .await
        .unwrap();
    let vpn = &found[0].vpns[0];
    assert_eq!(vpn.vpn_connection_status, Some(VpnStatus::Available));
    assert_eq!(vpn.id, Some(VpnId::new("vpn-1")));
    let tunnel = &vpn.vpn_tunnels_config[0];
    assert_eq!(tunnel.startup_action, Some(VpnStartupAction::Start));
    assert!(vpn.vpn_tunnels.is_empty() && vpn.static_routes.is_empty());
    let found = client
        .get_connection(PrivateSpaceId::new("ps-1"), ConnectionId::new("c-1"))
        .send()
        .await;
    let vpn = &found.unwrap().into_value().vpns[0];
    let status = vpn.vpn_connection_status.as_ref().unwrap();
    assert_eq!(status.as_str(), "modifying");
    let tunnels = &vpn.vpn_tunnels;
    assert_eq!(tunnels[0].startup_action.as_ref().unwrap().as_str(), "wait");
    assert_eq!(tunnels[0].accepted_route_count, Some(2));
    for tunnel in tunnels {
        let change = tunnel.last_status_change.as_ref().unwrap();
        assert_eq!(change.as_millis(), Some(1_715_499_600_000));
    }
    assert!(!format!("{vpn:#?}").contains("s3cret"));
    assert_naive_fails::<Vec<naive::ConnectionWithStatus>>(published, "missing field `vpnConn");
    assert_naive_fails::<naive::ConnectionOfExamples>(clients, "missing field `connectionStatus`");
    assert_naive_fails::<naive::ConnectionWithStatus>(clients, "unknown variant `modifying`");
}

/// The published specification answers with the VPN, clients read the connection.
#[tokio::test]
async fn trap_cloudhub2_update_of_a_vpn_answers_with_either() {
    let vpn = payload!("cloudhub2/update_vpn/vpn.json");
    let connection = payload!("cloudhub2/update_vpn/connection.json");
    let server = Server::start([json(200, vpn), json(200, connection)]).await;
    let options = VpnLogOptions::new().log_enabled(true);
    let tunnel = || VpnTunnel::new().is_logs_enabled(true);
    let update = |tunnel| {
        let update = VpnUpdate::new().vpn_tunnels([tunnel]);
        client(&server).update_vpn(
            PrivateSpaceId::new("ps-1"),
            ConnectionId::new("c-1"),
            VpnId::new("v-1"),
            update,
        )
    };
    let found = update(tunnel()).send().await.unwrap();
    assert_eq!(found.remote_asn.as_ref().unwrap().as_f64(), Some(65_002.0));
    assert_eq!(found.vpn_tunnels[0].is_logs_enabled, Some(true));
    let call = update(tunnel().cloud_watch_log_options(options));
    let found = call.send().await.unwrap();
    assert_eq!(found.id, Some(VpnId::new("c-1")));
    assert_eq!(
        found.vpns[0].vpn_connection_status,
        Some(VpnStatus::Pending)
    );
    assert_naive_fails::<naive::VpnOfSchema>(connection, "missing field `vpnConnectionStatus`");
    assert_naive_fails::<naive::VpnWithRoutes>(connection, "missing field `staticRoutes`");
    assert_naive_fails::<naive::ConnectionOfNumbers>(vpn, "missing field `vpns`");
    // Nearly all members are required there; only what was set goes out.
    let requests = server.requests();
    let sent: Vec<_> = requests.iter().map(|request| request.text()).collect();
    let expected = [
        r#"{"vpnTunnels":[{"isLogsEnabled":true}]}"#,
        r#"{"vpnTunnels":[{"isLogsEnabled":true,"cloudWatchLogOptions":{"logEnabled":true}}]}"#,
    ];
    assert_eq!(sent, expected);
}

/// The id is required in the published body as well as in the path; clients send the name.
#[tokio::test]
async fn trap_cloudhub2_update_of_a_connection_needs_no_id() {
    let connection = payload!("cloudhub2/update_vpn/connection.json");
    let server = Server::start([json(202, connection)]).await;
    let update = ConnectionUpdate::new().name("renamed");
    let call = client(&server).update_connection(
        PrivateSpaceId::new("ps-1"),
        ConnectionId::new("c-1"),
        update,
    );
    assert_eq!(call.send().await.unwrap().id, "c-1");
    assert_eq!(server.request().text(), r#"{"name":"renamed"}"#);
}

/// No body is published for it.
#[tokio::test]
async fn trap_cloudhub2_vpn_devices_are_a_map_of_maps() {
    let vendors = payload!("cloudhub2/list_supported_vpn_devices/vendors.json");
    let server = Server::start([json(200, vendors), empty(200)]).await;
    let found = client(&server).list_supported_vpn_devices();
    let found = found.send().await.unwrap();
    let series = &found["Cisco Systems, Inc."]["ISR Series Routers"];
    assert_eq!(series, &["IOS 12.4+", "IOS 15.0+"]);
    assert!(found["pfSense"].is_empty());
    let none = client(&server).list_supported_vpn_devices();
    assert!(none.send().await.unwrap().is_empty());
    assert_naive_fails::<Vec<naive::Named>>(vendors, "expected a sequence");
    assert_naive_fails::<serde_json::Value>(b"", "EOF");
    let expected = format!("GET {BASE}/privatespaces/supportedVpnConfigs");
    assert_eq!(lines(&server)[0], expected);
}

/// Answers are bare arrays, and nulls stand in for what a route does not have.
#[tokio::test]
async fn trap_cloudhub2_routes_are_a_bare_array() {
    let routes = payload!("cloudhub2/list_routes/bare_array.json");
    let server = Server::start([json(200, routes), json(202, routes)]).await;
    let found = client(&server)
        .list_routes(PrivateSpaceId::new("ps-1"))
        .send()
        .await;
    let found = found.unwrap();
    assert_eq!(found[0].connection_id, Some(ConnectionId::new("c-1")));
    assert_eq!((&found[0].error_level, found.len()), (&None, 2));
    let update = RouteUpdate::new([NetworkGateway::new("IGW", ["172.16.0.0/12"])]);
    let call = client(&server).update_routes(PrivateSpaceId::new("ps-1"), update);
    assert_eq!(call.send().await.unwrap()[1].target, "IGW");
    assert_eq!(
        server.requests()[1].text(),
        r#"{"networkGateways":[{"target":"IGW","routes":["172.16.0.0/12"]}]}"#
    );
    assert_naive_fails::<naive::Page>(routes, "expected a sequence");
}
