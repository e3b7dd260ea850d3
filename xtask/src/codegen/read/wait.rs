//! `x-wait`: the method that waits, and what the answers of an operation mean to it.

use super::limits::positive;
use super::method::method;
use crate::codegen::diag::Diags;
use crate::codegen::fields::{Fields, items, text};
use crate::codegen::load::{Entry, Node, Value};
use crate::codegen::spec::{Pointer, Rules, Version, Wait};

/// The time that deployments get from the vendor's own tools, in seconds.
const TIMEOUT: u32 = 1_200;

pub fn wait(node: &Node, diags: &mut Diags) -> Wait {
    let mut fields = Fields::of(node, "x-wait", diags);
    let method = method(&mut fields, diags);
    let given = given(&mut fields, diags);
    let wait = Wait {
        line: node.line,
        method,
        given,
        of: fields.text("of", diags),
        state: pointers(fields.list("state", diags), diags),
        pending: rules(fields.list("pending", diags), diags),
        done: rules(fields.list("done", diags), diags),
        failed: rules(fields.list("failed", diags), diags),
        gone: rules(fields.list("gone", diags), diags),
        reason: pointers(fields.list("reason", diags), diags),
        version: fields.take("version").map(|node| version(node, diags)),
        timeout: fields
            .take("timeout")
            .map_or(TIMEOUT, |node| positive(node, "timeout", diags)),
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    wait
}

/// Path variables, and the members that fill them.
pub(super) fn given(fields: &mut Fields<'_>, diags: &mut Diags) -> Vec<(String, String, usize)> {
    let mut given = Vec::new();
    for entry in fields.map("given", diags) {
        let member = text(&entry.value, "a member of given", diags);
        given.extend(member.map(|member| (entry.key.clone(), member, entry.line)));
    }
    given
}

fn version(node: &Node, diags: &mut Diags) -> Version {
    let mut fields = Fields::of(node, "version", diags);
    let pointer = |(text, line)| Pointer { line, text };
    let version = Version {
        at: pointer(fields.require_text("at", diags)),
        date: fields.text("date", diags).map(pointer),
        reached: pointers(fields.list("reached", diags), diags),
    };
    fields.finish(diags);
    version
}

pub(super) fn pointers(nodes: &[Node], diags: &mut Diags) -> Vec<Pointer> {
    let pointer = |node: &Node| {
        let text = text(node, "a pointer", diags)?;
        let line = node.line;
        Some(Pointer { line, text })
    };
    nodes.iter().filter_map(pointer).collect()
}

fn rules(nodes: &[Node], diags: &mut Diags) -> Rules {
    let mut rules = Vec::new();
    for node in nodes {
        let conditions = Fields::of(node, "an alternative", diags).rest();
        let conditions = conditions.into_iter();
        rules.push(conditions.map(|entry| condition(entry, diags)).collect());
    }
    rules
}

/// The empty text stands for `null`, a member that is not there.
fn condition(entry: &Entry, diags: &mut Diags) -> (Pointer, Vec<String>) {
    let mut values = Vec::new();
    for node in items(&entry.value, &entry.key, diags) {
        values.extend(match &node.value {
            Value::Null => Some(String::new()),
            Value::Bool(value) => Some(value.to_string()),
            _ => text(node, "a value to look for", diags),
        });
    }
    let pointer = Pointer {
        line: entry.line,
        text: entry.key.clone(),
    };
    (pointer, values)
}
