//! Waiting for the end of deployments and the like, against the emulator and on a clock that no
//! test has to wait for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, and helpers of tests are none"
)]

mod application_manager;
mod cloudhub;
mod cloudhub2;
mod every;
mod looks;
mod missing;
mod mmc;
mod support;
