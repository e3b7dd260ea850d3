//! Calls that act on an environment: they have the ids that were set, or are not sent.

mod chosen;
mod platform;
mod shared;
