#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod anypoint;
// The generator formats its output.
#[rustfmt::skip]
mod apis;
#[cfg(feature = "access-management")]
mod by_name;
#[cfg(feature = "mmc")]
mod console;
#[cfg(any(feature = "application-manager", feature = "cloudhub"))]
pub mod deploy;
mod environment;
#[doc(hidden)]
pub mod places;
#[cfg(feature = "access-management")]
mod scope;

pub use anypoint::{Anypoint, AnypointBuilder};
pub use anypoint_core as core;
pub use anypoint_core::{
    AccessToken, CallOptions, CredentialChain, Credentials, EnvironmentId, Error, ErrorKind,
    Explanation, IntoId, OrganizationId, Region, Session, TokenSource, WithOptions,
};
#[allow(unused_imports, unreachable_pub, reason = "no API is on by default")]
pub use apis::*;
#[cfg(feature = "mmc")]
pub use console::console;
pub use environment::VARIABLES;
#[cfg(feature = "access-management")]
pub use scope::{Named, Scope};
