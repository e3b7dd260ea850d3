//! The session: one connection pool, one set of credentials, one token, shared by all clients.
//!
//! It must not know an API path besides what `auth` needs.

mod connection;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::auth::token::TokenCache;
use crate::auth::{Credentials, Grant};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind};
use crate::internal::Auth;
use crate::region::Region;
use crate::transport::settings::ConnectionSettings;
use crate::transport::{HeaderValue, Transport};

/// Enough for a far region on a slow line; a host that does not answer by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The slowest operations answer within this time; it counts silence, not the whole call.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// What all clients share: host, credentials, token, connections.
///
/// Cloning is cheap and shares everything. See the crate's documentation for an example.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    origin: Origin,
    credentials: Credentials,
    environment: Option<Environment>,
    transport: Transport,
    tokens: TokenCache,
    clock: Arc<dyn Clock>,
}

/// The organization and environment of the scope headers.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    pub(crate) organization: HeaderValue,
    pub(crate) environment: HeaderValue,
}

impl Session {
    /// Starts with the defaults: the US region, no credentials, no environment.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.0.origin
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    pub(crate) fn environment(&self) -> Option<&Environment> {
        self.0.environment.as_ref()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(crate) fn tokens(&self) -> &TokenCache {
        &self.0.tokens
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) async fn authorize(&self, auth: Auth) -> Result<Grant, Error> {
        crate::auth::authorize(self, auth).await
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("origin", &self.0.origin.0)
            .field("credentials", &self.0.credentials)
            .field("environment", &self.0.environment)
            .finish_non_exhaustive()
    }
}

/// Configures a [`Session`].
#[derive(Clone)]
#[must_use = "nothing is configured until `build` is called"]
pub struct SessionBuilder {
    region: Region,
    host: Option<String>,
    credentials: Credentials,
    environment: Option<(String, String)>,
    connect_timeout: Duration,
    read_timeout: Duration,
    connection: ConnectionSettings,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for SessionBuilder {
    /// Without the host, which has not been checked for a password yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionBuilder")
            .field("region", &self.region)
            .field("credentials", &self.credentials)
            .field("environment", &self.environment)
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl Default for SessionBuilder {
    fn default() -> Self {
        Self {
            region: Region::default(),
            host: None,
            credentials: Credentials::default(),
            environment: None,
            connect_timeout: CONNECT_TIMEOUT,
            read_timeout: READ_TIMEOUT,
            connection: ConnectionSettings::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

impl SessionBuilder {
    /// The region that the organization lives in; [`Region::Us`] by default.
    pub fn region(mut self, region: Region) -> Self {
        self.region = region;
        self
    }

    /// Any http or https origin, such as `http://127.0.0.1:8081`, instead of a region's.
    pub fn host(mut self, origin: impl Into<String>) -> Self {
        self.host = Some(origin.into());
        self
    }

    /// How calls prove who makes them; none by default.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The ids of the organization and environment, for the operations that read them from
    /// headers; none by default. Other operations take them as arguments.
    pub fn environment(
        mut self,
        organization: impl Into<String>,
        environment: impl Into<String>,
    ) -> Self {
        self.environment = Some((organization.into(), environment.into()));
        self
    }

    /// How long a connection may take to come about; 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a call may go without a byte in either direction; 60 seconds by default.
    ///
    /// It does not limit the whole call: an upload or download may take hours while it moves.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    #[doc(hidden)]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Builds the session. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when the host is not an http or https origin, a credential
    /// is empty or malformed, a timeout is zero, the proxy is not one, or TLS cannot be set up.
    pub fn build(self) -> Result<Session, Error> {
        let origin = Origin::new(self.host.as_deref().unwrap_or(self.region.base_url()))?;
        self.credentials.validate()?;
        let environment = self.environment.map(Environment::new).transpose()?;
        let transport = Transport::new(self.connect_timeout, self.read_timeout, &self.connection)?;
        transport.prepare(origin.is_https())?;
        Ok(Session(Arc::new(Inner {
            origin,
            credentials: self.credentials,
            environment,
            transport,
            tokens: TokenCache::default(),
            clock: self.clock,
        })))
    }
}

impl Environment {
    fn new((organization, environment): (String, String)) -> Result<Self, Error> {
        let header = |name: &str, text: String| match HeaderValue::from_str(&text) {
            Ok(value) if !text.is_empty() => Ok(value),
            _ => Err(configuration(format!(
                "the {name} id {text:?} is empty or not plain text"
            ))),
        };
        Ok(Self {
            organization: header("organization", organization)?,
            environment: header("environment", environment)?,
        })
    }
}

fn configuration(summary: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, summary)
}

/// Scheme, host and port, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(String);

impl Origin {
    fn new(text: &str) -> Result<Self, Error> {
        let url = parse(text)?;
        if url.path() != "/" {
            return Err(configuration(format!("the host {text:?} has a path"))
                .with_hint("give the origin only, such as https://anypoint.example.com"));
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// A base URL that may have a path, without a trailing slash.
    pub(crate) fn with_path(text: &str) -> Result<String, Error> {
        let url = parse(text)?;
        let path = url.path().trim_end_matches('/');
        Ok(format!("{}{path}", url.origin().ascii_serialization()))
    }

    fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is quoted in an error only when it is sure to hold no credentials.
fn parse(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text.trim()).ok();
    let web = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = web else {
        let shown = if text.contains('@') {
            "the host".to_owned()
        } else {
            format!("the host {text:?}")
        };
        return Err(
            configuration(format!("{shown} is not an http or https URL"))
                .with_hint("write it with its scheme, such as https://anypoint.example.com"),
        );
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(configuration("the host holds a user or password")
            .with_hint("set them with SessionBuilder::credentials"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(configuration("the host holds a query or a fragment"));
    }
    Ok(url)
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
        assert!(http().environment("", "e").build().is_err());
        assert!(http().environment("o", "a\nb").build().is_err());
        assert!(http().read_timeout(Duration::ZERO).build().is_err());
        assert!(http().read_timeout(Duration::MAX).build().is_ok());
        assert!(http().credentials(Credentials::bearer("")).build().is_err());
        assert!(
            http()
                .credentials(Credentials::bearer("a\nb"))
                .build()
                .is_err()
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Credentials::connected_app("id", "s3cret");
        let builder = Session::builder().host("http://x").credentials(credentials);
        let printed = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(!printed.contains("s3cret"), "{printed}");
    }
}
