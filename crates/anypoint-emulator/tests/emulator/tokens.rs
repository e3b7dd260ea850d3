//! Tokens live as long as they say, and are distinct and counted.

use std::time::Duration;

use crate::common::*;
use anypoint_emulator::{Emulator, FIXED_TOKEN};
use serde_json::json;

const ME: &str = "/accounts/api/me";
const TOKEN: &str = "/accounts/api/v2/oauth2/token";

async fn fetch(url: &str) -> (String, u64) {
    let body = json!({ "grant_type": "client_credentials", "client_id": "emulator",
        "client_secret": "emulator-secret" });
    let answer = call(url, "POST", TOKEN, &[JSON], body.to_string().as_bytes()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = answer.json();
    let text = token["access_token"].as_str().unwrap().to_owned();
    (text, token["expires_in"].as_u64().unwrap())
}

async fn me(url: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    call(url, "GET", ME, &[("authorization", &bearer)], b"").await
}

#[tokio::test]
async fn a_token_dies_of_age_and_not_before() {
    let hands = Hands::default();
    let builder = Emulator::builder().clock(hands.clock());
    let builder = builder.token_life(Duration::from_secs(60));
    let emulator = builder.start().await.unwrap();
    let url = emulator.url();
    let (first, life) = fetch(url).await;
    assert_eq!(life, 60);
    hands.set(30_000);
    let (second, _) = fetch(url).await;
    assert_ne!(first, second);
    assert_eq!(emulator.token_fetches(), 2);
    hands.set(59_999);
    assert_eq!(me(url, &first).await.status, 200);
    hands.set(60_000);
    let refused = me(url, &first).await;
    assert_eq!(
        (refused.status, refused.text().as_str()),
        (401, "unauthorized")
    );
    assert_eq!(me(url, &second).await.status, 200);
    hands.set(600_000);
    assert_eq!(me(url, &second).await.status, 401);
    assert_eq!(me(url, FIXED_TOKEN).await.status, 200);
}

#[tokio::test]
async fn all_tokens_can_be_expired_at_once() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let (first, life) = fetch(url).await;
    assert_eq!(life, 3600);
    emulator.expire_tokens();
    assert_eq!(me(url, &first).await.status, 401);
    let (second, _) = fetch(url).await;
    assert_eq!(me(url, &second).await.status, 200);
    assert_eq!(me(url, FIXED_TOKEN).await.status, 200);
    emulator.expire_fixed_token();
    assert_eq!(me(url, FIXED_TOKEN).await.status, 401);
    assert_eq!(me(url, &second).await.status, 200);
}

#[tokio::test]
async fn users_log_in_at_both_addresses() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    for path in ["/accounts/login", "/accounts/api/login"] {
        let right = json!({ "username": "ada", "password": "emulator-secret" }).to_string();
        let answer = call(url, "POST", path, &[JSON], right.as_bytes()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(me(url, &token).await.status, 200);
        let wrong = json!({ "username": "ada", "password": "sesame" }).to_string();
        assert_eq!(
            call(url, "POST", path, &[JSON], wrong.as_bytes())
                .await
                .status,
            401
        );
    }
    assert_eq!(emulator.token_fetches(), 2);
    assert_eq!(
        call(url, "GET", "/accounts/login", &[], b"").await.status,
        405
    );
}
