#![doc = include_str!("../README.md")]

mod auth;
mod body;
mod clock;
mod error;
#[doc(hidden)]
pub mod internal;
mod nullable;
mod open_enum;
mod page;
mod region;
mod response;
mod secret;
mod session;
mod string_or_number;
mod timestamp;
mod transport;

pub use auth::Credentials;
pub use auth::chain::{CredentialChain, Resolved};
pub use auth::explanation::Explanation;
pub use auth::source::{AccessToken, BoxError, TokenFuture, TokenSource};
pub use body::download::Download;
pub use body::upload::Upload;
pub use error::{Error, ErrorKind};
pub use nullable::Nullable;
pub use open_enum::UnknownValue;
pub use page::{Items, Pages};
pub use region::Region;
pub use response::Response;
pub use secret::Secret;
pub use session::{Session, SessionBuilder};
pub use string_or_number::StringOrNumber;
pub use timestamp::Timestamp;

/// Any JSON value, for the parts of an API that have no schema.
pub type Json = serde_json::Value;
