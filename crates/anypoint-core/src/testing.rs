//! Helpers for tests of programs that use these crates, and of HTTP clients: feature `testing`.
//!
//! [`FakeHttp`] answers calls from a script, without a network and without waiting. [`response`], [`FakeError`] and [`pages`] make
//! what a call returns, for tests that make no call at all. [`Cassette`] records real traffic and replays it. [`http_contract`] tests whether an
//! implementation of [`HttpClient`](crate::HttpClient) keeps its contract.
//!
//! Turn it on for tests only: `[dev-dependencies] anypoint = { version = "...", features = ["testing"] }`, or the same of
//! `anypoint-core`.

mod cassette;
mod clock;
mod contract;
mod fake;
mod made;
mod reply;
mod script;

pub use cassette::Cassette;
pub use clock::QuickClock;
pub use contract::{BrokenContract, http_contract};
pub use fake::FakeHttp;
pub use made::{FakeError, Listed, pages, response};
pub use reply::Reply;
pub use script::Recorded;
