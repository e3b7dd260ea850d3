//! Calls where Tokio would panic: without a runtime, or in one that lacks timers or sockets.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};

use anypoint_core::internal::{Call, Endpoint};
use anypoint_core::{Credentials, Error, ErrorKind, Session, Upload};
use tokio::runtime::Builder;

use crate::support::{GET, POST};

/// Polls a future on this thread, without Tokio.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

fn session(credentials: Credentials) -> Session {
    let builder = Session::builder().host("http://127.0.0.1:9");
    builder.credentials(credentials).build().unwrap()
}

async fn get(credentials: Credentials) -> Result<(), Error> {
    let endpoint = Endpoint::new(&session(credentials), "/api");
    Call::new(&endpoint, &GET).send_empty().await.map(drop)
}

async fn upload() -> Result<(), Error> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let endpoint = Endpoint::new(&session(Credentials::bearer("t0ken")), "/api");
    let call = Call::new(&endpoint, &POST);
    let call = call.upload("application/octet-stream", &Upload::file(file));
    call.send_empty().await.map(drop)
}

fn refused(outcome: Result<(), Error>, what: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
    assert!(error.to_string().contains(what), "{error}");
    assert!(error.hint().unwrap().contains("enable_all"), "{error}");
}

#[test]
fn outside_of_a_runtime_a_call_is_an_error() {
    let what = "there is no Tokio runtime here";
    refused(block_on(get(Credentials::bearer("t0ken"))), what);
    refused(block_on(get(Credentials::connected_app("a", "b"))), what);
    refused(block_on(upload()), what);
}

#[test]
fn a_runtime_without_timers_or_sockets_is_an_error() {
    let no_timers = Builder::new_current_thread().enable_io().build().unwrap();
    let no_sockets = Builder::new_current_thread().enable_time().build().unwrap();
    let bare = Builder::new_current_thread().build().unwrap();
    for (runtime, what) in [
        (no_timers, "no timers"),
        (no_sockets, "no sockets"),
        (bare, "no timers"),
    ] {
        refused(runtime.block_on(get(Credentials::bearer("t0ken"))), what);
        refused(
            runtime.block_on(get(Credentials::connected_app("a", "b"))),
            what,
        );
        refused(runtime.block_on(upload()), what);
    }
}
