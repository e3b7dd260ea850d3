//! The contract: what a spec means, decided once, with the names that it has in Rust.
//!
//! Every face is written from it and looks nothing up in the spec. It holds no tokens; two contracts can be compared,
//! and one can be written down and read again (`surface`, and as JSON). Lines of the spec stand beside it, in [`Lines`].

mod bare;
mod component;
mod index;
mod lines;
mod operation;
mod scope;
mod ty;

use serde::{Deserialize, Serialize};

pub use super::extensions::{
    Carry, Change, Condition, Extensions, Extra, Follow, Given, ItemId, LogParts, Look, Pages,
    Place, Rules, Taken, Version, Wait,
};
pub use super::http::{Method, Security};
pub use super::media::Request as Encoding;
pub use component::{
    Component, Face, Field, Keyword, Limit, Limits, Model, Part, Shape, Trait, Variant,
};
pub use index::Index;
pub use lines::Lines;
pub use operation::{Answer, Body, Gives, Location, Operation, Outcome, Parameter, Refusal};
pub use scope::{Bound, Scope};
pub use ty::{ID, MAP, SCALARS, Ty, WRAPPERS};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    pub package: String,
    pub title: String,
    pub version: String,
    /// `https://host`, and the path below it.
    pub origin: String,
    pub base_path: String,
    pub description: String,
    /// The operation that the crate's page shows.
    pub example: Option<String>,
    pub tags: Vec<Tag>,
    pub limits: Vec<RateLimit>,
    pub scopes: Vec<Scope>,
    pub operations: Vec<Operation>,
    pub types: Vec<Component>,
}

/// A group of operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    pub name: String,
    pub module: String,
    pub description: String,
}

/// A documented limit: so many permits in so many seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    pub name: String,
    /// `None` when only the server's headers tell.
    pub permits: Option<u32>,
    pub seconds: u32,
    /// The regions where it is another number.
    pub regions: Vec<(String, u32)>,
    /// The path parameter whose values are counted separately.
    pub per: Option<String>,
    /// The statuses that mean throttled.
    pub throttled: Vec<u16>,
}
