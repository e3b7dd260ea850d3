//! Marked secrets, and a hostile server that repeats the secrets of a request.

use crate::common::*;
use anypoint_emulator::{Chaos, Emulator};
use serde_json::json;

const PORTAL: &str =
    "/api-experience-hub/xapi/v1/portals/00D5g000004XyZaEAK/4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54";

#[tokio::test]
async fn every_secret_of_an_answer_is_marked() {
    let emulator = Emulator::builder()
        .mark_secrets("MARK")
        .start()
        .await
        .unwrap();
    let url = emulator.url();
    let path = format!("{PORTAL}/applications/2418035");
    let first = get(url, &path).await.json();
    assert_eq!(first["clientSecret"], "MARK-1");
    assert_eq!(first["id"], "2418035");
    let reset = call(url, "POST", &format!("{path}/secret/reset"), &[BEARER], b"").await;
    assert_eq!(reset.json(), json!({ "clientSecret": "MARK-2" }));
    let body = json!({ "grant_type": "client_credentials", "client_id": "emulator",
        "client_secret": "emulator-secret" });
    let token = "/accounts/api/v2/oauth2/token";
    let token = call(url, "POST", token, &[JSON], body.to_string().as_bytes()).await;
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("MARK-token-"), "{token}");
    let bearer = format!("Bearer {token}");
    let me = [("authorization", bearer.as_str())];
    assert_eq!(
        call(url, "GET", "/accounts/api/me", &me, b"").await.status,
        200
    );

    let plain = Emulator::start().await.unwrap();
    assert_ne!(
        get(plain.url(), &path).await.json()["clientSecret"],
        "MARK-1"
    );
}

#[tokio::test]
async fn refusals_repeat_the_request() {
    let emulator = Emulator::builder().echo_on_error().start().await.unwrap();
    let url = emulator.url();
    let body = json!({ "pin": "sesame" });
    let bearer = [("authorization", "Bearer open-sesame"), JSON];
    let refused = call(
        url,
        "POST",
        &deployments(),
        &bearer,
        body.to_string().as_bytes(),
    )
    .await;
    assert_eq!(refused.status, 401);
    assert!(refused.text().contains("Bearer open-sesame"), "{refused:?}");
    assert!(
        refused.text().contains(r#"{"pin":"sesame"}"#),
        "{refused:?}"
    );

    let refused = send(url, "POST", &deployments(), &body).await;
    assert_eq!(refused.status, 400);
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("sesame") && message.contains("emulator-token"),
        "{message}"
    );
    // What is not refused, or has no body, is as ever.
    assert!(
        !get(url, "/accounts/api/me")
            .await
            .text()
            .contains("emulator-token")
    );
    let empty = Chaos {
        unavailable: 1000,
        ..Chaos::default()
    };
    let builder = Emulator::builder().echo_on_error().chaos(1, empty);
    let emulator = builder.start().await.unwrap();
    assert!(
        get(emulator.url(), "/accounts/api/me")
            .await
            .body
            .is_empty()
    );

    let huge = vec![b'x'; 200_000];
    let refused = call(url, "POST", &deployments(), &[BEARER, JSON], &huge).await;
    assert!((60_000..70_000).contains(&refused.body.len()));
}
