//! The session: connection pool, credentials and token, shared by all clients.
//!
//! It must not know any API path, except those that `auth` needs.

pub(crate) mod choice;
mod connection;
mod environment;
pub(crate) mod plain_http;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use url::Url;

use crate::auth::signer::Signer;
use crate::auth::store::TokenStore;
use crate::auth::token::TokenCache;
use crate::auth::{Credentials, Grant};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind};
use crate::http::HttpClient;
use crate::http::settings::ConnectionSettings;
use crate::intercept::{Interceptor, Interceptors};
use crate::operation::Auth;
use crate::options::CallOptions;
use crate::origin::Origin;
use crate::region::Region;
use crate::retry::budget::Budget;
use crate::retry::{Backoff, RetryPolicy};
use crate::secret::redact::{Known, Ledger};
use crate::throttle::store::LimitStore;
use crate::throttle::{Limiters, Throttle};
use crate::timeouts::Timeouts;
use crate::transport::Transport;
use choice::{Choice, EnvironmentSetting};
use connection::Wrap;
pub use environment::Given;
use plain_http::PlainHttp;

/// The default retry budget of a session: 100 retries without a success in between.
const RETRY_BUDGET: u32 = 500;

/// What all clients share: host, credentials, token and connections.
///
/// A clone is cheap and shares everything. See the documentation of the crate for an example.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    environment: Choice,
}

struct Shared {
    signer: Arc<Signer>,
    plain_http: PlainHttp,
    retry: Arc<dyn RetryPolicy>,
    budget: Budget,
    limiters: Limiters,
    options: Option<Arc<CallOptions>>,
}

impl Session {
    /// Starts with the defaults: the US region, no credentials, no environment.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    /// Signs and sends its calls.
    pub(crate) fn signer(&self) -> &Arc<Signer> {
        &self.shared.signer
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.shared.signer.origin
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.shared.signer.credentials
    }

    /// The secrets that must not be shown when they come back.
    pub(crate) fn known(&self) -> &Known {
        &self.shared.signer.known
    }

    /// Whether the credentials may go to a URL.
    pub(crate) fn check_reach(&self, url: &Url) -> Result<(), Error> {
        self.shared.plain_http.check(url, self.credentials())
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.shared.signer.transport
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.shared.signer.clock
    }

    pub(crate) fn timeouts(&self) -> &Timeouts {
        &self.shared.signer.timeouts
    }

    pub(crate) fn retry(&self) -> &dyn RetryPolicy {
        &*self.shared.retry
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.shared.budget
    }

    pub(crate) fn limiters(&self) -> &Limiters {
        &self.shared.limiters
    }

    /// The options of its calls, unless the client or the request sets others.
    pub(crate) fn options(&self) -> Option<&Arc<CallOptions>> {
        self.shared.options.as_ref()
    }

    pub(crate) fn interceptors(&self) -> &Interceptors {
        &self.shared.signer.interceptors
    }

