//! Answers with 404 or 410, which servers also send for something that was just created.

use std::time::Duration;

use anypoint_application_manager::types::DeploymentId;
use anypoint_core::{Error, ErrorKind};
use anypoint_emulator::Fault;

use super::application_manager::{client, create};
use super::support::World;

/// How long "there is no such thing" has to last before it ends a wait.
const MISSING: Duration = Duration::from_secs(30);

#[tokio::test]
async fn what_shows_up_some_seconds_after_it_was_made_is_waited_for() {
    for status in [404, 410] {
        let world = World::start().await;
        let client = client(&world);
        let made = create(&client, "orders").await;
        // Looks at 0, 5 and 10 s.
        let hidden = Fault::on("get_deployment").times(3).status(status);
        world.emulator.fault(hidden);
        let done = client.wait_for_deployment(&made).await.unwrap();
        assert_eq!(done.id, made.id);
    }
}

#[tokio::test]
async fn not_found_now_and_then_is_no_deletion() {
    for status in [404, 410] {
        let world = World::start().await;
        let client = client(&world);
        let made = create(&client, "orders").await;
        let mut states = client.wait_for_deployment(&made).states();
        let mut last = states.next().await.unwrap().unwrap();
        while !last.done {
            let hidden = Fault::on("get_deployment").times(2).status(status);
            world.emulator.fault(hidden);
            last = states.next().await.unwrap().unwrap();
        }
        assert_eq!(last.state, "APPLIED, application RUNNING");
    }
}

#[tokio::test]
async fn what_is_not_found_for_half_a_minute_ends_a_wait() {
    for status in [404, 410] {
        // Whatever the pause between two looks is.
        for every in [1, 4, 7, 10] {
            let world = World::start().await;
            let fault = Fault::on("get_deployment").status(status);
            world.emulator.fault(fault);
            let wait = client(&world)
                .get_deployment(DeploymentId::new("none"))
                .wait();
            let wait = wait.every(Duration::from_secs(every));
            let error = wait.await.unwrap_err();
            assert_eq!(
                (error.kind(), error.status()),
                (ErrorKind::Status, Some(status))
            );
            assert_eq!(world.clock.passed(), MISSING);
        }
    }
}

#[tokio::test]
async fn a_deletion_is_told_when_it_has_lasted() {
    for status in [404, 410] {
        let world = World::start().await;
        let client = client(&world);
        let made = create(&client, "orders").await;
        let mut states = client.wait_for_deployment(&made).states();
        states.next().await.unwrap().unwrap();
        // Faults in between do not begin it anew.
        for fault in [
            Fault::on("get_deployment").times(2).status(status),
            Fault::on("get_deployment").times(2).status(502),
            Fault::on("get_deployment").status(status),
        ] {
            world.emulator.fault(fault);
        }
        let began = world.clock.passed() + Duration::from_secs(5);
        let error = states.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deleted);
        let source = std::error::Error::source(&error).unwrap();
        let source: &Error = source.downcast_ref().unwrap();
        assert_eq!(source.status(), Some(status));
        assert_eq!(world.clock.passed(), began + MISSING);
    }
}

#[tokio::test]
async fn a_time_limit_that_is_shorter_says_that_nothing_was_found() {
    let world = World::start().await;
    let wait = client(&world)
        .get_deployment(DeploymentId::new("none"))
        .wait();
    let error = wait.timeout(Duration::from_secs(12)).await.unwrap_err();
    assert!(error.is_timeout());
    assert!(error.to_string().contains("404 Not Found"), "{error}");
    assert_eq!(world.clock.passed(), Duration::from_secs(12));
}
