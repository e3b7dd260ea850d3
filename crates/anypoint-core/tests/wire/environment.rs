//! Operations that read organization and environment from headers: which ids they send.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use anypoint_core::internal::{
    EnvironmentSetting, EnvironmentSource, FindIds, Method, Operation, RateLimit,
};
use anypoint_core::{
    Backoff, EnvironmentId, Error, ErrorKind, Json, OrganizationId, Session, SessionBuilder,
};

use crate::support::stepped::Stepped;
use crate::support::{Server, call, json, operation};

static SCOPED: Operation = Operation {
    id: "delete_thing",
    environment: true,
    ..operation(Method::Delete, "/things")
};
static LOOK_UP: Operation = Operation {
    id: "list_places",
    ..operation(Method::Get, "/places")
};

/// One in a second.
const SLOW: &[RateLimit] = &[RateLimit {
    name: "slow",
    permits: 1,
    interval: Duration::from_secs(1),
    regions: &[],
    per: None,
    throttled: &[],
}];

/// Looks `o` and `e` up by a call of an operation.
struct Asking {
    operation: &'static Operation,
    asked: Arc<AtomicUsize>,
}

impl EnvironmentSource for Asking {
    fn find<'a>(&'a self, session: &'a Session) -> FindIds<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            call(session, self.operation).send_json::<Json>().await?;
            Ok((OrganizationId::new("o"), EnvironmentId::new("e")))
        })
    }
}

/// A session that looks its environment up, and how often it did.
fn asking(builder: SessionBuilder, operation: &'static Operation) -> (Session, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let source = Asking {
        operation,
        asked: asked.clone(),
    };
    let builder = builder.environment_setting(EnvironmentSetting::Source(Arc::new(source)));
    (builder.build().unwrap(), asked)
}

fn at(server: &Server) -> SessionBuilder {
    Session::builder().host(&server.url).retry(Backoff::off())
}

type Sent = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

fn scoped(session: &Session, operation: &'static Operation) -> Sent {
    let sent = call(session, operation);
    Box::pin(async move { sent.send_empty().await.map(|_| ()) })
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

/// Organization and environment of every call of the operation that arrived.
fn arrived(server: &Server) -> Vec<[Option<String>; 2]> {
    let header = |request: &crate::support::Recorded, name| request.header(name).map(str::to_owned);
    server
        .requests()
        .iter()
        .filter(|request| request.target.ends_with("/things"))
        .map(|request| {
            [
                header(request, "x-anypnt-org-id"),
                header(request, "x-anypnt-env-id"),
            ]
        })
        .collect()
}

fn ids() -> [Option<String>; 2] {
    [Some("o".to_owned()), Some("e".to_owned())]
}

#[tokio::test]
async fn a_call_with_no_chosen_environment_is_not_sent() {
    let server = Server::always(json(200, "{}")).await;
    let error = scoped(&at(&server).build().unwrap(), &SCOPED)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.operation(), Some("delete_thing"));
    let text = error.to_string();
    for part in [
        "no environment is chosen",
        "ids (not the names)",
        "SessionBuilder::environment",
        "Session::in_environment",
        "SessionBuilder::service_default_environment",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.ends_with("..."), "{text}");
    assert!(server.requests().is_empty());
    // Any other operation needs none.
    let session = at(&server).build().unwrap();
    scoped(&session, &LOOK_UP).await.unwrap();
}

#[tokio::test]
async fn the_services_default_is_taken_when_it_is_asked_for() {
    let server = Server::always(json(200, "{}")).await;
    let session = at(&server).service_default_environment().build().unwrap();
    scoped(&session, &SCOPED).await.unwrap();
    let inside = session
        .in_environment(OrganizationId::new("o"), EnvironmentId::new("e"))
        .unwrap();
    scoped(&inside, &SCOPED).await.unwrap();
    // The last setting counts.
    let builder = at(&server)
        .environment(OrganizationId::new("o"), EnvironmentId::new("e"))
        .service_default_environment();
    scoped(&builder.build().unwrap(), &SCOPED).await.unwrap();
    let builder = at(&server)
        .service_default_environment()
        .environment(OrganizationId::new("o"), EnvironmentId::new("e"));
    scoped(&builder.build().unwrap(), &SCOPED).await.unwrap();
    let none = || [None, None];
    assert_eq!(arrived(&server), [none(), ids(), none(), ids()]);
}

