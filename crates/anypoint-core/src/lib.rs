//! The runtime of the Anypoint Platform clients.
//!
//! # The layers
//!
//! The crate is built in layers. Each knows only those below it.
//!
//! | layer | what it does | types |
//! |---|---|---|
//! | long-running work | waits until something is done, follows logs, changes single properties | [`Wait`], [`Follow`], [`Change`] |
//! | client | holds what all calls share, and sends requests | [`Session`], [`SessionBuilder`], [`RawRequest`], [`CredentialChain`] |
//! | pipeline | credentials, interceptors, tracing, streams | [`Credentials`], [`TokenSource`], [`Interceptor`], [`Download`] |
//! | answers | what calls return | [`Response`], [`Pages`], [`Items`] |
//! | policy | when a call is sent, sent again, or given up | [`RetryPolicy`], [`Backoff`], [`Throttle`], [`CallOptions`], [`OperationSpec`] |
//! | HTTP | sends one request and reads its answer | [`http`], [`HttpClient`], [`Proxy`], [`Upload`] |
//! | system | time, files, threads | [`Clock`], [`Transferred`], `blocking` |
//! | errors | what went wrong, and when | [`Error`], [`ErrorKind`], [`Timestamp`], [`Region`] |
//! | values | what models are made of | [`Secret`], [`Number`], [`Nullable`], [`OrganizationId`], [`EnvironmentId`] |
//! | JSON | lenient and strict reading | [`UnknownMembers`] |
//!
//! `testing` is beside them: it has fakes, cassettes, and the contract of an HTTP client.
#![cfg_attr(
    doc,
    doc = "The [`guide`] has a page for each place where a program can change what the runtime does."
)]
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod chain;
mod change;
mod clock;
mod date;
mod download;
mod endpoint;
mod error;
mod file;
mod flight;
mod follow;
mod form;
#[cfg(any(doc, doctest))]
pub mod guide;
pub mod http;
mod id;
mod intercept;
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub mod internal;
mod json;
mod line;
mod multipart;
mod nullable;
mod number;
mod open_enum;
mod operation;
mod options;
mod origin;
mod page;
mod parameter;
mod pointer;
mod progress;
mod raw;
mod region;
mod response;
mod retry;
mod runtime;
mod secret;
mod session;
mod string_or_number;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod throttle;
mod timeouts;
mod timestamp;
mod trace;
mod transport;
mod unknown_members;
mod upload;
mod wait;

pub use auth::Credentials;
pub use auth::explanation::Explanation;
pub use auth::source::{AccessToken, TokenFuture, TokenSource};
pub use auth::store::TokenStore;

pub use chain::{CredentialChain, Resolved};
pub use change::Change;
pub use clock::{Clock, Sleep, SystemClock};
pub use download::Download;
pub use endpoint::WithOptions;
pub use error::BoxError;
pub use error::{Error, ErrorKind};
pub use follow::position::Position;
pub use follow::{Follow, Lines};
pub use http::HttpClient;
pub use http::proxy::Proxy;
pub use id::{EnvironmentId, IntoId, OrganizationId};
pub use intercept::{FormPart, Intercepted, Interceptor};
pub use nullable::Nullable;
pub use number::Number;
pub use open_enum::UnknownValue;
pub use operation::OperationSpec;
pub use options::CallOptions;
pub use page::{Items, Pages};
pub use progress::Transferred;
pub use raw::RawRequest;
pub use region::Region;
pub use response::{Oddity, Response, Sending};
pub use retry::{Attempt, Backoff, RetryPolicy};
pub use secret::Secret;
pub use session::{Session, SessionBuilder};
pub use string_or_number::StringOrNumber;
pub use throttle::Throttle;
pub use throttle::store::{Limit, LimitStore};
pub use timestamp::Timestamp;
pub use unknown_members::UnknownMembers;
pub use upload::Upload;
pub use wait::{Progress, States, Wait};

/// Any JSON value, for the parts of an API that have no schema.
pub type Json = serde_json::Value;
