//! `x-change` and `x-carry`: the methods that change something without losing what others need.

use super::limits::status;
use super::method::method;
use super::wait::given;
use crate::codegen::diag::Diags;
use crate::codegen::fields::{Fields, text};
use crate::codegen::load::Node;
use crate::codegen::spec::{Carry, Change, Pointer};

pub fn change(node: &Node, diags: &mut Diags) -> Change {
    let mut fields = Fields::of(node, "x-change", diags);
    let method = method(&mut fields, diags);
    let (pointer, pointer_line) = fields.require_text("within", diags);
    let change = Change {
        line: node.line,
        method,
        read: fields.require_text("read", diags),
        within: Pointer {
            line: pointer_line,
            text: pointer,
        },
        plain: fields.require_text("plain", diags),
        secret: fields.require_text("secret", diags),
        mask: fields.require_text("mask", diags).0,
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    change
}

pub fn carry(node: &Node, diags: &mut Diags) -> Carry {
    let mut fields = Fields::of(node, "x-carry", diags);
    let method = method(&mut fields, diags);
    let members = fields.list("members", diags).iter();
    let members = members
        .filter_map(|node| text(node, "a member", diags).map(|name| (name, node.line)))
        .collect();
    let stale = fields.list("stale", diags).iter();
    let carry = Carry {
        line: node.line,
        method,
        members,
        stale: stale.map(|node| status(node, "stale", diags)).collect(),
        given: given(&mut fields, diags),
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    carry
}
