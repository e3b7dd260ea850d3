//! The emulator answers and refuses as the services are known to.

use crate::common::*;
use anypoint_emulator::Emulator;
use serde_json::{Value, json};

async fn send(emulator: &Emulator, method: &str, path: &str, body: Value) -> Answer {
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    call(
        emulator.url(),
        method,
        path,
        &[BEARER, JSON],
        body.as_bytes(),
    )
    .await
}

async fn get(emulator: &Emulator, path: &str) -> Value {
    let answer = send(emulator, "GET", path, Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

#[tokio::test]
async fn environments_of_all_business_groups_are_those_of_the_root() {
    let builder = Emulator::builder().environment(OTHER_ORG, "e-9", "Elsewhere");
    let emulator = builder.start().await.unwrap();
    let list = |organization: &str, query: &str| {
        format!("/accounts/api/organizations/{organization}/environments{query}")
    };
    let names = |page: &Value| page["data"].to_string();
    let own = get(&emulator, &list(ORG, "")).await;
    assert!(!names(&own).contains("Elsewhere"), "{own}");
    let all = get(&emulator, &list(ORG, "?expandAll=true")).await;
    assert!(names(&all).contains("Elsewhere"), "{all}");
    assert_eq!(all["total"], own["total"].as_u64().unwrap() + 1);
    let path = list(OTHER_ORG, "?expandAll=true");
    let refused = send(&emulator, "GET", &path, Value::Null).await;
    assert_eq!(refused.status, 400, "{refused:?}");
}

#[tokio::test]
async fn what_is_out_of_a_published_limit_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let environments = format!("/accounts/api/organizations/{ORG}/environments");
    let environment = |name: &str| json!({"name": name, "isProduction": false, "type": "sandbox"});
    let vpcs = format!("/cloudhub/api/organizations/{ORG}/vpcs");
    let vpc = |range: &str| json!({"name": "a", "region": "us-east-1", "cidrBlock": range});
    let vpns = format!("{vpcs}/vpc-0f3a9c1e5b7d2486a/ipsec");
    let vpn = |psk: &str, range: &str| {
        let tunnel = json!({"psk": psk, "ptpCidr": range});
        json!({"name": "a", "remoteIpAddress": "203.0.113.24", "tunnelConfigs": [tunnel]})
    };
    let (key, range) = ("abcd.1234", "169.254.12.0/30");
    for (path, body, fits) in [
        (&environments, environment("Staging2"), true),
        (&environments, environment("X"), false),
        (&environments, environment(&"x".repeat(66)), false),
        (&environments, environment("Pre Production"), false),
        (&vpcs, vpc("10.0.0.0/16"), true),
        (&vpcs, vpc("10.0.0.0/24"), true),
        (&vpcs, vpc("10.0.0.0/15"), false),
        (&vpcs, vpc("10.0.0.0/25"), false),
        (&vpns, vpn(key, range), true),
        (&vpns, vpn("abc.123", range), false),
        (&vpns, vpn("0bcd.1234", range), false),
        (&vpns, vpn("abcd-1234", range), false),
        (&vpns, vpn(&"k".repeat(65), range), false),
        (&vpns, vpn(key, "169.254.12.0/29"), false),
        (&vpns, vpn(key, "10.0.0.0/30"), false),
    ] {
        let answer = send(&emulator, "POST", path, body.clone()).await;
        assert_eq!(answer.status < 300, fits, "{body}: {answer:?}");
        assert!(fits || answer.status == 400, "{body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_page_of_a_log_holds_at_most_2000_lines() {
    let emulator = Emulator::start().await.unwrap();
    let path = "/cloudhub/api/v2/applications/order-intake/deployments";
    let deployment = "67ed01d2a4b98c3f5e7d6012";
    for (log, limit, status) in [
        (format!("{path}/{deployment}/logs"), 2000, 200),
        (format!("{path}/{deployment}/logs"), 2001, 400),
    ] {
        let path = format!("{log}?limit={limit}");
        let answer = send(&emulator, "GET", &path, Value::Null).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn scopes_are_withdrawn_by_name_and_place() {
    let emulator = Emulator::start().await.unwrap();
    let path = format!("/accounts/api/organizations/{ORG}/connectedApplications/app-1/scopes");
    let scope = json!({"scope": "read:applications", "context_params": {"org": ORG}});
    let answer = send(&emulator, "DELETE", &path, json!({"scopes": [scope]})).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    // Without a place, and without any.
    for scopes in [json!([{"scope": "profile"}]), json!([])] {
        let answer = send(&emulator, "DELETE", &path, json!({"scopes": scopes})).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
}

#[tokio::test]
async fn a_replica_shows_the_state_that_it_is_to_reach() {
    let emulator = Emulator::start().await.unwrap();
    let path = format!(
        "/amc/application-manager/api/v2/organizations/{ORG}/environments/{ENV}/deployments"
    );
    let list = get(&emulator, &path).await;
    let item = &list["items"][0];
    let runtime = item["currentRuntimeVersion"].as_str();
    assert!(runtime.is_some_and(|it| it.starts_with('4')), "{item}");
    let one = format!("{path}/{}", item["id"].as_str().unwrap());
    let deployment = get(&emulator, &one).await;
    let replica = &deployment["replicas"][0];
    assert_eq!(replica["desiredStatus"], "STARTED", "{replica}");
}

/// Times of the kinds that the service sends as numbers.
#[tokio::test]
async fn times_are_shown_in_the_form_that_the_service_sends() {
    let emulator = Emulator::start().await.unwrap();
    let application = get(&emulator, "/cloudhub/api/v2/applications/order-intake").await;
    assert!(application["lastUpdateTime"].is_u64(), "{application}");
    let alerts = get(&emulator, "/cloudhub/api/v2/alerts").await;
    assert!(alerts[0]["createdAt"].is_u64(), "{alerts}");
    // And takes them back in either form.
    let search = |date: Value| json!({"startDate": date});
    let path = "/cloudhub/api/applications/order-intake/tracking/transactions";
    for date in [json!("2025-04-01T00:00:00Z"), json!(1_743_465_600_000_u64)] {
        let answer = send(&emulator, "POST", path, search(date)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}
