//! The contract: the meaning of a spec, with names in Rust. It is determined once.
//!
//! Every output is written from the contract, without looking anything up in the spec. It has no tokens. Two contracts can be compared, and a
//! contract can be written and read (as pages by `surface`, and as JSON). The lines of the spec are kept in [`Lines`].

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
    /// The operation in the example on the page of the crate.
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

/// A documented rate limit: a number of permits in a number of seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    pub name: String,
    /// `None` if only the headers of the server state the limit.
    pub permits: Option<u32>,
    pub seconds: u32,
    /// The permits in regions with other numbers.
    pub regions: Vec<(String, u32)>,
    /// The path parameter whose values are counted separately.
    pub per: Option<String>,
    /// The statuses that mean that the limit was exceeded.
    pub throttled: Vec<u16>,
}
