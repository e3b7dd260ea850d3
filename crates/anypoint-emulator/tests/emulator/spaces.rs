//! CloudHub 2.0: private spaces and VPC endpoints with their life cycles, and lists whose pages
//! shift and lie.

use std::time::Duration;

use crate::common::*;
use anypoint_emulator::{Builder, Emulator, Pages};
use serde_json::{Value, json};

const STEP: u64 = 1000;
const SEED: &str = "5a3c9f10-82d4-4e6b-9b07-1d4c6e2f8a95";
const ENDPOINT: &str = "93d1c7e5-0b48-4f6a-a2d9-6e57f018b3c4";

fn spaces() -> String {
    format!("/runtimefabric/api/organizations/{ORG}/privatespaces")
}

async fn emulator(hands: &Hands, settings: impl FnOnce(Builder) -> Builder) -> Emulator {
    let builder = Emulator::builder().step(Duration::from_millis(STEP));
    settings(builder.clock(hands.clock()))
        .start()
        .await
        .unwrap()
}

async fn state(url: &str, path: &str) -> String {
    let answer = get(url, path).await;
    match answer.status {
        200 => answer.json()["status"].as_str().unwrap().to_owned(),
        status => status.to_string(),
    }
}

/// What is shown after 0, 1, … steps from now.
async fn states<const N: usize>(url: &str, hands: &Hands, from: u64, path: &str) -> [String; N] {
    let mut seen = [const { String::new() }; N];
    for (steps, seen) in (0..).zip(&mut seen) {
        hands.set(from + steps * STEP);
        *seen = state(url, path).await;
    }
    seen
}

async fn create(url: &str, all: &str, body: &Value) -> Value {
    let created = send(url, "POST", all, body).await;
    assert!((200..300).contains(&created.status), "{created:?}");
    created.json()
}

fn below(all: &str, made: &Value, id: &str) -> String {
    format!("{all}/{}", made[id].as_str().unwrap())
}

#[tokio::test]
async fn a_private_space_lives() {
    let hands = Hands::default();
    let emulator = emulator(&hands, |builder| builder).await;
    let url = emulator.url();
    let rule = json!({ "type": "inbound", "protocol": "tcp", "cidrBlock": "0.0.0.0/0",
        "fromPort": 443, "toPort": 443 });
    let body = json!({ "name": "orders", "managedFirewallRules": [rule],
        "network": { "region": "eu-west-1", "cidrBlock": "10.0.0.0/16" } });
    let made = create(url, &spaces(), &body).await;
    assert_eq!(
        (&made["status"], &made["name"]),
        (&json!("Pending"), &json!("orders"))
    );
    assert_eq!(made["firewallRules"], json!([rule]));
    assert_eq!(made["network"]["region"], "eu-west-1");
    let path = below(&spaces(), &made, "id");
    let seen = states(url, &hands, 0, &path).await;
    assert_eq!(seen, ["Pending", "Creating", "Active", "Active"]);
    assert_eq!(send(url, "POST", &spaces(), &body).await.status, 409);

    let patch = json!({ "enableEgress": true, "firewallRules": [] });
    let changed = send(url, "PATCH", &path, &patch).await.json();
    assert_eq!(
        (&changed["status"], &changed["name"]),
        (&json!("Updating"), &json!("orders"))
    );
    let seen = states(url, &hands, 3 * STEP, &path).await;
    assert_eq!(seen, ["Updating", "Active"]);
    let space = get(url, &path).await.json();
    assert_eq!(
        (&space["enableEgress"], &space["firewallRules"]),
        (&json!(true), &json!([]))
    );

    let list = get(url, &spaces()).await.json();
    let ids = [&list["content"][0]["id"], &list["content"][1]["id"]];
    assert_eq!(
        (ids, &list["totalElements"]),
        ([&json!(SEED), &made["id"]], &json!(2))
    );

    assert_eq!(call(url, "DELETE", &path, &[BEARER], b"").await.status, 200);
    let seen = states(url, &hands, 4 * STEP, &path).await;
    assert_eq!(seen, ["Deleting", "404", "404"]);
    assert_eq!(get(url, &spaces()).await.json()["totalElements"], 1);
    assert_eq!(get(url, &format!("{path}/tlsContexts")).await.status, 404);
}

#[tokio::test]
async fn a_private_space_fails_with_its_reason() {
    let hands = Hands::default();
    let emulator = emulator(&hands, |builder| builder).await;
    let url = emulator.url();
    let made = create(url, &spaces(), &json!({ "name": "orders-fail" })).await;
    assert!(made.get("statusMessage").is_none(), "{made}");
    let path = below(&spaces(), &made, "id");
    let seen = states(url, &hands, 0, &path).await;
    assert_eq!(seen, ["Pending", "Creating", "Create Failed"]);
    let reason = &get(url, &path).await.json()["statusMessage"];
    assert!(reason.as_str().unwrap().contains("network"), "{reason}");
    send(url, "PATCH", &path, &json!({ "enableEgress": true })).await;
    let seen = states(url, &hands, 2 * STEP, &path).await;
    assert_eq!(seen, ["Updating", "Update Failed"]);
}

