//! Settings of an emulator.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::auth::Gate;
use crate::clock::Clock;
use crate::server::{self, Shared};
use crate::{CLIENT_ID, CLIENT_SECRET, Emulator};

/// How long a state of a life cycle takes, unless set.
const STEP: Duration = Duration::from_millis(300);
const UPLOAD_LIMIT: u64 = 512 << 20;

/// Settings for [`Emulator::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    port: u16,
    step: Duration,
    client_id: String,
    client_secret: String,
    upload_limit: u64,
    require_authentication: bool,
    clock: Option<Clock>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            step: STEP,
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            upload_limit: UPLOAD_LIMIT,
            require_authentication: true,
            clock: None,
        }
    }
}

impl Builder {
    /// The port to listen on; a free one if it is 0 or not set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long each state of a life cycle takes; 300 ms if not set.
    pub fn step(mut self, step: Duration) -> Self {
        self.step = step;
        self
    }

    /// The client that may ask for tokens.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.client_id = id.into();
        self.client_secret = secret.into();
        self
    }

    /// The largest request body in bytes; 512 MiB if not set.
    pub fn upload_limit(mut self, bytes: u64) -> Self {
        self.upload_limit = bytes;
        self
    }

    /// Whether calls need credentials; they do if not set.
    pub fn require_authentication(mut self, required: bool) -> Self {
        self.require_authentication = required;
        self
    }

    /// The emulator's time since its start, which must never go back; real time if not set. Token
    /// lives, rate limits and life cycles go by it, so that a test can run a day in a second.
    pub fn clock(mut self, now: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.clock = Some(Clock::new(now));
        self
    }

    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    /// When the port is taken or may not be used; the message names it.
    pub async fn start(self) -> Result<Emulator, io::Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))
            .await
            .map_err(|error| self.explain(&error))?;
        let address = listener.local_addr()?;
        let gate = Gate::new(
            self.client_id,
            self.client_secret,
            self.require_authentication,
        );
        let url = format!("http://{address}");
        let clock = self.clock.unwrap_or_else(Clock::real);
        let shared = Shared::new(url, self.step, self.upload_limit, gate, clock);
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
