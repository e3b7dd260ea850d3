//! Rate limits that are enforced.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::common::*;
use anypoint_emulator::{Builder, Emulator, RateLimit, Reset};
use serde_json::Value;

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

    let emulator = builder(&hands).limit_headers(Reset::Seconds);
    let emulator = emulator.start().await.unwrap();
    get(emulator.url(), ME).await;
    let answer = get(emulator.url(), ME).await;
    assert_eq!(answer.header("x-ratelimit-reset"), Some("1"));

    let minute = RateLimit::new("default", 3, SECOND * 60);
    let emulator = builder(&hands).rate_limit("access-management", &["get_me"], minute);
    let emulator = emulator.limit_headers(Reset::Epoch).start().await.unwrap();
    let start = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    hands.set(1_000_000);
    get(emulator.url(), ME).await;
    let answer = get(emulator.url(), ME).await;
    let reset: u64 = answer.header("x-ratelimit-reset").unwrap().parse().unwrap();
    let due = start + 1060;
    assert!((due..due + 10).contains(&reset), "{reset} {due}");
}

/// The lowest limit of an operation's classes, and what is answered beyond it.
fn lowest(document: &Value, operation: &Value) -> Option<(u64, u64)> {
    let classes = document.get("x-rate-limit")?.as_object()?;
    let named = operation["x-rate-limit"].as_array().cloned();
    let named = named.unwrap_or_default();
    let counts = |name: &String| name == "default" || named.iter().any(|other| other == name);
    let figures = |class: &Value| {
        let regions = class["regions"].as_object().cloned().unwrap_or_default();
        let figures = regions.values().chain([&class["permits"]]);
        figures.filter_map(Value::as_u64).min()
    };
    let meant = classes.iter().filter(|(name, _)| counts(name));
    let limits =
        meant.filter_map(|(_, class)| Some((figures(class)?, class["throttled"][0].as_u64()?)));
    limits.min_by_key(|(permits, _)| *permits)
}

/// Whatever limits the specs have: one operation for each set of classes runs into its lowest.
#[tokio::test]
async fn the_limits_of_the_specs_are_enforced() {
    for (name, text) in [
        ("cloudhub", include_str!("../../specs/cloudhub.json")),
        ("cloudhub2", include_str!("../../specs/cloudhub2.json")),
        ("mmc", include_str!("../../specs/mmc.json")),
    ] {
        let document: Value = serde_json::from_str(text).unwrap();
        let mut seen = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let operation = &item["get"];
            let classes = operation["x-rate-limit"].clone();
            if operation.is_null() || seen.contains(&classes) {
                continue;
            }
            seen.push(classes);
            let limit = lowest(&document, operation);
            let (permits, status) = limit.unwrap_or((40, 0));
            let hands = Hands::default();
            let builder = Emulator::builder().clock(hands.clock());
            let emulator = builder.enforce_limits().start().await.unwrap();
            let path = path.replace(['{', '}'], "");
            let path = format!(
                "{}{path}",
                emulator.api_url(name).replace(emulator.url(), "")
            );
            for _ in 0..permits {
                assert_ne!(
                    u64::from(get(emulator.url(), &path).await.status),
                    status,
                    "{path}"
                );
            }
            assert_eq!(emulator.throttled(), 0, "{path}");
            if limit.is_some() {
                let beyond = get(emulator.url(), &path).await;
                assert_eq!(u64::from(beyond.status), status, "{path}");
            }
        }
    }
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
