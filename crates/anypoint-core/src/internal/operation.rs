//! The facts of one operation, and the place that an API lives at.
//!
//! It must not know how a request is built or sent.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::error::Error;
use crate::session::Origin;
use crate::throttle::RateLimit;
use crate::{CallOptions, Session};

/// The constant facts of one operation, emitted as a `static`.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub id: &'static str,
    pub method: Method,
    /// Relative to the API's base, with `{name}` for each parameter.
    pub path: &'static str,
    /// The `Accept` header; nothing is sent when it is empty.
    pub accept: &'static str,
    pub auth: Auth,
    /// A repeated call does no more than one.
    pub idempotent: bool,
    /// The session's organization and environment are sent as headers.
    pub environment: bool,
    /// 304 counts as success.
    pub not_modified: bool,
    /// The documented limits that hold for it, the widest first.
    pub limits: &'static [RateLimit],
}

impl Operation {
    /// One that takes the session's credentials, accepts anything, and may do more when it is repeated.
    #[must_use]
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            accept: "*/*",
            auth: Auth::Session,
            idempotent: false,
            environment: false,
            not_modified: false,
            limits: &[],
        }
    }

    #[must_use]
    pub const fn with_accept(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    #[must_use]
    pub const fn with_auth(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    #[must_use]
    pub const fn with_idempotent(self) -> Self {
        Self {
            idempotent: true,
            ..self
        }
    }

    #[must_use]
    pub const fn with_environment(self) -> Self {
        Self {
            environment: true,
            ..self
        }
    }

    #[must_use]
    pub const fn with_not_modified(self) -> Self {
        Self {
            not_modified: true,
            ..self
        }
    }

    #[must_use]
    pub const fn with_limits(self, limits: &'static [RateLimit]) -> Self {
        Self { limits, ..self }
    }
}

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

/// Which credentials an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// None: it is open, or it is how a token is fetched.
    None,
    /// Whatever the session's credentials give.
    Session,
    /// HTTP basic: user and password, or a connected app's id and secret.
    Basic,
}

/// A session and the base URL of one API.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) session: Session,
    pub(crate) options: Option<Arc<CallOptions>>,
    pub(crate) base: Url,
}

impl Endpoint {
    /// An API below the session's host.
    pub fn new(session: &Session, base_path: &str) -> Self {
        let mut base = session.origin().url().clone();
        base.set_path(base_path.trim_matches('/'));
        Self {
            session: session.clone(),
            options: None,
            base,
        }
    }

    /// The same place with other settings for the calls there.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
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
            options: None,
            base,
        })
    }

    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
