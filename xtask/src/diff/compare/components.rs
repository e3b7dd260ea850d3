//! Types: models, enums and unions.

use super::notes::Notes;
use super::pairs::{Pairs, pairs};
use super::{Both, fields};
use crate::codegen::contract::{Component, Contract, Face, Field, Model, Shape, Ty, Variant};
use crate::codegen::surface;
use crate::diff::finding::Place;
use crate::diff::rules::Rule;

/// The old and the new types, paired by name, by name in the spec, or by content.
pub fn paired<'a>(old: &'a Contract, new: &'a Contract) -> Pairs<'a, Component> {
    pairs(
        &old.types,
        &new.types,
        &[
            &|old, new| old.name == new.name,
            &|old, new| new.was.contains(&old.name),
            &|old, new| old.schema == new.schema,
            &|old, new| old.shape == new.shape && holds_something(&old.shape),
        ],
    )
}

fn holds_something(shape: &Shape) -> bool {
    match shape {
        Shape::Model(model) => !model.fields.is_empty(),
        Shape::Enum(variants) | Shape::Union { variants, .. } => !variants.is_empty(),
    }
}

pub fn all(both: &Both<'_>, paired: &Pairs<'_, Component>, notes: &mut Notes) {
    for (old, new) in &paired.both {
        notes.at(&new.name, place(new), |notes| {
            component(both, (old, new), notes)
        });
    }
    for old in &paired.gone {
        notes.at(&old.name, place(old), |notes| {
            notes.gone(Rule::TypeRemoved, kind(&old.shape));
        });
    }
    for new in &paired.news {
        notes.at(&new.name, place(new), |notes| {
            notes.added(Rule::TypeAdded, kind(&new.shape));
        });
    }
    notes.order("types", Rule::Order, paired);
}

fn place(component: &Component) -> Place {
    Place::Component(component.schema.clone(), None)
}

fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Model(model) => match model.face {
            Face::Request => "a request",
            Face::Response => "a model",
            Face::Form => "a form",
        },
        Shape::Enum(_) => "an enum",
        Shape::Union { .. } => "a union",
    }
}

fn component(both: &Both<'_>, (old, new): (&Component, &Component), notes: &mut Notes) {
    let kept = new.was.contains(&old.name);
    let rule = if kept {
        Rule::TypeRenamedKept
    } else {
        Rule::TypeRenamed
    };
    notes.differs(rule, &old.name, &new.name);
    notes.former(&old.was, &new.was, kept.then_some(&*old.name));
    notes.differs(Rule::SpecId, &old.schema, &new.schema);
    let page = |it: &Component| it.module.clone().unwrap_or_else(|| "shared".to_owned());
    notes.differs(Rule::Page, &page(old), &page(new));
    notes.flag(
        Rule::Deprecation,
        "deprecated",
        (old.deprecated, new.deprecated),
    );
    let traits =
        |it: &Component| -> Vec<String> { it.traits.iter().map(|it| format!("{it:?}")).collect() };
    let (before, after) = (traits(old), traits(new));
    notes.members((Rule::TraitLost, Rule::TraitGained), &before, &after);
    if before != after && before.iter().all(|it| after.contains(it)) && before.len() == after.len()
    {
        notes.list(Rule::Order, &before, &after);
    }
    shape(both, (&old.shape, &new.shape), notes);
}

fn shape(both: &Both<'_>, (old, new): (&Shape, &Shape), notes: &mut Notes) {
    match (old, new) {
        (Shape::Model(old), Shape::Model(new)) if old.face == new.face => {
            model(both, (old, new), notes);
        }
        (Shape::Enum(old), Shape::Enum(new)) => variants(old, new, notes),
        (
            Shape::Union { tag, variants: old },
            Shape::Union {
                tag: now,
                variants: new,
            },
        ) => {
            notes.differs(Rule::UnionTag, tag, now);
            variants(old, new, notes);
        }
        (old, new) => notes.differs(Rule::TypeKind, kind(old), kind(new)),
    }
}

fn model(both: &Both<'_>, (old, new): (&Model, &Model), notes: &mut Notes) {
    fields::all(both, (old, new), notes);
    let list = |it: &Model| it.bare_list.clone().unwrap_or_else(|| "nothing".to_owned());
    notes.differs(Rule::BareList, &list(old), &list(new));
    match (old.keeps_unknown, new.keeps_unknown) {
        (true, false) => notes.gone(Rule::RestLost, "keeps-unknown"),
        (false, true) => notes.added(Rule::RestGained, "keeps-unknown"),
        _ => {}
    }
    let conversions = |it: &Model| -> Vec<String> {
        let from = it.made_from.iter().map(|name| both.name_now(name));
        let from = from.map(|name| format!("From<&{name}>"));
        from.chain(identity(it)).collect()
    };
    let rules = (Rule::ConversionLost, Rule::ConversionGained);
    let (before, after) = (conversions(old), conversions(new));
    notes.members(rules, &before, &after);
    if before != after && before.len() == after.len() && before.iter().all(|it| after.contains(it))
    {
        notes.list(Rule::Order, &before, &after);
    }
}

/// The trait with which a model of an answer can be passed as its own id, if it has an id.
fn identity(model: &Model) -> Option<String> {
    let mut fields = model.fields.iter().filter(|_| model.face == Face::Response);
    let is_id = |field: &&Field| field.wire == "id" && matches!(field.ty.present(), Ty::Id(_));
    let field = fields.find(is_id)?;
    Some(format!("IntoId<{}>", surface::ty(field.ty.present())))
}

fn variants(old: &[Variant], new: &[Variant], notes: &mut Notes) {
    let paired = pairs(
        old,
        new,
        &[
            &|old, new| old.name == new.name,
            &|old, new| old.wire == new.wire,
            &|old, new| new.was.contains(&old.name),
        ],
    );
    for (old, new) in &paired.both {
        notes.part(&new.name, &new.wire, |notes| {
            let kept = new.was.contains(&old.name);
            let rule = if kept {
                Rule::ValueRenamedKept
            } else {
                Rule::ValueRenamed
            };
            notes.differs(rule, &old.name, &new.name);
            notes.former(&old.was, &new.was, kept.then_some(&*old.name));
            notes.differs(Rule::ValueWire, &old.wire, &new.wire);
        });
    }
    for old in &paired.gone {
        notes.part(&old.name, &old.wire, |notes| {
            notes.gone(Rule::ValueRemoved, &old.wire)
        });
    }
    for new in &paired.news {
        notes.part(&new.name, &new.wire, |notes| {
            notes.added(Rule::ValueAdded, &new.wire)
        });
    }
    notes.order("values", Rule::Order, &paired);
}
