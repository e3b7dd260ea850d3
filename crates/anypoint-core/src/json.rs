//! Reading and writing JSON: lenient for answers of a service, strict for input of a caller; models, unions, and values that
//! do not fit.
//!
//! It must not know where JSON comes from.
#![allow(
    missing_docs,
    reason = "hidden: generated code is its only reader outside"
)]

use serde::Serialize;

use crate::Json;

pub(crate) mod any;
pub(crate) mod lists;
mod members;
pub(crate) mod memory;
mod model;
pub(crate) mod number;
pub(crate) mod odd;
mod page;
pub(crate) mod strict;
mod tolerant;
pub(crate) mod trail;
mod union;

pub use members::{Member, Members, carried, unknown, write, write_with_rest};
pub use model::{Model, model, next, skip};
pub use strict::strictly;
pub use tolerant::{Tolerant, absent, by_text, read};
pub use union::outline;

/// Converts a value to JSON by way of text, so that generated types are compiled for one serializer only.
pub(crate) fn to_json<T: Serialize>(value: &T) -> serde_json::Result<Json> {
    parsed(&|text| serde_json::to_writer(text, value))
}

/// Parses the JSON text that `write` produces. Not generic, so that it is compiled once.
fn parsed(write: &dyn Fn(&mut Vec<u8>) -> serde_json::Result<()>) -> serde_json::Result<Json> {
    let mut text = Vec::new();
    write(&mut text)?;
    serde_json::from_slice(&text)
}