    pub(crate) fn authorize(
        &self,
        auth: Auth,
        deadline: Instant,
    ) -> impl Future<Output = Result<Grant, Error>> {
        crate::auth::authorize(&self.shared.signer, auth, deadline)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("origin", &self.origin().to_string())
            .field("credentials", self.credentials())
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// Configures a [`Session`].
#[derive(Clone)]
#[must_use = "nothing is configured until `build` is called"]
pub struct SessionBuilder {
    region: Option<Region>,
    host: Option<String>,
    credentials: Credentials,
    environment: EnvironmentSetting,
    timeouts: Timeouts,
    retry: Arc<dyn RetryPolicy>,
    retry_budget: u32,
    throttle: Throttle,
    connection: ConnectionSettings,
    http_client: Option<Arc<dyn HttpClient>>,
    wraps: Vec<Wrap>,
    instead: Option<Arc<dyn HttpClient>>,
    ledger: Option<Ledger>,
    user_agent: String,
    options: Option<Arc<CallOptions>>,
    interceptors: Interceptors,
    store: Option<Arc<dyn TokenStore>>,
    limit_store: Option<Arc<dyn LimitStore>>,
    plain_http: PlainHttp,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for SessionBuilder {
    /// Without the host, which was not checked for a password yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionBuilder")
            .field("region", &self.region)
            .field("credentials", &self.credentials)
            .field("environment", &self.environment)
            .field("timeouts", &self.timeouts)
            .field("retry", &self.retry)
            .field("throttle", &self.throttle)
            .field("connection", &self.connection)
            .field("http_client", &self.http_client)
            .field("user_agent", &self.user_agent)
            .field("options", &self.options)
            .field("plain_http", &self.plain_http)
            .finish_non_exhaustive()
    }
}

impl Default for SessionBuilder {
    fn default() -> Self {
        Self {
            region: None,
            host: None,
            credentials: Credentials::default(),
            environment: EnvironmentSetting::default(),
            timeouts: Timeouts::default(),
            retry: Arc::new(Backoff::default()),
            retry_budget: RETRY_BUDGET,
            throttle: Throttle::default(),
            connection: ConnectionSettings::default(),
            http_client: None,
            wraps: Vec::new(),
            instead: None,
            ledger: None,
            user_agent: concat!("anypoint-rs/", env!("CARGO_PKG_VERSION")).to_owned(),
            options: None,
            interceptors: Interceptors::default(),
            store: None,
            limit_store: None,
            plain_http: PlainHttp::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

impl SessionBuilder {
    /// The region that the organization lives in; [`Region::Us`] by default.
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Any http or https origin, such as `http://127.0.0.1:8081`, instead of a region's.
    pub fn host(mut self, origin: impl Into<String>) -> Self {
        self.host = Some(origin.into());
        self
    }

    /// The credentials of all calls; none by default.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The time limit for opening a connection, including name resolution and the TLS handshake; 10
    /// seconds by default, which is enough for a distant region on a slow line.
    ///
    /// When it is reached, nothing was sent, so the attempt is repeated even if the operation is not
    /// idempotent.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = timeout;
        self
    }

    /// The time limit for one attempt of a call, from the request to the end of the answer; 60
    /// seconds by default. Raise it for a slow operation, or only for its calls with
    /// [`CallOptions::attempt_timeout`](crate::CallOptions::attempt_timeout).
    ///
    /// For an upload it starts with the last byte sent; for a download it ends when the head of the
    /// answer has arrived. An attempt that timed out is repeated only if the operation is idempotent,
    /// because the server may still be processing it.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.attempt = timeout;
        self
    }

    /// How long an upload or download may stall, without any data moving; 60 seconds by default.
    /// Raise it for a server that pauses.
    ///
    /// It does not limit the whole transfer, which may take hours as long as data moves.
    pub fn stall_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.stall = timeout;
        self
    }

    /// The time limit for a whole call: waiting for a token and for the documented rate limits, all
    /// attempts, and the waits between them; 5 minutes by default. Lower it if a person waits for the
    /// result, and raise it for many calls under a low rate limit.
    ///
    /// A call that cannot end in time fails at once: if the rate limit has no place for it by then, or if
    /// the server asks for a longer wait. An upload or download in progress is not cut off. The limit also
    /// bounds how long a server can delay other calls; see [`Throttle`].
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.total = timeout;
        self
    }

    /// Decides whether a failed attempt is followed by another one; [`Backoff::new`] by default, with
    /// up to 4 attempts. See [`RetryPolicy`] for what a policy cannot change.
    pub fn retry(mut self, policy: impl RetryPolicy) -> Self {
        self.retry = Arc::new(policy);
        self
    }

    /// The retry budget that all calls of the session share: 500 by default. Lower it if many
    /// sessions call one server; with 0 there are no retries.
    ///
    /// A retry costs 5, or 10 after a timeout. A retry that succeeds returns its cost, any other
    /// success returns 1. So a session stops retrying after about a hundred failures in a row, and
    /// retries do not overload a server that is recovering. First attempts are still made.
    pub fn retry_budget(mut self, tokens: u32) -> Self {
        self.retry_budget = tokens;
        self
    }

    /// How the client keeps to the documented rate limits; by default it assumes to be the only
    /// process at its address. See [`Throttle`] for when to change it.
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// Options for all calls, unless the client or the request sets others; none by default. Calls add up.
    ///
    /// They do not apply to logins.
    pub fn call_options(mut self, options: CallOptions) -> Self {
        let options = match &self.options {
            Some(others) => options.over(others),
            None => options,
        };
        self.options = Some(Arc::new(options));
        self
    }

    /// Adds code that runs around each call and each attempt; see [`Interceptor`]. Calls add up.
    pub fn interceptor(mut self, interceptor: impl Interceptor) -> Self {
        self.interceptors.add(Arc::new(interceptor));
        self
    }

    /// Keeps the access token beyond the session; nothing does by default. Credentials that are a token themselves are not
    /// kept. See [`TokenStore`].
    pub fn token_store(mut self, store: impl TokenStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Shares the documented rate limits with other processes; by default each process counts its own requests. See
    /// [`LimitStore`].
    pub fn limit_store(mut self, store: impl LimitStore) -> Self {
        self.limit_store = Some(Arc::new(store));
        self
    }

    /// Appends the name of your program, such as `my-tool/1.2`, to the `User-Agent` of all requests, which is `anypoint-rs` and
    /// its version. Calls add up.
    pub fn user_agent(mut self, product: &str) -> Self {
        self.user_agent = format!("{} {product}", self.user_agent);
        self
    }

    /// The source of time and randomness; the operating system by default. For tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Builds the session. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the host is not an http or https origin, a credential is
    /// empty or malformed or would be sent over plain http, a timeout is zero, the user agent is not
    /// plain text, the proxy is invalid, TLS cannot be set up, or a proxy or TLS setting is combined
    /// with your own HTTP client.
    pub fn build(self) -> Result<Session, Error> {
        let region = self.region.unwrap_or_default();
        let origin = Origin::new(self.host.as_deref().unwrap_or(region.base_url()))?;
        self.credentials.validate()?;
        self.plain_http.check(origin.url(), &self.credentials)?;
        let timeouts = self.timeouts.checked()?;
        let (client, proxy_secrets) = self.client(timeouts.connect, origin.is_https())?;
        let environment = self.environment.choice()?;
        let agent = &self.user_agent;
        let transport = Transport::new(client, timeouts.connect, agent, self.clock.clone())?;
        // A host may be that of a region, or of a gateway in front of one.
        let region = Region::at(&origin.to_string());
        let mut secrets = self.credentials.secrets();
        secrets.extend(proxy_secrets);
        let limiters = Limiters::new(self.throttle, region, self.clock.clone(), self.limit_store);
        let signer = Signer {
            origin,
            known: Known::new(&secrets, self.ledger),
            credentials: self.credentials,
            transport,
            tokens: TokenCache::default(),
            store: self.store,
            timeouts,
            interceptors: self.interceptors,
            clock: self.clock,
        };
        let shared = Shared {
            signer: Arc::new(signer),
            plain_http: self.plain_http,
            retry: self.retry,
            budget: Budget::new(self.retry_budget),
            limiters,
            options: self.options,
        };
        Ok(Session {
            shared: Arc::new(shared),
            environment,
        })
    }
}

fn configuration(summary: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, summary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(host: &str) -> Result<Session, String> {
        Session::builder()
            .host(host)
            .build()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn expectation_03_a_private_host_is_an_origin() {
        for host in [
            "http://127.0.0.1:8081",
            "http://127.0.0.1:8081/",
            " http://127.0.0.1:8081 ",
        ] {
            assert_eq!(
                build(host).unwrap().origin().to_string(),
                "http://127.0.0.1:8081"
            );
        }
        for host in [
            "",
            "localhost",
            "localhost:8081",
            "ftp://x",
            "http://",
            "http://x/api",
            "http://x?a=b",
        ] {
            assert!(build(host).is_err(), "{host}");
        }
    }

    #[test]
    fn credentials_in_a_host_are_refused_and_not_shown() {
        for host in [
            "http://user:s3cret@x",
            "user:s3cret@x",
            "http://s3cret@:99999999/",
        ] {
            assert!(!build(host).unwrap_err().contains("s3cret"));
        }
    }

    #[test]
    fn odd_settings_are_refused() {
        let http = || Session::builder().host("http://x");
        for (organization, environment) in [("", "e"), ("o", "a\nb")] {
            let organization = crate::OrganizationId::new(organization);
            let environment = crate::EnvironmentId::new(environment);
            assert!(
                http()
                    .environment(organization, environment)
                    .build()
                    .is_err()
            );
        }
        assert!(http().total_timeout(Duration::ZERO).build().is_err());
        assert!(http().stall_timeout(Duration::MAX).build().is_ok());
        assert!(http().credentials(Credentials::bearer("")).build().is_err());
        assert!(
            http()
                .credentials(Credentials::bearer("a\nb"))
                .build()
                .is_err()
        );
    }

    #[test]
    fn expectation_17_debug_shows_no_secret() {
        let credentials = Credentials::connected_app("id", "s3cret");
        let builder = Session::builder()
            .host("http://localhost")
            .credentials(credentials);
        let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
