//! The listener, its connections and what they share.

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::auth::Gate;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::handle;
use crate::state::State;

/// How long to wait when no connection can be accepted, for instance for want of descriptors.
const PAUSE: Duration = Duration::from_millis(20);

/// What all connections of one emulator share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) step: Duration,
    pub(crate) upload_limit: u64,
    pub(crate) gate: Gate,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) future: AtomicBool,
    pub(crate) requests: AtomicUsize,
    /// Read from the specs at the first request, so that start-up stays quick.
    state: Mutex<Option<State>>,
}

impl Shared {
    pub(crate) fn new(
        url: String,
        step: Duration,
        upload_limit: u64,
        gate: Gate,
        clock: Clock,
    ) -> Arc<Self> {
        Arc::new(Self {
            url,
            step,
            upload_limit,
            gate,
            clock,
            faults: Faults::default(),
            future: AtomicBool::new(false),
            requests: AtomicUsize::new(0),
            state: Mutex::new(None),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts connections until it is aborted; its connections end with it.
pub(crate) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        // Without it answers may wait for more to send; a failure costs time only.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            let service = service_fn(move |request| handle::serve(Arc::clone(&shared), request));
            // An error is a client that went away, or a reset that a fault rule asked for.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
