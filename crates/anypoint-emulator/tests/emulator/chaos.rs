//! Failures by a seed, and which requests were processed.

use std::time::{Duration, Instant};

use crate::common::*;
use anypoint_emulator::{Chaos, Emulator, Fault};
use serde_json::json;

const ME: &str = "/accounts/api/me";

async fn with(chaos: Chaos) -> Emulator {
    let builder = Emulator::builder().chaos(1, chaos).count_requests();
    builder.start().await.unwrap()
}

/// What comes back from creating a deployment; nothing if the connection was closed.
async fn create(emulator: &Emulator, name: &str) -> Option<Answer> {
    let body = json!({ "name": name, "target": { "provider": "MC", "targetId": "t" },
        "application": { "ref": { "groupId": "g", "artifactId": "a", "version": "1",
            "packaging": "jar" } } });
    let headers = [BEARER, JSON, ("x-anypoint-call", name)];
    let body = body.to_string();
    let raw = request("POST", &deployments(), &headers, body.as_bytes());
    Answer::parse(&exchange(emulator.url(), &raw).await)
}

/// How often creating was processed.
fn processed(emulator: &Emulator) -> u64 {
    let all = emulator.processed();
    let posts = all.iter().filter(|(request, _)| request.method == "POST");
    posts.map(|(_, count)| count).sum()
}

macro_rules! always {
    ($member:ident) => {
        with(Chaos {
            $member: 1000,
            ..Chaos::default()
        })
        .await
    };
}

#[tokio::test]
async fn mishaps_before_processing_leave_nothing_behind() {
    let emulator = always!(throttled);
    let answer = create(&emulator, "a").await.unwrap();
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("1"))
    );
    assert_eq!(processed(&emulator), 0);

    let emulator = always!(throttled_silently);
    let answer = create(&emulator, "a").await.unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
    assert_eq!(processed(&emulator), 0);

    let emulator = always!(unavailable);
    let answer = create(&emulator, "a").await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (503, 0));
    assert_eq!(answer.header("retry-after"), None);
    assert_eq!(processed(&emulator), 0);

    let emulator = always!(failed);
    assert_eq!(create(&emulator, "a").await.unwrap().status, 500);
    assert_eq!(processed(&emulator), 0);

    let emulator = always!(html);
    let answer = create(&emulator, "a").await.unwrap();
    assert_eq!(answer.status, 502);
    assert!(answer.text().starts_with("<html>"));
    assert_eq!(processed(&emulator), 0);

    let emulator = always!(reset_before);
    assert!(create(&emulator, "a").await.is_none());
    assert_eq!(processed(&emulator), 0);
    assert_eq!(emulator.mishaps()["reset_before"], 1);
}

#[tokio::test]
async fn mishaps_after_processing_leave_the_deed() {
    let emulator = always!(reset_after);
    assert!(create(&emulator, "a").await.is_none());
    assert_eq!(processed(&emulator), 1);

    let emulator = always!(truncated);
    let answer = create(&emulator, "a").await.unwrap();
    let declared: usize = answer.header("content-length").unwrap().parse().unwrap();
    assert_eq!(answer.body.len(), declared / 2);
    assert_eq!(processed(&emulator), 1);

    let emulator = with(Chaos {
        slow: 1000,
        slow_for: Duration::from_millis(120),
        ..Chaos::default()
    })
    .await;
    let start = Instant::now();
    let answer = create(&emulator, "a").await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(120));
    assert_eq!(answer.json()["name"], "a");
    assert_eq!(processed(&emulator), 1);
}

