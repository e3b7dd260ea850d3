//! How a log grows with the life of its deployment.

use anypoint_emulator::LogLine;
use serde_json::{Value, json};

use super::world::*;
use crate::common::*;

#[tokio::test]
async fn a_log_grows_with_the_life_of_its_deployment() {
    let world = World::with(|builder| builder).await;
    let started = [
        "The runtime starts.",
        "The application is deployed.",
        "The application has started.",
    ];
    assert_eq!(world.found("").await, started);
    world.hands.set(4 * STEP + 999);
    let all = world.logs("").await;
    let orders = ["Order 1 was accepted.", "Order 2 was accepted."];
    assert_eq!(all[3..].iter().map(message).collect::<Vec<_>>(), orders);
    let replica = world.look().await["replicas"][0]["id"].clone();
    let last = all.last().unwrap();
    assert_eq!(last["replicaId"], replica);
    assert_eq!(last["timestamp"], EPOCH + 4 * STEP);
    assert_eq!(last["logLevel"], "INFO");
    assert!(last["context"]["logger"].is_string());
    // Looking again adds nothing.
    assert_eq!(world.logs("").await, all);
}

#[tokio::test]
async fn replicas_log_within_the_same_millisecond() {
    let world = World::with(|builder| builder).await;
    world.change(&json!({ "target": { "replicas": 2 } })).await;
    world.hands.set(5 * STEP);
    let orders = world.logs("?regexp=Order").await;
    assert_eq!(orders.len(), 2, "{orders:?}");
    assert_eq!(orders[0]["timestamp"], orders[1]["timestamp"]);
    assert_ne!(orders[0]["replicaId"], orders[1]["replicaId"]);
    assert_ne!(orders[0]["docId"], orders[1]["docId"]);
}

#[tokio::test]
async fn every_change_makes_a_specification() {
    let world = World::quiet().await;
    let first = world.specification().await;
    world.write([LogLine::new("old")]);
    world.hands.set(5 * STEP);
    let changed = world.change(&body("orders", "2.0.0", 1)).await;
    let second = changed["desiredVersion"].as_str().unwrap();
    world.write([
        LogLine::new("new"),
        LogLine::new("older").deployment(&first),
    ]);
    assert_eq!(world.found("").await, ["new"]);
    let old = world.ask(&first, "").await.json();
    assert_eq!(old[1]["message"], "older");
    let path = format!("{}/{}/specs", deployments(), world.id);
    let all = get(world.emulator.url(), &path).await.json();
    assert_eq!(all[0]["version"], second);
    assert_eq!(all[0]["createdAt"], EPOCH + 5 * STEP);
    assert_eq!(all[0]["application"]["ref"]["version"], "2.0.0");
    assert_eq!(
        (all[1]["version"].as_str(), all[2].is_null()),
        (Some(first.as_str()), true)
    );
    let one = get(world.emulator.url(), &format!("{path}?limit=1"))
        .await
        .json();
    assert_eq!(one.as_array().unwrap().len(), 1);
}

