//! Which components refer to which, and what an `allOf` amounts to. Bounded on cyclic input.

use std::collections::BTreeSet;

use super::spec::{Kind, Property, Schema, Spec};

/// All components that can be reached from these, themselves included.
pub fn reachable<'a>(
    spec: &'a Spec,
    roots: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = roots.into_iter().collect();
    while let Some(name) = open.pop() {
        let Some(component) = spec.schema(name) else {
            continue;
        };
        if found.insert(component.name.as_str()) {
            open.extend(component.schema.refs().into_iter().map(|(name, _)| name));
        }
    }
    found
}

/// The schema behind a `$ref`, or behind an `allOf` that only decorates one.
pub fn resolve<'a>(spec: &'a Spec, schema: &'a Schema) -> &'a Schema {
    let mut current = schema;
    // A chain longer than this is a cycle, which lint reports.
    for _ in 0..64 {
        let next = match target(current) {
            Some(name) => spec.schema(name).map(|component| &component.schema),
            None => return current,
        };
        match next {
            Some(schema) => current = schema,
            None => return current,
        }
    }
    current
}

/// The component that a schema stands for: a `$ref`, or an `allOf` of just one.
pub fn target(schema: &Schema) -> Option<&str> {
    match &schema.kind {
        Kind::Ref(name) => Some(name),
        Kind::AllOf(parts) => match &parts[..] {
            [
                Schema {
                    kind: Kind::Ref(name),
                    ..
                },
            ] => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// The properties of an object, those of its `allOf` parts included, in the order they stand.
pub fn properties<'a>(spec: &'a Spec, schema: &'a Schema) -> Vec<&'a Property> {
    let mut found = Vec::new();
    collect(spec, schema, 0, &mut found);
    found
}

/// Whether the schema is an object with named members.
pub fn is_object(spec: &Spec, schema: &Schema) -> bool {
    matches!(resolve(spec, schema).kind, Kind::Object(_) | Kind::AllOf(_))
}

fn collect<'a>(spec: &'a Spec, schema: &'a Schema, depth: usize, found: &mut Vec<&'a Property>) {
    if depth > 16 || found.len() > 10_000 {
        return;
    }
    match &schema.kind {
        Kind::Object(properties) => found.extend(properties),
        Kind::AllOf(parts) => parts
            .iter()
            .for_each(|part| collect(spec, part, depth + 1, found)),
        Kind::Ref(name) => {
            if let Some(component) = spec.schema(name) {
                collect(spec, &component.schema, depth + 1, found);
            }
        }
        _ => {}
    }
}