#[tokio::test]
async fn a_token_that_expired_stays_so_and_tokens_are_spared() {
    let chaos = Chaos {
        expired: 500,
        ..Chaos::default()
    };
    let emulator = with(chaos).await;
    let url = emulator.url();
    let form = b"grant_type=client_credentials&client_id=emulator&client_secret=emulator-secret";
    let media = ("content-type", "application/x-www-form-urlencoded");
    for _ in 0..20 {
        let path = "/accounts/api/v2/oauth2/token";
        let token = call(url, "POST", path, &[media], form).await;
        assert_eq!(token.status, 200);
        let bearer = format!("Bearer {}", token.json()["access_token"].as_str().unwrap());
        let headers = [("authorization", bearer.as_str())];
        let mut expired = false;
        for _ in 0..4 {
            let status = call(url, "GET", ME, &headers, b"").await.status;
            expired |= status == 401;
            assert_eq!(status, if expired { 401 } else { 200 });
        }
    }
    assert!(emulator.mishaps()["expired"] > 5);
    // The console's credentials do not expire.
    for _ in 0..20 {
        let answer = console(url, "GET", "/mmc/api/deployments", None).await;
        assert_eq!(answer.status, 200);
    }

    for (tokens_too, status) in [(false, 200), (true, 500)] {
        let emulator = with(Chaos {
            failed: 1000,
            tokens_too,
            ..Chaos::default()
        })
        .await;
        let path = "/accounts/api/v2/oauth2/token";
        let answer = call(emulator.url(), "POST", path, &[media], form).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn a_seed_repeats_and_rules_come_first() {
    let play = async |seed| {
        let builder = Emulator::builder().chaos(seed, Chaos::even(50));
        let emulator = builder.start().await.unwrap();
        emulator.fault(Fault::on("get_me").times(1).status(418));
        let mut statuses = Vec::new();
        for _ in 0..100 {
            let raw = request("GET", ME, &[BEARER], b"");
            let answer = Answer::parse(&exchange(emulator.url(), &raw).await);
            statuses.push(answer.map(|answer| (answer.status, answer.body.len())));
        }
        (statuses, emulator.mishaps())
    };
    let first = play(3).await;
    assert_eq!(play(3).await, first);
    assert_ne!(play(4).await.0, first.0);
    assert_eq!(first.0[0].unwrap().0, 418);
    assert!(first.0.contains(&None) && first.1.len() > 5, "{first:?}");
    let error = Emulator::builder().chaos(1, Chaos::even(200)).start().await;
    assert!(error.unwrap_err().to_string().contains("2000"));
}

/// What befalls a request does not depend on what others do at the same time.
#[tokio::test]
async fn a_seed_repeats_for_many_at_once() {
    let play = async || {
        let builder = Emulator::builder()
            .chaos(9, Chaos::even(30))
            .count_requests();
        let emulator = builder.start().await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let url = emulator.url().to_owned();
            tasks.spawn(async move {
                for _ in 0..25 {
                    exchange(&url, &request("GET", ME, &[BEARER], b"")).await;
                }
            });
        }
        while tasks.join_next().await.is_some() {}
        let mishaps = emulator.mishaps();
        let before = [
            "throttled",
            "throttled_silently",
            "unavailable",
            "failed",
            "html",
            "expired",
            "reset_before",
        ];
        let lost: u64 = before.iter().filter_map(|name| mishaps.get(name)).sum();
        let processed: u64 = emulator.processed().values().sum();
        assert_eq!(processed, 400 - lost);
        mishaps
    };
    let first = play().await;
    assert_eq!(first.len(), 10, "{first:?}");
    assert_eq!(play().await, first);
}

#[tokio::test]
async fn what_was_processed_is_counted_by_what_tells_requests_apart() {
    let emulator = Emulator::builder().count_requests().start().await.unwrap();
    for name in ["a", "b", "b"] {
        create(&emulator, name).await.unwrap();
    }
    emulator.fault(
        Fault::on("create_deployment")
            .times(1)
            .reset_after_processing(),
    );
    assert!(create(&emulator, "c").await.is_none());
    emulator.fault(Fault::on("create_deployment").times(1).reset_after_read());
    assert!(create(&emulator, "d").await.is_none());
    // Neither credentials nor body are in order.
    call(emulator.url(), "POST", &deployments(), &[JSON], b"{}").await;
    send(emulator.url(), "POST", &deployments(), &json!({})).await;
    let counts: Vec<(Option<String>, u64)> = emulator
        .processed()
        .into_iter()
        .map(|(request, count)| {
            assert_eq!(
                (request.method.as_str(), request.path),
                ("POST", deployments())
            );
            assert_ne!(request.body, 0);
            (request.call, count)
        })
        .collect();
    let named = |name: &str, count| (Some(name.to_owned()), count);
    let mut sorted = counts.clone();
    sorted.sort();
    assert_eq!(sorted, [named("a", 1), named("b", 2), named("c", 1)]);

    let silent = Emulator::start().await.unwrap();
    create(&silent, "a").await.unwrap();
    assert!(silent.processed().is_empty());
}

/// A client that renews its token once must be able to rely on it.
#[tokio::test]
async fn nobody_is_refused_twice_in_a_row_and_chaos_ends() {
    let chaos = Chaos {
        expired: 500,
        token_serves: 3,
        requests: 200,
        ..Chaos::default()
    };
    let emulator = with(chaos).await;
    let url = emulator.url();
    let mut tokens = Vec::new();
    for _ in 0..2 {
        tokens.push(token(url).await);
    }
    let me = async |token: &str, call: &str| {
        let bearer = format!("Bearer {token}");
        let path = format!("{ME}?call={call}");
        let answer = request("GET", &path, &[("authorization", bearer.as_str())], b"");
        Answer::parse(&exchange(url, &answer).await).unwrap().status
    };
    // Three requests are served before the first token expires.
    let mut refused = None;
    for number in 0..40 {
        if me(&tokens[0], &number.to_string()).await == 401 {
            refused = Some(number);
            break;
        }
    }
    let refused = refused.unwrap();
    assert!(refused >= 3, "{refused}");
    // The second one serves others for as long as that request has not come back.
    for number in 100..140 {
        assert_eq!(me(&tokens[1], &number.to_string()).await, 200);
    }
    assert_eq!(me(&tokens[1], &refused.to_string()).await, 200);
    assert_eq!(emulator.mishaps()["expired"], 1);
    let mut expired = 1;
    while expired < 20 {
        let token = token(url).await;
        while me(&token, "x").await == 200 {}
        assert_eq!(me(&token, "x").await, 401);
        expired += 1;
        assert_eq!(emulator.mishaps()["expired"], expired);
    }
    let silent = with(Chaos {
        failed: 1000,
        requests: 5,
        ..Chaos::default()
    })
    .await;
    for number in 0..8 {
        let status = if number < 5 { 500 } else { 200 };
        let raw = request("GET", ME, &[BEARER], b"");
        let answer = Answer::parse(&exchange(silent.url(), &raw).await).unwrap();
        assert_eq!(answer.status, status);
    }
    assert_eq!(silent.mishaps()["failed"], 5);
}

/// A fresh token.
async fn token(url: &str) -> String {
    let form = b"grant_type=client_credentials&client_id=emulator&client_secret=emulator-secret";
    let media = ("content-type", "application/x-www-form-urlencoded");
    let path = "/accounts/api/v2/oauth2/token";
    let answer = call(url, "POST", path, &[media], form).await;
    answer.json()["access_token"].as_str().unwrap().to_owned()
}
