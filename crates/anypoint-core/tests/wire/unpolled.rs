//! Calls that are begun and then not polled, as a `select!` leaves them.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use anypoint_core::internal::{Method, Operation, RateLimit};
use anypoint_core::{Error, Session};
use tokio::task::JoinHandle;

use crate::support::stepped::Stepped;
use crate::support::{Server, call, json, operation};

/// One in a second.
static SLOW: Operation = Operation {
    limits: &[RateLimit {
        name: "slow",
        permits: 1,
        interval: Duration::from_secs(1),
        regions: &[],
        per: None,
        throttled: &[],
    }],
    ..operation(Method::Get, "/things")
};

/// A slot rests an interval and a 25th of it.
const REST: Duration = Duration::from_millis(1040);
/// Who waits for a turn looks whether anything moves.
const PATIENCE: Duration = Duration::from_millis(31_040);

struct Scene {
    clock: Arc<Stepped>,
    session: Session,
    /// When requests arrived.
    arrivals: Arc<Mutex<Vec<Duration>>>,
}

type Sent = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

impl Scene {
    /// One request has just been sent.
    async fn new() -> Self {
        let clock = Stepped::new();
        let (hands, arrivals) = (clock.clone(), Arc::new(Mutex::new(Vec::new())));
        let seen = arrivals.clone();
        let server = Server::start(move |_, _| {
            seen.lock().unwrap().push(hands.elapsed());
            json(200, "{}")
        })
        .await;
        let session = server.timed(&clock).build().unwrap();
        let scene = Self {
            clock,
            session,
            arrivals,
        };
        scene.call().await.unwrap();
        scene
    }

    fn call(&self) -> Sent {
        let sent = call(&self.session, &SLOW);
        Box::pin(async move { sent.send_empty().await.map(|_| ()) })
    }

    /// Time goes on to the end of the next wait, when these are the waits.
    async fn pass(&self, waits: &[Duration]) {
        let mut found = self.clock.settle(waits.len()).await;
        found.sort();
        assert_eq!(found, waits);
        self.clock.step();
    }

    fn assert_arrivals(&self, times: &[Duration]) {
        assert_eq!(*self.arrivals.lock().unwrap(), times);
    }
}

/// Begins a call and leaves it.
async fn begun(mut sent: Sent) -> Sent {
    std::future::poll_fn(|task| {
        assert!(sent.as_mut().poll(task).is_pending());
        Poll::Ready(())
    })
    .await;
    sent
}

async fn succeed(call: JoinHandle<Result<(), Error>>) {
    call.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_has_its_turn_and_is_not_polled_holds_up_nobody_for_long() {
    let scene = Scene::new().await;
    let left = begun(scene.call()).await;
    let next = tokio::spawn(scene.call());
    scene.pass(&[REST, PATIENCE]).await;
    scene.pass(&[PATIENCE - REST]).await;
    succeed(next).await;
    // Its turn is long over; it takes another one and is not lost.
    let left = tokio::spawn(left);
    scene.pass(&[REST]).await;
    succeed(left).await;
    let times = [Duration::ZERO, PATIENCE, PATIENCE + REST];
    scene.assert_arrivals(&times);
}

#[tokio::test]
async fn a_call_whose_turn_comes_while_it_is_not_polled_holds_up_nobody_for_long() {
    let scene = Scene::new().await;
    let first = tokio::spawn(scene.call());
    scene.clock.settle(1).await;
    let left = begun(scene.call()).await;
    scene.pass(&[REST, PATIENCE]).await;
    succeed(first).await;
    let next = tokio::spawn(scene.call());
    scene.pass(&[PATIENCE - REST, PATIENCE]).await;
    scene.pass(&[REST]).await;
    succeed(next).await;
    // Its turn adds none to those of the others.
    let left = tokio::spawn(left);
    scene.clock.settle(1).await;
    let last = tokio::spawn(scene.call());
    scene.pass(&[REST, PATIENCE]).await;
    succeed(left).await;
    scene.pass(&[REST]).await;
    succeed(last).await;
    let third = REST + PATIENCE;
    let times = [Duration::ZERO, REST, third, third + REST, third + REST * 2];
    scene.assert_arrivals(&times);
}
