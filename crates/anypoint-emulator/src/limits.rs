//! Rate limits: how many requests a service accepts in a sliding window.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::reply::Reply;
use crate::spec::{Api, Operation};

/// The class that applies to every operation of an API.
pub(crate) const DEFAULT: &str = "default";
/// How many windows are kept at least before expired ones are removed.
const WINDOWS: usize = 1024;

/// A limit for requests that are counted together, for [`Builder::rate_limit`](crate::Builder::rate_limit).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a limit does nothing until it is given to the builder"]
pub struct RateLimit {
    pub(crate) name: String,
    pub(crate) permits: u32,
    pub(crate) window: Duration,
    pub(crate) regions: BTreeMap<String, u32>,
    pub(crate) per: Option<String>,
    pub(crate) throttled: u16,
}

impl RateLimit {
    /// Allows at most `permits` requests in any `window`, and answers others with a 429. It replaces
    /// the spec's class of this name, and an earlier one of the builder.
    pub fn new(name: impl Into<String>, permits: u32, window: Duration) -> Self {
        Self {
            name: name.into(),
            permits,
            window,
            regions: BTreeMap::new(),
            per: None,
            throttled: 429,
        }
    }

    /// Counts the requests for each value of a path variable separately; by default all together.
    pub fn per(mut self, variable: impl Into<String>) -> Self {
        self.per = Some(variable.into());
        self
    }

    /// Sets the status of refusals; 429 by default. A 503 has no body.
    pub fn throttled(mut self, status: u16) -> Self {
        self.throttled = status;
        self
    }

    /// The permits in a region; without a region, the lowest number.
    fn permits(&self, region: Option<&str>) -> u32 {
        match region {
            Some(region) => *self.regions.get(region).unwrap_or(&self.permits),
            None => self
                .regions
                .values()
                .fold(self.permits, |low, n| low.min(*n)),
        }
    }
}

/// The form of `X-RateLimit-Reset`, which says when requests are accepted again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// Seconds since 1970, rounded up; the form of Access Management.
    Epoch,
    /// Seconds from now, rounded up.
    Seconds,
    /// Milliseconds from now; the form of the Mule gateway.
    Milliseconds,
}

/// Which limits are enforced, and what answers say about them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Whether the limits of the specs are enforced.
    pub(crate) specs: bool,
    pub(crate) region: Option<String>,
    /// Further limits: API, operations (all if there are none), limit.
    pub(crate) own: Vec<(String, Vec<String>, RateLimit)>,
    pub(crate) reset: Option<Reset>,
    pub(crate) retry_after: bool,
}

impl Rules {
    /// The limits of an operation.
    fn of<'a>(&'a self, api: &'a Api, operation: &'a Operation) -> Vec<&'a RateLimit> {
        let own = self.own.iter().filter(|(name, _, _)| name == api.name);
        let replaced = |limit: &RateLimit| own.clone().any(|(_, _, o)| o.name == limit.name);
        let named =
            |limit: &RateLimit| limit.name == DEFAULT || operation.limits.contains(&limit.name);
        let specs = api.limits.iter().filter(|_| self.specs);
        let specs = specs.filter(|limit| named(limit) && !replaced(limit));
        let meant =
            |operations: &[String]| operations.is_empty() || operations.contains(&operation.id);
        let own = own.clone().filter(|(_, operations, _)| meant(operations));
        specs.chain(own.map(|(_, _, limit)| limit)).collect()
    }
}

