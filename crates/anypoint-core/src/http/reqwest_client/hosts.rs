//! Limits the number of connections to a host.
//!
//! It must not count requests that share a connection, as those of HTTP/2 do.

use std::array;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

/// Enough for slow answers under the limits of the platform, and below the lowest limit of open files per process.
pub(super) const CONNECTIONS: usize = 100;

/// The hosts that were called so far. A session has very few.
#[derive(Default)]
pub(super) struct Hosts(Mutex<Vec<Arc<Host>>>);

pub(super) struct Host {
    name: String,
    port: Option<u16>,
    permits: Semaphore,
    /// The permits that are held, by the stamp of their last use.
    held: [AtomicU64; CONNECTIONS],
    /// The next stamp; no two are the same.
    stamps: AtomicU64,
    /// The host uses HTTP/2, so its requests share connections.
    shares: AtomicBool,
}

/// The stamp of a permit that is free.
const FREE: u64 = 0;
/// The bit in the stamp of a permit whose holder waits for the server.
const WAITS: u64 = 1;

/// A permit for a connection. It ends with the body of the answer, when the body is dropped, or when nobody reads it for the
/// stall timeout while another call waits for a permit.
pub(super) struct Permit {
    host: Arc<Host>,
    /// The index among the held permits, and the stamp there.
    held: Option<(usize, u64)>,
}

impl Hosts {
    /// Waits for a permit. A permit that was not used for `stall` is taken from its holder.
    pub(super) async fn permit(&self, url: &Url, stall: Duration) -> Permit {
        let host = self.host(url);
        let held = match host.shares.load(Ordering::Relaxed) {
            true => None,
            false => Some(host.take(stall).await),
        };
        Permit { host, held }
    }

    fn host(&self, url: &Url) -> Arc<Host> {
        let (name, port) = (
            url.host_str().unwrap_or_default(),
            url.port_or_known_default(),
        );
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts
            .iter()
            .find(|host| host.name == name && host.port == port);
        if let Some(host) = known {
            return host.clone();
        }
        let host = Arc::new(Host {
            name: name.to_owned(),
            port,
            permits: Semaphore::new(CONNECTIONS),
            held: array::from_fn(|_| AtomicU64::new(FREE)),
            stamps: AtomicU64::new(2),
            shares: AtomicBool::new(false),
        });
        hosts.push(host.clone());
        host
    }
}

impl Host {
    /// Takes a permit, which [`Permit`] returns. The semaphore is never closed.
    async fn take(&self, stall: Duration) -> (usize, u64) {
        let permit = match self.permits.try_acquire() {
            Ok(permit) => Ok(permit),
            // Boxed: it is rare, and its future is large.
            Err(_) => Box::pin(self.wait(stall)).await,
        };
        permit.into_iter().for_each(SemaphorePermit::forget);
        let stamp = self.stamp(true);
        loop {
            // There is a free one, because there are as many places as permits.
            let free = |held| change(held, FREE, stamp);
            if let Some(place) = self.held.iter().position(free) {
                return (place, stamp);
            }
        }
    }

    async fn wait(
        &self,
        stall: Duration,
    ) -> Result<SemaphorePermit<'_>, tokio::sync::AcquireError> {
        let mut permit = std::pin::pin!(self.permits.acquire());
        loop {
            let before: [u64; CONNECTIONS] =
                array::from_fn(|place| self.held[place].load(Ordering::Relaxed));
            if let Ok(permit) = tokio::time::timeout(stall, &mut permit).await {
                return permit;
            }
            let unused = before.into_iter().enumerate();
            let unused = unused.filter(|(_, stamp)| *stamp != FREE && stamp & WAITS == 0);
            unused.for_each(|held| self.give_back(held));
        }
    }

    fn stamp(&self, waits: bool) -> u64 {
        self.stamps.fetch_add(2, Ordering::Relaxed) | if waits { WAITS } else { 0 }
    }

    /// Does nothing if the permit was used or taken in the meantime.
    fn give_back(&self, (place, stamp): (usize, u64)) {
        if change(&self.held[place], stamp, FREE) {
            self.permits.add_permits(1);
        }
    }
}

fn change(held: &AtomicU64, from: u64, to: u64) -> bool {
    held.compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)
        .is_ok()
}

impl Permit {
    /// Records that the answer came over a connection that other requests may share.
    pub(super) fn shared(&mut self) {
        self.host.shares.store(true, Ordering::Relaxed);
        self.give_back();
    }

    /// Records a read of the body, and whether it waits for the server.
    pub(super) fn used(&mut self, waits: bool) {
        if let Some((place, stamp)) = &mut self.held {
            let new = self.host.stamp(waits);
            match change(&self.host.held[*place], *stamp, new) {
                true => *stamp = new,
                false => self.held = None,
            }
        }
    }

    fn give_back(&mut self) {
        if let Some(held) = self.held.take() {
            self.host.give_back(held);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALL: Duration = Duration::from_secs(30);

    /// All permits of a host.
    async fn all(hosts: &Hosts, url: &Url) -> Vec<Permit> {
        let mut permits = Vec::new();
        for _ in 0..CONNECTIONS {
            permits.push(hosts.permit(url, STALL).await);
        }
        permits
    }

    /// How long a further call waits for a permit; `None` for an hour.
    async fn wait(hosts: &Hosts, url: &Url) -> Option<(Duration, Permit)> {
        let before = tokio::time::Instant::now();
        let waiting = hosts.permit(url, STALL);
        let permit = tokio::time::timeout(Duration::from_secs(3600), waiting).await;
        permit.ok().map(|permit| (before.elapsed(), permit))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_nobody_reads_loses_its_permit_to_who_needs_it() {
        let (hosts, url) = (Hosts::default(), Url::parse("http://a").unwrap());
        let mut permits = all(&hosts, &url).await;
        // All wait for their answers.
        assert!(wait(&hosts, &url).await.is_none());
        permits[7].used(false);
        let (waited, other) = wait(&hosts, &url).await.unwrap();
        assert_eq!(waited.as_secs(), STALL.as_secs());
        // It does not return a permit that was taken from it.
        permits[7].used(true);
        drop(permits.remove(7));
        assert!(wait(&hosts, &url).await.is_none());
        drop(other);
        assert!(wait(&hosts, &url).await.unwrap().0.is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_read_slowly_keeps_its_permit() {
        let (hosts, url) = (Hosts::default(), Url::parse("http://a").unwrap());
        let mut permits = all(&hosts, &url).await;
        let reading = async {
            loop {
                permits[0].used(false);
                tokio::time::sleep(STALL - Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            permit = wait(&hosts, &url) => assert!(permit.is_none()),
            () = reading => {}
        }
    }
}
