//! Logs of Application Manager: how they grow, and what is found in them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too")]

mod common;

use std::time::{Duration, Instant};

use anypoint_emulator::{Builder, Emulator, LogLine};
use common::*;
use serde_json::{Value, json};

const STEP: u64 = 1000;
const EPOCH: u64 = 1_700_000_000_000;

/// An emulator with a deployment, on a clock that stands.
struct World {
    emulator: Emulator,
    hands: Hands,
    id: String,
}

impl World {
    async fn with(settings: impl Fn(Builder) -> Builder) -> Self {
        let hands = Hands::default();
        let builder = Emulator::builder()
            .step(Duration::from_millis(STEP))
            .epoch(EPOCH);
        let builder = settings(builder.clock(hands.clock()));
        let emulator = builder.start().await.unwrap();
        let body = body("orders", "1.0.0", 1);
        let created = send(emulator.url(), "POST", &deployments(), &body).await;
        let id = created.json()["id"].as_str().unwrap().to_owned();
        hands.set(2 * STEP);
        Self {
            emulator,
            hands,
            id,
        }
    }

    /// One whose log only holds what a test writes.
    async fn quiet() -> Self {
        Self::with(Builder::quiet_logs).await
    }

    async fn look(&self) -> Value {
        let path = format!("{}/{}", deployments(), self.id);
        get(self.emulator.url(), &path).await.json()
    }

