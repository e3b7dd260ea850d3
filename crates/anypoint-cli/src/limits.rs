//! The documented rate limits, as all processes of this user share them: when the last requests of each limit have started.
//!
//! A file that only its owner can read, and that one process at a time reads and writes. Where it cannot be used, each process
//! keeps the limits by itself.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anypoint_core::{Limit, LimitStore, Throttle};
use serde::{Deserialize, Serialize};

use crate::private;
use crate::terminal::Terminal;

#[derive(Clone, Debug)]
pub(crate) struct SharedLimits {
    path: PathBuf,
}

/// All limits, by their keys.
type All = BTreeMap<String, Uses>;

/// In microseconds since 1970, the clock that processes share.
#[derive(Default, Serialize, Deserialize)]
struct Uses {
    /// Until when each start counts, the earliest first.
    until: Vec<u64>,
    /// Until when a server asked for a pause.
    #[serde(default)]
    paused: u64,
}

impl SharedLimits {
    /// Nothing is shared without a home.
    pub(crate) fn new(terminal: &Terminal) -> Option<Self> {
        let folder = private::folder(terminal)?;
        Some(Self {
            path: folder.join("kept").join("limits.json"),
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut All, u64) -> T) -> io::Result<T> {
        let mut file = private::lock(&self.path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let mut all: All = serde_json::from_str(&text).unwrap_or_default();
        let now = now();
        all.retain(|_, uses| {
            uses.until.retain(|until| *until > now);
            !uses.until.is_empty() || uses.paused > now
        });
        let outcome = change(&mut all, now);
        rewrite(file, &serde_json::to_string(&all)?)?;
        Ok(outcome)
    }
}

impl LimitStore for SharedLimits {
    fn start(&self, limits: &[Limit<'_>]) -> Result<(), Duration> {
        let started = self.change(|all, now| {
            let waits = limits.iter().map(|limit| wait(all, limit, now));
            match waits.max().unwrap_or_default() {
                0 => {
                    for limit in limits.iter().filter(|it| it.permits.is_some()) {
                        let uses = all.entry(limit.key.to_owned()).or_default();
                        uses.until.push(now + micros(limit.interval));
                    }
                    Ok(())
                }
                wait => Err(Duration::from_micros(wait)),
            }
        });
        started.unwrap_or(Ok(()))
    }

    fn pause(&self, limit: &Limit<'_>, wait: Duration) {
        let until = micros(wait.min(Throttle::LONGEST_PAUSE));
        let _ = self.change(|all, now| {
            let uses = all.entry(limit.key.to_owned()).or_default();
            uses.paused = uses.paused.max(now + until);
        });
    }
}

/// How many microseconds there is no room under a limit. What is further ahead than it can be was noted before the clock was set
/// back, and does not count.
fn wait(all: &mut All, limit: &Limit<'_>, now: u64) -> u64 {
    let Some(uses) = all.get_mut(limit.key) else {
        return 0;
    };
    let (latest, longest) = (micros(limit.interval), micros(Throttle::LONGEST_PAUSE));
    uses.until.retain(|until| *until <= now + latest);
    uses.until.sort_unstable();
    if uses.paused > now + longest {
        uses.paused = 0;
    }
    let full = limit
        .permits
        .and_then(|permits| uses.until.len().checked_sub(permits));
    let free = full.and_then(|first| uses.until.get(first)).copied();
    free.max(Some(uses.paused))
        .map_or(0, |free| free.saturating_sub(now))
}

/// In place: a file of another name would not be locked. A process that is killed meanwhile leaves half of it, which counts as
/// nothing.
fn rewrite(mut file: File, text: &str) -> io::Result<()> {
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX / 4)
}

fn now() -> u64 {
    micros(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    fn limit(permits: usize) -> Limit<'static> {
        Limit::new("things", Some(permits), Duration::from_secs(1))
    }

    fn uses(until: &[u64], paused: u64) -> All {
        let until = until.to_vec();
        All::from([("things".to_owned(), Uses { until, paused })])
    }

    #[test]
    fn there_is_room_when_enough_starts_no_longer_count() {
        let now = 100 * SECOND;
        let three = [now + 300, now + 100, now + 200];
        for (permits, expected) in [(4, 0), (3, 100), (2, 200), (1, 300)] {
            assert_eq!(wait(&mut uses(&three, 0), &limit(permits), now), expected);
        }
        assert_eq!(wait(&mut uses(&three, now + 700), &limit(4), now), 700);
        assert_eq!(wait(&mut All::new(), &limit(1), now), 0);
    }

    #[test]
    fn what_was_noted_before_the_clock_was_set_back_holds_up_nobody() {
        let now = 100 * SECOND;
        let mut before = uses(&[now + 3600 * SECOND], now + 3600 * SECOND);
        assert_eq!(wait(&mut before, &limit(1), now), 0);
    }
}
