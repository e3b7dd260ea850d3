//! Keeps to the documented rate limits: which call may be sent when.
//!
//! A limit belongs to a host and to the address that the calls come from, not to a client. So all
//! clients of a session share its limiters. It must not know any API: the classes of limits come
//! with the operations.

pub(crate) mod headers;
pub(crate) mod limiter;
mod places;
mod schedule;
pub(crate) mod store;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::region::Region;
use limiter::Limiter;
pub(crate) use places::Places;
use store::LimitStore;

/// If there are more limiters than this, those without waiting calls are dropped: there may be one per
/// application.
const KEPT: usize = 1024;

/// A documented limit, generated with the operations that it applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The API and the class, such as `cloudhub logs`.
    pub name: &'static str,
    /// How many requests may start in an interval; 0 if only the server's headers say.
    pub permits: u32,
    /// The interval.
    pub interval: Duration,
    /// Regions with another number.
    pub regions: &'static [(&'static str, u32)],
    /// The path parameter whose values are counted separately, such as the application.
    pub per: Option<&'static str>,
    /// The statuses other than 429 that mean that the limit was exceeded.
    pub throttled: &'static [u16],
}

#[allow(missing_docs, reason = "hidden: the generator is its only reader")]
impl RateLimit {
    /// A limit whose permits only the headers of the server state.
    #[must_use]
    pub const fn new(name: &'static str, interval: Duration) -> Self {
        Self {
            name,
            permits: 0,
            interval,
            regions: &[],
            per: None,
            throttled: &[],
        }
    }

    #[must_use]
    pub const fn with_permits(self, permits: u32) -> Self {
        Self { permits, ..self }
    }

    #[must_use]
    pub const fn with_regions(self, regions: &'static [(&'static str, u32)]) -> Self {
        Self { regions, ..self }
    }

    #[must_use]
    pub const fn with_per(self, parameter: &'static str) -> Self {
        Self {
            per: Some(parameter),
            ..self
        }
    }

    #[must_use]
    pub const fn with_throttled(self, throttled: &'static [u16]) -> Self {
        Self { throttled, ..self }
    }

    /// The permits in a region. An unknown host may be in front of any region, so the lowest number is
    /// used for it.
    fn permits_in(&self, region: Option<Region>) -> u32 {
        let mut special = self.regions.iter();
        match region {
            Some(region) => special
                .find(|(name, _)| *name == region.to_string())
                .map_or(self.permits, |(_, permits)| *permits),
            None => special.fold(self.permits, |lowest, (_, permits)| lowest.min(*permits)),
        }
    }
}

/// Whether and how the client keeps to the documented rate limits.
///
/// By default it does, and assumes that no other process shares its address. If several machines or
/// processes reach the platform from one address, they share its limits: tell each of them how many
/// they are, or let the processes of a machine share a
/// [`LimitStore`](crate::SessionBuilder::limit_store). Several sessions in one process share the limits, too; clone one session instead.
///
/// Calls are sent in the order in which they begin. Each call reserves a place when it begins. If it
/// cannot be sent within its total timeout it fails at once, and the error names the limit. A call that
/// is not polled does not block others: its place passes, and it gets another one when it is polled
/// again. A call that is dropped returns its place. Operations without a documented limit never wait.
///
/// A server can ask for a pause with `Retry-After`, or with `X-RateLimit-Reset` after a refusal or when
/// `X-RateLimit-Remaining` is 0. Dates are compared with the `Date` header of the answer, so a wrong
/// local clock does not matter; the local clock is used only if there is no such header. A reset of up
/// to an hour is taken as seconds, and a larger number as milliseconds. The pause applies to all calls
/// under the limit, for at most the total timeout of the call that received it and
/// [`Throttle::LONGEST_PAUSE`]. That call itself is repeated after the whole time that the server asked
/// for, or fails at once if its total timeout does not allow for it.
///
/// ```
/// use anypoint_core::{Session, Throttle};
///
/// # fn main() -> Result<(), anypoint_core::Error> {
/// // Four runners behind one NAT gateway: each takes a quarter.
/// let session = Session::builder().throttle(Throttle::shared_by(4)).host("http://127.0.0.1:8081").build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// `None` if it is off.
    sharers: Option<NonZeroU32>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            sharers: Some(NonZeroU32::MIN),
        }
    }
}

impl Throttle {
    /// The longest pause that an answer can impose on other calls: 10 minutes. It also limits how long
    /// logins pause because the token endpoint asked for it.
    pub const LONGEST_PAUSE: Duration = Duration::from_secs(600);

    /// Divides each documented limit by the number of processes that share an address; 0 counts
    /// as 1.
    ///
    /// If a limit has fewer permits than there are processes, each process uses one permit in a longer
    /// interval. The processes do not coordinate, so the service may still refuse one of them.
    pub fn shared_by(processes: u32) -> Self {
        Self {
            sharers: Some(NonZeroU32::new(processes).unwrap_or(NonZeroU32::MIN)),
        }
    }

    /// Does not wait in advance, for programs with their own rate limiter. A call that the server
    /// refuses waits before it is retried, but does not delay other calls.
    pub fn off() -> Self {
        Self { sharers: None }
    }
}

