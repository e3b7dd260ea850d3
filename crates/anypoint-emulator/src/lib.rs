//! A local emulator of Anypoint Platform and the Mule Management Console.
//!
//! It listens on the loopback interface and answers every operation of every spec of this workspace.
//! It validates requests against the spec, and answers a violation with a 400 that names the field.
//! Deployments, environments, applications, private spaces and uploads have state and life cycles;
//! all other operations answer with the example of the spec. [`Fault`] rules make operations fail on
//! demand, and [`Chaos`] at random, in the same way for the same seed. For tests of a client's runtime
//! it can use the clock of the test, enforce the rate limits of the specs and count the processed
//! requests; see [`Builder`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use anypoint_emulator::{Emulator, Fault};
//!
//! let emulator = Emulator::start().await?;
//! emulator.fault(Fault::on("get_deployment").times(2).status(503));
//! assert!(emulator.url().starts_with("http://127.0.0.1:"));
//! assert!(emulator.api_url("mmc").ends_with("/mmc/api"));
//! # Ok(())
//! # }
//! ```
//!
//! The organizations, environments, portals and groups that a request names must exist: in the
//! examples of the specs ([`ORGANIZATION`], [`SANDBOX`], [`PRODUCTION`], [`PORTAL`]), added by the
//! [`Builder`], or created by a request. A request that names another one is refused with the
//! documented 403 of the operation, or else with 404.
//!
//! Valid credentials are the client id `emulator` with the secret `emulator-secret` (or those of
//! [`Builder::client`]), any user with the password `emulator-secret`, the bearer token
//! `emulator-token`, any name and password for basic authentication, and the credentials of the
//! specs' examples.

mod auth;
mod body;
mod builder;
mod chaos;
mod clock;
mod echo;
mod fault;
mod future_mode;
mod handle;
mod host;
mod ids;
mod intake;
mod limits;
mod logs;
mod marks;
mod pages;
mod random;
mod record;
mod reply;
mod server;
mod settings;
mod spec;
mod state;
mod validate;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::task::JoinHandle;

pub use auth::{FIXED_TOKEN, PASSWORD};
pub use builder::Builder;
pub use chaos::Chaos;
pub use fault::Fault;
pub use limits::{RateLimit, Reset};
pub use logs::LogLine;
pub use pages::Pages;
pub use record::Processed;

/// The id of the client that may get tokens, unless [`Builder::client`] sets another one.
pub const CLIENT_ID: &str = "emulator";
/// The secret of that client.
pub const CLIENT_SECRET: &str = "emulator-secret";

/// The id of the root organization. It has the environments Design, [Sandbox](SANDBOX) and
/// [Production](PRODUCTION).
pub const ORGANIZATION: &str = "3f6f1c52-8a4e-4c1b-9d27-5e0b7a61c0de";
/// The id of the environment with the deployment and the application of the specs' examples.
pub const SANDBOX: &str = "d2e8b7f1-5a39-4e60-9c14-83b6f0a7d925";
/// The id of the environment that CloudHub calls act on if they name none.
pub const PRODUCTION: &str = "6a0c2d94-17be-43f5-b0c8-2f94de7a1e53";
/// The id of the organization that has the [portal](PORTAL).
pub const PORTAL_ORGANIZATION: &str = "00D5g000004XyZaEAK";
/// The id of the portal of API Experience Hub.
pub const PORTAL: &str = "4f8a2b6d-0c91-4e75-a3d8-b62e19f70c54";

/// A running emulator. Dropping it stops it and closes its connections.
#[derive(Debug)]
pub struct Emulator {
    shared: Arc<server::Shared>,
    task: JoinHandle<()>,
}

/// A file that was uploaded to the repository of the Mule Management Console.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uploaded {
    /// The name of the application.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The name of the file as it was sent.
    pub file_name: String,
    /// The number of bytes.
    pub size: u64,
    /// Their SHA-256 in hexadecimal digits.
    pub sha256: String,
}

impl Emulator {
    /// Starts an emulator on a free port of 127.0.0.1, with the defaults of the [`Builder`].
    /// It runs on the current Tokio runtime.
    ///
    /// # Errors
    /// No port is available.
    pub async fn start() -> Result<Self, io::Error> {
        Self::builder().start().await
    }

    /// Settings for an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The URL, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The base URL of an API: the URL with the path of the server in the spec. For an unknown API it
    /// is the URL alone.
    #[must_use]
    pub fn api_url(&self, api: &str) -> String {
        let path = spec::base_path(api).unwrap_or_default();
        format!("{}{path}", self.shared.url)
    }

    /// The names of the emulated APIs.
    pub fn apis() -> impl Iterator<Item = &'static str> {
        spec::apis()
    }

    /// Resets the state to the seed data. Fault rules, issued tokens and the future mode are kept.
    pub fn reset(&self) {
        self.shared.forget();
    }

    /// Adds a fault rule.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Removes all fault rules.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Makes all issued tokens invalid. The fixed token remains valid.
    pub fn expire_tokens(&self) {
        self.shared.gate.expire_all();
    }

    /// Makes the [fixed token](FIXED_TOKEN) invalid permanently.
    pub fn expire_fixed_token(&self) {
        self.shared.gate.expire_fixed();
    }

    /// How many tokens were issued.
    #[must_use]
    pub fn token_fetches(&self) -> u64 {
        self.shared.gate.issued()
    }

    /// How many requests were refused by a rate limit.
    #[must_use]
    pub fn throttled(&self) -> u64 {
        self.shared.limiter.throttled()
    }

    /// How many requests each class of a rate limit has accepted, by `api/class`.
    #[must_use]
    pub fn accepted(&self) -> BTreeMap<String, u64> {
        self.shared.limiter.accepted()
    }

    /// How many requests had each failure of [`Chaos`], by the name of its field.
    #[must_use]
    pub fn mishaps(&self) -> BTreeMap<&'static str, u64> {
        let dice = self.shared.dice.as_ref();
        dice.map(chaos::Dice::counts).unwrap_or_default()
    }

    /// How often each request was processed, which means that it reached its operation with valid
    /// credentials and a valid body, even if its answer was not sent. Empty without
    /// [`Builder::count_requests`]; at most 2^20 different requests are distinguished.
    #[must_use]
    pub fn processed(&self) -> BTreeMap<Processed, u64> {
        self.shared.record.counts()
    }

    /// Sets whether it answers like a server that is one version ahead: with unknown members and enum
    /// values, nulls in optional members, and integers as strings.
    pub fn future(&self, on: bool) {
        self.shared.future.store(on, Ordering::Relaxed);
    }

    /// How many requests were received, including those that failed.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// The uploads to the repository since the start or the last reset.
    #[must_use]
    pub fn uploads(&self) -> Vec<Uploaded> {
        self.shared.remembered(|state| state.uploads())
    }

    /// The stored secure properties of an Application Manager deployment, which answers mask. Empty if
    /// there is no such deployment.
    #[must_use]
    pub fn secure_properties(&self, deployment_id: impl AsRef<str>) -> BTreeMap<String, String> {
        let deployment_id = deployment_id.as_ref();
        self.shared
            .remembered(|state| state.secure_properties(deployment_id))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}
