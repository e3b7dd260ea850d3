//! The members of models, and the constructor of a request.

use super::Both;
use super::arguments::documented;
use super::notes::Notes;
use super::pairs::{Pairs, pairs};
use crate::codegen::contract::{Face, Field, Model, Part, Ty};
use crate::codegen::surface;
use crate::diff::rules::Rule;

/// How a caller fills a member of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// With an argument of `new`.
    Argument,
    Setter,
    /// `new` itself sets it.
    Fixed,
}

impl From<&Field> for How {
    fn from(field: &Field) -> Self {
        match (&field.fixed, field.required) {
            (Some(_), _) => Self::Fixed,
            (None, true) => Self::Argument,
            (None, false) => Self::Setter,
        }
    }
}

pub fn all(both: &Both<'_>, (old, new): (&Model, &Model), notes: &mut Notes) {
    let face = new.face;
    let paired = pairs(
        &old.fields,
        &new.fields,
        &[
            &|old, new| old.name == new.name && old.wire == new.wire,
            &|old, new| old.wire == new.wire,
            &|old, new| old.name == new.name,
            &|old, new| new.was.contains(&old.name),
            &|old, new| {
                let held = both.now(&old.held(face)) == new.held(face);
                held && How::from(old) == How::from(new)
            },
        ],
    );
    for (old, new) in &paired.both {
        notes.part(&new.name, &new.wire, |notes| {
            field(both, face, (old, new), notes)
        });
    }
    for old in &paired.gone {
        notes.part(&old.name, &old.wire, |notes| {
            notes.gone(Rule::FieldRemoved, surface::ty(&old.held(face)));
        });
    }
    for new in &paired.news {
        let needed = face != Face::Response && How::from(*new) == How::Argument;
        let rule = if needed {
            Rule::FieldAddedRequired
        } else {
            Rule::FieldAdded
        };
        notes.part(&new.name, &new.wire, |notes| {
            notes.added(rule, surface::ty(&new.held(face)));
        });
    }
    order(face, &paired, notes);
}

fn order(face: Face, paired: &Pairs<'_, Field>, notes: &mut Notes) {
    let given = |it: &Field| face != Face::Response && How::from(it) == How::Argument;
    if paired.in_order(|old, new| given(old) && given(new)) {
        let rule = if face == Face::Response {
            Rule::Columns
        } else {
            Rule::Order
        };
        return notes.order("fields", rule, paired);
    }
    let names = |list: &[(&Field, &Field)]| -> Vec<String> {
        let given = list.iter().filter(|(old, new)| given(old) && given(new));
        given.map(|(_, new)| new.name.clone()).collect()
    };
    notes.list(
        Rule::FieldOrder,
        &names(&paired.as_before()),
        &names(&paired.both),
    );
}

fn field(both: &Both<'_>, face: Face, (old, new): (&Field, &Field), notes: &mut Notes) {
    notes.differs(Rule::FieldRenamed, &old.name, &new.name);
    let kept = new.was.contains(&old.name).then_some(&*old.name);
    notes.former(&old.was, &new.was, kept);
    holds(both, face, (old, new), notes);
    if face != Face::Response {
        filled(old, new, notes);
    }
    notes.differs(Rule::FieldWire, &old.wire, &new.wire);
    notes.list(Rule::FieldAliases, &old.aliases, &new.aliases);
    let fixed = |it: &Field| it.fixed.clone().unwrap_or_else(|| "nothing".to_owned());
    notes.differs(Rule::FieldTag, &fixed(old), &fixed(new));
    let part = |part: Option<Part>| part.map_or_else(String::new, |part| format!("{part:?}"));
    notes.differs(Rule::FieldPart, &part(old.part), &part(new.part));
    documented(
        (old.deprecated, old.default.as_ref(), &old.limits),
        (new.deprecated, new.default.as_ref(), &new.limits),
        notes,
    );
}

/// The type of the field in the struct.
fn holds(both: &Both<'_>, face: Face, (old, new): (&Field, &Field), notes: &mut Notes) {
    let (before, after) = (both.now(&old.held(face)), new.held(face));
    if before != after {
        let bare = |ty: &Ty| ty.present().clone();
        let rule = match bare(&before) == bare(&after) && both.now(&old.ty) == new.ty {
            true => Rule::FieldPresence,
            false if face == Face::Response && bare(&before) == bare(&after) => Rule::FieldPresence,
            false => Rule::FieldRetyped,
        };
        return notes.say(rule, surface::ty(&before), surface::ty(&after));
    }
    let told = |ty: &Ty, required: bool| {
        let required = if required { " required" } else { "" };
        format!("{}{required}", surface::ty(ty))
    };
    let before = told(&both.now(&old.ty), old.required);
    notes.differs(Rule::FieldNull, &before, &told(&new.ty, new.required));
}

fn filled(old: &Field, new: &Field, notes: &mut Notes) {
    match (How::from(old), How::from(new)) {
        (How::Argument, How::Setter) => notes.say(Rule::FieldToSetter, "required", "optional"),
        (How::Setter, How::Argument) => notes.say(Rule::FieldToArg, "optional", "required"),
        (How::Fixed, How::Argument | How::Setter) => notes.gone(Rule::FieldFixed, "fixed"),
        (How::Argument | How::Setter, How::Fixed) => notes.added(Rule::FieldFixed, "fixed"),
        _ => {}
    }
}
