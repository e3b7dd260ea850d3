//! Where an API lives, and how its calls are made there.
//!
//! It must not know how a request is built or sent.
#![allow(
    missing_docs,
    reason = "hidden: generated code is its only reader outside"
)]

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::error::Error;
use crate::options::CallOptions;
use crate::origin::Origin;
use crate::session::Session;
use crate::session::plain_http::is_loopback;

/// A session and the base URL of one API.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) session: Session,
    pub(crate) options: Option<Arc<CallOptions>>,
    pub(crate) base: Arc<Url>,
}

impl Endpoint {
    /// An API below the session's host.
    pub fn new(session: &Session, base_path: &str) -> Self {
        let mut base = session.origin().url().clone();
        base.set_path(base_path.trim_matches('/'));
        Self {
            session: session.clone(),
            options: session.options().cloned(),
            base: Arc::new(base),
        }
    }

    /// The same place with other settings for the calls there.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        let options = match &self.options {
            Some(others) => options.over(others),
            None => options,
        };
        Self {
            options: Some(Arc::new(options)),
            ..self.clone()
        }
    }

    /// An API with a base URL of its own, such as a console inside the user's network.
    ///
    /// The session's credentials are sent there.
    ///
    /// # Errors
    /// When the URL is not http or https, or holds credentials, a query or a fragment; when the
    /// session's credentials must not go there over plain http.
    pub fn at(session: &Session, base_url: &str) -> Result<Self, Error> {
        let base = Origin::with_path(base_url)?;
        session.check_reach(&base)?;
        Ok(Self {
            session: session.clone(),
            options: session.options().cloned(),
            base: Arc::new(base),
        })
    }

    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }
}

/// A request that takes settings from its endpoint.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Configured {
    fn endpoint(&mut self) -> &mut Endpoint;
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

/// A request that takes options: every request of an API.
///
/// ```
/// use anypoint_core::{CallOptions, WithOptions};
///
/// fn traced<R: WithOptions>(request: R) -> R {
///     request.with_options(CallOptions::new().header("x-correlation-id", "4f1c"))
/// }
/// ```
pub trait WithOptions: Sized {
    /// The same request with these options. Settings that they leave out are not changed.
    #[must_use]
    fn with_options(self, options: CallOptions) -> Self;
}

impl<R: Configured> WithOptions for R {
    fn with_options(mut self, options: CallOptions) -> Self {
        let endpoint = self.endpoint();
        *endpoint = endpoint.with_options(options);
        self
    }
}
