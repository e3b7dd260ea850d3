//! Calls without `async`, outside of a runtime and within each kind of one; and one session in several runtimes.

use std::error::Error as StdError;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anypoint_core::testing::{FakeHttp, Reply, pages};
use anypoint_core::{AccessToken, Backoff, Credentials, Error, ErrorKind, Session, blocking};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::support::{GET, call, read};

/// A server that keeps its connections open, and the runtime that drives it whatever the test does.
struct Elsewhere {
    url: String,
    _runtime: Runtime,
}

impl Elsewhere {
    fn new() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    while read(&mut stream).await.is_some() {
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\"ok\"";
                        stream.write_all(answer).await.unwrap();
                    }
                });
            }
        });
        Self {
            url,
            _runtime: runtime,
        }
    }

    /// Its calls are made once, so that one on a connection that nobody drives fails.
    fn session(&self) -> Session {
        Session::builder()
            .host(&self.url)
            .retry(Backoff::off())
            .attempt_timeout(Duration::from_secs(20))
            .build()
            .unwrap()
    }
}

async fn get(session: &Session) -> Result<String, Error> {
    let text = call(session, &GET).send_json::<String>().await?;
    Ok(text.into_value())
}

/// A runtime that goes on only while it is waited for.
fn still() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_call_without_a_runtime_is_waited_for() {
    let server = Elsewhere::new();
    let session = server.session();
    assert_eq!(blocking::wait(get(&session)).unwrap(), "ok");
    assert_eq!(blocking::wait(get(&session)).unwrap(), "ok");
}

/// More calls than Tokio lets a task make without a pause.
#[test]
fn calls_within_a_runtime_are_waited_for_as_often_as_wanted() {
    let server = Elsewhere::new();
    let session = server.session();
    let threads = Builder::new_multi_thread().enable_all().build().unwrap();
    for runtime in [still(), threads] {
        runtime.block_on(async {
            assert_eq!(get(&session).await.unwrap(), "ok");
            for _ in 0..150 {
                assert_eq!(blocking::wait(get(&session)).unwrap(), "ok");
            }
            assert_eq!(get(&session).await.unwrap(), "ok");
        });
    }
}

#[test]
fn one_static_session_works_in_two_runtimes_and_without_any() {
    static SESSION: OnceLock<Session> = OnceLock::new();
    let server = Elsewhere::new();
    let session = SESSION.get_or_init(|| server.session());
    let [one, other] = [still(), still()];
    let ask = |runtime: &Runtime| {
        runtime.block_on(async {
            assert_eq!(get(session).await.unwrap(), "ok");
            // Lets the connection go back to its pool.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        });
    };
    ask(&one);
    // The first one stands still, with a connection that is open.
    ask(&other);
    assert_eq!(blocking::wait(get(session)).unwrap(), "ok");
    ask(&one);
    drop(one);
    ask(&other);
    drop(other);
    ask(&still());
    assert_eq!(blocking::wait(get(session)).unwrap(), "ok");
}

#[test]
fn a_stream_is_an_iterator_that_ends_once() {
    let broken = anypoint_core::testing::FakeError::status(404).build();
    let list = pages([Ok(vec![1, 2]), Ok(vec![3]), Err(broken)]);
    let mut items = blocking::iter(list.items());
    let good: Vec<i32> = items.by_ref().map_while(Result::ok).collect();
    assert_eq!(good, [1, 2, 3]);
    assert!(items.next().is_none() && items.next().is_none());
}

#[test]
fn errors_are_the_futures_own_and_panics_go_on() {
    let outcome: Result<(), Box<dyn StdError>> = blocking::wait(async { Err("mine".into()) });
    assert_eq!(outcome.unwrap_err().to_string(), "mine");
    let panic = catch_unwind(|| blocking::wait(async { panic!("mine") as Result<(), Error> }));
    assert_eq!(*panic.unwrap_err().downcast::<&str>().unwrap(), "mine");
}

#[test]
fn a_spawned_task_that_would_wait_for_itself_is_an_error() {
    let spawned = async {
        let inner = tokio::spawn(async { blocking::wait(async { Ok::<_, Error>(()) }) });
        inner.await.unwrap()
    };
    let error = blocking::wait(spawned).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.hint().unwrap().contains("await"), "{error}");
}

#[test]
fn a_login_that_a_task_of_the_same_thread_has_begun_is_not_waited_for() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    // The first login is driven by a task, as the connections of an HTTP client are.
    let credentials = Credentials::custom(move || {
        let number = count.fetch_add(1, Ordering::SeqCst);
        async move {
            if number == 0 {
                tokio::spawn(std::future::pending::<()>()).await?;
            }
            Ok(AccessToken::new(format!("t{number}")))
        }
    });
    let http = FakeHttp::new();
    http.respond(|_| Some(Reply::new(200).body("\"ok\"")));
    let session = http.builder().credentials(credentials).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let other = session.clone();
        let waiting = tokio::spawn(async move { get(&other).await });
        while asked.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(blocking::wait(get(&session)).unwrap(), "ok");
        waiting.abort();
    });
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
