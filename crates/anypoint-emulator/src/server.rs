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
use crate::chaos::Dice;
use crate::clock::Clock;
use crate::fault::Faults;
use crate::handle;
use crate::limits::Limiter;
use crate::marks::Marks;
use crate::record::Record;
use crate::settings::Settings;
use crate::state::{self, Moment, State};

/// How long to wait when no connection can be accepted, for instance for want of descriptors.
const PAUSE: Duration = Duration::from_millis(20);

/// What all connections of one emulator share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) gate: Gate,
    pub(crate) faults: Faults,
    pub(crate) limiter: Limiter,
    pub(crate) dice: Option<Dice>,
    pub(crate) record: Record,
    pub(crate) marks: Option<Marks>,
    pub(crate) future: AtomicBool,
    pub(crate) requests: AtomicUsize,
    /// When the clock began, in milliseconds since 1970.
    pub(crate) epoch: u64,
    /// Read from the specs at the first request, so that start-up stays quick.
    state: Mutex<Option<State>>,
}

impl Shared {
    pub(crate) fn new(url: String, settings: Settings, clock: Clock) -> Arc<Self> {
        let chaos = settings.chaos.clone();
        let passed = u64::try_from(clock.now().as_millis()).unwrap_or(0);
        let begun = || state::now().saturating_sub(passed);
        Arc::new(Self {
            url,
            gate: Gate::new(&settings, clock.clone()),
            clock,
            faults: Faults::default(),
            limiter: Limiter::new(settings.rules.clone()),
            dice: chaos.map(|(seed, chaos)| Dice::new(seed, chaos)),
            record: Record::default(),
            marks: settings.mark.clone().map(Marks::new),
            future: AtomicBool::new(false),
            requests: AtomicUsize::new(0),
            epoch: settings.epoch.unwrap_or_else(begun),
            state: Mutex::new(None),
            settings,
        })
    }

    /// Now, and how things go.
    pub(crate) fn moment(&self) -> Moment {
        Moment {
            now: self.clock.now(),
            step: self.settings.step,
            epoch: self.epoch,
            quiet: self.settings.logs.quiet,
        }
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
