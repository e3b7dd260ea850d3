//! How many connections there may be to one host.
//!
//! It must not count requests that share a connection, as those of HTTP/2 do.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

/// Enough for slow answers under the limits of the platform, and less than the fewest files that a process may have open.
pub(super) const CONNECTIONS: usize = 100;

/// The hosts that were called so far. A session has very few.
#[derive(Default)]
pub(super) struct Hosts(Mutex<Vec<Arc<Host>>>);

pub(super) struct Host {
    name: String,
    port: Option<u16>,
    permits: Semaphore,
    /// It speaks HTTP/2, so its requests share connections.
    shares: AtomicBool,
}

/// The right to a connection. It ends with the body of the answer, or when that is dropped.
pub(super) struct Permit {
    host: Arc<Host>,
    /// Whether it is one of those that there are.
    counted: bool,
}

impl Hosts {
    /// Waits for the right to one more connection.
    pub(super) async fn permit(&self, url: &Url) -> Permit {
        let host = self.host(url);
        let counted = !host.shares.load(Ordering::Relaxed);
        if counted {
            host.take().await;
        }
        Permit { host, counted }
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
            shares: AtomicBool::new(false),
        });
        hosts.push(host.clone());
        host
    }
}

impl Host {
    /// Takes one permit, which [`Permit`] gives back. The semaphore is never closed.
    async fn take(&self) {
        let permit = match self.permits.try_acquire() {
            Ok(permit) => Ok(permit),
            Err(_) => self.permits.acquire().await,
        };
        permit.into_iter().for_each(SemaphorePermit::forget);
    }
}

impl Permit {
    /// An answer came by a connection that others may use at the same time.
    pub(super) fn shared(&mut self) {
        self.host.shares.store(true, Ordering::Relaxed);
        self.give_back();
    }

    fn give_back(&mut self) {
        if std::mem::take(&mut self.counted) {
            self.host.permits.add_permits(1);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.give_back();
    }
}
