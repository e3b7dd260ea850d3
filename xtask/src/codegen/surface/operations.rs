//! Operations: the call in Rust, and what is on the wire.

use super::io::Io;
use super::types::{ty, values};
use crate::codegen::contract::{Answer, Body, Gives, Operation, Outcome, Parameter, Refusal, Ty};

const GIVES: [(&str, Gives); 6] = [
    ("nothing", Gives::Nothing),
    ("text", Gives::Text),
    ("json-text", Gives::JsonText),
    ("download", Gives::Download),
    ("json", Gives::Json(Ty::Json)),
    ("outcome", Gives::Outcome(String::new())),
];

pub fn operation(io: &mut Io<'_>, operation: &mut Operation) {
    io.word("operation");
    io.name(&mut operation.id);
    io.some("in", &mut operation.scope, Io::name);
    io.word("gives");
    gives(io, &mut operation.gives);
    io.flag("deprecated", &mut operation.deprecated);
    io.list("was", &mut operation.was, Io::name);
    asked(io, operation);
    answered(io, operation);
    treated(io, operation);
    shown(io, operation);
    operation.extensions.describe(io);
}

/// The request.
fn asked(io: &mut Io<'_>, operation: &mut Operation) {
    io.line(|io| {
        io.one(&mut operation.method);
        io.name(&mut operation.path);
    });
    io.line(|io| {
        io.word("request");
        io.name(&mut operation.request);
        io.unless_same("of", &operation.id, &mut operation.operation_id);
    });
    let parameters = &mut operation.parameters;
    io.each(&["argument", "setter"], parameters, parameter);
    io.maybe("body", &mut operation.body, body);
    io.line(|io| {
        io.word("accept");
        io.value(&mut operation.accept);
    });
}

/// The answer.
fn answered(io: &mut Io<'_>, operation: &mut Operation) {
    io.each(&["answer"], &mut operation.answers, answer);
    let refusals = &mut operation.refusals;
    io.each(&["error"], refusals, |io, refusal: &mut Refusal| {
        io.word("error");
        io.name(&mut refusal.code);
    });
}

/// How the runtime handles it.
fn treated(io: &mut Io<'_>, operation: &mut Operation) {
    io.line(|io| {
        io.word("security");
        io.one(&mut operation.security);
    });
    io.fact("idempotent", &mut operation.idempotent);
    io.fact("environment", &mut operation.environment);
    io.each(
        &["limited"],
        &mut operation.limits,
        |io, name: &mut String| {
            io.word("limited");
            io.name(name);
        },
    );
}

/// The parts that a command line shows.
fn shown(io: &mut Io<'_>, operation: &mut Operation) {
    let columns = std::mem::take(&mut operation.columns);
    let mut columns = Some(columns).filter(|columns| !columns.is_empty());
    io.maybe("columns", &mut columns, |io, columns| {
        io.word("columns");
        io.items(columns, Io::name);
    });
    operation.columns = columns.unwrap_or_default();
}

fn gives(io: &mut Io<'_>, gives: &mut Gives) {
    io.kind(&GIVES, gives);
    match gives {
        Gives::Json(of) => ty(io, of),
        Gives::Outcome(name) => io.name(name),
        Gives::Nothing | Gives::Text | Gives::JsonText | Gives::Download => {}
    }
}

fn parameter(io: &mut Io<'_>, parameter: &mut Parameter) {
    let words = [("argument", true), ("setter", false)];
    io.pick(&words, &mut parameter.required, bool::eq);
    io.name(&mut parameter.name);
    io.mark(":");
    ty(io, &mut parameter.ty);
    io.word("in");
    io.one(&mut parameter.location);
    io.unless_same("as", &parameter.name, &mut parameter.wire);
    io.flag("bound", &mut parameter.bound);
    io.flag("deprecated", &mut parameter.deprecated);
    io.list("was", &mut parameter.was, Io::name);
    values(io, &mut parameter.default, &mut parameter.limits);
}

fn body(io: &mut Io<'_>, body: &mut Body) {
    io.word("body");
    ty(io, &mut body.ty);
    io.flag("required", &mut body.required);
    io.word("as");
    io.one(&mut body.encoding);
    io.value(&mut body.media);
}

fn answer(io: &mut Io<'_>, answer: &mut Answer) {
    io.word("answer");
    io.value(&mut answer.status);
    io.some("media", &mut answer.media, Io::value);
    io.some(
        "outcome",
        &mut answer.outcome,
        |io, outcome: &mut Outcome| {
            io.name(&mut outcome.name);
            io.some("holds", &mut outcome.ty, ty);
        },
    );
}
