//! Settings of an emulator.

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
    /// The port to listen on; a free one if it is 0 or not set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long each state of a life cycle takes; 300 ms if not set.
    pub fn step(mut self, step: Duration) -> Self {
        self.settings.step = step;
        self
    }

    /// How many looks at a deployment, one of the console too, a CloudHub application, a private
    /// space or a VPC endpoint still show what was before, after each change of it; none if not
    /// set. The platform's own answers may be behind, too.
    pub fn stale_looks(mut self, count: u32) -> Self {
        self.settings.stale_looks = count;
        self
    }

    /// How lists that come in pages behave; steadily if not set.
    pub fn pages(mut self, pages: Pages) -> Self {
        self.settings.pages = pages;
        self
    }

    /// The emulator's time since its start, which must never go back; real time if not set.
    /// Token lives, rate limits and life cycles go by it, so that a test can run a day in a
    /// second. Pauses on the wire, such as a fault's delay, are real.
    pub fn clock(mut self, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Some(Clock::new(now));
        self
    }

    /// The client that may ask for tokens.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.client_id = id.into();
        self.settings.client_secret = secret.into();
        self
    }

    /// Adds an organization to those of the specs' examples. Requests that name an organization,
    /// an environment, a portal or a group that is not there are refused.
    pub fn organization(mut self, id: impl Into<String>, name: impl Into<String>) -> Self {
        self.settings
            .added
            .organizations
            .push((id.into(), name.into()));
        self
    }

    /// Adds an environment to an organization. That of the name `Production` is where CloudHub
    /// calls act that name no environment of this organization.
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

    /// Adds a portal to an organization, which need not be one of the platform's.
    pub fn portal(mut self, organization: impl Into<String>, id: impl Into<String>) -> Self {
        self.settings
            .added
            .portals
            .push((organization.into(), id.into()));
        self
    }

    /// Answers requests whose `Host` is this name, too. Without it they must name `localhost` or
    /// an address, since a page in a browser could let a name of its own point here.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.settings.hosts.push(name.into());
        self
    }

    /// How long a connection may take for the head of its next request, or for the next piece of a
    /// body, before it is closed; 30 s if not set.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.settings.idle_timeout = time;
        self
    }

    /// Whether calls need credentials; they do if not set.
    pub fn require_authentication(mut self, required: bool) -> Self {
        self.settings.require_authentication = required;
        self
    }

    /// How long an issued token is good for; an hour if not set. `expires_in` says so in whole
    /// seconds, rounded down.
    pub fn token_life(mut self, life: Duration) -> Self {
        self.settings.token_life = life;
        self
    }

    /// The largest request body in bytes; 512 MiB if not set. JSON, forms and the text parts of
    /// uploads have a limit of their own, 2 MiB for a request.
    pub fn upload_limit(mut self, bytes: u64) -> Self {
        self.settings.upload_limit = Some(bytes);
        self
    }

    /// Takes uploads of any size, unless a limit is set. Their bytes are never kept: they are
    /// counted and hashed.
    pub fn discard_uploads(mut self) -> Self {
        self.settings.upload_limit.get_or_insert(u64::MAX);
        self
    }

    /// How long downloads are. Their bytes are made while they go: 0, 1, 2 … 250, over and over.
    /// A few bytes of an archive if not set.
    pub fn download_size(mut self, bytes: u64) -> Self {
        self.settings.download_size = Some(bytes);
        self
    }

    /// Enforces the rate limits of the specs, each at the lowest of its regions' figures.
    pub fn enforce_limits(mut self) -> Self {
        self.settings.rules.specs = true;
        self.settings.rules.region = None;
        self
    }

    /// Enforces the rate limits of the specs at the figures of a region, such as `eu1`. A limit
    /// without a figure for it has its general one.
    pub fn enforce_limits_for(mut self, region: impl Into<String>) -> Self {
        self.settings.rules.specs = true;
        self.settings.rules.region = Some(region.into());
        self
    }

    /// Enforces a limit that no spec has, on operations of an API, or on all of them if none is
    /// named.
    pub fn rate_limit(mut self, api: &str, operations: &[&str], limit: RateLimit) -> Self {
        let operations = operations.iter().map(|id| (*id).to_owned()).collect();
        let own = &mut self.settings.rules.own;
        own.retain(|(other, _, known)| other != api || known.name != limit.name);
        own.push((api.to_owned(), operations, limit));
        self
    }

    /// Sends `X-RateLimit-Limit`, `-Remaining` and `-Reset` with every answer that a limit counts
    /// for; without it there are none.
    pub fn limit_headers(mut self, reset: Reset) -> Self {
        self.settings.rules.reset = Some(reset);
        self
    }

    /// Sends `Retry-After` when a limit refuses a request; without it there is none.
    pub fn limit_retry_after(mut self) -> Self {
        self.settings.rules.retry_after = true;
        self
    }

    /// Lets a share of the requests suffer mishaps, the same ones for the same seed. Rules of
    /// [`Emulator::fault`] come first.
    pub fn chaos(mut self, seed: u64, chaos: Chaos) -> Self {
        self.settings.chaos = Some((seed, chaos));
        self
    }

    /// Counts the requests that were processed, for [`Emulator::processed`].
    pub fn count_requests(mut self) -> Self {
        self.settings.count_requests = true;
        self
    }

    /// Puts this text and a number in the place of every secret in an answer: what the specs mark
    /// with `x-secret`, and tokens.
    pub fn mark_secrets(mut self, text: impl Into<String>) -> Self {
        self.settings.mark = Some(text.into());
        self
    }

    /// Makes a hostile server: refusals repeat the `Authorization` header and the body of the
    /// request, the first 64 KiB of it. Refusals without a body stay without one.
    pub fn echo_on_error(mut self) -> Self {
        self.settings.echo_on_error = true;
        self
    }

    /// The date of the clock's beginning, in milliseconds since 1970, for the times of logs. Unless
    /// it is set, logs have the time of this machine at the start, and go on by the clock.
    pub fn epoch(mut self, millis: u64) -> Self {
        self.settings.epoch = Some(millis);
        self
    }

    /// Keeps what runs from logging anything, so that a test knows every line: there are only
    /// those of [`Emulator::write_log`] and of the seed.
    pub fn quiet_logs(mut self) -> Self {
        self.settings.logs.quiet = true;
        self
    }

    /// Lets each page of an Application Manager log that is asked for with `afterDocId` begin with
    /// up to so many matching lines up to that one, as pages may overlap. At least one line is
    /// new if there is one. None if not set.
    pub fn overlapping_logs(mut self, lines: usize) -> Self {
        self.settings.logs.overlap = lines;
        self
    }

    /// How many lines a search in the logs of a CloudHub application finds at most: the oldest ones
    /// come, or the newest if `descending` is set, and the others are left out without a word. If
    /// not set as many as the search's `limit`, at most 2,000, and 100 without that.
    pub fn log_cap(mut self, lines: usize) -> Self {
        self.settings.logs.cap = Some(lines);
        self
    }

    /// Lets a search in the logs of a CloudHub application refuse, by 400, all members but those
    /// that public clients send: `deploymentId`, `startTime`, `endTime` and `limitMsgLen`. It takes
    /// all 14 if not set.
    pub fn refusing_log_search(mut self) -> Self {
        self.settings.logs.refuses_members = true;
        self
    }

    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    /// When the port is taken or may not be used; the message names it. When the mishaps of
    /// [`chaos`](Self::chaos) add up to more than a thousand of a thousand.
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
            task: tokio::spawn(server::run(listener, shared.clone())),
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
