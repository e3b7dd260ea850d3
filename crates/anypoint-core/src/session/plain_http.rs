//! Whether credentials may be sent without TLS.
//!
//! It must not send anything, nor know where credentials come from.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};

use url::{Host, Position, Url};

use super::SessionBuilder;
use crate::auth::Credentials;
use crate::error::hint::Signed;
use crate::error::{Error, ErrorKind};
use crate::operation::Auth;
use crate::trace;

/// Whether a session allows plain http to other machines.
#[derive(Debug, Default)]
pub(super) struct PlainHttp {
    allowed: bool,
    warned: AtomicBool,
}

impl Clone for PlainHttp {
    /// Each session logs its own warning.
    fn clone(&self) -> Self {
        Self {
            allowed: self.allowed,
            warned: AtomicBool::default(),
        }
    }
}

impl PlainHttp {
    /// Checks a URL. Redirects need no check, because none leads to another origin.
    pub(super) fn check(&self, url: &Url, credentials: &Credentials) -> Result<(), Error> {
        if self.allowed || url.scheme() != "http" || is_loopback(url) {
            return Ok(());
        }
        match credentials.signed(Auth::Session) {
            Signed::Open | Signed::No => Ok(()),
            Signed::ByToken | Signed::ByLogin | Signed::BySecret => Err(refused(url)),
            Signed::ByPassword => {
                if !self.warned.swap(true, Ordering::Relaxed) {
                    trace::password_in_the_open(url);
                }
                Ok(())
            }
        }
    }
}

impl SessionBuilder {
    /// Allows access tokens, client secrets and passwords to be sent over plain http to other machines,
    /// where anyone on the network path can read them. Without it, building such a session, or a client
    /// with such a base URL, is an error.
    ///
    /// It is not needed for loopback (`localhost`, `127.0.0.0/8`, `::1`), nor for the user and password
    /// of [`Credentials::basic`], because consoles in a company network often have no https. For these
    /// the session logs a warning once, as a `tracing` event, unless this is set.
    ///
    /// ```
    /// use anypoint_core::{Credentials, ErrorKind, Session};
    ///
    /// # fn main() -> Result<(), anypoint_core::Error> {
    /// let session = Session::builder()
    ///     .host("http://gateway.internal")
    ///     .credentials(Credentials::bearer("an-access-token"));
    /// let error = session.clone().build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Configuration);
    /// session.allow_plain_http().build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http.allowed = true;
        self
    }
}

/// Whether a URL is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let address = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            return name.eq_ignore_ascii_case("localhost");
        }
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    };
    address.to_canonical().is_loopback()
}

fn refused(url: &Url) -> Error {
    let origin = &url[..Position::AfterPort];
    Error::new(
        ErrorKind::Configuration,
        format!("credentials would go over plain http to {origin}, where anyone on the way can read them"),
    )
    .with_hint("use https, or allow it with SessionBuilder::allow_plain_http")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_known_however_it_is_written() {
        for (url, local) in [
            ("http://localhost:8081", true),
            ("http://LOCALHOST.", true),
            ("http://127.0.0.1", true),
            ("http://127.9.9.9:1", true),
            ("http://127.1", true),
            ("http://0x7f000001", true),
            ("http://[::1]:1", true),
            ("http://[::ffff:127.0.0.1]", true),
            ("http://localhost.example.com", false),
            ("http://a.localhost", false),
            ("http://127.0.0.1.example.com", false),
            ("http://0.0.0.0", false),
            ("http://[::]", false),
            ("http://[::ffff:10.0.0.1]", false),
            ("http://10.0.0.1", false),
            ("http://128.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), local, "{url}");
        }
    }
}
