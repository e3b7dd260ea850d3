//! The lines of a spec that findings refer to.

use super::finding::Place;
use crate::codegen::load::{Entry, Node, Value};

/// The line of a thing, or else of the thing that contains it.
pub fn line(document: &Node, place: &Place) -> usize {
    let found = match place {
        Place::Api => None,
        Place::Operation(id, part) => operation(document, id).map(|(node, line)| {
            let part = part.as_ref();
            part.and_then(|part| operation_part(document, node, part))
                .unwrap_or(line)
        }),
        Place::Component(schema, part) => component(document, schema).map(|entry| {
            let part = part.as_ref();
            part.and_then(|part| member(&entry.value, part))
                .unwrap_or(entry.line)
        }),
    };
    found.unwrap_or(1)
}

fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

fn entry<'a>(node: &'a Node, key: &str) -> Option<&'a Entry> {
    entries(node).iter().find(|entry| entry.key == key)
}

fn at<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    let mut steps = path.iter();
    steps.try_fold(node, |node, key| Some(&entry(node, key)?.value))
}

fn is(node: &Node, text: &str) -> bool {
    match &node.value {
        Value::Text(own) => own == text,
        Value::Integer(own) => own.to_string() == text,
        _ => false,
    }
}

/// The operation with an id, and the line of the id.
fn operation<'a>(document: &'a Node, id: &str) -> Option<(&'a Node, usize)> {
    let paths = entries(at(document, &["paths"])?).iter();
    let mut operations = paths.flat_map(|path| entries(&path.value));
    operations.find_map(|operation| {
        let found = entry(&operation.value, "operationId")?;
        is(&found.value, id).then_some((&operation.value, found.line))
    })
}

/// A key of an operation, or a parameter.
fn operation_part(document: &Node, operation: &Node, name: &str) -> Option<usize> {
    let key = entry(operation, name).map(|entry| entry.line);
    let parameters = at(operation, &["parameters"]).into_iter().flat_map(items);
    let mut named = parameters.filter(|parameter| {
        let whole = entry(parameter, "$ref").and_then(|at| referred(document, &at.value));
        let own = entry(whole.unwrap_or(parameter), "name");
        own.is_some_and(|own| is(&own.value, name))
    });
    key.or_else(|| named.next().map(|parameter| parameter.line))
}

fn referred<'a>(document: &'a Node, reference: &Node) -> Option<&'a Node> {
    let Value::Text(reference) = &reference.value else {
        return None;
    };
    let steps: Vec<&str> = reference.strip_prefix("#/")?.split('/').collect();
    at(document, &steps)
}

fn component<'a>(document: &'a Node, schema: &str) -> Option<&'a Entry> {
    entry(at(document, &["components", "schemas"])?, schema)
}

/// A property or a value of a schema, or of an object that it joins.
fn member(schema: &Node, name: &str) -> Option<usize> {
    let properties = at(schema, &["properties"]);
    let property = properties
        .and_then(|all| entry(all, name))
        .map(|entry| entry.line);
    let values = || at(schema, &["enum"]).into_iter().flat_map(items);
    let value = || {
        values()
            .find(|value| is(value, name))
            .map(|value| value.line)
    };
    let mut joined = at(schema, &["allOf"]).into_iter().flat_map(items);
    property
        .or_else(value)
        .or_else(|| joined.find_map(|part| member(part, name)))
}
