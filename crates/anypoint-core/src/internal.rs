//! What generated code calls; not covered by semver.
//!
//! It owns the shapes that the generator emits against. It must not hold anything that a
//! user of a client is meant to name.
#![allow(missing_docs, reason = "hidden: the generator is its only reader")]

mod call;
pub(crate) mod lists;
mod members;
mod model;
mod multipart;
pub(crate) mod number;
pub(crate) mod odd;
mod operation;
mod page;
mod parameter;
mod run;
pub(crate) mod strict;
mod tolerant;
pub(crate) mod trail;
mod union;

#[cfg(feature = "schemars")]
pub use schemars;
pub use serde;
pub use serde_json;

pub use crate::change::Changing;
pub use crate::environment::{EnvironmentSetting, EnvironmentSource, FindIds, FoundIds};
pub use crate::error::{error, stale};
pub use crate::follow::rules::{By, Following, Parts};
pub use crate::follow::split::{Pieces, pieces};
pub use crate::follow::{Followed, Stretch, json};
pub use crate::id::Identifier;
pub use crate::page::{Id, Paged, joined};
pub use crate::response::{Answer, DecodeError};
pub use crate::session::Given;
pub use crate::throttle::RateLimit;
pub use crate::wait::Waited;
pub use crate::wait::rules::{Condition, Rules, Version, Waiting};
pub use call::Call;
pub use members::{Member, Members, carried, unknown};
pub use model::{Model, knows, model, next, skip};
pub use multipart::Multipart;
pub(crate) use multipart::Part;
pub use operation::{Auth, Endpoint, Method, Operation};
pub use parameter::Parameter;
pub use strict::strictly;
pub use tolerant::{Tolerant, absent, by_text, read};
pub use union::outline;

/// Keeps traits to generated code.
pub struct Sealed;
