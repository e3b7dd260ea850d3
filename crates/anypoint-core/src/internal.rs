//! The items that generated code uses; not covered by semver.
//!
//! It must not have anything that a user of a client needs to name.
#![allow(missing_docs, reason = "hidden: the generator is its only reader")]

#[cfg(feature = "schemars")]
pub use schemars;
pub use serde;
pub use serde_json;

pub use crate::call::{Call, Preview};
pub use crate::change::Changing;
pub use crate::download::save::replace_private;
pub use crate::endpoint::{Configured, Endpoint};
pub use crate::error::{error, hinted, stale};
pub use crate::follow::rules::{By, Following, Parts};
pub use crate::follow::split::{Pieces, pieces};
pub use crate::follow::{Followed, Stretch, json};
pub use crate::http::Method;
pub use crate::id::{Identifier, Sealed};
pub use crate::json::{
    Member, Members, Model, Tolerant, absent, by_text, carried, model, next, outline, read, skip,
    strictly, unknown, write, write_with_rest,
};
pub use crate::multipart::Multipart;
pub use crate::operation::{Auth, Operation};
pub use crate::page::{Id, Paged, joined};
pub use crate::parameter::Parameter;
pub use crate::response::{Answer, DecodeError};
pub use crate::secret::name::sounds_secret;
pub use crate::session::Given;
pub use crate::session::choice::{EnvironmentSetting, EnvironmentSource, FindIds, FoundIds};
pub use crate::throttle::RateLimit;
pub use crate::timestamp::header_date;
pub use crate::wait::Waited;
pub use crate::wait::rules::{Condition, Rules, Version, Waiting};
