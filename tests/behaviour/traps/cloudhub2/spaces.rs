//! Private spaces: there is no published schema for them at all.

use anypoint_cloudhub2::types::PrivateSpaceId;
use anypoint_cloudhub2::types::{
    EnvironmentKind, FirewallDirection, FirewallRule, IngressConfiguration, NetworkSettings,
    NewPrivateSpace, PrivateSpaceUpdate,
};
use anypoint_core::{ErrorKind, StringOrNumber};

use super::{BASE, SPACE, client, naive};
use crate::support::{Server, answer, empty, json, payload};
use crate::traps::{assert_naive_fails, lines};

/// What one successful answer to `get_private_space` decodes to.
macro_rules! space {
    ($payload:expr) => {{
        let server = Server::start([json(200, $payload)]).await;
        let call = client(&server).get_private_space(PrivateSpaceId::new("ps-1"));
        call.send().await.unwrap().into_value()
    }};
}

/// The published example is a bare array, clients read a page with `content`.
#[tokio::test]
async fn trap_cloudhub2_spaces_as_page_or_bare_array() {
    let page = payload!("cloudhub2/list_private_spaces/spring_page.json");
    let bare = payload!("cloudhub2/list_private_spaces/bare_array.json");
    let server = Server::start([json(200, page), json(200, bare)]).await;
    let found = client(&server).list_private_spaces().send().await;
    let found = found.unwrap();
    assert_eq!(found.total_elements, Some(1));
    assert_eq!((found.size, found.last), (Some(20), Some(true)));
    assert_eq!(found.content[0].status.as_deref(), Some("Active"));
    assert_eq!(found.content[0].status_message, None);
    let found = client(&server).list_private_spaces().send().await;
    let found = found.unwrap();
    assert_eq!((found.content.len(), found.total_elements), (2, None));
    assert_naive_fails::<naive::Page>(bare, "expected a sequence");
    assert_naive_fails::<Vec<naive::Named>>(page, "invalid type: map");
}

/// A page tells where it ends. A bare array does not: the service ignores the offset and
/// sends the same again, which must not become a second set of spaces.
#[tokio::test]
async fn trap_cloudhub2_spaces_end_in_both_forms() {
    let page = payload!("cloudhub2/list_private_spaces/spring_page.json");
    let bare = payload!("cloudhub2/list_private_spaces/bare_array.json");
    let server = Server::start([json(200, page)]).await;
    let call = client(&server).list_private_spaces().limit(20);
    assert_eq!(call.items().collect().await.unwrap().len(), 1);
    let expected = format!("GET {BASE}/privatespaces?offset=0&limit=20");
    assert_eq!(lines(&server), [expected]);
    let server = Server::start([json(200, bare), json(200, bare), json(200, bare)]).await;
    let call = client(&server).list_private_spaces();
    assert_eq!(call.items().collect().await.unwrap().len(), 2);
    let lines = lines(&server);
    assert_eq!(lines[1], format!("GET {BASE}/privatespaces?offset=2"));
}

/// A number here, a text there, and another name in the published list.
#[tokio::test]
async fn trap_cloudhub2_read_timeout_has_three_forms() {
    let text = payload!("cloudhub2/get_private_space/timeout_text.json");
    let number = payload!("cloudhub2/get_private_space/timeout_number.json");
    let list = payload!("cloudhub2/list_private_spaces/bare_array.json");
    let found = space!(text).ingress_configuration.unwrap();
    assert_eq!(
        found.read_response_timeout,
        Some(StringOrNumber::from("300"))
    );
    let found = space!(number).ingress_configuration.unwrap();
    let timeout = found.read_response_timeout.unwrap();
    assert_eq!(timeout, StringOrNumber::from(300));
    let server = Server::start([json(200, list), empty(200)]).await;
    let found = client(&server).list_private_spaces().send().await;
    let found = found.unwrap().content[0].ingress_configuration.clone();
    let found = found.unwrap();
    assert_eq!(found.max_read_timeout.unwrap().as_i64(), Some(5000));
    assert_eq!(found.read_response_timeout, None);
    assert_naive_fails::<naive::WithIngress>(text, "expected i32");
    assert_naive_fails::<naive::WithTextTimeout>(number, "expected a string");
    // What Terraform sends.
    let ingress = IngressConfiguration::new().read_response_timeout("600");
    let update = PrivateSpaceUpdate::new().ingress_configuration(ingress);
    let call = client(&server).update_private_space(PrivateSpaceId::new("ps-1"), update);
    call.send().await.unwrap();
    assert_eq!(
        server.requests()[1].text(),
        r#"{"ingressConfiguration":{"readResponseTimeout":"600"}}"#
    );
}

