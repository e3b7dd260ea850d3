//! Logs of CloudHub 1.0: how they grow, and what is found in them.

use std::time::{Duration, Instant};

use crate::common::*;
use anypoint_emulator::{Builder, Emulator, LogLine};
use serde_json::{Value, json};

const API: &str = "/cloudhub/api/v2/applications";
const STEP: u64 = 1000;
const EPOCH: u64 = 1_700_000_000_000;

/// An emulator with an application that has started, on a clock that stands.
struct World {
    emulator: Emulator,
    hands: Hands,
}

impl World {
    async fn with(settings: impl Fn(Builder) -> Builder) -> Self {
        let hands = Hands::default();
        let builder = Emulator::builder()
            .step(Duration::from_millis(STEP))
            .epoch(EPOCH);
        let emulator = settings(builder.clock(hands.clock()))
            .start()
            .await
            .unwrap();
        let world = Self { emulator, hands };
        let info =
            json!({ "domain": "orders", "workers": { "amount": 2, "type": { "name": "Micro" } } });
        let body = json!({ "applicationInfo": info, "autoStart": true,
            "applicationSource": { "source": "EXCHANGE", "artifactId": "a" } });
        let created = world.call("POST", API, &body).await;
        assert_eq!(created.status, 200, "{}", created.text());
        world.hands.set(STEP);
        world
    }

    async fn quiet() -> Self {
        Self::with(Builder::quiet_logs).await
    }

