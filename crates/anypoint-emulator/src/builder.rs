//! The settings of an emulator.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::Emulator;
use crate::chaos::Chaos;
use crate::clock::Clock;
use crate::limits::{RateLimit, Reset};
use crate::pages::Pages;
use crate::server::{self, Shared};
use crate::settings::Settings;

/// Settings for [`Emulator::builder`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    port: u16,
    clock: Option<Clock>,
    settings: Settings,
}

impl Builder {
    /// Sets the port; 0, the default, selects a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets how long each state of a life cycle lasts; 300 ms by default.
    pub fn step(mut self, step: Duration) -> Self {
        self.settings.step = step;
        self
    }

    /// Sets how many reads of a deployment (also of the console), a CloudHub application, a private
    /// space or a VPC endpoint still return the old state after each change; 0 by default. Answers of
    /// the platform may be stale, too.
    pub fn stale_looks(mut self, count: u32) -> Self {
        self.settings.stale_looks = count;
        self
    }

    /// Sets how paged lists behave; [`Pages::Steady`] by default.
    pub fn pages(mut self, pages: Pages) -> Self {
        self.settings.pages = pages;
        self
    }

    /// Sets the clock: a function that returns the time since the start and must never go back; real
    /// time by default. Token lifetimes, rate limits and life cycles use it, so that a test can run a
    /// day in a second. Delays on the wire, such as that of a fault, use real time.
    pub fn clock(mut self, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Some(Clock::new(now));
        self
    }

