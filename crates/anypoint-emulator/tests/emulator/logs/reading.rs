//! What is found in a log.

use std::time::{Duration, Instant};

use anypoint_emulator::LogLine;
use serde_json::json;

use super::world::*;
use crate::common::*;

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
