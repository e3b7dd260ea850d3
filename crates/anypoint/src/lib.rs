#![doc = include_str!("../README.md")]

// The generator formats its output.
#[rustfmt::skip]
mod apis;

pub use anypoint_core as core;
#[allow(unused_imports, unreachable_pub, reason = "no API is on by default")]
pub use apis::*;