    /// Sets the client that may get tokens; [`CLIENT_ID`](crate::CLIENT_ID) with
    /// [`CLIENT_SECRET`](crate::CLIENT_SECRET) by default.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.client_id = id.into();
        self.settings.client_secret = secret.into();
        self
    }

    /// Adds an organization to those of the specs' examples. Requests that name an organization, an
    /// environment, a portal or a group that does not exist are refused.
    pub fn organization(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.settings
            .added
            .organizations
            .push((id.into(), name.into()));
        self
    }

    /// Adds an environment to an organization. CloudHub calls for this organization that name no
    /// environment act on the one with the name `Production`.
    pub fn environment(
        mut self,
        organization: impl Into<String>,
        id: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        let environment = [organization.into(), id.into(), name.into()];
        self.settings.added.environments.push(environment);
        self
    }

    /// Adds a portal to an organization, which need not be one of Access Management.
    pub fn portal(mut self, organization: impl Into<String>, id: impl Into<String>) -> Self {
        self.settings
            .added
            .portals
            .push((organization.into(), id.into()));
        self
    }

    /// Also accepts requests with this name in `Host`. Otherwise only `localhost` and addresses are
    /// accepted, because a web page could let its own name point to this machine.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.settings.hosts.push(name.into());
        self
    }

    /// Sets how long a connection may take for the head of its next request, or for the next piece of
    /// a body, before it is closed; 30 s by default.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.settings.idle_timeout = time;
        self
    }

    /// Sets whether calls need credentials; true by default.
    pub fn require_authentication(mut self, required: bool) -> Self {
        self.settings.require_authentication = required;
        self
    }

    /// Sets how long an issued token is valid; an hour by default. `expires_in` has the time in whole
    /// seconds, rounded down.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// Sets the size limit of request bodies in bytes; 512 MiB by default. JSON, forms and the text
    /// parts of uploads have a separate limit of 2 MiB per request.
    pub fn upload_limit(mut self, bytes: u64) -> Self {
        self.settings.upload_limit = Some(bytes);
        self
    }

    /// Accepts uploads of any size, unless a limit is set. Their bytes are counted and hashed, and
    /// never kept.
    pub fn discard_uploads(mut self) -> Self {
        self.settings.upload_limit.get_or_insert(u64::MAX);
        self
    }

    /// Sets the size of downloads in bytes; by default they are small archives. The bytes are
    /// generated while they are sent: 0, 1, 2 … 250, repeated.
    pub fn download_size(mut self, bytes: u64) -> Self {
        self.settings.download_size = Some(bytes);
        self
    }

    /// Enforces the rate limits of the specs, each with the lowest number of all regions.
    pub fn enforce_limits(mut self) -> Self {
        self.settings.rules.specs = true;
        self.settings.rules.region = None;
        self
    }

    /// Enforces the rate limits of the specs with the numbers of a region, such as `eu1`. A limit
    /// without one for the region uses its general number.
    pub fn enforce_limits_for(mut self, region: impl Into<String>) -> Self {
        self.settings.rules.specs = true;
        self.settings.rules.region = Some(region.into());
        self
    }

    /// Enforces an additional limit for operations of an API, or for all of its operations if none is
    /// named.
    pub fn rate_limit(mut self, api: &str, operations: &[&str], limit: RateLimit) -> Self {
        let operations = operations.iter().map(|id| (*id).to_owned()).collect();
        let own = &mut self.settings.rules.own;
        own.retain(|(other, _, known)| other != api || known.name != limit.name);
        own.push((api.to_owned(), operations, limit));
        self
    }

    /// Sends `X-RateLimit-Limit`, `-Remaining` and `-Reset` with every answer of an operation with a
    /// limit; by default they are not sent.
    pub fn limit_headers(mut self, reset: Reset) -> Self {
        self.settings.rules.reset = Some(reset);
        self
    }

    /// Sends `Retry-After` when a limit refuses a request; by default it is not sent.
    pub fn limit_retry_after(mut self) -> Self {
        self.settings.rules.retry_after = true;
        self
    }

    /// Makes a share of the requests fail, in the same way for the same seed. Rules of
    /// [`Emulator::fault`] take precedence.
    pub fn chaos(mut self, seed: u64, chaos: Chaos) -> Self {
        self.settings.chaos = Some((seed, chaos));
        self
    }

    /// Counts the processed requests, for [`Emulator::processed`].
    pub fn count_requests(mut self) -> Self {
        self.settings.count_requests = true;
        self
    }

    /// Replaces every secret in an answer with this text and a number: tokens, and what the specs
    /// mark with `x-secret`.
    pub fn mark_secrets(mut self, text: impl Into<String>) -> Self {
        self.settings.mark = Some(text.into());
        self
    }

    /// Behaves like a hostile server: refusals repeat the `Authorization` header and the first 64 KiB
    /// of the body of the request. Refusals without a body are not changed.
    pub fn echo_on_error(mut self) -> Self {
        self.settings.echo_on_error = true;
        self
    }

    /// Sets the date at which the clock starts, in milliseconds since 1970, for the times in logs; by
    /// default the time of this machine at the start.
    pub fn epoch(mut self, millis: u64) -> Self {
        self.settings.epoch = Some(millis);
        self
    }

    /// Disables the lines of running applications, so that a test knows every line: logs have only
    /// those of [`Emulator::write_log`] and of the seed data.
    pub fn quiet_logs(mut self) -> Self {
        self.settings.logs.quiet = true;
        self
    }

    /// Makes pages of an Application Manager log overlap: a page that is requested with `afterDocId`
    /// begins with up to `lines` matching lines up to that one; 0 by default. A page has at least one
    /// new line if there is one.
    pub fn overlapping_logs(mut self, lines: usize) -> Self {
        self.settings.logs.overlap = lines;
        self
    }

    /// Sets how many lines a search in the logs of a CloudHub application returns at most: the oldest
    /// ones, or the newest if `descending` is set. The others are left out silently. By default the
    /// maximum is the `limit` of the search, up to 2,000, or 100 without one.
    pub fn log_cap(mut self, lines: usize) -> Self {
        self.settings.logs.cap = Some(lines);
        self
    }

    /// Makes a search in the logs of a CloudHub application refuse, with 400, all members except those
    /// that public clients send: `deploymentId`, `startTime`, `endTime` and `limitMsgLen`. By default
    /// it accepts all 14.
    pub fn refusing_log_search(mut self) -> Self {
        self.settings.logs.refuses_members = true;
        self
    }

    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    /// The port is taken or may not be used, which the message says, or the shares of
    /// [`chaos`](Self::chaos) add up to more than 1,000.
    pub async fn start(self) -> Result<Emulator, io::Error> {
        let chaos = self.settings.chaos.as_ref();
        let shares = chaos.map_or(0, |(_, chaos)| chaos.total());
        if shares > 1000 {
            let message = format!("chaos: the shares add up to {shares} of a thousand");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
            .await
            .map_err(|error| self.explain(&error))?;
        let url = format!("http://{}", listener.local_addr()?);
        let clock = self.clock.unwrap_or_else(Clock::real);
        let shared = Shared::new(url, self.settings, clock);
        Ok(Emulator {
            task: server::start(listener, shared.clone()),
            shared,
        })
    }

    fn explain(&self, error: &io::Error) -> io::Error {
        let port = self.port;
        let message = match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!(
                    "port {port} of 127.0.0.1 is taken; choose another one, or 0 for a free one"
                )
            }
            _ => format!("cannot listen on port {port} of 127.0.0.1: {error}"),
        };
        io::Error::new(error.kind(), message)
    }
}
