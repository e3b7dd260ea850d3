//! The form of applications: two versions, dates as numbers, and undocumented states.

use anypoint_cloudhub::types::ApplicationStatus;
use anypoint_core::Timestamp;

use super::{client, naive};
use crate::support::{Server, json, payload};
use crate::traps::assert_naive_fails;

/// What one successful answer to `get_application` decodes to.
macro_rules! application {
    ($payload:expr) => {{
        let server = Server::start([json(200, $payload)]).await;
        let call = client(&server).get_application("hello");
        call.send().await.unwrap().into_value()
    }};
}

/// The overview's own example: dates are numbers, texts and ports are empty.
#[tokio::test]
async fn trap_cloudhub_the_overview_example() {
    let payload = payload!("cloudhub/get_application/overview.json");
    let found = application!(payload);
    assert_eq!(found.domain, "hello");
    assert_eq!(found.full_domain.as_deref(), Some(""));
    assert_eq!(found.version_id.as_deref(), Some("xxxxxxxx"));
    assert_eq!(found.status, Some(ApplicationStatus::Started));
    assert_eq!(
        found.last_update_time,
        Some(Timestamp::from_millis(1_589_868_960_908))
    );
    let runtime = found.mule_version.as_ref().unwrap();
    let end = runtime.end_of_support_date.as_ref().unwrap();
    assert_eq!(end.to_string(), "1633737600000");
    let workers = found.workers.as_ref().unwrap();
    assert_eq!(workers.remaining_org_workers, Some(223.7.into()));
    assert_eq!(workers.type_.as_ref().unwrap().weight, Some(0.1.into()));
    assert_eq!(found.worker_statuses[0].port, Some(0));
    assert_naive_fails::<naive::TextDates>(payload, "expected a string");
    // Maps that are there and empty are written as they came; absent members stay absent.
    let written = serde_json::to_value(&found).unwrap();
    let came: serde_json::Value = serde_json::from_slice(payload).unwrap();
    assert_eq!(written, came);
}

#[tokio::test]
async fn trap_cloudhub_dates_keep_their_form() {
    let iso = payload!("cloudhub/list_deployments/iso_dates.json");
    let epoch = payload!("cloudhub/list_mule_versions/epoch.json");
    let account = payload!("cloudhub/get_account/both.json");
    let server = Server::start([json(200, iso), json(200, epoch), json(200, account)]).await;
    let client = client(&server);
    let page = client.list_deployments("hello").send().await.unwrap();
    let deployment = &page.data[0];
    let created = deployment.create_time.as_ref().unwrap();
    assert_eq!(created.to_string(), "2015-08-10T00:12:55.123Z");
    assert_eq!(created.as_millis(), Some(1_439_165_575_123));
    let started = deployment.start_time.as_ref().unwrap();
    assert_eq!(started.as_millis(), Some(1_439_165_635_000));
    assert_eq!(deployment.end_time, None);
    assert_eq!(
        deployment.instances[0].status.as_deref(),
        Some("TERMINATED")
    );
    let versions = client.list_mule_versions().send().await.unwrap();
    let end = versions.data[0].end_of_life_date.as_ref().unwrap();
    assert_eq!(end.to_string(), "1728432000000");
    let account = client.get_account().send().await.unwrap();
    let created = account.created.as_ref().unwrap();
    assert_eq!(created.to_string(), "2015-08-10T00:12:55.123Z");
    assert!(!format!("{:?}", *account).contains("s3cret"));
    assert_naive_fails::<naive::EpochDeployments>(iso, "expected i64");
}

/// The same members with other types, and one member under another name.
#[expect(deprecated, reason = "the old version is what it is about")]
#[tokio::test]
async fn trap_cloudhub_two_versions_of_an_application() {
    let flat = payload!("cloudhub/get_application_v1/flat.json");
    let nested = payload!("cloudhub/get_application/overview.json");
    let server = Server::start([json(200, flat)]).await;
    let old = client(&server).get_application_v1("hello").send().await;
    let old = old.unwrap();
    assert_eq!(old.mule_version.as_deref(), Some("3.7.0"));
    assert_eq!(
        (old.workers, old.remaining_worker_count),
        (Some(1), Some(3.5.into()))
    );
    assert_eq!(old.encrypted_persistent_queues, Some(true));
    assert_eq!(old.supported_versions, ["3.6.2", "3.7.0"]);
    let updated = old.last_update_time.as_ref().unwrap();
    assert_eq!(updated.as_millis(), Some(1_440_000_000_000));
    let new = application!(nested);
    let version = new.mule_version.unwrap().version;
    assert_eq!(version.as_deref(), Some("4.3.0"));
    assert_eq!(new.workers.unwrap().amount, Some(1));
    assert_naive_fails::<naive::FlatApplication>(nested, "expected i32");
    assert_naive_fails::<naive::FlatVersion>(nested, "expected a string");
    assert_naive_fails::<naive::NestedApplication>(flat, "expected struct NestedVersion");
    let reason = "missing field `persistentQueuesEncrypted`";
    assert_naive_fails::<naive::EncryptedV2>(flat, reason);
}

/// Members from the fixtures of clients, which the specification does not have, lists of mixed
/// types, nulls, and numbers in quotes.
#[tokio::test]
async fn trap_cloudhub_undeclared_members_while_replacing() {
    let payload = payload!("cloudhub/get_application/replacing.json");
    let found = application!(payload);
    assert_eq!(found.status, Some(ApplicationStatus::Started));
    let update = found.deployment_update_status.as_deref();
    assert_eq!(update, Some("DEPLOYING"));
    assert_eq!(found.is_deployment_waiting, Some(true));
    assert_eq!(found.supported_versions[0]["version"], "4.4.0");
    assert_eq!(found.supported_versions[1], "3.9.5");
    assert_eq!(found.workers.unwrap().amount, Some(2));
    assert!(found.ip_addresses.is_empty() && found.vpn_config.is_none());
    assert_naive_fails::<naive::WorkerAmount>(payload, "expected i32");
    assert_naive_fails::<naive::Versions>(payload, "expected a string");
}

/// A deployment that failed: waiting for `STARTED` alone would never end, and the value is on no
/// list.
#[tokio::test]
async fn trap_cloudhub_statuses_that_no_list_has() {
    let payload = payload!("cloudhub/get_application/failed.json");
    let found = application!(payload);
    let status = found.status.unwrap();
    assert_eq!(status.as_str(), "DEPLOY_FAILED_ON_START");
    let update = found.deployment_update_status.unwrap();
    assert_eq!(update, "Failed");
    for text in [status.as_str(), update.as_str()] {
        assert!(text.to_ascii_uppercase().contains("FAIL"));
    }
    let message = found.deployment_error_message;
    assert_eq!(message.as_deref(), Some("no such flow"));
    assert_naive_fails::<naive::Status>(payload, "unknown variant");
}
