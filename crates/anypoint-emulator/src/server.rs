//! The listener, its connections and what they share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinHandle, JoinSet};

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

/// How long to wait if no connection can be accepted, for example because there are no file descriptors.
const PAUSE: Duration = Duration::from_millis(20);

/// How many silent connections are closed at a time.
const GIVE_WAY: usize = 16;

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
    /// Created from the specs at the first request, so that the start is fast.
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

    /// The current time, and the settings that depend on it.
    pub(crate) fn moment(&self) -> Moment {
        Moment {
            now: self.clock.now(),
            step: self.settings.step,
            epoch: self.epoch,
            quiet: self.settings.logs.quiet,
        }
    }

    /// Calls `act` with the state.
    pub(crate) fn remembered<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        act(state.get_or_insert_with(|| State::seed(&self.settings.added)))
    }

    /// Resets the state.
    pub(crate) fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts connections in the background.
///
/// Not asynchronous itself, because a crate that awaits something compiles it: so the server is compiled here only.
pub(crate) fn start(listener: TcpListener, shared: Arc<Shared>) -> JoinHandle<()> {
    tokio::spawn(run(listener, shared))
}

/// Accepts connections until it is aborted; its connections end with it.
async fn run(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let mut silent = Silent::default();
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            silent.close_some();
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let spoke = Arc::new(AtomicBool::new(false));
        let connection = connections.spawn(serve(stream, shared.clone(), spoke.clone()));
        silent.add(connection, spoke);
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, spoke: Arc<AtomicBool>) {
    // Otherwise answers may be delayed; a failure only costs time.
    let _ = stream.set_nodelay(true);
    let idle_timeout = shared.settings.idle_timeout;
    let service = service_fn(move |request| {
        spoke.store(true, Ordering::Relaxed);
        handle::serve(Arc::clone(&shared), request)
    });
    // An error is a client that went away, or a reset that a fault rule asked for.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle_timeout)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Connections that have not sent a request yet, oldest first. They are closed when there are no file
/// descriptors left.
#[derive(Default)]
struct Silent {
    all: VecDeque<(AbortHandle, Arc<AtomicBool>)>,
    /// The number of connections at which closed ones are removed next.
    full: usize,
}

impl Silent {
    fn add(&mut self, connection: AbortHandle, spoke: Arc<AtomicBool>) {
        if self.all.len() >= self.full {
            self.forget_others();
            self.full = (self.all.len() * 2).max(GIVE_WAY);
        }
        self.all.push_back((connection, spoke));
    }

    fn close_some(&mut self) {
        self.forget_others();
        for (connection, _) in self.all.drain(..GIVE_WAY.min(self.all.len())) {
            connection.abort();
        }
    }

    fn forget_others(&mut self) {
        self.all.retain(|(connection, spoke)| {
            !connection.is_finished() && !spoke.load(Ordering::Relaxed)
        });
    }
}
