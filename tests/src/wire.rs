//! Every operation of an API, called over HTTP with the examples of its spec.
//!
//! The calls are generated (`calls/`); here is what they are made of and how one ends. It knows no API by name but in
//! [`apis`], and not what stands on the other side: the tests take the emulator, `--bin wire` any server.

// The generator formats its output.
#[rustfmt::skip]
mod calls;
mod list;
mod typed;

pub use calls::{apis, lists};
pub use list::{List, Reading};
pub use typed::{Call, Difference, Failure, Outcome, Typed, Witness};

use anypoint_core::{
    Backoff, Credentials, EnvironmentId, Error, OrganizationId, Session, SessionBuilder, Throttle,
    Upload,
};
use serde::de::DeserializeOwned;

/// The calls of one API on a server.
pub type Calls = fn(&Clients) -> Result<Vec<Call>, Error>;

/// The lists of one API on a server.
pub type Lists = fn(&Clients) -> Result<Vec<List>, Error>;

/// Where an API is.
#[derive(Clone, Debug)]
pub enum Base {
    /// Below this host, at the path of its spec.
    Host(String),
    /// At this very URL.
    Api(String),
}

/// Sessions for both kinds of authentication, and the place of the API.
#[derive(Debug)]
pub struct Clients {
    bearer: Session,
    basic: Session,
    base: Base,
}

impl Clients {
    /// # Errors
    /// A base URL that is none.
    pub fn new(base: Base, token: &str) -> Result<Self, Error> {
        Self::with(base, token, Session::builder())
    }

    /// The same, without waiting for the documented limits and without a second try: for a server
    /// that counts what it is asked.
    ///
    /// # Errors
    /// A base URL that is none.
    pub fn unlimited(base: Base, token: &str) -> Result<Self, Error> {
        let builder = Session::builder().throttle(Throttle::off());
        Self::with(base, token, builder.retry(Backoff::off()))
    }

    fn with(base: Base, token: &str, builder: SessionBuilder) -> Result<Self, Error> {
        let (Base::Host(url) | Base::Api(url)) = &base;
        let session = |credentials| {
            // Who gives the URL has chosen its scheme.
            let builder = builder.clone().host(origin(url)).allow_plain_http();
            let builder = builder.service_default_environment();
            builder.credentials(credentials).build()
        };
        Ok(Self {
            bearer: session(Credentials::bearer(token))?,
            basic: session(Credentials::basic("wire", token))?,
            base,
        })
    }

    /// The same in an environment, for the operations that read it from headers.
    ///
    /// # Errors
    /// An id that no header can hold.
    pub fn in_environment(self, organization: &str, environment: &str) -> Result<Self, Error> {
        let organization = OrganizationId::new(organization);
        let environment = EnvironmentId::new(environment);
        let inside = |session: &Session| session.in_environment(&organization, &environment);
        Ok(Self {
            bearer: inside(&self.bearer)?,
            basic: inside(&self.basic)?,
            base: self.base,
        })
    }

    /// Sessions of one's own: for the operations that take a bearer token, and for those that
    /// take HTTP basic.
    #[must_use]
    pub fn of(bearer: Session, basic: Session, base: Base) -> Self {
        Self {
            bearer,
            basic,
            base,
        }
    }

    /// A client with a bearer token, and one with a user and password.
    ///
    /// # Errors
    /// A base URL that is none.
    pub fn each<C>(
        &self,
        make: fn(&Session, &str) -> Result<C, Error>,
        path: &str,
    ) -> Result<[C; 2], Error> {
        let url = match &self.base {
            Base::Host(host) => format!("{}{path}", host.trim_end_matches('/')),
            Base::Api(url) => url.clone(),
        };
        Ok([make(&self.bearer, &url)?, make(&self.basic, &url)?])
    }
}

/// `http://host:1/path` gives `http://host:1`.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |index| index + 3);
    let end = url[start..]
        .find('/')
        .map_or(url.len(), |index| start + index);
    &url[..end]
}

/// An example of a spec as its type.
///
/// # Panics
/// When it does not decode. Codegen has validated it, so that is a defect of the generator.
#[expect(clippy::panic, reason = "a defect of the generator, not of the server")]
pub fn example<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json)
        .unwrap_or_else(|error| panic!("the example {json} does not decode: {error}"))
}

/// A file to upload: an empty zip archive.
pub fn sample() -> Upload {
    const EMPTY_ZIP: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    Upload::bytes("sample.zip", EMPTY_ZIP)
}
