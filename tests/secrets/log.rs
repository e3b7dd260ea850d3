//! Records everything that any crate of the process logs with `tracing` or `log`, at every level, as text.

use std::fmt::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static TEXT: Mutex<String> = Mutex::new(String::new());
static START: Once = Once::new();

/// Starts to listen, once for the process.
pub(crate) fn listen() {
    START.call_once(|| {
        tracing::subscriber::set_global_default(Everything(AtomicU64::new(1))).unwrap();
        log::set_logger(&Records).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// What was told since the last time.
pub(crate) fn take() -> String {
    std::mem::take(&mut text())
}

fn text() -> MutexGuard<'static, String> {
    TEXT.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Everything(AtomicU64);

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        tell(span.metadata(), |fields| span.record(fields));
        Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Fields(&mut text()));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        tell(event.metadata(), |fields| event.record(fields));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn tell(metadata: &Metadata<'_>, record: impl FnOnce(&mut Fields<'_>)) {
    let mut text = text();
    writeln!(text, "{} {}", metadata.target(), metadata.name()).unwrap();
    record(&mut Fields(&mut text));
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0, "  {field}={value:?}").unwrap();
    }
}

/// What reqwest and rustls say goes to `log`.
struct Records;

impl log::Log for Records {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(text(), "log {} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}
