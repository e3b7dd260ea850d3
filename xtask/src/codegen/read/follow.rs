//! `x-follow`: the method that follows a log, and how the log is read on.

use super::limits::positive;
use super::method::method;
use super::wait::pointers;
use crate::codegen::diag::Diags;
use crate::codegen::fields::Fields;
use crate::codegen::load::Node;
use crate::codegen::spec::{Follow, LogParts, Pointer};

pub fn follow(node: &Node, diags: &mut Diags) -> Follow {
    let mut fields = Fields::of(node, "x-follow", diags);
    let method = method(&mut fields, diags);
    let follow = Follow {
        line: node.line,
        method,
        id: required_pointer(&mut fields, "id", diags),
        time: required_pointer(&mut fields, "time", diags),
        order: fields.text("order", diags).map(pointer),
        after: fields.text("after", diags),
        length: fields.text("length", diags),
        from: fields.text("from", diags),
        to: fields.text("to", diags),
        descending: fields.text("descending", diags),
        refusable: fields.flag("refusable", diags) == Some(true),
        parts: fields.take("parts").map(|node| parts(node, diags)),
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    follow
}

fn parts(node: &Node, diags: &mut Diags) -> LogParts {
    let mut fields = Fields::of(node, "parts", diags);
    let parts = LogParts {
        line: node.line,
        parameter: fields.require_text("parameter", diags),
        list: fields.require_text("list", diags),
        limit: limit(&mut fields, diags),
        id: required_pointer(&mut fields, "id", diags),
        date: fields.text("date", diags).map(pointer),
        of: fields.require_text("of", diags),
        active: pointers(fields.list("active", diags), diags),
    };
    fields.finish(diags);
    parts
}

fn pointer((text, line): (String, usize)) -> Pointer {
    Pointer { line, text }
}

fn required_pointer(fields: &mut Fields<'_>, key: &'static str, diags: &mut Diags) -> Pointer {
    pointer(fields.require_text(key, diags))
}

fn limit(fields: &mut Fields<'_>, diags: &mut Diags) -> Vec<(String, u32, usize)> {
    let entries = fields.map("limit", diags).iter();
    let limit = entries.map(|entry| {
        let value = positive(&entry.value, "limit", diags);
        (entry.key.clone(), value, entry.line)
    });
    limit.collect()
}
