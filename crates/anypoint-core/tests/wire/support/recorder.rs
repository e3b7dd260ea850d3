//! A subscriber that remembers all that is traced, by whomever, on one thread.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
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
    /// Records what this thread traces up to a level, as long as the guard lives.
    pub(crate) fn start(level: Level) -> (Self, DefaultGuard) {
        let log = Arc::default();
        let recorder = Self { level, log };
        let guard = tracing::subscriber::set_default(recorder.clone());
        (recorder, guard)
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

    fn traced(log: &Log, metadata: &'static Metadata<'static>) -> Traced {
        let parent = log.entered.last().map(|index| &log.spans[*index]);
        Traced {
            metadata,
            parent: parent.map(|span| span.metadata.name()),
            fields: BTreeMap::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap()
    }
}

fn index(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut log = self.lock();
        let mut traced = Self::traced(&log, span.metadata());
        span.record(&mut Fields(&mut traced.fields));
        log.spans.push(traced);
        Id::from_u64(log.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        values.record(&mut Fields(&mut self.lock().spans[index(span)].fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut log = self.lock();
        let mut traced = Self::traced(&log, event.metadata());
        event.record(&mut Fields(&mut traced.fields));
        log.events.push(traced);
    }

    fn enter(&self, span: &Id) {
        self.lock().entered.push(index(span));
    }

    fn exit(&self, span: &Id) {
        let mut log = self.lock();
        let place = log.entered.iter().rposition(|one| *one == index(span));
        log.entered.remove(place.unwrap());
    }

    fn current_span(&self) -> Current {
        let log = self.lock();
        match log.entered.last() {
            Some(at) => Current::new(Id::from_u64(*at as u64 + 1), log.spans[*at].metadata),
            None => Current::none(),
        }
    }
}
