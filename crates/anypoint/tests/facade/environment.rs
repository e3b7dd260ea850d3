//! Calls that are scoped to an environment: they carry the one that was chosen, or are not sent.

mod chosen;
mod platform;
mod shared;
