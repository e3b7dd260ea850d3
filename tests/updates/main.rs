//! Changes that must not lose what they do not mention, against the emulator.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, and helpers of tests are none"
)]

mod console;
mod properties;