/// The decision of a limiter about a request.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Accepted; the headers that the answer gets.
    Accepted(Vec<(&'static str, String)>),
    Throttled(Reply),
}

/// API, class, and the value of the variable that it counts by.
type Key = (&'static str, String, String);

#[derive(Debug, Default)]
struct Counts {
    /// When requests were accepted, the latest last; never more of them than permits.
    windows: HashMap<Key, (Duration, VecDeque<Duration>)>,
    /// The number of windows at which expired ones are removed next.
    full: usize,
    accepted: BTreeMap<String, u64>,
    throttled: u64,
}

/// Enforces limits exactly: no interval of the length of a window has more requests than its permits.
/// Refused requests do not count.
#[derive(Debug)]
pub(crate) struct Limiter {
    rules: Rules,
    /// The date at which the emulator's time began.
    epoch: SystemTime,
    counts: Mutex<Counts>,
}

impl Limiter {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            epoch: SystemTime::now(),
            counts: Mutex::default(),
        }
    }

    /// Counts a request, or refuses it. The time is read under the lock, so that it never goes back
    /// from one request to the next.
    pub(crate) fn admit(
        &self,
        api: &'static Api,
        operation: &Operation,
        variables: &BTreeMap<String, String>,
        clock: impl Fn() -> Duration,
    ) -> Verdict {
        let limits = self.rules.of(api, operation);
        let mut counts = self.lock();
        let now = clock();
        let key = |limit: &RateLimit| {
            let value = limit.per.as_ref().and_then(|name| variables.get(name));
            (
                api.name,
                limit.name.clone(),
                value.cloned().unwrap_or_default(),
            )
        };
        let mut tightest: Option<(u32, u32, Duration)> = None;
        for limit in &limits {
            let permits = limit.permits(self.rules.region.as_deref());
            let (left, wait) = counts.left(&key(limit), limit.window, permits, now);
            if left == 0 {
                counts.throttled += 1;
                let headers = self.headers(permits, 0, wait, now);
                return Verdict::Throttled(self.refuse(limit.throttled, headers, wait));
            }
            if tightest.is_none_or(|(_, other, _)| left <= other) {
                tightest = Some((permits, left - 1, wait));
            }
        }
        for limit in &limits {
            counts.take(key(limit), limit.window, now);
            let class = format!("{}/{}", api.name, limit.name);
            *counts.accepted.entry(class).or_default() += 1;
        }
        let headers = tightest.map(|(permits, left, wait)| self.headers(permits, left, wait, now));
        Verdict::Accepted(headers.unwrap_or_default())
    }

    pub(crate) fn throttled(&self) -> u64 {
        self.lock().throttled
    }

    pub(crate) fn accepted(&self) -> BTreeMap<String, u64> {
        self.lock().accepted.clone()
    }

    fn headers(
        &self,
        permits: u32,
        left: u32,
        wait: Duration,
        now: Duration,
    ) -> Vec<(&'static str, String)> {
        let Some(reset) = self.rules.reset else {
            return Vec::new();
        };
        let when = match reset {
            Reset::Milliseconds => wait.as_nanos().div_ceil(1_000_000),
            Reset::Seconds => seconds(wait),
            Reset::Epoch => {
                let start = self.epoch.duration_since(UNIX_EPOCH).unwrap_or_default();
                seconds(start + now + wait)
            }
        };
        vec![
            ("x-ratelimit-limit", permits.to_string()),
            ("x-ratelimit-remaining", left.to_string()),
            ("x-ratelimit-reset", when.to_string()),
        ]
    }

    fn refuse(&self, status: u16, headers: Vec<(&'static str, String)>, wait: Duration) -> Reply {
        let mut reply = match status {
            503 => Reply::empty(503),
            status => Reply::problem(status, "too many requests"),
        };
        reply.headers = headers;
        if self.rules.retry_after {
            reply = reply.header("retry-after", seconds(wait).max(1).to_string());
        }
        reply
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u128 {
    time.as_nanos().div_ceil(1_000_000_000)
}

impl Counts {
    /// How many requests a window accepts now, and the time until it accepts one more.
    fn left(
        &mut self,
        key: &Key,
        window: Duration,
        permits: u32,
        now: Duration,
    ) -> (u32, Duration) {
        let Some((_, times)) = self.windows.get_mut(key) else {
            return (permits, Duration::ZERO);
        };
        while times.front().is_some_and(|time| *time + window <= now) {
            times.pop_front();
        }
        let used = u32::try_from(times.len()).unwrap_or(u32::MAX);
        let oldest = times.front().map(|time| *time + window);
        let wait = oldest.map_or(Duration::ZERO, |end| end.saturating_sub(now));
        (permits.saturating_sub(used), wait)
    }

    fn take(&mut self, key: Key, window: Duration, now: Duration) {
        if self.windows.len() >= self.full.max(WINDOWS) {
            self.windows.retain(|_, (window, times)| {
                times.back().is_some_and(|time| *time + *window > now)
            });
            // The next removal is after as many new windows, so that the amortized cost is constant.
            self.full = self.windows.len() * 2;
        }
        let entry = self.windows.entry(key);
        let (_, times) = entry.or_insert_with(|| (window, VecDeque::new()));
        times.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::mix;

    fn key(value: &str) -> Key {
        ("api", "class".to_owned(), value.to_owned())
    }

    /// Whether the request at this time is accepted.
    fn ask(counts: &mut Counts, permits: u32, window: Duration, now: Duration) -> bool {
        let (left, _) = counts.left(&key(""), window, permits, now);
        if left > 0 {
            counts.take(key(""), window, now);
        }
        left > 0
    }

    #[test]
    fn no_window_wherever_it_begins_holds_more_than_its_permits() {
        let window = Duration::from_secs(1);
        let mut counts = Counts::default();
        let mut accepted = Vec::new();
        let mut now = Duration::ZERO;
        for number in 0..20_000 {
            now += Duration::from_micros(mix(number) % 20_000);
            if ask(&mut counts, 15, window, now) {
                accepted.push(now);
            }
        }
        assert!(accepted.len() > 2_000);
        for (first, later) in accepted.iter().zip(accepted.iter().skip(15)) {
            assert!(*later - *first >= window);
        }
        assert!(counts.windows.values().all(|(_, times)| times.len() <= 15));
    }

    #[test]
    fn a_window_ends_when_its_length_is_over_and_says_when() {
        let window = Duration::from_secs(1);
        let at = Duration::from_millis;
        let mut counts = Counts::default();
        assert!(ask(&mut counts, 2, window, at(0)));
        assert!(ask(&mut counts, 2, window, at(400)));
        assert!(!ask(&mut counts, 2, window, at(999)));
        assert_eq!(counts.left(&key(""), window, 2, at(999)), (0, at(1)));
        assert!(ask(&mut counts, 2, window, at(1000)));
        assert!(!ask(&mut counts, 2, window, at(1399)));
        assert!(ask(&mut counts, 2, window, at(1400)));
        assert_eq!(counts.left(&key("other"), window, 2, at(1400)).0, 2);
    }

    #[test]
    fn windows_that_have_run_out_are_forgotten() {
        let window = Duration::from_secs(1);
        let mut counts = Counts::default();
        for number in 0..100_000_u32 {
            let now = Duration::from_millis(u64::from(number) * 10);
            counts.take(key(&number.to_string()), window, now);
        }
        assert!(counts.windows.len() <= WINDOWS);
    }

    #[test]
    fn regions() {
        let mut limit = RateLimit::new("default", 75, Duration::from_secs(1));
        assert_eq!(limit.permits(None), 75);
        limit.regions = [("eu1".to_owned(), 25), ("gov".to_owned(), 30)].into();
        assert_eq!(limit.permits(None), 25);
        assert_eq!(limit.permits(Some("eu1")), 25);
        assert_eq!(limit.permits(Some("gov")), 30);
        assert_eq!(limit.permits(Some("us")), 75);
    }
}
