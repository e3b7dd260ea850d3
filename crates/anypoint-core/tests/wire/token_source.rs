//! Tokens from a `TokenSource`, which can be delayed to show which calls wait for it.

use std::error::Error as _;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anypoint_core::internal::{Auth, Method, Operation};
use anypoint_core::{
    AccessToken, BoxError, Credentials, Error, ErrorKind, Secret, Session, TokenFuture, TokenSource,
};
use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinHandle, yield_now};

use crate::support::{Manual, Server, call, get, json, operation, reply, timed};

static BASIC: Operation = Operation {
    auth: Auth::Basic,
    ..operation(Method::Get, "/things")
};

/// More than any step of a test takes.
const LIMIT: Duration = Duration::from_secs(5);

/// Numbered tokens of 100 seconds, one for each permit.
struct Gate {
    asked: AtomicUsize,
    /// Told when the source is asked.
    entered: Notify,
    permits: Semaphore,
}

impl Gate {
    fn new(permits: usize) -> Arc<Self> {
        Arc::new(Self {
            asked: AtomicUsize::new(0),
            entered: Notify::new(),
            permits: Semaphore::new(permits),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

struct Gated(Arc<Gate>);

impl TokenSource for Gated {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async {
            let number = self.0.asked.fetch_add(1, Ordering::SeqCst);
            self.0.entered.notify_one();
            // A closed gate is a failure.
            self.0.permits.acquire().await?.forget();
            let token = AccessToken::new(format!("t{number}"));
            Ok(token.with_life(Duration::from_secs(100)))
        })
    }
}

struct Setting {
    server: Server,
    session: Session,
    clock: Arc<Manual>,
    gate: Arc<Gate>,
}

impl Setting {
    async fn new(permits: usize) -> Self {
        let server = Server::always(json(200, "{}")).await;
        let (clock, gate) = (Manual::new(), Gate::new(permits));
        let session = timed(&server, Credentials::custom(Gated(gate.clone())), &clock);
        Self {
            server,
            session,
            clock,
            gate,
        }
    }

    fn spawn(&self) -> JoinHandle<Result<(), Error>> {
        let session = self.session.clone();
        tokio::spawn(async move { get(&session).await })
    }

    /// Waits until the source is asked. A test that waits in vain fails instead of hanging.
    async fn entered(&self) {
        let entered = self.gate.entered.notified();
        tokio::time::timeout(LIMIT, entered).await.unwrap();
    }

    async fn get(&self) -> Result<(), Error> {
        let call = get(&self.session);
        tokio::time::timeout(LIMIT, call).await.unwrap()
    }

    /// The tokens that the calls had.
    fn used(&self) -> Vec<String> {
        let requests = self.server.requests();
        let used = requests.iter().map(|one| one.header("authorization"));
        used.map(|one| one.unwrap().replace("Bearer ", ""))
            .collect()
    }
}

#[tokio::test]
async fn expectation_04_others_go_on_with_the_old_token_while_one_renews_it() {
    let setting = Setting::new(1).await;
    setting.get().await.unwrap();
    setting.entered().await;
    setting.clock.advance(95);
    let renewing = setting.spawn();
    setting.entered().await;
    setting.get().await.unwrap();
    setting.gate.permits.add_permits(1);
    renewing.await.unwrap().unwrap();
    assert_eq!(setting.used(), ["t0", "t0", "t1"]);
    assert_eq!(setting.gate.asked(), 2);
}

#[tokio::test]
async fn expectation_04_a_cancelled_caller_neither_strands_the_others_nor_wastes_the_login() {
    let setting = Setting::new(0).await;
    let first = setting.spawn();
    setting.entered().await;
    let others: Vec<_> = (0..10).map(|_| setting.spawn()).collect();
    yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    setting.gate.permits.add_permits(1);
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(setting.gate.asked(), 1);
}

#[tokio::test]
async fn a_login_that_nobody_waits_for_is_dropped() {
    let setting = Setting::new(0).await;
    let only = setting.spawn();
    setting.entered().await;
    only.abort();
    assert!(only.await.unwrap_err().is_cancelled());
    setting.gate.permits.add_permits(1);
    setting.get().await.unwrap();
    assert_eq!(setting.used(), ["t1"]);
}

#[tokio::test]
async fn a_cancelled_renewal_rests_too() {
    let setting = Setting::new(1).await;
    setting.get().await.unwrap();
    setting.entered().await;
    setting.clock.advance(91);
    let renewing = setting.spawn();
    setting.entered().await;
    renewing.abort();
    assert!(renewing.await.unwrap_err().is_cancelled());
    setting.get().await.unwrap();
    assert_eq!(setting.gate.asked(), 2);
    setting.clock.advance(5);
    setting.gate.permits.add_permits(1);
    setting.get().await.unwrap();
    assert_eq!(setting.used(), ["t0", "t0", "t2"]);
}

#[tokio::test]
async fn expectation_04_a_failed_login_is_told_to_all_who_waited_and_then_forgotten() {
    let setting = Setting::new(0).await;
    let calls: Vec<_> = (0..10).map(|_| setting.spawn()).collect();
    setting.entered().await;
    yield_now().await;
    setting.gate.permits.close();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
    }
    assert_eq!(setting.gate.asked(), 1);
    setting.get().await.unwrap_err();
    assert_eq!(setting.gate.asked(), 2);
}

#[tokio::test]
async fn expectation_04_a_renewal_that_hangs_does_not_hold_up_a_good_token() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let source = move || {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            if number > 0 {
                // Eleven seconds pass, on Tokio's clock.
                tokio::time::pause();
                tokio::time::advance(Duration::from_secs(11)).await;
                tokio::time::resume();
                std::future::pending::<()>().await;
            }
            Ok(AccessToken::new("t0").with_life(Duration::from_secs(100)))
        }
    };
    let server = Server::always(json(200, "{}")).await;
    let clock = Manual::new();
    let session = timed(&server, Credentials::custom(source), &clock);
    get(&session).await.unwrap();
    clock.advance(95);
    get(&session).await.unwrap();
    get(&session).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn expectation_05_a_refused_token_of_a_source_is_replaced_once() {
    let server = Server::start(|request, _| match request.header("authorization") {
        Some("Bearer t0") => reply(401, "", ""),
        _ => json(200, "{}"),
    })
    .await;
    let gate = Gate::new(9);
    let session = server.session(Credentials::custom(Gated(gate.clone())));
    get(&session).await.unwrap();
    assert_eq!((gate.asked(), server.requests().len()), (2, 2));
}

