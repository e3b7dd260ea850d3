//! Looks up the names in a contract.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;

use super::{Component, Contract, Field, Model, Operation, Shape, Ty};

/// A contract with indexes that find things by name.
pub struct Index<'a> {
    contract: &'a Contract,
    components: HashMap<&'a str, &'a Component>,
    /// The operations that methods of other operations call.
    lent: HashSet<&'a str>,
}

impl<'a> From<&'a Contract> for Index<'a> {
    fn from(contract: &'a Contract) -> Self {
        let components = contract.types.iter();
        let operations = contract.operations.iter();
        Self {
            contract,
            components: components.map(|it| (it.name.as_str(), it)).collect(),
            lent: operations
                .flat_map(|it| it.extensions.builds_on())
                .collect(),
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

    pub fn operation(&self, id: &str) -> Option<&'a Operation> {
        self.contract.operations.iter().find(|it| it.id == id)
    }

    /// The model of the values of a type.
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

    /// A field of the struct of the values of a type.
    pub fn held(&self, ty: &Ty, name: &str) -> Option<(&'a str, Ty)> {
        let (model, field) = (self.model(ty)?, self.field(ty, name)?);
        Some((&field.name, field.held(model.face)))
    }

    /// Whether the method of another operation calls it.
    pub fn is_built_on(&self, operation: &Operation) -> bool {
        self.lent.contains(operation.id.as_str())
    }
}
