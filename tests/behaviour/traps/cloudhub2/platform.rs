//! Upgrades, accounts, ports, zones, logs and targets: bodies where none is published, and none
//! where one is.

use anypoint_cloudhub2::types::UpgradeStatus;
use anypoint_cloudhub2::types::{PrivateSpaceId, TargetId, VpcId};
use anypoint_core::EnvironmentId;

use super::{BASE, SPACE, client, naive};
use crate::support::{Server, empty, json, payload};
use crate::traps::{assert_naive_fails, lines};

/// A 200 without a body means that nothing is scheduled. The text that Terraform shows for it
/// is never on the wire, so a naive client waits for it in vain.
#[tokio::test]
async fn trap_cloudhub2_no_upgrade_is_an_empty_answer() {
    let queued = payload!("cloudhub2/get_upgrade_status/queued.json");
    let server = Server::start([json(200, ""), empty(200), json(200, queued), empty(404)]).await;
    let get = || client(&server).get_upgrade_status(PrivateSpaceId::new("ps-1"));
    for _ in 0..2 {
        let found = get().send().await.unwrap().into_value();
        assert_eq!((found.status, found.scheduled_update_time), (None, None));
    }
    let found: UpgradeStatus = get().send().await.unwrap().into_value();
    assert_eq!(found.status.as_deref(), Some("QUEUED"));
    let time = found.scheduled_update_time.unwrap();
    assert_eq!(time.as_millis(), Some(1_709_143_056_000));
    assert!(get().send().await.unwrap_err().is_not_found());
    assert_naive_fails::<naive::Upgrade>(b"", "EOF");
}

/// A PATCH without a body: a naive client puts the two values into one.
#[tokio::test]
async fn trap_cloudhub2_upgrade_is_scheduled_by_query() {
    let queued = payload!("cloudhub2/get_upgrade_status/queued.json");
    let server = Server::start([json(200, queued), json(200, queued), empty(204)]).await;
    let client = client(&server);
    let call = client.schedule_upgrade(PrivateSpaceId::new("ps-1"), true);
    call.date("2024-02-28T17:57:36Z").send().await.unwrap();
    let call = client.schedule_upgrade(PrivateSpaceId::new("ps-1"), false);
    call.send().await.unwrap();
    let call = client.cancel_upgrade(PrivateSpaceId::new("ps-1"));
    call.send().await.unwrap();
    let expected = [
        format!("PATCH {SPACE}/upgrade?optIn=true&date=2024-02-28T17%3A57%3A36Z"),
        format!("PATCH {SPACE}/upgrade?optIn=false"),
        format!("DELETE {SPACE}/upgrade"),
    ];
    assert_eq!(lines(&server), expected);
    for request in server.requests() {
        assert_eq!(request.text(), "", "{}", request.line());
        assert_eq!(request.header("content-type"), None);
    }
}

/// Dates without a format in the schema: times, numbers, and words.
#[tokio::test]
async fn trap_cloudhub2_dates_of_the_patch_window() {
    let window = payload!("cloudhub2/get_patch_window/published.json");
    let server = Server::start([json(200, window)]).await;
    let found = client(&server).get_patch_window().send().await.unwrap();
    let sandbox = found.sandbox_end_date.as_ref().unwrap();
    assert_eq!(sandbox.as_millis(), Some(1_711_151_999_999));
    let production = found.production_start_date.as_ref().unwrap();
    assert_eq!(production.as_millis(), Some(1_711_152_000_000));
    let production = found.production_end_date.as_ref().unwrap();
    assert_eq!(production.as_millis(), None);
    assert_eq!(production.to_string(), "24 March");
    assert_naive_fails::<naive::PatchWindow>(window, "expected a string");
}

/// Published without a body; clients read a bare JSON text. A bare word is read as well.
#[tokio::test]
async fn trap_cloudhub2_account_is_a_bare_string() {
    let account = payload!("cloudhub2/get_aws_account/bare_string.json");
    let server = Server::start([json(200, account), json(200, "055970264539"), empty(200)]).await;
    for expected in ["111122223333", "055970264539", ""] {
        let call = client(&server).get_aws_account(PrivateSpaceId::new("ps-1"));
        assert_eq!(call.send().await.unwrap().as_str(), expected);
    }
    assert_naive_fails::<naive::Account>(account, "expected struct Account");
    assert_naive_fails::<serde_json::Value>(b"055970264539", "invalid number");
    assert_eq!(lines(&server)[0], format!("GET {SPACE}/accounts"));
}

/// Only the guides have it, and they do not show the answer.
#[tokio::test]
async fn trap_cloudhub2_availability_zones_of_any_shape() {
    let strings = payload!("cloudhub2/list_availability_zones/strings.json");
    let objects = payload!("cloudhub2/list_availability_zones/objects.json");
    let server = Server::start([json(200, strings), json(200, objects)]).await;
    let list = || client(&server).list_availability_zones(PrivateSpaceId::new("ps-1"));
    assert_eq!(list().send().await.unwrap().value()[1], "use1-az2");
    let found = list().send().await.unwrap();
    assert_eq!(found.value()[0]["zoneId"], "use1-az1");
    assert_naive_fails::<Vec<String>>(objects, "expected a string");
    assert_naive_fails::<Vec<naive::Zone>>(strings, "expected struct Zone");
    assert_eq!(lines(&server)[0], format!("GET {SPACE}/azs"));
}

