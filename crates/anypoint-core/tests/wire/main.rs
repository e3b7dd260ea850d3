//! The runtime against a real HTTP server on loopback: what goes over the wire, and what
//! comes back from answers of every kind.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod auth;
mod bodies;
mod errors;
mod login;
mod models;
mod paging;
mod requests;
mod support;
mod token;
mod token_source;
