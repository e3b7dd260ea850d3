//! Scopes, which bind ids once for all of their operations, and the types of ids.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Contract, Gives, Operation, Shape, Ty};
use crate::codegen::names;

/// A group of operations with common path variables. A separate client has these operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub name: String,
    pub bound: Vec<Bound>,
}

/// An argument of the method that creates the client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    pub name: String,
    pub ty: Ty,
    pub description: String,
    pub example: Json,
}

impl Scope {
    /// The method that creates the client.
    pub fn method(&self) -> String {
        names::scope_method(&self.name)
    }

    /// The client's struct.
    pub fn client(&self) -> String {
        names::scope_client(&self.name)
    }
}

impl Operation {
    /// The client that has its method.
    pub fn client(&self) -> String {
        let scope = self.scope.as_deref();
        scope.map_or_else(|| "Client".to_owned(), names::scope_client)
    }
}

impl Contract {
    /// The types of its clients; the client of the whole API comes first.
    pub fn clients(&self) -> Vec<String> {
        let scopes = self.scopes.iter().map(Scope::client);
        std::iter::once("Client".to_owned()).chain(scopes).collect()
    }

    pub fn scope(&self, operation: &Operation) -> Option<&Scope> {
        let name = operation.scope.as_ref()?;
        self.scopes.iter().find(|scope| scope.name == *name)
    }

    /// The things that have ids.
    pub fn ids(&self) -> BTreeSet<&str> {
        let bound = self.scopes.iter().flat_map(|scope| &scope.bound);
        let bound = bound.map(|bound| &bound.ty);
        let asked = self.operations.iter().flat_map(types_of);
        let held = self.types.iter().flat_map(|it| match &it.shape {
            Shape::Model(model) => model.fields.as_slice(),
            Shape::Enum(_) | Shape::Union { .. } => &[],
        });
        let types = bound.chain(asked).chain(held.map(|field| &field.ty));
        types.filter_map(Ty::id).collect()
    }
}

fn types_of(operation: &Operation) -> impl Iterator<Item = &Ty> {
    let parameters = operation.parameters.iter().map(|it| &it.ty);
    let body = operation.body.iter().map(|body| &body.ty);
    let gives = match &operation.gives {
        Gives::Json(ty) => Some(ty),
        _ => None,
    };
    let outcomes = operation.answers.iter();
    let outcomes = outcomes.filter_map(|answer| answer.outcome.as_ref()?.ty.as_ref());
    parameters.chain(body).chain(gives).chain(outcomes)
}
