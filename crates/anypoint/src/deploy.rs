//! Deploys an application and follows the deployment: one call, one stream.
//!
//! This module is the public part. It must not know how a platform deploys, nor how the stream is
//! made.

#[cfg(feature = "application-manager")]
mod application_manager;
#[cfg(feature = "cloudhub")]
mod cloudhub;
mod event;
mod log;
mod order;
#[cfg(feature = "application-manager")]
mod restart;
mod sent;
mod stream;

use std::time::Duration;

use crate::Anypoint;
pub use event::{Accepted, Deployed, Event, LogLine};
pub use order::Order;
#[cfg(feature = "application-manager")]
pub use restart::Restart;
pub use stream::Events;

impl Anypoint {
    /// Deploys an application, and follows its states and its log until it runs or fails.
    ///
    /// An [`Order`] says what is deployed. It is deployed to the organization and environment that were
    /// set; names are looked up. Nothing is sent before the first call of [`Events::next`].
    ///
    /// ```no_run
    /// use anypoint::Anypoint;
    /// use anypoint::deploy::{Event, Order};
    ///
    /// # async fn deploy(order: Order) -> Result<(), anypoint::Error> {
    /// # let anypoint = Anypoint::from_env()?;
    /// let mut events = anypoint.deploy(order).events();
    /// while let Some(event) = events.next().await {
    ///     match event? {
    ///         Event::Sent { bytes, .. } => println!("{bytes} bytes were sent"),
    ///         Event::Accepted(accepted) => println!("following {}", accepted.id),
    ///         Event::State(state) => println!("{state}"),
    ///         Event::Line(line) => println!("  {line}"),
    ///         Event::LogProblem(problem) => println!("  lines may be missing: {problem}"),
    ///         Event::Done(_) => println!("it runs"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Events`] says.
    pub fn deploy(&self, order: Order) -> Deploy {
        Deploy {
            anypoint: self.clone(),
            order,
            settings: Settings::default(),
        }
    }
}

/// A deployment that has not started yet; see [`Anypoint::deploy`].
#[must_use = "nothing is deployed until its events are asked for"]
#[derive(Clone, Debug)]
pub struct Deploy {
    anypoint: Anypoint,
    order: Order,
    settings: Settings,
}

/// How to follow.
#[derive(Clone, Copy, Debug)]
struct Settings {
    timeout: Duration,
    every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20 * 60),
            every: Duration::from_secs(5),
        }
    }
}

impl Deploy {
    /// The time limit after the service has accepted the order; 20 minutes by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// The poll interval for the state, and for the log if there is nothing new; 5 seconds by default.
    pub fn every(mut self, pause: Duration) -> Self {
        self.settings.every = pause;
        self
    }

    /// The events, starting with the upload of an archive. The deployment starts with the first call of
    /// `next`.
    pub fn events(self) -> Events {
        Events::new(self)
    }
}
