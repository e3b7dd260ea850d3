//! What the names in a contract lead to.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use super::{Component, Contract, Field, Gives, Limit, Model, Operation, Place, Shape, Ty};

/// A contract in which things are found by name.
pub struct Index<'a> {
    contract: &'a Contract,
    components: HashMap<&'a str, &'a Component>,
    /// The operations that a change reads by.
    reads: HashSet<&'a str>,
}

impl<'a> From<&'a Contract> for Index<'a> {
    fn from(contract: &'a Contract) -> Self {
        let components = contract.types.iter();
        let changes = contract.operations.iter();
        let changes = changes.filter_map(|it| it.change.as_ref());
        Self {
            contract,
            components: components.map(|it| (it.name.as_str(), it)).collect(),
            reads: changes.map(|change| change.read.as_str()).collect(),
        }
    }
}

impl Deref for Index<'_> {
    type Target = Contract;

    fn deref(&self) -> &Contract {
        self.contract
    }
}

impl<'a> Index<'a> {
    pub fn component(&self, name: &str) -> Option<&'a Component> {
        self.components.get(name).copied()
    }

    /// The model that the values of a type are.
    pub fn model(&self, ty: &Ty) -> Option<&'a Model> {
        match &self.component(ty.named()?)?.shape {
            Shape::Model(model) => Some(model),
            Shape::Enum(_) | Shape::Union { .. } => None,
        }
    }

    /// A field of a model, by its name in Rust.
    pub fn field(&self, ty: &Ty, name: &str) -> Option<&'a Field> {
        let mut fields = self.model(ty)?.fields.iter();
        fields.find(|field| field.name == name)
    }

    /// What the values of a place must be.
    pub fn place<'b>(
        &self,
        operation: &'b Operation,
        place: &Place,
    ) -> Option<(&'b Ty, &'b [Limit])>
    where
        'a: 'b,
    {
        if place.in_body {
            let field = self.field(&operation.body.as_ref()?.ty, &place.field)?;
            return Some((&field.ty, &field.limits));
        }
        let parameter = operation.parameter(&place.field)?;
        Some((&parameter.ty, &parameter.limits))
    }

    /// What the pages of a list consist of.
    pub fn item<'b>(&self, operation: &'b Operation) -> Option<&'b Ty>
    where
        'a: 'b,
    {
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

    /// Another operation builds on its call.
    pub fn is_read_by_change(&self, operation: &Operation) -> bool {
        self.reads.contains(operation.operation_id.as_str())
    }
}