    async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let text = body.to_string();
        let body = if body.is_null() { "" } else { &text };
        let headers = [BEARER, JSON, ("x-anypnt-env-id", ENV)];
        call(self.emulator.url(), method, path, &headers, body.as_bytes()).await
    }

    async fn get(&self, path: &str) -> Answer {
        let path = format!("{API}/orders/{path}");
        self.call("GET", &path, &Value::Null).await
    }

    async fn update(&self, artifact: &str) {
        let source = json!({ "source": "EXCHANGE", "artifactId": artifact });
        let body = json!({ "applicationSource": source });
        let answer = self.call("PUT", &format!("{API}/orders"), &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn command(&self, command: &str) -> u16 {
        let path = "/cloudhub/api/applications/orders/status";
        let body = json!({ "status": command });
        self.call("POST", path, &body).await.status
    }

    async fn search(&self, body: &Value) -> Vec<Value> {
        let path = format!("{API}/orders/logs");
        let answer = self.call("POST", &path, body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json().as_array().unwrap().clone()
    }

    async fn found(&self, body: &Value) -> Vec<String> {
        let records = self.search(body).await;
        let message = |record: &Value| {
            record["event"]["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        records.iter().map(message).collect()
    }

    async fn deployments(&self) -> Vec<Value> {
        self.get("deployments").await.json()["data"]
            .as_array()
            .unwrap()
            .clone()
    }

    async fn current(&self) -> String {
        let last = self.deployments().await.pop().unwrap();
        last["deploymentId"].as_str().unwrap().to_owned()
    }

    fn write(&self, lines: impl IntoIterator<Item = LogLine>) -> Vec<String> {
        self.emulator.write_log("orders", lines).unwrap()
    }
}

fn lines(numbers: std::ops::Range<u64>) -> impl Iterator<Item = LogLine> {
    numbers.map(|number| LogLine::new(number.to_string()).at(EPOCH + number))
}

fn texts(numbers: impl Iterator<Item = u64>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}

/// The status of each deployment's first instance.
fn statuses(deployments: &[Value]) -> Vec<&str> {
    deployments
        .iter()
        .map(|deployment| deployment["instances"][0]["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_log_grows_with_the_life_of_its_application() {
    let world = World::with(|builder| builder).await;
    world.hands.set(2 * STEP);
    let all = world.search(&json!({})).await;
    let messages = world.found(&json!({})).await;
    let two = |text: &str| vec![text.to_owned(); 2];
    assert_eq!(messages[..2], two("The runtime starts."));
    assert_eq!(messages[4..6], two("The application has started."));
    assert_eq!(messages[6..], two("Order 1 was accepted."));
    let (one, other) = (&all[6], &all[7]);
    assert_eq!(one["event"]["timestamp"], EPOCH + 2 * STEP);
    assert_eq!(one["event"]["timestamp"], other["event"]["timestamp"]);
    assert_ne!(one["instanceId"], other["instanceId"]);
    assert_ne!(one["recordId"], other["recordId"]);
    assert_eq!(one["instanceId"], one["event"]["instanceId"]);
    assert_eq!((&one["line"], &other["line"]), (&json!(7), &json!(8)));
    assert_eq!(one["deploymentId"], world.current().await);
    assert_eq!(one["event"]["priority"], "INFO");
}

#[tokio::test]
async fn an_update_is_a_new_deployment() {
    let world = World::with(|builder| builder).await;
    world.update("b").await;
    let all = world.deployments().await;
    assert_eq!(statuses(&all), ["STARTED", "DEPLOYING"]);
    assert!(all[1].get("startTime").is_none());
    world.hands.set(4 * STEP);
    let all = world.deployments().await;
    assert_eq!(statuses(&all), ["STOPPED", "STARTED"]);
    assert_eq!(all[0]["endTime"], EPOCH + 2 * STEP);
    assert_eq!(all[1]["startTime"], EPOCH + 2 * STEP);
    assert_eq!(all[1]["createTime"], EPOCH + STEP);
    let old = world
        .found(&json!({ "deploymentId": all[0]["deploymentId"] }))
        .await;
    let end = [
        "Order 1 was accepted.",
        "The application stops.",
        "The application has stopped.",
    ];
    assert_eq!(
        old[7..].iter().step_by(2).collect::<Vec<_>>(),
        end.iter().collect::<Vec<_>>()
    );
    let new = world
        .found(&json!({ "deploymentId": all[1]["deploymentId"] }))
        .await;
    assert_eq!(new.last().unwrap(), "Order 2 was accepted.");
    let newest = world
        .get("deployments?orderByDate=DESC&limit=1")
        .await
        .json();
    assert_eq!(newest["total"], 2);
    assert_eq!(newest["data"], json!([all[1]]));
}

#[tokio::test]
async fn what_ran_goes_on_when_an_update_fails() {
    let world = World::with(|builder| builder).await;
    world.update("fail").await;
    world.hands.set(3 * STEP);
    let all = world.deployments().await;
    assert_eq!(statuses(&all), ["STARTED", "DEPLOY_FAILED"]);
    let new = world
        .search(&json!({ "deploymentId": all[1]["deploymentId"] }))
        .await;
    let last = &new.last().unwrap()["event"];
    assert_eq!(last["priority"], "ERROR");
    assert!(last["message"].as_str().unwrap().contains("did not start"));
    let last = world.found(&json!({})).await.pop().unwrap();
    assert_eq!(last, "Order 2 was accepted.");
    // What happens in several instances at a time is in the order of that.
    let all = world.search(&json!({})).await;
    assert!(all.is_sorted_by_key(|record| record["line"].as_u64()));
    assert!(all.is_sorted_by_key(|record| record["event"]["timestamp"].as_u64()));
}

#[tokio::test]
async fn a_restart_is_a_new_deployment_and_a_stop_ends_the_log() {
    let world = World::with(|builder| builder).await;
    assert_eq!(world.command("restart").await, 200);
    let all = world.deployments().await;
    assert_eq!(statuses(&all), ["STOPPED", "DEPLOYING"]);
    world.hands.set(3 * STEP);
    assert_eq!(world.command("stop").await, 200);
    world.hands.set(9 * STEP);
    assert_eq!(statuses(&world.deployments().await), ["STOPPED", "STOPPED"]);
    let last = world.search(&json!({})).await.pop().unwrap();
    assert_eq!(last["event"]["message"], "The application has stopped.");
    assert_eq!(last["event"]["timestamp"], EPOCH + 3 * STEP);
}

#[tokio::test]
async fn times_are_inclusive_and_answers_have_a_cap() {
    let world = World::with(|builder| builder.quiet_logs().log_cap(5)).await;
    world.write(lines(0..20));
    let window = |from: u64, to: u64| json!({ "startTime": EPOCH + from, "endTime": EPOCH + to });
    assert_eq!(world.found(&window(2, 4)).await, texts(2..5));
    assert_eq!(world.found(&window(2, 40)).await, texts(2..7));
    assert_eq!(
        world.found(&json!({ "startTime": EPOCH + 18 })).await,
        texts(18..20)
    );
    assert_eq!(world.found(&json!({})).await, texts(0..5));
    // The oldest ones come, wherever they stand.
    world.write([LogLine::new("late").at(EPOCH + 2)]);
    assert_eq!(
        world.found(&window(2, 40)).await,
        ["2", "late", "3", "4", "5"]
    );
    let all = world.search(&window(2, 2)).await;
    assert_eq!((&all[0]["line"], &all[1]["line"]), (&json!(3), &json!(21)));
}

#[tokio::test]
async fn messages_are_cut_and_lines_may_be_anything() {
    let world = World::quiet().await;
    let ids = world.write([
        LogLine::new("Größe").at(EPOCH).level("WARN").source("mine"),
        LogLine::raw("no object").at(EPOCH),
    ]);
    let found = world.search(&json!({ "limitMsgLen": 4 })).await;
    assert_eq!(found[0]["event"]["message"], "Größ");
    assert_eq!(found[0]["event"]["priority"], "WARN");
    assert_eq!(found[0]["instanceId"], "mine");
    assert_eq!(found[0]["recordId"], ids[0]);
    assert_eq!(found[1], "no object");
}

#[tokio::test]
async fn deployments_and_instances_show_the_same_log() {
    let world = World::quiet().await;
    let first = world.current().await;
    world.write(lines(0..150));
    let second = world.emulator.roll_over("orders").unwrap();
    assert_eq!(world.current().await, second);
    world.write([LogLine::new("new")]);
    let messages = |answer: &Answer| -> Vec<String> {
        let page = answer.json();
        let data = page["data"].as_array().unwrap().iter();
        data.map(|event| event["message"].as_str().unwrap().to_owned())
            .collect()
    };
    let page = world.get(&format!("deployments/{first}/logs")).await;
    assert_eq!(
        (page.json()["total"].as_u64(), messages(&page)),
        (Some(150), texts(0..100))
    );
    let page = world.get(&format!("deployments/{second}/logs")).await;
    assert_eq!(messages(&page), ["new"]);
    let instance = format!("instances/{first}-0");
    let page = world
        .get(&format!("{instance}/logs?offset=140&limit=7"))
        .await;
    assert_eq!(
        (page.json()["total"].as_u64(), messages(&page)),
        (Some(150), texts(140..147))
    );
    let page = world
        .get(&format!("{instance}/logs?tail=true&offset=5&limit=5"))
        .await;
    assert_eq!(messages(&page), texts(140..145));
    let page = world.get(&format!("instances/{first}-1/logs")).await;
    assert_eq!(page.json(), json!({ "total": 0, "data": [] }));
    let file = world.get(&format!("{instance}/log-file")).await;
    assert_eq!(file.text().lines().count(), 150);
    assert!(
        file.text()
            .starts_with(&format!("{EPOCH} INFO {first}-0 0\n"))
    );
}

#[tokio::test]
async fn what_is_not_there_has_no_log() {
    let world = World::quiet().await;
    for path in [
        "deployments/none/logs",
        "instances/none/logs",
        "instances/none/log-file",
    ] {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
    let none = json!({ "deploymentId": "none" });
    world.write([LogLine::new("a line")]);
    assert!(world.search(&none).await.is_empty());
    let wrong = [LogLine::new("x").deployment("none")];
    assert!(world.emulator.write_log("orders", wrong).is_err());
    assert!(world.emulator.restart_replicas("orders").is_err());
    let search = format!("{API}/orders/logs");
    let url = world.emulator.url();
    assert_eq!(world.search(&json!({})).await.len(), 1);
    // Without an environment it is production.
    assert_eq!(send(url, "POST", &search, &json!({})).await.status, 404);
    world
        .call("DELETE", &format!("{API}/orders"), &Value::Null)
        .await;
    assert_eq!(world.call("POST", &search, &json!({})).await.status, 404);
    assert_eq!(world.get("deployments").await.status, 404);
    assert!(world.emulator.roll_over("orders").is_err());
}

#[tokio::test]
async fn a_hundred_thousand_lines_are_no_burden() {
    let world = World::quiet().await;
    let start = Instant::now();
    world.write(lines(0..100_000));
    for from in (0..100_000).step_by(2000) {
        let body = json!({ "startTime": EPOCH + from, "endTime": EPOCH + from + 9 });
        assert_eq!(world.found(&body).await, texts(from..from + 10));
    }
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}