/// Five members are required in the published specification: a naive client sends all of them,
/// and what it did not mean to change is reset. An answer of 200 is empty there and has a body
/// for clients; 202 has one.
#[tokio::test]
async fn trap_cloudhub2_update_of_a_space_is_partial() {
    let body = payload!("cloudhub2/get_private_space/timeout_number.json");
    let server = Server::start([empty(200), json(200, body), json(202, body), empty(200)]).await;
    let rule = FirewallRule::new("0.0.0.0/0", "tcp").from_port(443);
    let rule = rule.to_port(443).type_(FirewallDirection::Inbound);
    let network = NetworkSettings::new().reserved_cidrs(["10.20.0.0/16"]);
    let updates = [
        PrivateSpaceUpdate::new().managed_firewall_rules([rule.clone()]),
        PrivateSpaceUpdate::new().firewall_rules([rule]),
        PrivateSpaceUpdate::new().network(network),
        // All rules taken away is not the same as rules left as they are.
        PrivateSpaceUpdate::new().managed_firewall_rules([]),
    ];
    let mut found = Vec::new();
    for update in updates {
        let call = client(&server).update_private_space(PrivateSpaceId::new("ps-1"), update);
        let space = call.send().await.unwrap();
        found.push((space.status(), space.into_value().id));
    }
    let expected = [(200, ""), (200, "ps-1"), (202, "ps-1"), (200, "")];
    assert_eq!(
        found,
        expected.map(|(code, id)| (code, PrivateSpaceId::new(id)))
    );
    assert_naive_fails::<naive::Named>(b"", "EOF");
    let rule = r#"{"cidrBlock":"0.0.0.0/0","protocol":"tcp","fromPort":443,"toPort":443,"type":"inbound"}"#;
    let expected = [
        format!(r#"{{"managedFirewallRules":[{rule}]}}"#),
        format!(r#"{{"firewallRules":[{rule}]}}"#),
        r#"{"network":{"reservedCidrs":["10.20.0.0/16"]}}"#.to_owned(),
        r#"{"managedFirewallRules":[]}"#.to_owned(),
    ];
    let requests = server.requests();
    let sent: Vec<_> = requests.iter().map(|request| request.text()).collect();
    assert_eq!(sent, expected);
    assert_eq!(requests[0].line(), format!("PATCH {SPACE}"));
}

/// Terraform reads and writes `managedFirewallRules`, published examples have `firewallRules`.
#[tokio::test]
async fn trap_cloudhub2_two_names_of_firewall_rules() {
    let managed = payload!("cloudhub2/get_private_space/component_status.json");
    let published = payload!("cloudhub2/get_private_space/timeout_number.json");
    let found = space!(managed);
    assert_eq!(found.managed_firewall_rules[0].to_port, Some(80));
    assert!(found.firewall_rules.is_empty());
    let found = space!(published);
    assert_eq!(found.firewall_rules[0].to_port, Some(8081));
    assert!(found.managed_firewall_rules.is_empty());
    assert_naive_fails::<naive::WithRules>(managed, "missing field `firewallRules`");
    assert_naive_fails::<naive::WithManagedRules>(published, "missing field `managed");
}

/// `lastSeenTimestamp` and `lastSeenTimeStamp`, as a number and as a date.
#[tokio::test]
async fn trap_cloudhub2_last_seen_in_two_spellings_and_forms() {
    let number = payload!("cloudhub2/get_private_space/timeout_text.json");
    let date = payload!("cloudhub2/get_private_space/timeout_number.json");
    for payload in [&number[..], &date[..]] {
        let ingress = space!(payload).ingress_configuration.unwrap();
        let seen = ingress.deployment.unwrap().last_seen_timestamp.unwrap();
        assert_eq!(seen.as_millis(), Some(1_715_499_600_000));
    }
    assert_naive_fails::<naive::WithDeployment>(date, "missing field `lastSeenTimestamp`");
    let components = payload!("cloudhub2/get_private_space/component_status.json");
    let found = space!(components).global_space_status.unwrap();
    let seen = found.space.unwrap().last_seen_time_stamp.unwrap();
    assert_eq!(seen.as_millis(), Some(1_715_499_600_000));
    let fabric = found.cluster[0].fabric.clone().unwrap();
    let seen = fabric.last_seen_time_stamp.unwrap();
    assert_eq!(seen.to_string(), "2024-05-12T07:40:00Z");
    assert!(found.cluster[0].ingress.is_none());
    assert_naive_fails::<naive::WithComponents>(components, "missing field `lastSeenTimeStamp`");
}

/// The scope of a space has no groups in some answers, and kinds that no list has.
#[tokio::test]
async fn trap_cloudhub2_environments_of_a_space() {
    let bare = payload!("cloudhub2/list_private_spaces/bare_array.json");
    let server = Server::start([json(200, bare)]).await;
    let found = client(&server).list_private_spaces().send().await;
    let content = found.unwrap().into_value().content;
    let scope = content[0].environments.as_ref().unwrap();
    assert_eq!(scope.type_, EnvironmentKind::Sandbox);
    assert_eq!(scope.business_groups, ["all"]);
    let scope = content[1].environments.as_ref().unwrap();
    assert_eq!(scope.type_.as_str(), "dedicated");
    let partial = payload!("cloudhub2/get_private_space/timeout_text.json");
    let scope = space!(partial).environments.unwrap();
    assert_eq!(scope.type_, EnvironmentKind::All);
    assert!(scope.business_groups.is_empty());
    assert_naive_fails::<naive::WithScope>(partial, "missing field `businessGroups`");
    assert_naive_fails::<Vec<naive::WithKind>>(bare, "unknown variant `dedicated`");
}

/// `{message}`, with faults or without, and a plain text.
#[tokio::test]
async fn trap_cloudhub2_errors_in_three_forms() {
    let missing = payload!("cloudhub2/get_private_space/not_found.json");
    let faults = payload!("cloudhub2/create_private_space/faults.json");
    let server = Server::start([
        json(404, missing),
        json(400, faults),
        answer(401, "text/plain", "unauthorized"),
        empty(409),
    ])
    .await;
    let client = client(&server);
    let error = client
        .get_private_space(PrivateSpaceId::new("ps-9"))
        .send()
        .await;
    let error = error.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.message(), Some("Private space ps-9 not found"));
    let create = || client.create_private_space(NewPrivateSpace::new("a b"));
    let error = create().send().await.unwrap_err();
    let message = error.message().unwrap();
    assert!(message.starts_with("Invalid Request"), "{message}");
    let error = create().send().await.unwrap_err();
    assert_eq!(error.status(), Some(401));
    assert_eq!(error.message(), Some("unauthorized"));
    let error = create().send().await.unwrap_err();
    let found = (error.kind(), error.status(), error.is_retryable());
    assert_eq!(found, (ErrorKind::Status, Some(409), false));
    assert_naive_fails::<naive::Problem>(missing, "missing field `errors`");
    assert_naive_fails::<naive::Problem>(b"unauthorized", "expected value");
}
