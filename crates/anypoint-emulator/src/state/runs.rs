//! Replicas or instances that start, run and stop together, and the lines that they log. It must not
//! know an API.

use std::time::Duration;

use crate::LogLine;

/// How many steps are logged after a long time without a read.
const BACKLOG: u32 = 10_000;

/// The time at which something is looked at or done, and how things go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The emulator's time.
    pub(crate) now: Duration,
    /// How long a state of a life cycle takes, and how often what runs logs something.
    pub(crate) step: Duration,
    /// When the emulator's time began, in milliseconds since 1970.
    pub(crate) epoch: u64,
    /// What runs logs nothing.
    pub(crate) quiet: bool,
}

impl Moment {
    /// Now, in milliseconds since 1970.
    pub(crate) fn millis(&self) -> u64 {
        self.at(self.now)
    }

    /// A time of the emulator, in milliseconds since 1970.
    pub(super) fn at(&self, time: Duration) -> u64 {
        self.epoch + u64::try_from(time.as_millis()).unwrap_or(0)
    }
}

#[derive(Debug, Default)]
pub(super) struct Run {
    /// The specification or the deployment that runs.
    pub(super) deployment: String,
    /// The replicas or the instances.
    pub(super) sources: Vec<String>,
    /// When they start.
    pub(super) begun: Duration,
    /// When they have started, or failed.
    pub(super) ready: Duration,
    /// Why they fail.
    pub(super) failure: Option<&'static str>,
    /// When they are to stop.
    pub(super) end: Option<Duration>,
    pub(super) told: Told,
}

/// What was logged so far.
#[derive(Debug, Default)]
pub(super) struct Told {
    begin: bool,
    ready: bool,
    end: bool,
    orders: u32,
}

type Due = Vec<(Duration, LogLine)>;

impl Run {
    /// One that is there from the start.
    pub(super) fn seed(deployment: String, sources: Vec<String>) -> Self {
        let told = Told {
            begin: true,
            ready: true,
            ..Told::default()
        };
        Self {
            deployment,
            sources,
            told,
            ..Self::default()
        }
    }

    pub(super) fn is_over(&self, now: Duration) -> bool {
        self.end.is_some_and(|end| end <= now)
    }

    /// Has it started, and does it go on?
    pub(super) fn is_up(&self, now: Duration) -> bool {
        self.ready <= now && self.failure.is_none() && !self.is_over(now)
    }

    /// Something new begins, which is in force at that time; none if it fails. What has not
    /// started gives way at once, what runs goes on until then.
    pub(super) fn give_way(&mut self, now: Duration, to: Option<Duration>) {
        if self.is_over(now) {
            return;
        }
        self.end = if self.is_up(now) { to } else { Some(now) };
    }

    /// Adds what it has to log by now.
    fn tell(&mut self, moment: &Moment, due: &mut Due) {
        let now = self.end.map_or(moment.now, |end| end.min(moment.now));
        if !self.told.begin && self.begun <= now {
            self.told.begin = true;
            self.each(self.begun, "INFO", "The runtime starts.", due);
            self.each(self.begun, "INFO", "The application is deployed.", due);
        }
        if !self.told.ready && self.ready <= now {
            self.told.ready = true;
            match self.failure {
                Some(reason) => self.each(self.ready, "ERROR", reason, due),
                None => self.each(self.ready, "INFO", "The application has started.", due),
            }
        }
        if self.told.ready && self.failure.is_none() {
            self.work(now, moment.step, due);
        }
        let failed = self.told.ready && self.failure.is_some();
        if self.is_over(moment.now) && self.told.begin && !self.told.end && !failed {
            self.told.end = true;
            self.each(now, "INFO", "The application stops.", due);
            self.each(now, "INFO", "The application has stopped.", due);
        }
    }

    /// An order for each step.
    fn work(&mut self, now: Duration, step: Duration, due: &mut Due) {
        let Some(time) = now.checked_sub(self.ready).filter(|_| !step.is_zero()) else {
            return;
        };
        let orders = u32::try_from(time.as_nanos() / step.as_nanos()).unwrap_or(u32::MAX);
        let known = self.told.orders.max(orders.saturating_sub(BACKLOG));
        for order in known + 1..=orders {
            let at = self.ready + step * order;
            self.each(at, "INFO", &format!("Order {order} was accepted."), due);
        }
        self.told.orders = self.told.orders.max(orders);
    }

    fn each(&self, at: Duration, level: &str, message: &str, due: &mut Due) {
        due.extend(self.sources.iter().map(|source| {
            let line = LogLine::new(message).level(level);
            (at, line.source(source).deployment(&self.deployment))
        }));
    }
}

/// What there is to log by now, in order.
pub(super) fn due(runs: &mut [Run], moment: &Moment) -> Vec<LogLine> {
    let mut due = Vec::new();
    for run in runs {
        run.tell(moment, &mut due);
    }
    if moment.quiet {
        return Vec::new();
    }
    due.sort_by_key(|(at, _)| *at);
    let lines = due.into_iter();
    lines.map(|(at, line)| line.at(moment.at(at))).collect()
}
