//! The facade: settings, scope, failures, and the examples from start to end.
#![expect(
    clippy::duplicate_mod,
    reason = "the portal examples share a file, and each is a program of its own"
)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod credentials;
mod deploy;
mod environment;
mod examples;
mod failures;
mod jobs;
mod scope;
mod settings;
mod streams;
mod support;
