//! Failed deployments: the error has the reason, after the last lines of the log.

use std::time::Duration;

use anypoint::ErrorKind;
use anypoint::application_manager::types::DeploymentId;
use anypoint::deploy::{Event, Order};
use anypoint_emulator::Fault;

use super::world::{EVERY, Told, World, application, change, deployment, upload};

fn failing() -> [Order; 3] {
    [
        Order::new_deployment(deployment("orders-fail")),
        Order::cloudhub_file(upload("orders-fail")),
        Order::cloudhub_asset(application("orders-fail")),
    ]
}

#[tokio::test]
async fn expectation_14_a_failure_tells_its_reason_after_the_line_that_has_the_cause() {
    for order in failing() {
        let world = World::new(|builder| builder).await;
        let told = world.deployed(order).await;
        let errors = |told: &Told| -> Vec<String> {
            let lines = told.lines().into_iter();
            let errors = lines.filter(|line| line.level.as_deref() == Some("ERROR"));
            errors.map(|line| line.message.clone()).collect()
        };
        let found = errors(&told);
        assert_eq!(found.len(), 1, "{told:?}");
        assert!(
            told.lines()
                .iter()
                .all(|line| line.source.is_some() && line.time.is_some())
        );
        let error = told.error();
        assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
        assert_eq!(error.message(), found.first().map(String::as_str));
        assert!(error.last_state().is_some());
    }
}

/// The only reading that succeeds is the one after the end.
#[tokio::test]
async fn the_log_is_read_once_more_after_the_end() {
    for order in failing() {
        let world = World::new(|builder| builder).await;
        for operation in ["list_logs", "search_logs"] {
            world
                .emulator
                .fault(Fault::on(operation).times(1).status(403));
        }
        let told = world.deployed(order).await;
        assert_eq!(told.problems().len(), 1, "{told:?}");
        assert_eq!(told.problems()[0].status(), Some(403));
        let last = told.lines().pop().map(|line| line.level.as_deref());
        assert_eq!(last, Some(Some("ERROR")), "{told:?}");
        assert_eq!(told.error().kind(), ErrorKind::Failed);
    }
}

#[tokio::test]
async fn a_failed_update_of_what_runs_is_a_failure() {
    let world = World::new(|builder| builder).await;
    world
        .deployed(Order::cloudhub_file(upload("order-desk")))
        .await;
    let mut broken = application("order-desk");
    broken.application_source.artifact_id = Some("orders-fail".to_owned());
    let told = world.deployed(Order::cloudhub_asset(broken)).await;
    assert!(!told.accepted().created);
    let levels = told
        .lines()
        .into_iter()
        .filter_map(|line| line.level.clone());
    assert!(levels.into_iter().any(|level| level == "ERROR"), "{told:?}");
    let error = told.error();
    assert_eq!(error.kind(), ErrorKind::Failed, "{error}");
    assert!(error.message().is_some());
}

#[tokio::test]
async fn expectation_14_a_second_deployment_by_someone_else_is_not_taken_for_ours() {
    for (order, id) in [
        (Order::new_deployment(deployment("orders")), None),
        (
            Order::cloudhub_asset(application("order-desk")),
            Some("order-desk"),
        ),
    ] {
        let world = World::new(|builder| builder).await;
        let mut events = world.follow(order);
        let first = events.next().await.unwrap().unwrap();
        let Event::Accepted(accepted) = first else {
            panic!("{first:?}");
        };
        assert!(id.is_none_or(|id| id == accepted.id));
        while !matches!(events.next().await.unwrap().unwrap(), Event::State(_)) {}
        world.emulator.roll_over(&accepted.id).unwrap();
        let told = world.tell(&mut events).await;
        let error = told.error();
        assert_eq!(error.kind(), ErrorKind::Replaced, "{error}");
    }
}

#[tokio::test]
async fn expectation_14_a_timeout_has_the_last_state() {
    for order in [
        Order::new_deployment(deployment("orders")),
        Order::cloudhub_file(upload("order-desk")),
    ] {
        let day = Duration::from_secs(24 * 3600);
        let world = World::new(|builder| builder.step(day)).await;
        let deploy = world.anypoint.deploy(order).every(EVERY).timeout(EVERY * 3);
        let told = world.tell(&mut deploy.events()).await;
        let state = told.states().last().map(|state| (*state).to_owned());
        let error = told.error();
        assert!(error.is_timeout(), "{error}");
        assert!(error.to_string().contains("not done after 12s"), "{error}");
        assert!(state.is_some());
        assert_eq!(error.last_state(), state.as_deref());
    }
}

#[tokio::test]
async fn a_deletion_in_the_middle_ends_it() {
    let world = World::new(|builder| builder).await;
    let mut events = world.follow(Order::new_deployment(deployment("orders")));
    let mut id = String::new();
    while let Some(event) = events.next().await {
        match event.unwrap() {
            Event::Accepted(accepted) => id = accepted.id,
            Event::State(_) => break,
            _ => {}
        }
    }
    let deletion = world.manager().delete_deployment(DeploymentId::new(id));
    deletion.send().await.unwrap();
    let told = world.tell(&mut events).await;
    assert!(told.problems().len() <= 1, "{told:?}");
    let error = told.error();
    assert_eq!(error.kind(), ErrorKind::Deleted, "{error}");
}

#[tokio::test]
async fn what_shows_up_some_seconds_after_the_order_is_followed() {
    let world = World::new(|builder| builder).await;
    // With a pause of 4 s, it is not found for 12 s.
    let hidden = Fault::on("get_deployment").times(4).status(404);
    world.emulator.fault(hidden);
    let told = world
        .deployed(Order::new_deployment(deployment("orders")))
        .await;
    assert_eq!(told.end, None);
    assert!(matches!(told.events.last(), Some(Event::Done(_))));
}

#[tokio::test]
async fn a_refused_order_is_the_end() {
    let world = World::new(|builder| builder.count_requests()).await;
    let missing = Order::update_deployment(DeploymentId::new("no-such-id"), change("1.1.0"));
    let told = world.deployed(missing).await;
    assert!(told.events.is_empty(), "{told:?}");
    assert!(told.error().is_not_found());
    // Without knowing what is there nothing is deployed.
    world
        .emulator
        .fault(Fault::on("get_application").status(403));
    let told = world
        .deployed(Order::cloudhub_file(upload("order-desk")))
        .await;
    assert!(told.events.is_empty(), "{told:?}");
    assert_eq!(told.error().status(), Some(403));
    assert_eq!(world.count("POST", "/v2/applications"), 0);
}