    async fn change(&self, body: &Value) -> Value {
        let path = format!("{}/{}", deployments(), self.id);
        let answer = send(self.emulator.url(), "PATCH", &path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn specification(&self) -> String {
        self.look().await["desiredVersion"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn ask(&self, specification: &str, query: &str) -> Answer {
        let (all, id) = (deployments(), &self.id);
        let path = format!("{all}/{id}/specs/{specification}/logs{query}");
        get(self.emulator.url(), &path).await
    }

    /// A page of the current log.
    async fn logs(&self, query: &str) -> Vec<Value> {
        let specification = self.specification().await;
        self.ask(&specification, query)
            .await
            .json()
            .as_array()
            .unwrap()
            .clone()
    }

    async fn found(&self, query: &str) -> Vec<String> {
        self.logs(query).await.iter().map(message).collect()
    }

    fn write(&self, lines: impl IntoIterator<Item = LogLine>) -> Vec<String> {
        self.emulator.write_log(&self.id, lines).unwrap()
    }
}

fn body(name: &str, version: &str, replicas: u64) -> Value {
    json!({
        "name": name,
        "target": { "provider": "MC", "targetId": "t", "replicas": replicas },
        "application": {
            "ref": { "groupId": "g", "artifactId": "a", "version": version, "packaging": "jar" },
            "desiredState": "STARTED",
        },
    })
}

fn message(line: &Value) -> String {
    line["message"].as_str().unwrap_or_default().to_owned()
}

fn lines(numbers: std::ops::Range<u64>) -> impl Iterator<Item = LogLine> {
    numbers.map(|number| LogLine::new(number.to_string()).at(EPOCH + number))
}

fn texts(numbers: impl Iterator<Item = u64>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}

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
async fn the_newest_ten_come_first() {
    let world = World::quiet().await;
    world.write(lines(0..30));
    assert_eq!(world.found("").await, texts(20..30));
    assert_eq!(world.found("?length=3").await, texts(27..30));
    assert_eq!(
        world.found("?length=3&descending=true").await,
        texts((27..30).rev())
    );
    assert_eq!(world.found("?length=1000").await.len(), 30);
    let specification = world.specification().await;
    assert_eq!(world.ask(&specification, "?length=1001").await.status, 400);
}

#[tokio::test]
async fn a_page_begins_after_a_line() {
    let world = World::quiet().await;
    let ids = world.write(lines(0..30));
    let after = |at: usize, rest: &str| format!("?afterDocId={}{rest}", ids[at]);
    assert_eq!(world.found(&after(4, "&length=3")).await, texts(5..8));
    assert_eq!(world.found(&after(4, "")).await, texts(5..15));
    assert_eq!(world.found(&after(29, "")).await, texts(0..0));
    assert_eq!(world.logs("?length=30").await[4]["docId"], ids[4]);
    let start = EPOCH + 20;
    assert_eq!(
        world
            .found(&after(4, &format!("&length=2&startTime={start}")))
            .await,
        texts(20..22)
    );
    let end = EPOCH + 6;
    assert_eq!(
        world.found(&after(4, &format!("&endTime={end}"))).await,
        texts(5..7)
    );
    assert_eq!(
        world.found(&after(9, &format!("&endTime={end}"))).await,
        texts(0..0)
    );
    assert!(!ids.is_sorted(), "ids tell nothing of the order");
}

#[tokio::test]
async fn a_line_of_another_log_is_no_position() {
    let world = World::quiet().await;
    let old = world.write(lines(0..1));
    world.emulator.roll_over(&world.id).unwrap();
    let specification = world.specification().await;
    let answer = world
        .ask(&specification, &format!("?afterDocId={}", old[0]))
        .await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains(&old[0]), "{}", answer.text());
}

#[tokio::test]
async fn times_are_inclusive_and_need_no_order() {
    let world = World::quiet().await;
    world.write(lines(0..5));
    let window = |from: u64, to: u64| format!("?startTime={}&endTime={}", EPOCH + from, EPOCH + to);
    assert_eq!(world.found(&window(1, 3)).await, texts(1..4));
    assert_eq!(
        world.found(&(window(1, 3) + "&length=2")).await,
        texts(1..3)
    );
    assert_eq!(
        world
            .found(&(window(1, 3) + "&length=2&descending=true"))
            .await,
        ["3", "2"]
    );
    assert_eq!(
        world
            .found(&format!("?endTime={}&length=2", EPOCH + 3))
            .await,
        ["2", "3"]
    );
    world.write([LogLine::new("late").at(EPOCH + 2)]);
    assert_eq!(world.found(&window(2, 3)).await, ["2", "3", "late"]);
}

#[tokio::test]
async fn filters_apply() {
    let world = World::quiet().await;
    world.write([
        LogLine::new("one").source("a"),
        LogLine::new("two").source("b").level("ERROR"),
        LogLine::new("three").source("c").level("WARN"),
    ]);
    assert_eq!(
        world.found("?replicaId=a&replicaId=c").await,
        ["one", "three"]
    );
    assert_eq!(
        world.found("?logLevel=ERROR&logLevel=WARN").await,
        ["two", "three"]
    );
    assert_eq!(world.found("?regexp=%5Et").await, ["two", "three"]);
    assert_eq!(world.found("?regexp=e%2B%24").await, ["one", "three"]);
    assert_eq!(world.found("?regexp=t&logLevel=WARN").await, ["three"]);
    assert_eq!(world.found("?replicaId=z").await, texts(0..0));
    let specification = world.specification().await;
    assert_eq!(world.ask(&specification, "?regexp=%5B").await.status, 400);
}

#[tokio::test]
async fn pages_may_overlap() {
    let world = World::with(|builder| builder.quiet_logs().overlapping_logs(2)).await;
    let ids = world.write(lines(0..10));
    let after = |at: usize, length: usize| format!("?afterDocId={}&length={length}", ids[at]);
    assert_eq!(world.found(&after(4, 5)).await, texts(3..8));
    assert_eq!(world.found(&after(0, 5)).await, texts(0..5));
    // Something is always new, if there is something.
    assert_eq!(world.found(&after(4, 2)).await, texts(4..6));
    assert_eq!(world.found(&after(4, 1)).await, texts(5..6));
    assert_eq!(world.found(&after(9, 5)).await, texts(8..10));
    assert_eq!(world.found("?length=2").await, texts(8..10));
}

#[tokio::test]
async fn a_line_may_be_anything() {
    let world = World::quiet().await;
    let ids = world.write([
        LogLine::new("one"),
        LogLine::raw("no object"),
        LogLine::raw(json!({ "docId": "own", "message": 5 })),
        LogLine::new("two"),
    ]);
    let all = world.logs("").await;
    assert_eq!(all[1], "no object");
    assert_eq!(all[2], json!({ "docId": "own", "message": 5 }));
    assert_eq!(ids[2], "own");
    assert_eq!(world.found("?afterDocId=own").await, ["two"]);
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
async fn the_seed_has_a_log_too() {
    let world = World::with(|builder| builder).await;
    let seed = format!("{}/c19a7e40-6b2d-4f83-95e1-d70f3b84c256", deployments());
    let view = get(world.emulator.url(), &seed).await.json();
    let version = view["desiredVersion"].as_str().unwrap();
    let path = format!("{seed}/specs/{version}/logs");
    let log = get(world.emulator.url(), &path).await.json();
    assert_eq!(log[0]["docId"], "AZXvQk3h7TqLw2Vn0d1c");
    assert_eq!(log[4]["message"], "Order 2 was accepted.");
    assert_eq!(log[4]["replicaId"], view["replicas"][0]["id"]);
    let id = view["id"].as_str().unwrap();
    world.emulator.roll_over(id).unwrap();
    let all = get(world.emulator.url(), &format!("{seed}/specs"))
        .await
        .json();
    assert_eq!(all[0]["target"]["provider"], "MC");
    // A state is of now; a specification is none.
    assert!(all[0]["application"].get("status").is_none());
    assert_eq!(
        (&all[1]["version"], all.as_array().unwrap().len()),
        (&json!(version), 3)
    );
}

#[tokio::test]
async fn the_file_has_all_lines() {
    let world = World::quiet().await;
    let specification = world.specification().await;
    let file = || async {
        let path = format!(
            "{}/{}/specs/{specification}/logs/file",
            deployments(),
            world.id
        );
        get(world.emulator.url(), &path).await
    };
    assert_eq!(file().await.text(), "");
    world.write((0..20).map(|at| LogLine::new(at.to_string()).at(EPOCH).source("r")));
    world.write([LogLine::raw("bare")]);
    let file = file().await;
    assert!(
        file.text().starts_with("1700000000000 INFO r 0\n"),
        "{}",
        file.text()
    );
    assert!(file.text().ends_with(" 19\nbare\n"), "{}", file.text());
}

#[tokio::test]
async fn what_is_not_there_has_no_log() {
    let world = World::quiet().await;
    let specification = world.specification().await;
    assert_eq!(world.ask("other", "").await.status, 404);
    assert_eq!(
        world.ask(&specification, "?afterDocId=none").await.status,
        400
    );
    let elsewhere = deployments().replace(ENV, "another-environment");
    let path = format!("{elsewhere}/{}/specs/{specification}/logs", world.id);
    assert_eq!(get(world.emulator.url(), &path).await.status, 404);
    let path = format!("{}/{}", deployments(), world.id);
    call(world.emulator.url(), "DELETE", &path, &[BEARER], b"").await;
    assert_eq!(world.ask(&specification, "").await.status, 404);
    let specs = format!("{path}/specs");
    assert_eq!(get(world.emulator.url(), &specs).await.status, 404);
    let line = || [LogLine::new("lost")];
    assert!(world.emulator.write_log(&world.id, line()).is_err());
    assert!(world.emulator.roll_over(&world.id).is_err());
    assert!(world.emulator.restart_replicas(&world.id).is_err());
    let seed = "c19a7e40-6b2d-4f83-95e1-d70f3b84c256";
    let wrong = line().map(|line| line.deployment("none"));
    assert!(world.emulator.write_log(seed, wrong).is_err());
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

#[tokio::test]
async fn a_hundred_thousand_lines_are_no_burden() {
    let world = World::quiet().await;
    let start = Instant::now();
    let ids = world.write(lines(0..100_000));
    let query = |at: usize| format!("?afterDocId={}&length=10", ids[at]);
    for at in (0..100_000).step_by(1000) {
        let first = at as u64 + 1;
        let last = (first + 10).min(100_000);
        assert_eq!(world.found(&query(at)).await, texts(first..last));
    }
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}
