//! Failures on demand, and the server of the future.

use std::time::{Duration, Instant};

use crate::common::*;
use anypoint_emulator::{Emulator, Fault};

const ME: &str = "/accounts/api/me";

#[tokio::test]
async fn statuses() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    emulator.fault(Fault::on("get_me").times(2).status(503).retry_after(7));
    for _ in 0..2 {
        let answer = get(url, ME).await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("7"));
        assert!(answer.json().get("message").is_some());
    }
    assert_eq!(get(url, ME).await.status, 200);

    emulator.fault(Fault::on("access-management/get_me").times(1).html(502));
    let answer = get(url, ME).await;
    assert_eq!(answer.status, 502);
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    emulator.fault(Fault::on("*").times(1).empty(500));
    assert!(get(url, ME).await.body.is_empty());
    emulator.fault(
        Fault::on("get_me")
            .times(1)
            .status_with(418, "tea", "text/plain"),
    );
    assert_eq!(get(url, ME).await.text(), "tea");
    emulator.fault(Fault::on("get_me").retry_after(1));
    assert_eq!(get(url, ME).await.status, 429);
    emulator.clear_faults();
    assert_eq!(get(url, ME).await.status, 200);
    emulator.fault(Fault::on("get_profile").status(500));
    assert_eq!(get(url, ME).await.status, 200);
}

#[tokio::test]
async fn chance_and_delay() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    emulator.fault(Fault::on("get_me").chance(0.5, 3).status(500));
    let mut failed = 0;
    for _ in 0..20 {
        failed += u32::from(get(url, ME).await.status == 500);
    }
    assert!((3..18).contains(&failed), "{failed}");
    emulator.clear_faults();
    emulator.fault(Fault::on("get_me").delay(Duration::from_millis(120)));
    let start = Instant::now();
    assert_eq!(get(url, ME).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn a_truncated_answer_declares_all_of_it() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let whole = get(url, ME).await.body.len();
    for keep in [10, 0, 1_000_000] {
        emulator.fault(Fault::on("get_me").times(1).truncate(keep));
        let answer = get(url, ME).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body.len(), keep.min(whole));
        let declared: usize = answer.header("content-length").unwrap().parse().unwrap();
        assert!(declared >= whole && declared > answer.body.len());
    }
    assert_eq!(get(url, ME).await.body.len(), whole);
}

#[tokio::test]
async fn resets_give_no_answer() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let body = vec![b' '; 100_000];
    let raw = request("POST", &deployments(), &[BEARER, JSON], &body);
    for fault in [
        Fault::on("create_deployment").times(1).reset_before_read(),
        Fault::on("create_deployment").times(1).reset_after_read(),
    ] {
        emulator.fault(fault);
        assert!(exchange(url, &raw).await.is_empty());
    }
    assert_eq!(get(url, ME).await.status, 200);
    assert_eq!(emulator.requests(), 3);
}

#[tokio::test]
async fn tokens_expire_on_demand() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let form = b"grant_type=client_credentials&client_id=emulator&client_secret=emulator-secret";
    let media = ("content-type", "application/x-www-form-urlencoded");
    let token = call(url, "POST", "/accounts/api/v2/oauth2/token", &[media], form)
        .await
        .json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(call(url, "GET", ME, &headers, b"").await.status, 200);
    emulator.fault(Fault::on("get_me").times(1).expire_token());
    assert_eq!(call(url, "GET", ME, &headers, b"").await.status, 401);
    assert_eq!(call(url, "GET", ME, &headers, b"").await.status, 401);
    assert_eq!(get(url, ME).await.status, 200);
}

#[tokio::test]
async fn the_future() {
    let emulator = Emulator::start().await.unwrap();
    let url = emulator.url();
    let seed = format!("{}/c19a7e40-6b2d-4f83-95e1-d70f3b84c256", deployments());
    let now = get(url, &seed).await.json();
    emulator.future(true);
    let then = get(url, &seed).await.json();
    assert_eq!(then["id"], now["id"]);
    assert!(then.get("memberOfTheFuture").is_some());
    assert!(then.to_string().contains("FUTURE_VALUE"));
    assert_eq!(
        then["target"]["replicas"],
        now["target"]["replicas"].to_string()
    );
    assert!(then["creationDate"].is_null());
    let page = get(url, &deployments()).await.json();
    assert_eq!(page["total"], "1");
    emulator.future(false);
    assert_eq!(get(url, &seed).await.json(), now);
}
