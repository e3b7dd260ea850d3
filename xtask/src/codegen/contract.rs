//! The contract: what a spec means, decided once, with the names that it has in Rust.
//!
//! Every face is written from it and looks nothing up in the spec. It holds no tokens; two contracts can be compared,
//! and one can be written down and read again (`surface`, and as JSON). Lines of the spec stand beside it, in [`Lines`].

mod bare;
mod component;
mod extension;
mod lines;
mod operation;
mod ty;

use serde::{Deserialize, Serialize};

pub use super::http::{Method, Security};
pub use super::media::Request as Encoding;
pub use component::{
    Branch, Component, Face, Field, Keyword, Limit, Limits, Model, Part, Shape, Trait, Value,
};
pub use extension::{
    Carry, Change, Condition, Extra, Follow, Given, ItemId, LogParts, Look, Pages, Place, Rules,
    Taken, Version, Wait,
};
pub use lines::Lines;
pub use operation::{Answer, Body, Gives, Location, Operation, Outcome, Parameter, Refusal};
pub use ty::{MAP, SCALARS, Ty, WRAPPERS};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    pub operations: Vec<Operation>,
    pub types: Vec<Component>,
}

/// A group of operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    pub name: String,
    pub module: String,
    pub description: String,
}

/// A documented limit: so many permits in so many seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

impl Contract {
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.types.iter().find(|component| component.name == name)
    }

    /// The fields of a model, of which the type may be an answer's.
    pub fn model(&self, ty: &Ty) -> Option<&Model> {
        match &self.component(ty.named()?)?.shape {
            Shape::Model(model) => Some(model),
            Shape::Enum(_) | Shape::Union { .. } => None,
        }
    }

    /// A field of a model, by its name in Rust.
    pub fn field(&self, ty: &Ty, name: &str) -> Option<&Field> {
        let mut fields = self.model(ty)?.fields.iter();
        fields.find(|field| field.name == name)
    }

    /// What the values of a place must be.
    pub fn place<'a>(
        &'a self,
        operation: &'a Operation,
        place: &Place,
    ) -> Option<(&'a Ty, &'a [Limit])> {
        if place.in_body {
            let field = self.field(&operation.body.as_ref()?.ty, &place.field)?;
            return Some((&field.ty, &field.limits));
        }
        let parameter = operation.parameter(&place.field)?;
        Some((&parameter.ty, &parameter.limits))
    }

    /// What the pages of a list consist of.
    pub fn item<'a>(&'a self, operation: &'a Operation) -> Option<&'a Ty> {
        let (pages, Gives::Json(page)) = (operation.pages.as_ref()?, &operation.gives) else {
            return None;
        };
        let list = match (&pages.items, page) {
            (Some(name), Ty::Named(_)) => self.field(page, name)?.ty.present(),
            (Some(_), _) => return None,
            (None, _) => page,
        };
        match list {
            Ty::List(item) => Some(item),
            _ => None,
        }
    }
}
