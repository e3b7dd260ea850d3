//! Logs of Application Manager: how they grow, and what is found in them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, too")]

#[path = "../common/mod.rs"]
mod common;
mod lives;
mod reading;
mod world;
