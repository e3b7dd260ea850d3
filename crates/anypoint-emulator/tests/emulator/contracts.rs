//! Contracts of portal applications: asked for, listed, read, moved to another tier, gone.

use std::time::Duration;

use crate::common::*;
use anypoint_emulator::Emulator;
use serde_json::json;

const BASE: &str =
    "/api-experience-hub/xapi/v1/portals/00D5g000004XyZaEAK/4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54";

#[tokio::test]
async fn a_contract_lives() {
    let hands = Hands::default();
    let emulator = Emulator::builder()
        .step(Duration::from_secs(60))
        .clock(hands.clock())
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    let asset = format!("{BASE}/assets/{GROUP}/a/v1");
    let body = json!({ "instanceId": "i", "name": "Depot Watch" });
    let application = send(url, "POST", &format!("{asset}/applications"), &body).await;
    let id = application.json()["id"].as_str().unwrap().to_owned();
    let own = format!("{BASE}/applications/{id}/contracts");
    assert_eq!(get(url, &own).await.json(), json!([]));

    let path = format!("{asset}/contracts");
    let order = json!({ "acceptedTerms": true, "applicationId": id, "instanceId": "i",
        "tierId": 4171 });
    let created = send(url, "POST", &path, &order).await;
    assert_eq!(created.status, 200, "{created:?}");
    let created = created.json();
    assert_eq!(created["status"], "APPROVED");
    assert_eq!(created["requestedTier"]["name"], "Free");
    assert_eq!(created["clientId"], application.json()["clientId"]);
    let listed = get(url, &own).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let number = listed[0]["contractId"].as_u64().unwrap().to_string();
    assert_eq!(created["id"], number.as_str());
    assert_eq!(listed[0]["assetId"], "a");

    let moved = call(
        url,
        "PATCH",
        &format!("{own}/{number}/tiers/4172"),
        &[BEARER],
        b"",
    )
    .await;
    assert_eq!(moved.json()["status"], "PENDING");
    let single = format!("{path}/{id}/i");
    assert_eq!(get(url, &single).await.json(), moved.json());
    assert!(get(url, &own).await.json()[0].get("tier").is_none());
    hands.set(59_999);
    assert_eq!(get(url, &single).await.json()["status"], "PENDING");
    hands.set(60_000);
    let decided = get(url, &single).await.json();
    assert_eq!(decided["status"], "APPROVED");
    assert_eq!(decided["requestedTier"]["name"], "Partner");
    assert_eq!(get(url, &own).await.json()[0]["tier"]["name"], "Partner");

    let whole = format!("{BASE}/applications/{id}");
    assert!(call(url, "DELETE", &whole, &[BEARER], b"").await.status < 300);
    assert_eq!(get(url, &own).await.status, 404);
    assert_eq!(get(url, &single).await.status, 404);
}

#[tokio::test]
async fn what_a_contract_cannot_be() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let path = format!("{BASE}/assets/{GROUP}/a/v1/contracts");
    let good = json!({ "acceptedTerms": true, "applicationId": "2418035", "instanceId": "i" });
    for (member, value, status) in [
        ("acceptedTerms", json!(false), 400),
        ("tierId", json!(1), 400),
        ("applicationId", json!("1"), 404),
    ] {
        let mut order = good.clone();
        order[member] = value;
        let answer = send(url, "POST", &path, &order).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    let created = send(url, "POST", &path, &good).await;
    assert_eq!(created.json()["status"], "APPROVED");
    assert!(created.json().get("requestedTier").is_none());
    assert_eq!(send(url, "POST", &path, &good).await.status, 400);
    let missing = format!("{BASE}/applications/2418035/contracts/1/tiers/4171");
    assert_eq!(
        call(url, "PATCH", &missing, &[BEARER], b"").await.status,
        404
    );
    let tier = format!("{BASE}/applications/2418035/contracts/5830417/tiers/1");
    assert_eq!(call(url, "PATCH", &tier, &[BEARER], b"").await.status, 400);
    // The seed is still there.
    let listed = get(url, &format!("{BASE}/applications/2418035/contracts")).await;
    assert_eq!(listed.json().as_array().unwrap().len(), 3);
}
