//! The arguments of a method, and the setters of its request.

use super::Both;
use super::notes::Notes;
use super::pairs::{Pairs, pairs};
use crate::codegen::contract::{Index, Limit, Limits, Operation, Parameter};
use crate::codegen::surface;
use crate::diff::rules::Rule;

/// How a caller passes a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Argument,
    Setter,
    /// The client has its value.
    Bound,
}

impl From<&Parameter> for How {
    fn from(parameter: &Parameter) -> Self {
        match (parameter.bound, parameter.required) {
            (true, _) => Self::Bound,
            (false, true) => Self::Argument,
            (false, false) => Self::Setter,
        }
    }
}

pub fn all(both: &Both<'_>, (old, new): (&Operation, &Operation), notes: &mut Notes) {
    let paired = pairs(
        &old.parameters,
        &new.parameters,
        &[
            &|old, new| old.name == new.name && old.wire == new.wire,
            &|old, new| old.wire == new.wire,
            &|old, new| old.name == new.name,
            &|old, new| new.was.contains(&old.name),
            &|old, new| How::from(old) == How::from(new) && both.now(&old.ty) == new.ty,
        ],
    );
    // The arguments with which the client of a scope is created are reported for the scope.
    let bound = |contract: &Index<'_>, it| contract.scope(it).map(|scope| scope.bound.clone());
    let rebound = bound(&both.old, old) != bound(&both.new, new);
    for (old, new) in &paired.both {
        notes.part(&new.name, &new.wire, |notes| {
            if !(rebound && old.bound && new.bound) {
                given(both, (old, new), notes);
            }
            parameter(old, new, notes);
        });
    }
    for old in &paired.gone {
        notes.part(&old.name, &old.wire, |notes| match How::from(*old) {
            How::Argument => notes.gone(Rule::ArgRemoved, told(old)),
            How::Setter => notes.gone(Rule::SetterRemoved, told(old)),
            How::Bound => notes.gone(Rule::ParamWire, told(old)),
        });
    }
    for new in &paired.news {
        notes.part(&new.name, &new.wire, |notes| match How::from(*new) {
            How::Argument => notes.added(Rule::ArgAdded, told(new)),
            How::Setter => notes.added(Rule::SetterAdded, told(new)),
            How::Bound => notes.added(Rule::ParamWire, told(new)),
        });
    }
    order(&paired, notes);
}

fn told(parameter: &Parameter) -> String {
    surface::ty(&parameter.ty)
}

/// Arguments in another order have another meaning, even if the compiler does not detect it.
fn order(paired: &Pairs<'_, Parameter>, notes: &mut Notes) {
    let is = |it: &Parameter| How::from(it) == How::Argument;
    if paired.in_order(|old, new| is(old) && is(new)) {
        return notes.order("parameters", Rule::Order, paired);
    }
    let names = |list: &[(&Parameter, &Parameter)]| -> Vec<String> {
        let arguments = list.iter().filter(|(old, new)| is(old) && is(new));
        arguments.map(|(_, new)| new.name.clone()).collect()
    };
    notes.list(
        Rule::ArgOrder,
        &names(&paired.as_before()),
        &names(&paired.both),
    );
}

/// How a caller passes it.
fn given(both: &Both<'_>, (old, new): (&Parameter, &Parameter), notes: &mut Notes) {
    let retyped = match (How::from(old), How::from(new)) {
        (How::Argument, How::Setter) => {
            notes.say(Rule::ArgToSetter, "required", "optional");
            Rule::SetterRetyped
        }
        (How::Setter, How::Argument) => {
            notes.say(Rule::SetterToArg, "optional", "required");
            Rule::ArgRetyped
        }
        (How::Bound, How::Argument) => {
            notes.added(Rule::ArgAdded, told(new));
            Rule::ArgRetyped
        }
        (How::Argument, How::Bound) => {
            notes.gone(Rule::ArgRemoved, told(old));
            Rule::ArgRetyped
        }
        (How::Bound, How::Setter) => {
            notes.added(Rule::SetterAdded, told(new));
            Rule::SetterRetyped
        }
        (How::Setter, How::Bound) => {
            notes.gone(Rule::SetterRemoved, told(old));
            Rule::SetterRetyped
        }
        (_, How::Setter) => Rule::SetterRetyped,
        (_, How::Argument | How::Bound) => Rule::ArgRetyped,
    };
    both.retyped(notes, retyped, (&old.ty, &new.ty));
}

/// Its name, and where it is sent.
fn parameter(old: &Parameter, new: &Parameter, notes: &mut Notes) {
    named(old, new, notes);
    notes.differs(Rule::ParamWire, &old.wire, &new.wire);
    let place = |it: &Parameter| format!("{:?}", it.location);
    notes.differs(Rule::ParamPlace, &place(old), &place(new));
    documented(
        (old.deprecated, old.default.as_ref(), &old.limits),
        (new.deprecated, new.default.as_ref(), &new.limits),
        notes,
    );
}

fn named(old: &Parameter, new: &Parameter, notes: &mut Notes) {
    let kept = new.was.contains(&old.name);
    let rule = match How::from(new) {
        How::Setter if kept => Rule::SetterRenamedKept,
        How::Setter => Rule::SetterRenamed,
        How::Argument | How::Bound => Rule::ArgRenamed,
    };
    notes.differs(rule, &old.name, &new.name);
    notes.former(&old.was, &new.was, kept.then_some(&*old.name));
}

/// The documented facts about a value, which the client does not enforce.
pub fn documented(
    old: (bool, Option<&serde_json::Value>, &Limits),
    new: (bool, Option<&serde_json::Value>, &Limits),
    notes: &mut Notes,
) {
    notes.flag(Rule::Deprecation, "deprecated", (old.0, new.0));
    let default = |value: Option<&serde_json::Value>| {
        value.map_or_else(|| "nothing".to_owned(), ToString::to_string)
    };
    // A default that is null is not the same as none.
    if old.1 != new.1 {
        notes.say(Rule::DefaultWords, default(old.1), default(new.1));
    }
    let limits = |limits: &Limits| -> Vec<String> {
        let told = |limit: &Limit| format!("{:?} {}", limit.keyword, limit.value);
        limits.iter().map(told).collect()
    };
    notes.list(Rule::LimitWords, &limits(old.2), &limits(new.2));
}
