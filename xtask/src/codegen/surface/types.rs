//! Types, and the components that a contract names.

use std::mem::discriminant;

use super::io::Io;
use crate::codegen::contract::{
    Component, Face, Field, ID, Limit, Limits, MAP, Model, SCALARS, Shape, Ty, Variant, WRAPPERS,
};

/// The kinds of components, by the word that they begin with.
fn shapes() -> [(&'static str, Shape); 5] {
    let model = |face| {
        Shape::Model(Model {
            face,
            ..Model::default()
        })
    };
    [
        ("request", model(Face::Request)),
        ("model", model(Face::Response)),
        ("form", model(Face::Form)),
        ("enum", Shape::Enum(Vec::new())),
        (
            "union",
            Shape::Union {
                tag: String::new(),
                variants: Vec::new(),
            },
        ),
    ]
}

fn alike(one: &Shape, other: &Shape) -> bool {
    match (one, other) {
        (Shape::Model(one), Shape::Model(other)) => one.face == other.face,
        (one, other) => discriminant(one) == discriminant(other),
    }
}

pub fn component(io: &mut Io<'_>, component: &mut Component) {
    io.pick(&shapes(), &mut component.shape, alike);
    io.name(&mut component.name);
    io.unless_same("as", &component.name, &mut component.schema);
    io.flag("deprecated", &mut component.deprecated);
    io.list("was", &mut component.was, Io::name);
    match &mut component.shape {
        Shape::Model(model) => {
            io.some("or-array", &mut model.bare_list, Io::value);
            io.flag("keeps-unknown", &mut model.keeps_unknown);
            io.list("from", &mut model.made_from, Io::name);
        }
        Shape::Enum(_) => {}
        Shape::Union { tag, .. } => {
            io.word("by");
            io.value(tag);
        }
    }
    io.line(|io| {
        io.word("traits");
        io.items(&mut component.traits, Io::one);
    });
    match &mut component.shape {
        Shape::Model(model) => io.each(&[], &mut model.fields, field),
        Shape::Enum(variants) | Shape::Union { variants, .. } => io.each(&[], variants, variant),
    }
}

fn variant(io: &mut Io<'_>, variant: &mut Variant) {
    io.name(&mut variant.name);
    io.value(&mut variant.wire);
    io.list("was", &mut variant.was, Io::name);
}

fn field(io: &mut Io<'_>, field: &mut Field) {
    io.name(&mut field.name);
    io.mark(":");
    ty(io, &mut field.ty);
    io.flag("required", &mut field.required);
    io.unless_same("as", &field.name, &mut field.wire);
    io.list("aliases", &mut field.aliases, Io::value);
    io.some("fixed", &mut field.fixed, Io::value);
    io.some("part", &mut field.part, Io::one);
    io.flag("deprecated", &mut field.deprecated);
    io.list("was", &mut field.was, Io::name);
    values(io, &mut field.default, &mut field.limits);
}

/// The default value, and the limits of the values.
pub fn values(io: &mut Io<'_>, default: &mut Option<serde_json::Value>, limits: &mut Limits) {
    io.some("default", default, Io::value);
    io.list("limits", limits, |io, limit: &mut Limit| {
        io.one(&mut limit.keyword);
        io.value(&mut limit.value);
    });
}

/// A type as in Rust. The name of a component is in quotes if it could be mistaken for another type.
pub fn ty(io: &mut Io<'_>, of: &mut Ty) {
    let words = words();
    let is_word = |name: &str| words.iter().any(|(word, _)| *word == name);
    let named = match of {
        _ if io.is_reading() => !is_word(io.peek()),
        Ty::Named(_) => true,
        _ => false,
    };
    if named {
        return component_name(io, of, is_word);
    }
    io.kind(&words, of);
    if let Ty::Id(of) = of {
        io.mark("<");
        io.glue();
        io.name(of);
        io.mark(">");
    }
    let is_map = matches!(of, Ty::Map(_));
    if let Ty::List(inner)
    | Ty::Map(inner)
    | Ty::Nullable(inner)
    | Ty::Optional(inner)
    | Ty::Boxed(inner) = of
    {
        io.mark("<");
        io.glue();
        if is_map {
            io.word("String");
            io.mark(",");
        }
        ty(io, inner);
        io.mark(">");
    }
}

fn component_name(io: &mut Io<'_>, of: &mut Ty, is_word: impl Fn(&str) -> bool) {
    let mut name = match of {
        Ty::Named(name) => std::mem::take(name),
        _ => String::new(),
    };
    match is_word(&name) {
        true => io.value(&mut name),
        false => io.name(&mut name),
    }
    *of = Ty::Named(name);
}

/// The words with which types begin that are not components.
fn words() -> Vec<(&'static str, Ty)> {
    let wrappers = WRAPPERS.map(|(word, wrap)| (word, wrap(Box::default())));
    let scalars = SCALARS.into_iter().chain(wrappers);
    let others = [(MAP, Ty::Map(Box::default())), (ID, Ty::Id(String::new()))];
    scalars.chain(others).collect()
}
