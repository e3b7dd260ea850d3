#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod body;
mod change;
mod clock;
mod environment;
mod error;
mod file;
mod flight;
mod follow;
mod id;
#[doc(hidden)]
pub mod internal;
mod line;
mod nullable;
mod number;
mod open_enum;
mod options;
mod page;
mod pointer;
mod region;
mod response;
mod retry;
mod runtime;
mod secret;
mod session;
mod string_or_number;
mod throttle;
mod timeouts;
mod timestamp;
mod trace;
mod transport;
mod unknown_members;
mod wait;

pub use auth::Credentials;
pub use auth::chain::{CredentialChain, Resolved};
pub use auth::explanation::Explanation;
pub use auth::source::{AccessToken, BoxError, TokenFuture, TokenSource};
pub use body::download::Download;
pub use body::upload::Upload;
pub use change::Change;
pub use clock::{Clock, Sleep, SystemClock};
pub use error::{Error, ErrorKind};
pub use follow::position::Position;
pub use follow::{Follow, Lines};
pub use id::{EnvironmentId, IntoId, OrganizationId};
pub use nullable::Nullable;
pub use number::Number;
pub use open_enum::UnknownValue;
pub use options::CallOptions;
pub use page::{Items, Pages};
pub use region::Region;
pub use response::{Oddity, Response};
pub use retry::{Attempt, Backoff, RetryPolicy};
pub use secret::Secret;
pub use session::{Session, SessionBuilder};
pub use string_or_number::StringOrNumber;
pub use throttle::Throttle;
pub use timestamp::Timestamp;
pub use transport::Proxy;
pub use unknown_members::UnknownMembers;
pub use wait::{Progress, States, Wait};

/// Any JSON value, for the parts of an API that have no schema.
pub type Json = serde_json::Value;
