//! What ends a follower, and what does not.

use std::time::Duration;

use anypoint_application_manager::types::DeploymentId;
use anypoint_core::{ErrorKind, Position};
use anypoint_emulator::{Fault, LogLine};

use super::lines::{Log, end, inside, next};

#[tokio::test]
async fn a_deployment_that_is_not_there_is_not_found() {
    let log = Log::start().await;
    let other = log
        .client
        .follow_logs(DeploymentId::new("no-such-deployment"));
    let error = end(other).await;
    assert!(error.is_not_found(), "{error}");
    let elsewhere = inside(&log.world, "other-environment").follow_logs(&log.deployment);
    assert!(end(elsewhere).await.is_not_found());
}

#[tokio::test]
async fn a_deployment_that_is_deleted_meanwhile_is_told() {
    let mut log = Log::start().await;
    log.write(2);
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    assert_eq!(next(&mut lines).await, 1);
    let deletion = log.client.delete_deployment(&log.deployment);
    deletion.send().await.unwrap();
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deleted, "{error}");
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn a_position_of_another_deployment_is_refused_before_anything_is_sent() {
    let mut log = Log::start().await;
    log.write(2);
    let mut lines = log.follow().lines();
    next(&mut lines).await;
    let position: Position = lines.position().unwrap().to_string().parse().unwrap();
    let other = log
        .client
        .follow_logs(DeploymentId::new("another-deployment"));
    let error = end(other.resume(position.clone())).await;
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let text = error.to_string();
    assert!(
        text.contains(log.deployment.id.as_str()) && text.contains("another-deployment"),
        "{text}"
    );
    let elsewhere = inside(&log.world, "other-environment").follow_logs(&log.deployment);
    let error = end(elsewhere.resume(position)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_position_that_the_service_has_forgotten_says_what_to_do() {
    let mut log = Log::start().await;
    log.write(2);
    let mut lines = log.follow().lines();
    next(&mut lines).await;
    let position = lines.position().unwrap();
    log.world.emulator.fault(Fault::on("list_logs").status(400));
    let error = end(log.follow().resume(position)).await;
    assert_eq!(error.status(), Some(400));
    assert!(error.hint().unwrap().contains("since"), "{error}");
}

#[tokio::test]
async fn an_entry_that_is_no_object_is_told_and_does_not_end_it() {
    let mut log = Log::start().await;
    log.write(1);
    log.add([
        LogLine::raw("password=s3cret, not JSON"),
        LogLine::raw(serde_json::json!({ "docId": "odd", "message": { "not": "text" } })),
    ]);
    log.write(1);
    let mut lines = log.follow().once().lines();
    assert_eq!(next(&mut lines).await, 0);
    let error = lines.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    assert!(error.body().is_some());
    // A member that does not fit counts as missing.
    let entry = lines.next().await.unwrap().unwrap();
    assert_eq!(
        (entry.doc_id.as_deref(), entry.message),
        (Some("odd"), None)
    );
    assert_eq!(next(&mut lines).await, 1);
    assert!(lines.next().await.is_none());
}

#[tokio::test]
async fn a_damaged_entry_is_one_error_and_those_around_it_are_read() {
    let entries = [
        r#"{"docId":"bad","timestamp":2,"message":"half \ud83d"}"#.to_owned(),
        "{\"docId\":\"bad\",\"timestamp\":2,\"message\":\"\u{1b}[31m\"}".to_owned(),
        r#"{"docId":"bad","timestamp":2,"message":"open}"#.to_owned(),
        "17".to_owned(),
    ];
    for entry in entries {
        let log = Log::start().await;
        let good = |number: u64| {
            format!(r#"{{"docId":"id-{number}","timestamp":{number},"message":"{number}"}}"#)
        };
        let answer = format!("[{},{entry},{}]", good(1), good(3));
        let page = Fault::on("list_logs").status_with(200, answer, "application/json");
        log.world.emulator.fault(page.times(2));
        let mut lines = log.follow().lines();
        assert_eq!(next(&mut lines).await, 1, "{entry}");
        let error = lines.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{entry}");
        assert!(!format!("{error} {error:?}").contains("half"), "{error}");
        let position = lines.position().unwrap();
        assert_eq!(next(&mut lines).await, 3, "{entry}");
        // The position is behind the damaged entry.
        log.world.emulator.clear_faults();
        let answer = format!("[{entry},{}]", good(3));
        let page = Fault::on("list_logs").status_with(200, answer, "application/json");
        log.world.emulator.fault(page);
        let mut lines = log.follow().resume(position).lines();
        assert_eq!(next(&mut lines).await, 3, "{entry}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_json_or_half_of_it_is_a_fault_in_passing() {
    let html = "<html><title>Back soon</title></html>";
    for text in [
        "INFO not JSON at all",
        html,
        r#"[{"docId":"a","message":"1"},{"docI"#,
    ] {
        let mut log = Log::start().await;
        log.write(2);
        let mut lines = log.follow().lines();
        assert_eq!(next(&mut lines).await, 0);
        assert_eq!(next(&mut lines).await, 1);
        for operation in ["list_logs", "get_deployment"] {
            let fault = Fault::on(operation).times(3);
            log.world
                .emulator
                .fault(fault.status_with(200, text, "text/html"));
        }
        log.write(1);
        assert_eq!(next(&mut lines).await, 2, "{text}");
        // What lasts ends it, with what the service said.
        let fault = Fault::on("list_logs").status_with(200, text, "text/html");
        log.world.emulator.fault(fault);
        let start = log.world.clock.passed();
        let error = lines.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let waited = log.world.clock.passed() - start;
        assert!((300..320).contains(&waited.as_secs()), "{waited:?}");
    }
}

#[tokio::test]
async fn it_may_be_asked_again_after_its_end() {
    let mut log = Log::start().await;
    log.write(1);
    let mut lines = log.follow().once().lines();
    assert_eq!(next(&mut lines).await, 0);
    for _ in 0..3 {
        assert!(lines.next().await.is_none());
    }
    log.world.emulator.fault(Fault::on("list_logs").status(403));
    let mut lines = log.follow().lines();
    assert!(lines.next().await.unwrap().is_err());
    for _ in 0..3 {
        assert!(lines.next().await.is_none());
    }
}

#[tokio::test]
async fn a_refusal_ends_it_at_once() {
    let mut log = Log::start().await;
    log.write(1);
    log.world.emulator.fault(Fault::on("list_logs").status(403));
    let error = end(log.follow()).await;
    assert_eq!(error.status(), Some(403));
}

#[tokio::test]
async fn faults_that_last_end_it_after_its_patience() {
    let mut log = Log::start().await;
    log.write(1);
    log.world.emulator.fault(Fault::on("list_logs").status(503));
    let start = log.world.clock.passed();
    let error = end(log.follow().patience(Duration::from_secs(60))).await;
    assert_eq!(error.status(), Some(503));
    let waited = log.world.clock.passed() - start;
    assert!((60..70).contains(&waited.as_secs()), "{waited:?}");
}

#[tokio::test]
async fn a_log_that_has_not_begun_is_waited_for_with_patience() {
    let mut log = Log::start().await;
    log.write(1);
    let missing = Fault::on("list_logs").status(404);
    log.world.emulator.fault(missing.clone().times(5));
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    log.world.emulator.fault(missing);
    let start = log.world.clock.passed();
    let error = end(log.follow().patience(Duration::from_secs(60))).await;
    assert!(error.is_not_found() && error.hint().is_some(), "{error}");
    let waited = log.world.clock.passed() - start;
    assert!((60..70).contains(&waited.as_secs()), "{waited:?}");
}

#[tokio::test]
async fn a_deployment_without_any_specification_ends_it_after_its_patience() {
    let log = Log::start().await;
    let bare = format!(r#"{{"id":"{}","status":"APPLYING"}}"#, log.deployment.id);
    let emulator = &log.world.emulator;
    emulator.fault(Fault::on("get_deployment").status_with(200, bare, "application/json"));
    emulator.fault(Fault::on("list_specifications").status(404));
    let error = end(log.follow().patience(Duration::from_secs(60))).await;
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}

#[tokio::test]
async fn a_deployment_that_names_no_specification_has_the_newest_one_of_the_list() {
    let mut log = Log::start().await;
    log.world.emulator.roll_over(&log.deployment.id).unwrap();
    log.write(2);
    let bare = format!(r#"{{"id":"{}","status":"APPLYING"}}"#, log.deployment.id);
    let emulator = &log.world.emulator;
    emulator.fault(Fault::on("get_deployment").status_with(200, bare, "application/json"));
    let mut lines = log.follow().lines();
    assert_eq!(next(&mut lines).await, 0);
    assert_eq!(next(&mut lines).await, 1);
}

#[tokio::test]
async fn nothing_is_asked_before_the_first_next_nor_after_a_drop() {
    let mut log = Log::start().await;
    log.write(1);
    let asked = || log.world.emulator.requests();
    let begin = asked();
    let mut lines = log.follow().lines();
    assert_eq!(asked(), begin);
    assert!(lines.position().is_none());
    next(&mut lines).await;
    let before = asked();
    drop(lines);
    tokio::task::yield_now().await;
    assert_eq!(asked(), before);
}
