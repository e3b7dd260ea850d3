//! `x-rate-limit`: the documented limits of an API, and which of them an operation names.

use crate::codegen::diag::Diags;
use crate::codegen::fields::{Fields, items, positive, status, text};
use crate::codegen::load::{Entry, Node};
use crate::codegen::spec::RateLimit;

/// The classes of the document.
pub fn classes(node: &Node, diags: &mut Diags) -> Vec<RateLimit> {
    let entries = Fields::of(node, "x-rate-limit", diags).rest();
    entries
        .into_iter()
        .map(|entry| class(entry, diags))
        .collect()
}

/// The names of the classes that hold for an operation besides `default`.
pub fn named(node: &Node, diags: &mut Diags) -> Vec<(String, usize)> {
    let mut names = Vec::new();
    for node in items(node, "x-rate-limit of an operation", diags) {
        names.extend(text(node, "a rate limit", diags).map(|name| (name, node.line)));
    }
    names
}

fn class(entry: &Entry, diags: &mut Diags) -> RateLimit {
    let mut fields = Fields::of(&entry.value, format!("rate limit {}", entry.key), diags);
    let permits = fields.take("permits");
    let seconds = fields.require("seconds", diags);
    let regions = fields.map("regions", diags);
    let throttled = fields.list("throttled", diags);
    let limit = RateLimit {
        name: entry.key.clone(),
        line: entry.line,
        // Without a number only the server's headers tell.
        permits: permits.map_or(0, |node| positive(node, "permits", diags)),
        seconds: seconds.map_or(1, |node| positive(node, "seconds", diags)),
        regions: regions
            .iter()
            .map(|region| {
                let permits = positive(&region.value, "a region's permits", diags);
                (region.key.clone(), permits)
            })
            .collect(),
        per: fields.text("per", diags).map(|(name, _)| name),
        throttled: throttled
            .iter()
            .map(|node| status(node, "throttled", diags))
            .collect(),
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    limit
}
