//! Waits that a server asks for, and whom they hold.

use std::sync::Arc;
use std::time::Duration;

use anypoint_core::internal::{Method, Operation, RateLimit};
use anypoint_core::{Backoff, Error, Session};
use tokio::task::JoinHandle;

use crate::support::stepped::Stepped;
use crate::support::{Server, call, json, operation, reply};

const WIDE: RateLimit = RateLimit {
    name: "wide",
    permits: 100,
    interval: Duration::from_secs(60),
    regions: &[],
    per: None,
    throttled: &[503],
};
const NARROW: RateLimit = RateLimit {
    name: "narrow",
    per: Some("app"),
    throttled: &[],
    ..WIDE
};
static ALL: Operation = Operation {
    limits: &[WIDE],
    ..operation(Method::Get, "/things")
};
static ONE: Operation = Operation {
    limits: &[WIDE, NARROW],
    ..operation(Method::Get, "/apps/{app}")
};
/// How often is only known from what the server says.
static TOLD: Operation = Operation {
    limits: &[RateLimit {
        name: "told",
        permits: 0,
        ..WIDE
    }],
    ..operation(Method::Get, "/things")
};

struct Scene {
    clock: Arc<Stepped>,
    session: Session,
    server: Server,
}

impl Scene {
    /// The first call is answered like this, and every other one with success.
    async fn after(first: Vec<u8>) -> Self {
        let server = Server::script(vec![first, json(200, "{}")]).await;
        let clock = Stepped::new();
        let builder = server.timed(&clock).retry(Backoff::off());
        Self {
            session: builder.build().unwrap(),
            clock,
            server,
        }
    }

    async fn call(&self, operation: &'static Operation, app: &str) -> Result<(), Error> {
        let call = call(&self.session, operation).path("app", &app);
        call.send_empty().await.map(|_| ())
    }

    fn start(&self, operation: &'static Operation) -> JoinHandle<()> {
        let call = call(&self.session, operation).path("app", &"a");
        tokio::spawn(async move {
            call.send_empty().await.unwrap();
        })
    }
}

const SEVEN: Duration = Duration::from_secs(7);

#[tokio::test]
async fn expectation_11_a_refusal_holds_everyone_of_its_class() {
    for headers in ["retry-after: 7\r\n", "x-ratelimit-reset: 7\r\n"] {
        let scene = Scene::after(reply(429, headers, "")).await;
        assert!(scene.call(&ALL, "a").await.unwrap_err().is_throttled());
        let others = [scene.start(&ALL), scene.start(&ALL), scene.start(&ALL)];
        assert_eq!(scene.clock.settle(3).await, [SEVEN; 3]);
        assert_eq!(scene.server.requests().len(), 1);
        scene.clock.step();
        for other in others {
            other.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_documented_refusal_without_a_wait_holds_for_an_interval() {
    let scene = Scene::after(reply(503, "", "")).await;
    scene.call(&ALL, "a").await.unwrap_err();
    let other = scene.start(&ALL);
    assert_eq!(scene.clock.settle(1).await, [Duration::from_secs(60)]);
    scene.clock.step();
    other.await.unwrap();
}

#[tokio::test]
async fn a_failure_that_is_no_throttling_holds_nobody() {
    let scene = Scene::after(reply(500, "retry-after: 7\r\n", "")).await;
    scene.call(&ALL, "a").await.unwrap_err();
    scene.call(&ALL, "a").await.unwrap();
}

#[tokio::test]
async fn one_application_does_not_hold_another() {
    for first in [
        reply(429, "retry-after: 7\r\n", ""),
        reply(
            429,
            "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 7\r\n",
            "",
        ),
    ] {
        let scene = Scene::after(first).await;
        scene.call(&ONE, "a").await.unwrap_err();
        scene.call(&ONE, "b").await.unwrap();
        scene.call(&ALL, "b").await.unwrap();
        let same = scene.start(&ONE);
        assert_eq!(scene.clock.settle(1).await, [SEVEN]);
        scene.clock.step();
        same.await.unwrap();
    }
}

#[tokio::test]
async fn a_refusal_by_the_wide_limit_holds_every_application() {
    let scene = Scene::after(reply(503, "retry-after: 7\r\n", "")).await;
    scene.call(&ONE, "b").await.unwrap_err();
    let others = [scene.start(&ONE), scene.start(&ALL)];
    assert_eq!(scene.clock.settle(2).await, [SEVEN; 2]);
    scene.clock.step();
    for other in others {
        other.await.unwrap();
    }
}

#[tokio::test]
async fn expectation_11_a_success_that_used_up_the_window_pauses_the_class() {
    let headers = "x-ratelimit-limit: 10\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 7\r\n";
    for operation in [&ALL, &TOLD] {
        let scene = Scene::after(reply(200, headers, "{}")).await;
        scene.call(operation, "a").await.unwrap();
        let next = scene.start(operation);
        assert_eq!(scene.clock.settle(1).await, [SEVEN]);
        scene.clock.step();
        next.await.unwrap();
    }
    let scene = Scene::after(reply(200, &headers.replace(": 0", ": 1"), "{}")).await;
    scene.call(&TOLD, "a").await.unwrap();
    scene.call(&TOLD, "a").await.unwrap();
}