#[tokio::test]
async fn a_call_that_names_its_environment_itself_needs_no_other() {
    let server = Server::always(json(200, "{}")).await;
    let (asking, asked) = asking(at(&server), &LOOK_UP);
    for session in [at(&server).build().unwrap(), asking] {
        let call = call(&session, &SCOPED).header("X-ANYPNT-ENV-ID", &"mine");
        call.send_empty().await.unwrap();
    }
    let mine = || [None, Some("mine".to_owned())];
    assert_eq!(arrived(&server), [mine(), mine()]);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_first_calls_at_once_make_one_look_up() {
    let server = Server::always(json(200, "{}")).await;
    let (session, asked) = asking(at(&server), &LOOK_UP);
    let calls: Vec<_> = (0..100)
        .map(|_| tokio::spawn(scoped(&session, &SCOPED)))
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    // Later calls and clones of the session know what was found.
    scoped(&session.clone(), &SCOPED).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(server.count("/places"), 1);
    assert_eq!(arrived(&server), vec![ids(); 101]);
}

#[tokio::test]
async fn a_caller_that_is_not_polled_or_cancelled_holds_up_nobody() {
    let server = Server::always(json(200, "{}")).await;
    for cancel in [false, true] {
        let (session, asked) = asking(at(&server), &LOOK_UP);
        let left = begun(scoped(&session, &SCOPED)).await;
        let next = begun(scoped(&session, &SCOPED)).await;
        let left = (!cancel).then_some(left);
        next.await.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        if let Some(left) = left {
            left.await.unwrap();
        }
    }
    assert_eq!(arrived(&server), vec![ids(); 3]);
}

#[tokio::test]
async fn a_look_up_that_nobody_waits_for_any_more_is_begun_anew() {
    let server = Server::always(json(200, "{}")).await;
    let (session, asked) = asking(at(&server), &LOOK_UP);
    drop(begun(scoped(&session, &SCOPED)).await);
    scoped(&session, &SCOPED).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(arrived(&server), [ids()]);
}

#[tokio::test]
async fn a_look_up_that_stood_still_too_long_is_begun_anew() {
    let server = Server::always(json(200, "{}")).await;
    let clock = Stepped::new();
    let builder = at(&server).clock(clock.clone());
    let (session, asked) = asking(builder, &LOOK_UP);
    let left = begun(scoped(&session, &SCOPED)).await;
    clock.advance(Duration::from_secs(1000));
    scoped(&session, &SCOPED).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    // Its own time is over.
    assert!(left.await.unwrap_err().is_timeout());
    assert_eq!(arrived(&server), [ids()]);
}

#[tokio::test]
async fn a_failed_look_up_is_told_as_such_and_tried_again_by_the_next_call() {
    let server = Server::script(vec![
        json(502, r#"{"message":"later"}"#),
        json(200, "{}"),
        json(200, "{}"),
    ])
    .await;
    let (session, asked) = asking(at(&server), &LOOK_UP);
    let error = scoped(&session, &SCOPED).await.unwrap_err();
    assert_eq!(error.operation(), Some("list_places"));
    assert!(error.is_retryable(), "{error}");
    assert!(
        error
            .hint()
            .unwrap()
            .starts_with("delete_thing was not sent"),
        "{error}"
    );
    scoped(&session, &SCOPED).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(arrived(&server), [ids()]);
}

#[tokio::test]
async fn what_a_look_up_is_answered_is_no_answer_to_the_call() {
    let server = Server::always(json(404, r#"{"message":"no such place"}"#)).await;
    let (session, _) = asking(at(&server), &LOOK_UP);
    let error = scoped(&session, &SCOPED).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(!error.is_not_found() && error.status().is_none(), "{error}");
    let text = error.to_string();
    assert!(
        text.starts_with(
            "list_places: answered 404 Not Found: no such place; hint: delete_thing was not sent"
        ),
        "{text}"
    );
    assert!(arrived(&server).is_empty());
}

#[tokio::test]
async fn a_look_up_takes_its_place_under_a_limit_before_the_call() {
    static SCOPED_SLOWLY: Operation = Operation {
        limits: SLOW,
        ..SCOPED
    };
    static LOOK_UP_SLOWLY: Operation = Operation {
        limits: SLOW,
        ..LOOK_UP
    };
    let server = Server::always(json(200, "{}")).await;
    let clock = Stepped::new();
    let (session, _) = asking(server.timed(&clock), &LOOK_UP_SLOWLY);
    let call = tokio::spawn(scoped(&session, &SCOPED_SLOWLY));
    clock.settle(1).await;
    assert_eq!(server.count("/places"), 1);
    clock.step();
    call.await.unwrap().unwrap();
    assert_eq!(arrived(&server), [ids()]);
}

#[tokio::test]
async fn a_look_up_that_needs_an_environment_itself_is_refused() {
    let server = Server::always(json(200, "{}")).await;
    let (session, _) = asking(at(&server), &SCOPED);
    let error = scoped(&session, &SCOPED).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_look_up_ends_with_the_time_of_the_call() {
    let server = Server::always(crate::support::SILENCE).await;
    let clock = Stepped::new();
    let minute = Duration::from_secs(60);
    let builder = server.timed(&clock).total_timeout(minute);
    let (session, _) = asking(builder, &LOOK_UP);
    let call = tokio::spawn(scoped(&session, &SCOPED));
    crate::support::stepped::until(|| server.count("/places") == 1).await;
    clock.advance(minute);
    let error = call.await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(error.to_string().contains("environment"), "{error}");
    assert!(arrived(&server).is_empty());
}