#[tokio::test]
async fn a_token_without_life_serves_those_who_wait_for_it() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let credentials = Credentials::custom(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok(AccessToken::new("t").with_life(Duration::ZERO)) }
    });
    let server = Server::always(json(200, "{}")).await;
    let session = server.session(credentials);
    get(&session).await.unwrap();
    get(&session).await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

/// An error that says too much.
#[derive(Debug)]
struct Chatty;

impl fmt::Display for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("vault said s3cret")
    }
}

impl std::error::Error for Chatty {}

async fn failing(answer: fn() -> Result<AccessToken, BoxError>) -> Error {
    let server = Server::always(json(200, "{}")).await;
    let session = server.session(Credentials::custom(move || async move { answer() }));
    let error = get(&session).await.unwrap_err();
    assert!(server.requests().is_empty());
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.operation(), Some("test_call"));
    error
}

#[tokio::test]
async fn the_error_of_a_source_is_kept_and_not_shown() {
    let error = failing(|| Err(Box::new(Chatty))).await;
    let printed = format!(
        "{error} {error:?} {:?} {}",
        error.source(),
        error.source().unwrap()
    );
    assert!(!printed.contains("s3cret"), "{printed}");
    let mut cause = error.source();
    while let Some(next) = cause.and_then(|cause| cause.source()) {
        cause = Some(next);
    }
    assert!(cause.unwrap().is::<Chatty>());
}

#[tokio::test]
async fn odd_sources_are_errors_that_say_so() {
    for bad in [
        || Ok(AccessToken::new("")),
        || Ok(AccessToken::new("a\ns3cret")),
    ] {
        let error = failing(bad).await.to_string();
        assert!(
            error.contains("cannot hold") && !error.contains("s3cret"),
            "{error}"
        );
    }
    let error = failing(|| panic!("at the source")).await.to_string();
    assert!(error.contains("panicked"), "{error}");
}

#[tokio::test]
async fn a_source_makes_no_basic_credentials_and_prints_nothing() {
    let setting = Setting::new(9).await;
    let error = call(&setting.session, &BASIC)
        .send_empty()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(setting.gate.asked(), 0);
    setting.get().await.unwrap();
    let printed = format!("{:?} {:?}", setting.session, AccessToken::new("s3cret"));
    assert!(printed.contains("Credentials(custom)"), "{printed}");
    assert!(
        !printed.contains("t0") && !printed.contains("s3cret"),
        "{printed}"
    );
}

