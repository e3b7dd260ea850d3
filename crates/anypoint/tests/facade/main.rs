//! The facade: settings, scope, failures, and the examples from start to end.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod credentials;
mod examples;
mod failures;
mod scope;
mod settings;
mod support;
