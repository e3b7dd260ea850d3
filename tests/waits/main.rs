//! Waits for deployments and other operations, against the emulator and with a clock that takes no real
//! time.
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
