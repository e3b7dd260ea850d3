//! A subscriber that records all spans and events of all crates, separately for each test thread.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_core::span::Current;

#[derive(Clone)]
pub(crate) struct Recorder {
    level: Level,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    spans: Vec<Traced>,
    events: Vec<Traced>,
    entered: Vec<usize>,
}

impl Log {
    fn traced(&self, metadata: &'static Metadata<'static>) -> Traced {
        let parent = self.entered.last().map(|index| &self.spans[*index]);
        Traced {
            metadata,
            parent: parent.map(|span| span.metadata.name()),
            fields: BTreeMap::new(),
        }
    }
}

/// A span or an event.
#[derive(Debug, Clone)]
pub(crate) struct Traced {
    pub(crate) metadata: &'static Metadata<'static>,
    /// The span around it.
    pub(crate) parent: Option<&'static str>,
    fields: BTreeMap<&'static str, String>,
}

impl Traced {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Recorder {
    /// Records what this thread traces up to a level, from now on.
    pub(crate) fn start(level: Level) -> Self {
        let log = Arc::default();
        let recorder = Self { level, log };
        MINE.set(Some(recorder.clone()));
        // Every test does so before it calls anything; the first one wins.
        let _ = tracing::subscriber::set_global_default(Router);
        recorder
    }

    pub(crate) fn spans(&self, name: &str) -> Vec<Traced> {
        let spans = self.lock().spans.clone();
        spans
            .into_iter()
            .filter(|span| span.metadata.name() == name)
            .collect()
    }

    /// The events whose message holds this.
    pub(crate) fn events(&self, part: &str) -> Vec<Traced> {
        let events = self.lock().events.clone();
        let message = |event: &Traced| event.field("message").unwrap_or_default().contains(part);
        events.into_iter().filter(message).collect()
    }

    /// Everything, as text.
    pub(crate) fn all(&self) -> String {
        let log = self.lock();
        format!("{:?} {:?}", log.spans, log.events)
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap()
    }
}

fn index(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

/// Leads to the recorder of the thread.
struct Router;

thread_local! {
    static MINE: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

impl Router {
    fn log<T>(write: impl FnOnce(&mut Log) -> T) -> T {
        MINE.with_borrow(|mine| write(&mut mine.as_ref().unwrap().lock()))
    }
}

impl Subscriber for Router {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let level = MINE.with_borrow(|mine| mine.as_ref().map(|mine| mine.level));
        level.is_some_and(|level| *metadata.level() <= level)
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        Self::log(|log| {
            let mut traced = log.traced(span.metadata());
            span.record(&mut Fields(&mut traced.fields));
            log.spans.push(traced);
            Id::from_u64(log.spans.len() as u64)
        })
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        Self::log(|log| values.record(&mut Fields(&mut log.spans[index(span)].fields)));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        Self::log(|log| {
            let mut traced = log.traced(event.metadata());
            event.record(&mut Fields(&mut traced.fields));
            log.events.push(traced);
        });
    }

    fn enter(&self, span: &Id) {
        Self::log(|log| log.entered.push(index(span)));
    }

    fn exit(&self, span: &Id) {
        Self::log(|log| {
            let place = log.entered.iter().rposition(|one| *one == index(span));
            log.entered.remove(place.unwrap());
        });
    }

    fn current_span(&self) -> Current {
        Self::log(|log| match log.entered.last() {
            Some(at) => Current::new(Id::from_u64(*at as u64 + 1), log.spans[*at].metadata),
            None => Current::none(),
        })
    }
}
