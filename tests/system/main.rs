//! The generated clients and the runtime together, against the emulator: faults by a seed, the
//! documented limits, and one token for all.
//!
//! What a single module promises is tested where it lives; here is what users see of all of them
//! at once. Tests are named after the expectation of users that they stand for: 04 one token for
//! all callers, 05 a refused token is renewed once, 10 retries are safe, 11 the documented limits
//! hold, 19 tests run offline.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy.toml allows them in test functions, and helpers of tests are none"
)]

mod clock;
mod faults;
mod limits;
mod tokens;
