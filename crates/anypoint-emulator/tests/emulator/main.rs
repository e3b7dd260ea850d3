//! Tests of the emulator over HTTP, as one binary, because each binary would be linked with the whole emulator.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too")]

mod application_logs;
mod applications;
mod bounds;
mod bulk;
mod chaos;
mod common;
mod contracts;
mod examples;
mod faults;
mod hostile;
mod known;
mod limits;
mod logs;
mod memory;
mod program;
mod published;
mod requests;
mod spaces;
mod tokens;