#[tokio::test]
async fn a_private_space_belongs_to_its_organization() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let other = spaces().replace(ORG, OTHER_ORG);
    assert_eq!(get(url, &other).await.json()["totalElements"], 0);
    for path in [SEED.to_owned(), format!("{SEED}/vpces/{ENDPOINT}")] {
        assert_eq!(get(url, &format!("{}/{path}", spaces())).await.status, 200);
        assert_eq!(get(url, &format!("{other}/{path}")).await.status, 404);
    }
    let path = format!("{other}/{SEED}");
    assert_eq!(send(url, "PATCH", &path, &json!({})).await.status, 404);
    assert_eq!(call(url, "DELETE", &path, &[BEARER], b"").await.status, 404);
    // Nothing has happened to it.
    assert_eq!(state(url, &format!("{}/{SEED}", spaces())).await, "Active");
}

fn settings(name: &str, owner: &str) -> Value {
    json!({ "name": name, "serviceName": "s", "serviceRegion": "us-east-1",
        "serviceOwner": owner, "azIds": ["use1-az1"] })
}

#[tokio::test]
async fn a_vpc_endpoint_lives() {
    let hands = Hands::default();
    let emulator = emulator(&hands, |builder| builder).await;
    let url = emulator.url();
    let all = format!("{}/{SEED}/vpces", spaces());
    let made = create(url, &all, &settings("archive", "amazon")).await;
    assert!(made.get("dnsEntries").is_none(), "{made}");
    let path = below(&all, &made, "vpceId");
    let seen = states(url, &hands, 0, &path).await;
    assert_eq!(seen, ["Valid", "Available"]);
    let names = &get(url, &path).await.json()["dnsEntries"];
    assert!(names[0].as_str().unwrap().contains("us-east-1"), "{names}");

    // Another owner has to admit it.
    send(url, "PATCH", &path, &settings("archive", "1234")).await;
    let seen = states(url, &hands, STEP, &path).await;
    assert_eq!(seen, ["Valid", "PendingAcceptance", "Available"]);

    let list = get(url, &all).await.json();
    assert_eq!(
        (&list[1]["vpceId"], &list[1]["serviceOwner"]),
        (&made["vpceId"], &json!("1234"))
    );
    assert!(
        list[1].get("status").is_none() && list[2].is_null(),
        "{list}"
    );
    assert_eq!(call(url, "DELETE", &path, &[BEARER], b"").await.status, 200);
    assert_eq!(get(url, &path).await.status, 404);

    let made = create(url, &all, &settings("archive-fail", "amazon")).await;
    let path = below(&all, &made, "vpceId");
    let seen = states(url, &hands, 3 * STEP, &path).await;
    assert_eq!(seen, ["Valid", "Invalid"]);
    // It is this space's and no other's.
    let space = create(url, &spaces(), &json!({ "name": "orders" })).await;
    let elsewhere = path.replace(SEED, space["id"].as_str().unwrap());
    assert_eq!(get(url, &elsewhere).await.status, 404);
}

#[tokio::test]
async fn looks_can_be_behind() {
    let hands = Hands::default();
    let emulator = emulator(&hands, |builder| builder.stale_looks(2)).await;
    let url = emulator.url();
    let space = format!("{}/{SEED}", spaces());
    let endpoint = format!("{space}/vpces/{ENDPOINT}");
    send(url, "PATCH", &space, &json!({ "enableEgress": true })).await;
    send(url, "PATCH", &endpoint, &settings("archive", "amazon")).await;
    for (path, before, now) in [
        (&space, "Active", "Updating"),
        (&endpoint, "Available", "Valid"),
    ] {
        let seen = [
            state(url, path).await,
            state(url, path).await,
            state(url, path).await,
        ];
        assert_eq!(seen, [before, before, now]);
    }
    // What is new has nothing before it.
    let made = create(url, &spaces(), &json!({ "name": "orders" })).await;
    assert_eq!(state(url, &below(&spaces(), &made, "id")).await, "Pending");
}

#[tokio::test]
async fn pages_shift_and_lie_when_they_are_told_to() {
    let builder = Emulator::builder().pages(Pages::Shifting(1));
    let emulator = builder.start().await.unwrap();
    let url = emulator.url();
    for name in ["a", "b", "c"] {
        create(url, &spaces(), &json!({ "name": name })).await;
    }
    let mut seen = Vec::new();
    for offset in [0, 2, 4] {
        let page = get(url, &format!("{}?offset={offset}&limit=2", spaces())).await;
        let page = page.json();
        let names = page["content"].as_array().unwrap().iter();
        let names: Vec<_> = names
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect();
        seen.push((names.join(" "), page["totalElements"].as_u64().unwrap()));
    }
    let expected = [("order-network a", 4), ("a b", 5), ("b c", 6)];
    assert_eq!(
        seen,
        expected.map(|(names, total)| (names.to_owned(), total))
    );

    let builder = Emulator::builder().pages(Pages::NoTotal);
    let emulator = builder.start().await.unwrap();
    let page = get(emulator.url(), &spaces()).await.json();
    assert!(page.get("totalElements").is_none(), "{page}");
    assert_eq!(page["content"][0]["id"], SEED);

    // What the spec does not page stays whole.
    let builder = Emulator::builder().pages(Pages::EmptyFrom(0));
    let emulator = builder.start().await.unwrap();
    let all = format!("{}/{SEED}/vpces", spaces());
    assert_eq!(
        get(emulator.url(), &all).await.json()[0]["vpceId"],
        ENDPOINT
    );
    assert_eq!(
        get(emulator.url(), &spaces()).await.json()["content"],
        json!([])
    );
}
