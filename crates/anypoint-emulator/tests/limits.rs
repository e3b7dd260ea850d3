//! Rate limits that are enforced.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too")]

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anypoint_emulator::{Builder, Emulator, RateLimit, Reset};
use common::*;

const ME: &str = "/accounts/api/me";
const SECOND: Duration = Duration::from_secs(1);

fn builder(hands: &Hands) -> Builder {
    let all = RateLimit::new("default", 3, SECOND).throttled(503);
    Emulator::builder()
        .clock(hands.clock())
        .rate_limit("access-management", &[], all)
}

#[tokio::test]
async fn beyond_the_limit_there_is_an_empty_503() {
    let hands = Hands::default();
    let emulator = builder(&hands).start().await.unwrap();
    let url = emulator.url();
    for at in [0, 400, 800] {
        hands.set(at);
        let answer = get(url, ME).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ratelimit-limit"), None);
    }
    hands.set(999);
    let refused = get(url, ME).await;
    assert_eq!((refused.status, refused.body.len()), (503, 0));
    assert_eq!(refused.header("x-ratelimit-limit"), None);
    assert_eq!(refused.header("retry-after"), None);
    // Another API has nothing to do with it, and a path without an operation is not counted.
    assert_eq!(get(url, &deployments()).await.status, 200);
    assert_eq!(get(url, "/nowhere").await.status, 404);
    hands.set(1000);
    assert_eq!(get(url, ME).await.status, 200);
    assert_eq!(get(url, ME).await.status, 503);
    assert_eq!(emulator.throttled(), 2);
    let accepted = emulator.accepted();
    assert_eq!(accepted["access-management/default"], 4);
    assert_eq!(accepted.len(), 1);
}

#[tokio::test]
async fn classes_add_up_and_count_by_a_variable() {
    let hands = Hands::default();
    let one = RateLimit::new("own", 1, SECOND * 60).per("environmentId");
    let emulator = builder(&hands)
        .rate_limit("access-management", &["get_environment"], one)
        .limit_retry_after()
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    let path = format!("/accounts/api/organizations/{ORG}/environments");
    let first = format!("{path}/{ENV}");
    assert_eq!(get(url, &first).await.status, 200);
    let refused = get(url, &first).await;
    assert_eq!(refused.status, 429);
    assert!(refused.json()["message"].is_string());
    assert_eq!(refused.header("retry-after"), Some("60"));
    // A refused request takes no permit of the other class, and another value has its own.
    assert_eq!(get(url, &format!("{path}/other")).await.status, 404);
    assert_eq!(get(url, &path).await.status, 200);
    assert_eq!(get(url, &path).await.status, 503);
    let accepted = emulator.accepted();
    assert_eq!(accepted["access-management/own"], 2);
    assert_eq!(accepted["access-management/default"], 3);
}

#[tokio::test]
async fn headers_tell_of_the_limit_when_asked() {
    let hands = Hands::default();
    let emulator = builder(&hands).limit_headers(Reset::Milliseconds);
    let emulator = emulator.start().await.unwrap();
    let tell = async || {
        let answer = get(emulator.url(), ME).await;
        let header = |name| answer.header(name).unwrap().to_owned();
        [
            header("x-ratelimit-limit"),
            header("x-ratelimit-remaining"),
            header("x-ratelimit-reset"),
        ]
    };
    assert_eq!(tell().await, ["3", "2", "0"]);
    hands.set(250);
    assert_eq!(tell().await, ["3", "1", "750"]);
    assert_eq!(tell().await, ["3", "0", "750"]);
    assert_eq!(tell().await, ["3", "0", "750"]);

    let emulator = builder(&hands).limit_headers(Reset::Epoch);
    let emulator = emulator.start().await.unwrap();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let answer = get(emulator.url(), ME).await;
    let reset: u64 = answer.header("x-ratelimit-reset").unwrap().parse().unwrap();
    assert!((now..now + 10).contains(&reset), "{reset} {now}");
}

#[tokio::test]
async fn without_being_asked_for_nothing_is_limited() {
    let emulator = Emulator::start().await.unwrap();
    for _ in 0..100 {
        assert_eq!(get(emulator.url(), ME).await.status, 200);
    }
    assert_eq!(emulator.throttled(), 0);
    assert!(emulator.accepted().is_empty());
}
