//! Following logs, against the emulator and with a clock that takes no real time.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, and helpers of tests are none"
)]

mod application_manager;
mod cloudhub;
mod endings;
mod every_line_once;
mod lines;
#[path = "../waits/support.rs"]
mod support;
