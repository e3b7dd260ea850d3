//! The generated clients against a real HTTP server on loopback.
//!
//! `shapes.yaml` has one operation for each construct of the dialect; most modules call its
//! client. `published`, `traps` and the last two call the clients of real APIs with payloads as the
//! services send them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, and helpers of tests are none"
)]

mod access;
mod answers;
mod awaited;
mod bad_answers;
mod bodies;
mod lists;
mod pages;
mod parameters;
mod published;
mod refusals;
mod renames;
mod sent_back;
mod support;
mod traps;
mod types;
mod uploads;
mod values;
mod wire;

mod access_management;
mod experience_hub;
