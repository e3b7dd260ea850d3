//! The facts of one operation.
//!
//! It must not know how a request is built or sent.
#![allow(
    missing_docs,
    reason = "hidden: generated code is its only reader outside"
)]

use std::borrow::Cow;
use std::sync::Arc;

use crate::http::Method;
use crate::throttle::RateLimit;

/// The constant facts of one operation; a `static` in generated code.
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

/// The facts of an operation: those of generated code, or those that a caller describes.
#[derive(Debug, Clone)]
pub(crate) enum Facts {
    Known(&'static Operation),
    Given(Arc<OperationSpec>),
}

impl Facts {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Known(operation) => operation.id,
            Self::Given(spec) => &spec.id,
        }
    }

    /// The id, to be kept.
    pub(crate) fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Known(operation) => Cow::Borrowed(operation.id),
            Self::Given(spec) => Cow::Owned(spec.id.clone()),
        }
    }

    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Known(operation) => operation.path,
            Self::Given(spec) => &spec.path,
        }
    }

    /// What holds for it, besides its texts.
    pub(crate) fn rules(&self) -> &Operation {
        match self {
            Self::Known(operation) => operation,
            Self::Given(spec) => &spec.rules,
        }
    }
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

/// A description of an operation that is not in an API crate.
///
/// ```
/// use anypoint_core::OperationSpec;
/// use anypoint_core::http::Method;
///
/// let restart = OperationSpec::new("restart", Method::Post, "/cloudhub/api/applications/{domain}/status")
///     .in_environment()
///     .idempotent(true);
/// # let _ = restart;
/// ```
#[derive(Debug, Clone)]
#[must_use = "give it to `Session::operation`"]
pub struct OperationSpec {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) accept: String,
    /// All but these texts.
    pub(crate) rules: Operation,
}

impl OperationSpec {
    /// An operation with a name for errors and traces, and a path below the session's host, with `{name}` for each
    /// [parameter](crate::RawRequest::path).
    ///
    /// By default it uses the session's credentials, accepts any media type, and is idempotent unless its method is POST or
    /// PATCH.
    pub fn new(id: impl Into<String>, method: Method, path: impl Into<String>) -> Self {
        let rules = Operation::new("", method, "");
        let spec = Self {
            id: id.into(),
            path: path.into(),
            accept: rules.accept.to_owned(),
            rules,
        };
        spec.idempotent(!matches!(method, Method::Post | Method::Patch))
    }

    /// The `Accept` header; `*/*` by default.
    pub fn accept(mut self, accept: impl Into<String>) -> Self {
        self.accept = accept.into();
        self
    }

    /// Whether the operation is idempotent. Only then is it repeated after an attempt that may have taken effect.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.rules.idempotent = idempotent;
        self
    }

    /// The operation reads organization and environment from headers. Those of the session are sent; without them the call
    /// fails. See [`SessionBuilder::environment`](crate::SessionBuilder::environment).
    pub fn in_environment(mut self) -> Self {
        self.rules.environment = true;
        self
    }

    /// The operation takes no credentials.
    pub fn without_credentials(mut self) -> Self {
        self.rules.auth = Auth::None;
        self
    }

    /// The operation takes HTTP basic authentication: user and password, or the id and secret of a connected app.
    pub fn basic_auth(mut self) -> Self {
        self.rules.auth = Auth::Basic;
        self
    }
}
