//! Waits that a server asks for, and which calls they delay.

use std::sync::Arc;
use std::time::Duration;

use anypoint_core::internal::{Method, Operation, RateLimit};
use anypoint_core::{Backoff, Error, Session, Throttle};
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

/// What every answer here says the time is, which is not what this machine's clock says.
const DATE: &str = "date: Sat, 06 Nov 2010 08:49:37 GMT\r\n";

struct Scene {
    clock: Arc<Stepped>,
    session: Session,
    server: Server,
}

impl Scene {
    /// The first call is answered like this, and every other one with success.
    async fn after(first: Vec<u8>) -> Self {
        Self::with(first, Duration::from_secs(3_600_000)).await
    }

    async fn with(first: Vec<u8>, total_timeout: Duration) -> Self {
        let server = Server::script(vec![first, json(200, "{}")]).await;
        let clock = Stepped::new();
        let builder = server.timed(&clock).total_timeout(total_timeout);
        let builder = builder.retry(Backoff::off());
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
    let left = headers.replace("remaining: 0", "remaining: 1");
    let scene = Scene::after(reply(200, &left, "{}")).await;
    scene.call(&TOLD, "a").await.unwrap();
    scene.call(&TOLD, "a").await.unwrap();
}

#[tokio::test]
async fn a_date_counts_from_the_answers_own_date_and_not_from_this_machines_clock() {
    let refused = |headers: &str| reply(429, &format!("{DATE}{headers}"), "");
    let used_up = |reset: &str| {
        let headers = format!("{DATE}x-ratelimit-remaining: 0\r\nx-ratelimit-reset: {reset}\r\n");
        reply(200, &headers, "{}")
    };
    for first in [
        refused("retry-after: Sat, 06 Nov 2010 08:49:44 GMT\r\n"),
        refused("retry-after: Saturday, 06-Nov-10 08:49:44 GMT\r\n"),
        refused("retry-after: Sat Nov  6 08:49:44 2010\r\n"),
        used_up("1289033384"),
        used_up("1289033384000"),
        used_up("2010-11-06T08:49:44Z"),
    ] {
        let text = String::from_utf8_lossy(&first).into_owned();
        let scene = Scene::after(first).await;
        let _ = scene.call(&ALL, "a").await;
        let next = scene.start(&ALL);
        assert_eq!(scene.clock.settle(1).await, [SEVEN], "{text}");
        scene.clock.step();
        next.await.unwrap();
    }
}

#[tokio::test]
async fn no_server_closes_a_limit_for_hours() {
    let used_up = |reset: &str| {
        let headers = format!("x-ratelimit-remaining: 0\r\nx-ratelimit-reset: {reset}\r\n");
        reply(200, &headers, "{}")
    };
    let refused = |wait: &str| reply(429, &format!("retry-after: {wait}\r\n"), "");
    let (long, short) = (3_600_000, 200);
    for (first, total_timeout, seconds) in [
        (used_up("30000"), long, 30),
        (used_up("60000"), long, 60),
        (used_up("3600"), long, 600),
        (used_up("3600"), short, 200),
        (used_up("99999999999999999999"), long, 600),
        (refused("86400"), long, 600),
        (refused("1e300"), long, 600),
        (refused("Fri, 31 Dec 9999 23:59:59 GMT"), long, 600),
        (refused("86400"), short, 200),
    ] {
        let text = String::from_utf8_lossy(&first).into_owned();
        let scene = Scene::with(first, Duration::from_secs(total_timeout)).await;
        let _ = scene.call(&ALL, "a").await;
        // Who has just as much time has none left after the pause.
        if total_timeout == short {
            scene.call(&ALL, "a").await.unwrap_err();
            scene.clock.advance(Duration::from_secs(1));
        }
        let next = scene.start(&ALL);
        let elapsed = scene.clock.elapsed();
        let expected = Duration::from_secs(seconds) - elapsed;
        assert_eq!(scene.clock.settle(1).await, [expected], "{text}");
        scene.clock.step();
        next.await.unwrap();
    }
    assert_eq!(Throttle::LONGEST_PAUSE, Duration::from_secs(600));
}
