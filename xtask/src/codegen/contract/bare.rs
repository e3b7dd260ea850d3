//! A contract without docs and examples.

use super::{Component, Contract, Operation, RateLimit, Shape};

impl Contract {
    /// The contract without docs and examples, in the order of the pages: tag by tag.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.description.clear();
        self.example = None;
        for tag in &mut self.tags {
            tag.description.clear();
        }
        for bound in self.scopes.iter_mut().flat_map(|scope| &mut scope.bound) {
            bound.description.clear();
            bound.example = serde_json::Value::Null;
        }
        self.operations.iter_mut().for_each(operation);
        self.types.iter_mut().for_each(component);
        self.by_page()
    }

    fn by_page(mut self) -> Self {
        let tags: Vec<String> = self.tags.iter().map(|tag| tag.module.clone()).collect();
        let page = |module: Option<&str>| tags.iter().position(|tag| Some(tag.as_str()) == module);
        let mut limits = std::mem::take(&mut self.limits);
        limits.sort_by_key(|limit| page(self.home(limit)));
        self.limits = limits;
        self.operations.sort_by_key(|it| page(Some(&it.module)));
        self.types.sort_by_key(|it| {
            let page = page(it.module.as_deref());
            (page.is_none(), page)
        });
        self
    }

    /// The module that contains all operations of a limit, if one module does.
    pub fn home(&self, limit: &RateLimit) -> Option<&str> {
        let keep = |it: &&Operation| it.limits.contains(&limit.name);
        let mut modules = self.operations.iter().filter(keep).map(|it| &*it.module);
        let first = modules.next()?;
        modules.all(|module| module == first).then_some(first)
    }
}

fn operation(operation: &mut Operation) {
    operation.published_id = None;
    operation.summary.clear();
    operation.description.clear();
    operation.example = None;
    for parameter in &mut operation.parameters {
        parameter.description.clear();
        parameter.example = serde_json::Value::Null;
    }
    if let Some(body) = &mut operation.body {
        body.description.clear();
        body.example = None;
    }
    for refusal in &mut operation.refusals {
        refusal.description.clear();
    }
    for method in operation.extensions.extras() {
        method.summary.clear();
        method.description.clear();
    }
}

fn component(component: &mut Component) {
    component.description.clear();
    match &mut component.shape {
        Shape::Model(model) => {
            for field in &mut model.fields {
                field.description.clear();
            }
        }
        Shape::Enum(variants) | Shape::Union { variants, .. } => {
            for variant in variants {
                variant.description.clear();
            }
        }
    }
}