/// The session that a source serves, which it does not know from the start.
type Own = Arc<OnceLock<Session>>;

/// A session whose source makes this call of it, and fails as the call does.
async fn calling_itself<F>(inner: fn(Session) -> F) -> (Server, Session)
where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    let server = Server::always(json(200, "{}")).await;
    let own = Own::default();
    let known = own.clone();
    let source = move || {
        let session = known.get().unwrap().clone();
        async move {
            inner(session).await?;
            Ok(AccessToken::new("t0"))
        }
    };
    let builder = Session::builder().host(&server.url);
    let builder = builder.total_timeout(Duration::from_secs(1));
    let session = builder.credentials(Credentials::custom(source)).build();
    let session = session.unwrap();
    own.set(session.clone()).unwrap();
    (server, session)
}

#[tokio::test]
async fn a_source_that_calls_its_own_session_gets_an_error() {
    let (server, session) = calling_itself(|session| async move { get(&session).await }).await;
    let error = tokio::time::timeout(LIMIT, get(&session))
        .await
        .unwrap()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    let hint = error.hint().unwrap();
    assert!(hint.contains("a session of its own"), "{hint}");
    let cause = error.source().and_then(|hidden| hidden.source()).unwrap();
    let cause = cause.downcast_ref::<Error>().unwrap();
    assert_eq!(cause.kind(), ErrorKind::Configuration);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_source_that_calls_its_own_session_in_a_task_does_not_stop_the_others() {
    let inner = |session: Session| async move {
        let inner = tokio::spawn(async move { get(&session).await });
        inner.await.unwrap()
    };
    let (server, session) = calling_itself(inner).await;
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { get(&session).await })
        })
        .collect();
    let mut ticks = 0;
    let ticking = async {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            ticks += 1;
        }
    };
    let all = async {
        for call in calls {
            call.await.unwrap().unwrap_err();
        }
    };
    let ended = async {
        tokio::select! {
            () = all => {}
            () = ticking => {}
        }
    };
    tokio::time::timeout(LIMIT, ended).await.unwrap();
    assert!(ticks > 5, "{ticks}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_source_may_call_its_own_session_while_the_old_token_is_good() {
    let server = Server::always(json(200, "{}")).await;
    let (own, asked) = (Own::default(), Arc::new(AtomicUsize::new(0)));
    let (known, counted) = (own.clone(), asked.clone());
    let source = move || {
        let (session, number) = (known.get().cloned(), counted.fetch_add(1, Ordering::SeqCst));
        async move {
            if number > 0 {
                get(&session.unwrap()).await?;
            }
            Ok(AccessToken::new(format!("t{number}")).with_life(Duration::from_secs(100)))
        }
    };
    let clock = Manual::new();
    let session = timed(&server, Credentials::custom(source), &clock);
    own.set(session.clone()).unwrap();
    get(&session).await.unwrap();
    clock.advance(95);
    get(&session).await.unwrap();
    let used: Vec<_> = server
        .requests()
        .iter()
        .map(|one| one.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(used, ["Bearer t0", "Bearer t0", "Bearer t1"]);
}

/// Tells which tokens it heard of.
#[derive(Default)]
struct Told(std::sync::Mutex<Vec<String>>, AtomicUsize);

impl TokenSource for Told {
    fn token(&self) -> TokenFuture<'_> {
        let number = self.1.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(AccessToken::new(format!("t{number}"))) })
    }

    fn rejected(&self, token: &Secret) {
        let token = token.expose().to_owned();
        self.0.lock().unwrap().push(token);
        std::panic::resume_unwind(Box::new("it is not up to it"));
    }
}

#[tokio::test]
async fn a_source_learns_of_a_token_that_was_refused_once_for_all_calls() {
    let server = Server::start(|request, _| match request.header("authorization") {
        Some("Bearer t1") => json(200, "{}"),
        _ => reply(401, "", ""),
    })
    .await;
    let source = Arc::new(Told::default());
    let session = server.session(Credentials::custom(source.clone()));
    let (one, other) = tokio::join!(get(&session), get(&session));
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(*source.0.lock().unwrap(), ["t0"]);
    // A boxed one is a source as well.
    let boxed: Box<dyn TokenSource> = Box::new(source);
    let session = server.session(Credentials::custom(boxed));
    assert!(get(&session).await.is_err(), "t2 and t3 are refused");
}
