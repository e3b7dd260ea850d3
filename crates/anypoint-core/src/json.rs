//! How JSON is read: leniently where it comes from a service, strictly where it comes from a caller; models, unions, and what
//! is odd in an answer.
//!
//! It must not know where JSON comes from.
#![allow(
    missing_docs,
    reason = "hidden: generated code is its only reader outside"
)]

pub(crate) mod lists;
mod members;
mod model;
pub(crate) mod number;
pub(crate) mod odd;
mod page;
pub(crate) mod strict;
mod tolerant;
pub(crate) mod trail;
mod union;

pub use members::{Member, Members, carried, unknown};
pub use model::{Model, knows, model, next, skip};
pub use strict::strictly;
pub use tolerant::{Tolerant, absent, by_text, read};
pub use union::outline;