/// By host, or by host and path value. There are mostly few, which are compared faster than hashed.
type OfClass = BTreeMap<Box<str>, Arc<Limiter>>;

/// The limiters of one session.
#[derive(Debug)]
pub(crate) struct Limiters {
    throttle: Throttle,
    region: Option<Region>,
    clock: Arc<dyn Clock>,
    store: Option<Arc<dyn LimitStore>>,
    /// There are few classes, and a list is searched faster than a map.
    by_class: Mutex<Vec<(&'static str, NonZeroU32, OfClass)>>,
}

impl Limiters {
    pub(crate) fn new(
        throttle: Throttle,
        region: Option<Region>,
        clock: Arc<dyn Clock>,
        store: Option<Arc<dyn LimitStore>>,
    ) -> Self {
        Self {
            throttle,
            region,
            clock,
            store,
            by_class: Mutex::default(),
        }
    }

    /// The limiters of one call: of the host, and of what the path names.
    pub(crate) fn of<'a>(
        &self,
        throttle: Option<Throttle>,
        limits: &'static [RateLimit],
        host: &str,
        path_value: impl Fn(&str) -> Option<&'a str>,
    ) -> Vec<Arc<Limiter>> {
        let Some(sharers) = throttle.unwrap_or(self.throttle).sharers else {
            return Vec::new();
        };
        if limits.is_empty() {
            return Vec::new();
        }
        let mut classes = self.by_class.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = |limit: &'static RateLimit| {
            let class = of_class(&mut classes, limit.name, sharers);
            let value = limit.per.and_then(&path_value);
            let key = value.map(|value| format!("{host}/{value}"));
            let key = key.as_deref().unwrap_or(host);
            if let Some(known) = class.get(key) {
                return known.clone();
            }
            if class.len() >= KEPT {
                class.retain(|_, limiter| Arc::strong_count(limiter) > 1 || limiter.is_resting());
            }
            let permits = limit.permits_in(self.region);
            let made = Limiter::new(limit, permits, sharers, self.clock.clone());
            let made = Arc::new(match &self.store {
                Some(store) => made.shared(store.clone(), key),
                None => made,
            });
            class.insert(key.into(), made.clone());
            made
        };
        limits.iter().map(limiter).collect()
    }
}

fn of_class<'a>(
    classes: &'a mut Vec<(&'static str, NonZeroU32, OfClass)>,
    name: &'static str,
    sharers: NonZeroU32,
) -> &'a mut OfClass {
    let mut known = classes.iter();
    let known = known.position(|(known, by, _)| *known == name && *by == sharers);
    let index = known.unwrap_or_else(|| {
        classes.push((name, sharers, OfClass::default()));
        classes.len() - 1
    });
    &mut classes[index].2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    const LIMIT: RateLimit = RateLimit {
        name: "test",
        permits: 75,
        interval: Duration::from_secs(1),
        regions: &[("eu1", 25), ("gov", 20)],
        per: None,
        throttled: &[503],
    };

    #[test]
    fn an_unknown_host_gets_the_lowest_number() {
        let permits = |region| LIMIT.permits_in(region);
        assert_eq!(permits(Some(Region::Us)), 75);
        assert_eq!(permits(Some(Region::Eu1)), 25);
        assert_eq!(permits(None), 20);
    }

    #[test]
    fn limiters_are_kept_by_host_and_value() {
        static PER: [RateLimit; 2] = [
            LIMIT,
            RateLimit {
                name: "test per",
                per: Some("domain"),
                ..LIMIT
            },
        ];
        let limiters = Limiters::new(Throttle::default(), None, Arc::new(SystemClock), None);
        let of = |host, domain| limiters.of(None, &PER, host, |_| Some(domain));
        let same = |a: &[Arc<Limiter>], b: &[Arc<Limiter>]| {
            [Arc::ptr_eq(&a[0], &b[0]), Arc::ptr_eq(&a[1], &b[1])]
        };
        assert_eq!(same(&of("h", "a"), &of("h", "a")), [true, true]);
        assert_eq!(same(&of("h", "a"), &of("h", "b")), [true, false]);
        assert_eq!(same(&of("h", "a"), &of("i", "a")), [false, false]);
        let off = Limiters::new(Throttle::off(), None, Arc::new(SystemClock), None);
        assert!(off.of(None, &PER, "h", |_| None).is_empty());
    }

    #[test]
    fn only_limiters_that_hold_someone_are_kept() {
        static PER: [RateLimit; 1] = [RateLimit {
            per: Some("domain"),
            ..LIMIT
        }];
        let limiters = Limiters::new(Throttle::default(), None, Arc::new(SystemClock), None);
        let of = |domain: usize| {
            let domain = domain.to_string();
            limiters.of(None, &PER, "h", |_| Some(&domain)).remove(0)
        };
        let paused = of(0);
        paused.pause(std::time::Instant::now() + Duration::from_secs(3600));
        let paused = Arc::downgrade(&paused);
        let used = of(1);
        for domain in 2..5 * KEPT {
            of(domain);
        }
        let kept = |limiters: &Limiters| limiters.by_class.lock().unwrap()[0].2.len();
        assert!(kept(&limiters) <= KEPT, "{}", kept(&limiters));
        assert!(Arc::ptr_eq(&used, &of(1)));
        assert!(paused.upgrade().is_some());
    }
}
