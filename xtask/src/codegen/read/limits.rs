//! `x-rate-limit`: the documented limits of an API, and which of them an operation names.

use crate::codegen::diag::Diags;
use crate::codegen::dialect::{Object, SOURCE, Type, optional, required};
use crate::codegen::fields::{Fields, number};
use crate::codegen::load::Entry;
use crate::codegen::spec::RateLimit;

pub static CLASS: Object = Object::new(
    "rate-limit",
    &[&[
        optional("permits", Type::Positive),
        required("seconds", Type::Positive),
        optional("regions", Type::Map(&Type::Positive)),
        optional("per", Type::Text),
        optional("throttled", Type::List("throttled", &Type::Status)),
        SOURCE,
    ]],
);

/// A class of the document.
pub fn class(entry: &Entry, diags: &mut Diags) -> RateLimit {
    let mut fields = Fields::of(
        &entry.value,
        format!("rate limit {}", entry.key),
        &CLASS,
        diags,
    );
    let regions = fields.map("regions", diags).iter();
    let regions = regions.filter_map(|it| Some((it.key.clone(), number(&it.value)?)));
    let regions = regions.collect();
    let throttled = fields.list("throttled", diags).iter();
    let limit = RateLimit {
        name: entry.key.clone(),
        line: entry.line,
        // Without a number, only the server's headers state the limit.
        permits: fields.number("permits", diags).unwrap_or(0),
        seconds: fields.number("seconds", diags).unwrap_or(1),
        regions,
        per: fields.text("per", diags).map(|(name, _)| name),
        throttled: throttled.filter_map(number).collect(),
    };
    fields.finish(diags);
    limit
}
