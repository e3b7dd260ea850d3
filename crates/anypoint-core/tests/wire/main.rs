//! The runtime against a real HTTP server on loopback: what goes over the wire, and what
//! comes back from answers of every kind.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod auth;
mod bodies;
mod errors;
mod limits;
mod models;
mod paging;
mod pauses;
mod renewals;
mod repetitions;
mod requests;
mod retry;
mod streaming;
mod support;
mod timeouts;
