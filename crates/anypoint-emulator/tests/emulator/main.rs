//! The emulator from outside, in one program: each file would be linked with all that it is made of.
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