/// State and version of each replica.
fn replicas(view: &Value) -> Vec<(String, String)> {
    let replicas = view["replicas"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    replicas
        .map(|it| (text(&it["state"]), text(&it["currentDeploymentVersion"])))
        .collect()
}

fn pair(state: &str, version: &str) -> (String, String) {
    (state.to_owned(), version.to_owned())
}

#[tokio::test]
async fn an_update_rolls() {
    let world = World::with(|builder| builder).await;
    let old = world.specification().await;
    let new = world.emulator.roll_over(&world.id).unwrap();
    let view = world.look().await;
    assert_eq!(view["desiredVersion"], new);
    assert_eq!(view["status"], "APPLYING");
    assert_eq!(replicas(&view), [pair("STARTED", &old)]);
    world.hands.set(3 * STEP);
    let view = world.look().await;
    assert_eq!(
        replicas(&view),
        [pair("STARTED", &old), pair("STARTING", &new)]
    );
    assert_eq!(view["lastSuccessfulVersion"], old);
    world.hands.set(9 * STEP);
    let view = world.look().await;
    assert_eq!(replicas(&view), [pair("STARTED", &new)]);
    assert_eq!(view["lastSuccessfulVersion"], new);
    // The old one worked until the new one did, and not a moment longer.
    let old = world.ask(&old, "?length=4").await.json();
    let old: Vec<String> = old.as_array().unwrap().iter().map(message).collect();
    let end = [
        "Order 1 was accepted.",
        "Order 2 was accepted.",
        "The application stops.",
        "The application has stopped.",
    ];
    assert_eq!(old, end);
    assert_eq!(world.found("?length=1").await, ["Order 5 was accepted."]);
}

#[tokio::test]
async fn what_ran_goes_on_when_an_update_fails() {
    let world = World::with(|builder| builder).await;
    let old = world.specification().await;
    world.change(&body("orders", "fail", 1)).await;
    world.hands.set(9 * STEP);
    let view = world.look().await;
    let new = view["desiredVersion"].as_str().unwrap();
    assert_eq!(
        (&view["status"], &view["lastSuccessfulVersion"]),
        (&json!("FAILED"), &json!(old))
    );
    assert_eq!(
        replicas(&view),
        [pair("STARTED", &old), pair("FAILED", new)]
    );
    let last = world.logs("?length=1").await.remove(0);
    assert_eq!(last["logLevel"], "ERROR");
    assert_eq!(last["message"], view["replicas"][1]["reason"]);
    let old = world.ask(&old, "?length=1").await.json();
    assert_eq!(old[0]["message"], "Order 7 was accepted.");
}

#[tokio::test]
async fn a_stop_ends_the_log_and_a_start_has_new_replicas() {
    let world = World::with(|builder| builder).await;
    let old = world.look().await;
    let version = old["desiredVersion"].as_str().unwrap();
    world
        .change(&json!({ "application": { "desiredState": "STOPPED" } }))
        .await;
    world.hands.set(3 * STEP);
    assert_eq!(replicas(&world.look().await), [pair("STOPPING", version)]);
    world.hands.set(20 * STEP);
    let stopped = world.specification().await;
    assert_eq!(replicas(&world.look().await), [pair("STOPPED", &stopped)]);
    assert_eq!(world.found("").await, texts(0..0));
    let last = world.ask(version, "?length=1").await.json();
    assert_eq!(last[0]["message"], "The application has stopped.");
    assert_eq!(last[0]["timestamp"], EPOCH + 4 * STEP);
    world
        .change(&json!({ "application": { "desiredState": "STARTED" } }))
        .await;
    world.hands.set(22 * STEP);
    let view = world.look().await;
    assert_eq!(view["replicas"].as_array().unwrap().len(), 1);
    assert_ne!(view["replicas"][0]["id"], old["replicas"][0]["id"]);
    assert_eq!(
        world.found("?length=1").await,
        ["The application has started."]
    );
}

#[tokio::test]
async fn a_second_change_takes_the_place_of_one_under_way() {
    let world = World::with(|builder| builder).await;
    let first = world.specification().await;
    let second = world.emulator.roll_over(&world.id).unwrap();
    world.hands.set(3 * STEP);
    let third = world.emulator.roll_over(&world.id).unwrap();
    world.hands.set(4 * STEP);
    let view = world.look().await;
    assert_eq!(
        replicas(&view),
        [pair("STARTED", &first), pair("STARTING", &third)]
    );
    world.hands.set(9 * STEP);
    assert_eq!(replicas(&world.look().await), [pair("STARTED", &third)]);
    let last = world.ask(&second, "?length=1").await.json();
    assert_eq!(last[0]["timestamp"], EPOCH + 3 * STEP);
    assert_eq!(last[0]["message"], "The application has stopped.");
}

#[tokio::test]
async fn replicas_restart_within_a_specification() {
    let world = World::with(|builder| builder).await;
    let old = world.look().await["replicas"][0]["id"].clone();
    let ids = world.emulator.restart_replicas(&world.id).unwrap();
    world.hands.set(3 * STEP);
    let view = world.look().await;
    assert_eq!(view["replicas"][0]["id"], ids[0]);
    assert_eq!(
        replicas(&view),
        [pair("STARTED", view["desiredVersion"].as_str().unwrap())]
    );
    let log = world.logs("").await;
    let from: Vec<bool> = log.iter().map(|line| line["replicaId"] == old).collect();
    assert_eq!(from, [true, true, true, true, true, false, false, false]);
}

#[tokio::test]
async fn what_nobody_looked_at_for_long_is_not_all_logged() {
    let world = World::with(|builder| builder).await;
    world.hands.set(STEP * 25_000);
    assert_eq!(
        world.found("?length=1").await,
        ["Order 24998 was accepted."]
    );
    let first = world.found(&format!("?length=4&startTime={EPOCH}")).await;
    assert_eq!(first[3], "Order 14999 was accepted.");
}

#[tokio::test]
async fn a_change_has_the_date_of_what_it_logs_first() {
    let world = World::with(|builder| builder).await;
    let path = format!("{}/{}", deployments(), world.id);
    let updated = send(
        world.emulator.url(),
        "PATCH",
        &path,
        &body("orders", "1.1.0", 1),
    )
    .await;
    assert_eq!(updated.json()["lastModifiedDate"], EPOCH + 2 * STEP);
    let created = get(world.emulator.url(), &path).await.json()["creationDate"].clone();
    assert_eq!(created, EPOCH);
}