/// Both parameters are required in the published specification, which gives them defaults; a
/// naive client cannot leave them out.
#[tokio::test]
async fn trap_cloudhub2_ports_need_no_parameters() {
    let ports = payload!("cloudhub2/list_ports/ports.json");
    let server = Server::start([json(200, ports), json(200, ports), empty(409)]).await;
    let list = || client(&server).list_ports(PrivateSpaceId::new("ps-1"));
    assert_eq!(list().send().await.unwrap().ports, [30_500, 30_501, 32_500]);
    list().available(true).count(3).send().await.unwrap();
    let error = list().send().await.unwrap_err();
    assert_eq!((error.status(), error.is_retryable()), (Some(409), false));
    let lines = lines(&server);
    assert_eq!(lines[0], format!("GET {SPACE}/ports"));
    assert_eq!(
        lines[1],
        format!("GET {SPACE}/ports?available=true&count=3")
    );
}

/// Chunks of bytes, not JSON, and of a length that nobody knows.
#[tokio::test]
async fn trap_cloudhub2_ingress_log_comes_in_chunks() {
    let chunks =
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/octet-stream\r\n\
        transfer-encoding: chunked\r\n\r\n6\r\nline 1\r\n8\r\n\nline \xff2\r\n0\r\n\r\n";
    let server = Server::start([chunks.to_vec()]).await;
    let call = client(&server).download_ingress_logs(PrivateSpaceId::new("ps-1"));
    let log = call.send().await.unwrap().into_value();
    assert_eq!(log.content_length(), None);
    assert_eq!(log.bytes(100).await.unwrap(), &b"line 1\nline \xff2"[..]);
    assert_eq!(lines(&server), [format!("GET {SPACE}/logs/ingress")]);
    assert_naive_fails::<serde_json::Value>(b"line 1\nline \xff2", "expected value");
}

/// Seconds in the published example, milliseconds in the text, days elsewhere: all are kept.
#[tokio::test]
async fn trap_cloudhub2_targets_are_a_bare_array() {
    let targets = payload!("cloudhub2/list_targets/bare_array.json");
    let server = Server::start([json(200, targets)]).await;
    let found = client(&server).list_targets().send().await.unwrap();
    let target = &found[0];
    assert_eq!(target.type_.as_deref(), Some("runtime-fabric"));
    assert_eq!(target.nodes[0].is_available_for_deployments, Some(false));
    assert_eq!(target.defaults.as_ref().unwrap()["clustered"], true);
    // Required there, and not sent here.
    assert!(target.runtimes[1].versions.is_empty());
    let version = &target.runtimes[0].versions[0];
    assert_eq!(
        version.release_date.as_ref().unwrap().to_string(),
        "1528528781"
    );
    let end = version.end_of_life_support_date.as_ref().unwrap();
    assert_eq!(end.to_string(), "2030-01-31");
    assert_eq!(version.end_of_standard_support_date, None);
    let build = version.builds[0].release_date.as_ref().unwrap();
    assert_eq!(build.as_millis(), Some(1_528_528_781_000));
    assert_naive_fails::<naive::Page>(targets, "expected a sequence");
    assert_naive_fails::<Vec<naive::Target>>(targets, "expected a string");
    assert_eq!(lines(&server), [format!("GET {BASE}/targets")]);
}

/// The domains are texts, stars and all; only mule-maven-plugin calls this.
#[tokio::test]
async fn trap_cloudhub2_domains_of_a_target_are_texts() {
    let domains = payload!("cloudhub2/list_target_domains/bare_array.json");
    let server = Server::start([json(200, domains)]).await;
    let call = client(&server).list_target_domains(TargetId::new("r-1"), EnvironmentId::new("e-1"));
    let found = call.send().await.unwrap().into_value();
    assert_eq!(found, ["*.apps.example.com", "orders.example.com"]);
    let expected = format!("GET {BASE}/targets/r-1/environments/e-1/domains");
    assert_eq!(lines(&server), [expected]);
    assert_naive_fails::<Vec<naive::Named>>(domains, "expected struct Named");
}

/// Neither call has a schema: what comes is kept as it is.
#[tokio::test]
async fn trap_cloudhub2_migration_has_no_schema() {
    let vpcs = r#"[{"id":"vpc-1","eligible":false}]"#;
    let server = Server::start([json(200, vpcs), empty(200), empty(404)]).await;
    let client = client(&server);
    let found = client.list_migration_vpcs().send().await.unwrap();
    assert_eq!(found.value()[0]["id"], "vpc-1");
    let get = || client.get_migration_vpc(VpcId::new("vpc-1"));
    assert!(get().send().await.unwrap().value().is_null());
    assert_naive_fails::<serde_json::Value>(b"", "EOF");
    assert!(get().send().await.unwrap_err().is_not_found());
    assert_eq!(
        lines(&server)[1],
        format!("GET {BASE}/migration/vpcs/vpc-1")
    );
}
