//! A log that cannot be read does not end the deployment.

use anypoint::application_manager::types::DeploymentId;
use anypoint::deploy::{Event, Order};
use anypoint_emulator::{Fault, LogLine};

use super::world::{World, application, deployment};

fn orders() -> [Order; 2] {
    [
        Order::new_deployment(deployment("orders")),
        Order::cloudhub_asset(application("order-desk")),
    ]
}

/// One kind of trouble for as long as it takes, on both platforms.
async fn with_trouble(status: u16) {
    for order in orders() {
        let world = World::new(|builder| builder).await;
        for operation in ["list_logs", "search_logs"] {
            world.emulator.fault(Fault::on(operation).status(status));
        }
        let told = world.deployed(order).await;
        assert_eq!(told.end, None);
        assert!(
            matches!(told.events.last(), Some(Event::Done(_))),
            "{told:?}"
        );
        assert!(told.states().len() >= 2, "{told:?}");
        assert_eq!(told.problems().len(), 1, "{told:?}");
        assert_eq!(told.problems()[0].status(), Some(status));
        assert!(told.lines().is_empty());
        // Nobody waits for minutes for the log when everything else is done.
        assert!(
            world.emulator.requests() < 60,
            "{}",
            world.emulator.requests()
        );
    }
}

#[tokio::test]
async fn a_log_that_is_refused_is_told_once() {
    with_trouble(403).await;
}

#[tokio::test]
async fn a_log_that_is_down_is_told_once() {
    with_trouble(503).await;
}

#[tokio::test]
async fn a_line_that_cannot_be_read_is_told_and_the_next_ones_come() {
    for order in orders() {
        let world = World::new(|builder| builder.quiet_logs()).await;
        let mut events = world.follow(order);
        let Some(Ok(Event::Accepted(accepted))) = events.next().await else {
            panic!("not accepted");
        };
        let lines = [LogLine::raw("no object"), LogLine::new("after it")];
        world.emulator.write_log(&accepted.id, lines).unwrap();
        let told = world.tell(&mut events).await;
        assert_eq!(told.end, None);
        assert_eq!(told.problems().len(), 1, "{told:?}");
        assert_eq!(told.problems()[0].body(), Some(&b"\"no object\""[..]));
        assert_eq!(told.messages(), ["after it"]);
    }
}

#[tokio::test]
async fn what_was_logged_before_the_answer_does_not_come() {
    let world = World::new(|builder| builder.quiet_logs()).await;
    let first = world
        .deployed(Order::new_deployment(deployment("orders")))
        .await;
    let id = first.accepted().id;
    world
        .emulator
        .write_log(&id, [LogLine::new("old")])
        .unwrap();
    world.half_a_step();
    let mut events = world.follow(Order::update_deployment(
        DeploymentId::new(&id),
        super::change("1.1.0"),
    ));
    events.next().await.unwrap().unwrap();
    world
        .emulator
        .write_log(&id, [LogLine::new("new")])
        .unwrap();
    let told = world.tell(&mut events).await;
    assert_eq!(told.messages(), ["new"], "{told:?}");
}

#[tokio::test]
async fn a_log_that_grows_and_grows_does_not_hold_up_the_end() {
    let world = World::new(|builder| builder.quiet_logs()).await;
    let mut events = world.follow(Order::new_deployment(deployment("orders")));
    let Some(Ok(Event::Accepted(accepted))) = events.next().await else {
        panic!("not accepted");
    };
    let mut lines = 0;
    loop {
        let event = events.next().await.unwrap().unwrap();
        world.see(&event);
        match event {
            Event::State(state) if state.starts_with("APPLIED") => {
                let many = (0..10_500).map(|number| LogLine::new(number.to_string()));
                world.emulator.write_log(&accepted.id, many).unwrap();
            }
            Event::Line(_) => lines += 1,
            Event::Done(_) => break,
            _ => {}
        }
    }
    assert_eq!(lines, 10_000);
    assert!(events.position().is_some());
}
