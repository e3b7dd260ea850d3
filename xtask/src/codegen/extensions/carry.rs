//! `x-carry`: a method that takes an object as it was read, and sends the members that the server compares.

mod rust;

use serde::{Deserialize, Serialize};

use super::shared::{GIVEN, METHOD, ExtraMethod, Fills, describe_given, describe_taken, given, has_text, is_id, method, read_given, sides};
use super::{Extension, Extra, Given, Rust, Taken, shared};
use crate::codegen::contract::{self, Gives, Index, Ty};
use crate::codegen::dialect::{Object, Type, optional};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::fields::{Fields, missing, number};
use crate::codegen::load::Node;
use crate::codegen::request::Request;
use crate::codegen::spec::{Method, Operation, Property, Spec};
use crate::codegen::surface::Io;
use crate::codegen::reach;

/// What a change takes over from the object as it was read.
#[derive(Clone, Debug)]
pub struct CarryInput {
    pub line: usize,
    pub method: ExtraMethod,
    /// Path parameters, and the members of the answer's component that fill them.
    pub given: Fills,
    /// Members that the body and the answer's component have in common.
    pub members: Vec<(String, usize)>,
    /// The statuses that may mean that another client has changed the object.
    pub stale: Vec<u16>,
}

/// What a change takes over from the object as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    pub method: Extra,
    pub taken: Taken,
    /// The arguments of the body's `new`, which are its fields, and the fields of the object that fill them.
    pub members: Vec<Given>,
    /// The statuses that may mean that another client has changed the object.
    pub stale: Vec<u16>,
}

static KEYS: Object = Object::new("x-carry", &[&[
    GIVEN,
    optional("members", Type::List("a member", &Type::Text)),
    optional("stale", Type::List("stale", &Type::Status)),
], METHOD]);

impl Extension for Carry {
    const KEY: &'static str = "x-carry";
    const WORD: &'static str = "carry";
    const KEYS: &'static Object = &KEYS;
    type Input = CarryInput;

    fn read(node: &Node, diags: &mut Diags) -> CarryInput {
        let mut fields = Fields::of(node, Self::KEY, Self::KEYS, diags);
        let method = method(&mut fields, diags);
        let stale = fields.list("stale", diags).iter();
        let carry = CarryInput {
            line: node.line,
            method,
            members: fields.texts("members", diags),
            stale: stale.filter_map(number).collect(),
            given: read_given(&mut fields, diags),
        };
        fields.finish(diags);
        carry
    }

    fn method(carry: &CarryInput) -> Option<&ExtraMethod> {
        Some(&carry.method)
    }

    fn lint(carry: &CarryInput, spec: &Spec, operation: &Operation, diags: &mut Diags) {
        let what = format!("x-carry on {}", operation.id);
        if operation.method == Method::Get {
            let problem = format!("{what}, which changes nothing");
            diags.error(Code::CarryChangesNothing, carry.line, problem);
        }
        let Some((name, answer, body)) = sides(spec, operation, (&what, carry.line), diags) else {
            return;
        };
        given(spec, operation, &carry.given, (name, carry.line), diags);
        if carry.members.is_empty() {
            let what = format!("x-carry of {}", operation.id);
            missing(&what, "members", carry.line, diags);
        }
        let from = reach::properties(spec, answer);
        for (member, line) in &carry.members {
            has_text(name, &from, member, *line, diags);
        }
        needed(carry, &reach::properties(spec, body), diags);
    }

    fn refine(
        carry: &CarryInput,
        spec: &Spec,
        request: &Request<'_>,
        gives: &Gives,
    ) -> Option<Self> {
        let Gives::Json(Ty::Named(_)) = gives else {
            return None;
        };
        let (of, answer) = shared::answer(spec, request.operation)?;
        let body = request.body.as_ref()?.media.schema.as_ref()?;
        // In the order of the arguments of `new`.
        let needed = reach::properties(spec, body).into_iter();
        let needed = needed.filter(|property| property.required);
        let filled = |property: &Property| Given {
            argument: property.rust(),
            field: reach::field(spec, answer, &property.name),
        };
        Some(Self {
            method: Extra::from(&carry.method),
            taken: Taken::new(spec, request.operation, of, &carry.given)?,
            members: needed.map(filled).collect(),
            stale: carry.stale.clone(),
        })
    }

    fn extra(&mut self) -> Option<&mut Extra> {
        Some(&mut self.method)
    }

    fn fills(&self, argument: &str) -> bool {
        self.taken.fills(argument).is_some()
    }

    fn takes(&self, operation: &contract::Operation) -> Vec<(String, Ty)> {
        let left = self.left(operation);
        let mut takes: Vec<_> = left.map(|it| (it.name.clone(), it.ty.clone())).collect();
        takes.push(self.taken.seen());
        takes.extend(shared::body(operation));
        takes
    }

    fn describe(&mut self, io: &mut Io<'_>) {
        io.name(&mut self.method.name);
        describe_taken(io, &mut self.taken);
        describe_given(io, "member", &mut self.members);
        io.each(&["stale"], &mut self.stale, |io, status: &mut u16| {
            io.word("stale");
            io.value(status);
        });
    }

    fn rust(&self, contract: &Index<'_>, operation: &contract::Operation) -> Rust {
        rust::rust(self, contract, operation)
    }
}

/// The body requires the members that are carried, and no others.
fn needed(carry: &CarryInput, to: &[&Property], diags: &mut Diags) {
    for (member, line) in &carry.members {
        let fits = |property: &&Property| {
            property.name == *member && is_id(property) && property.required
        };
        if !to.iter().any(fits) {
            let problem = format!("the body does not require a member `{member}` that is plain text");
            diags.error(Code::CarryNotNeeded, *line, problem);
        }
    }
    for property in to.iter().filter(|property| property.required) {
        if !carry.members.iter().any(|(name, _)| *name == property.name) {
            let problem = format!("the body needs `{}`, which is not carried", property.name);
            diags.error(Code::CarryIncomplete, carry.line, problem);
        }
    }
}
