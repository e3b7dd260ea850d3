//! Extensions with their whole vocabulary.

use super::io::Io;
use crate::codegen::contract::{
    Carry, Change, Condition, Follow, Given, ItemId, LogParts, Look, Pages, Place, Rules, Taken,
    Version, Wait,
};

const ITEM_IDS: [(&str, ItemId); 3] = [
    ("nothing", ItemId::Nothing),
    ("itself", ItemId::Itself),
    ("fields", ItemId::Fields(Vec::new())),
];

pub fn pages(io: &mut Io<'_>, pages: &mut Pages) {
    io.word("pages");
    io.pair("offset", |io| io.name(&mut pages.offset));
    io.pair("limit", |io| io.name(&mut pages.limit));
    io.some("items", &mut pages.items, Io::name);
    io.some("total", &mut pages.total, Io::name);
    io.line(|io| {
        io.word("known-by");
        io.kind(&ITEM_IDS, &mut pages.id);
        if let ItemId::Fields(names) = &mut pages.id {
            io.items(names, Io::name);
        }
    });
}

pub fn wait(io: &mut Io<'_>, wait: &mut Wait) {
    io.word("wait");
    io.name(&mut wait.method.name);
    taken(io, &mut wait.taken);
    io.line(|io| {
        io.word("timeout");
        io.value(&mut wait.timeout_seconds);
        io.word("seconds");
    });
    pointers(io, "state", &mut wait.state);
    rules(io, "pending", &mut wait.pending);
    rules(io, "done", &mut wait.done);
    rules(io, "failed", &mut wait.failed);
    rules(io, "gone", &mut wait.gone);
    pointers(io, "reason", &mut wait.reason);
    io.maybe("version", &mut wait.version, |io, version: &mut Version| {
        io.word("version");
        io.name(&mut version.at);
        io.some("date", &mut version.date, Io::name);
        io.list("reached", &mut version.reached, Io::name);
    });
}

pub fn follow(io: &mut Io<'_>, follow: &mut Follow) {
    io.word("follow");
    io.name(&mut follow.method.name);
    line(io, "entry", &mut follow.entry);
    line(io, "id", &mut follow.id);
    line(io, "time", &mut follow.time);
    io.maybe("order", &mut follow.order, |io, at| named(io, "order", at));
    for (word, place) in [
        ("after", &mut follow.after),
        ("length", &mut follow.length),
        ("from", &mut follow.from),
        ("to", &mut follow.to),
        ("descending", &mut follow.descending),
    ] {
        io.maybe(word, place, |io, place: &mut Place| {
            io.word(word);
            io.name(&mut place.field);
            io.flag("in-body", &mut place.in_body);
        });
    }
    io.fact("refusable", &mut follow.refusable);
    io.maybe("parts", &mut follow.parts, parts);
}

fn parts(io: &mut Io<'_>, parts: &mut LogParts) {
    io.word("parts");
    io.name(&mut parts.argument);
    io.line(|io| {
        look(io, "list", &mut parts.list);
        io.some("items", &mut parts.items, Io::value);
    });
    line(io, "id", &mut parts.id);
    io.maybe("date", &mut parts.date, |io, at| named(io, "date", at));
    io.line(|io| look(io, "overview", &mut parts.overview));
    pointers(io, "active", &mut parts.active);
}

fn look(io: &mut Io<'_>, word: &str, look: &mut Look) {
    io.word(word);
    io.name(&mut look.id);
    io.list("arguments", &mut look.arguments, Io::name);
    io.list("set", &mut look.set, |io, (name, value)| {
        io.name(name);
        io.mark(":");
        io.value(value);
    });
}

pub fn change(io: &mut Io<'_>, change: &mut Change) {
    io.word("change");
    io.name(&mut change.method.name);
    line(io, "read", &mut change.read);
    line(io, "within", &mut change.within);
    line(io, "plain", &mut change.plain);
    line(io, "secret", &mut change.secret);
    io.line(|io| {
        io.word("mask");
        io.value(&mut change.mask);
    });
}

pub fn carry(io: &mut Io<'_>, carry: &mut Carry) {
    io.word("carry");
    io.name(&mut carry.method.name);
    taken(io, &mut carry.taken);
    io.each(&["member"], &mut carry.members, |io, name| {
        named(io, "member", name)
    });
    io.each(&["stale"], &mut carry.stale, |io, status: &mut u16| {
        io.word("stale");
        io.value(status);
    });
}

fn taken(io: &mut Io<'_>, taken: &mut Taken) {
    io.line(|io| {
        io.word("takes");
        io.name(&mut taken.argument);
        io.mark(":");
        io.name(&mut taken.of);
    });
    io.each(&["given"], &mut taken.given, |io, given: &mut Given| {
        io.word("given");
        io.name(&mut given.argument);
        io.word("by");
        io.name(&mut given.field);
    });
}

/// A line of a word and a text.
fn line(io: &mut Io<'_>, word: &str, text: &mut String) {
    io.line(|io| named(io, word, text));
}

/// A word and a text.
fn named(io: &mut Io<'_>, word: &str, text: &mut String) {
    io.word(word);
    io.name(text);
}

fn pointers(io: &mut Io<'_>, word: &str, pointers: &mut Vec<String>) {
    io.each(&[word], pointers, |io, at: &mut String| named(io, word, at));
}

/// A line for each alternative.
fn rules(io: &mut Io<'_>, word: &str, rules: &mut Rules) {
    io.each(&[word], rules, |io, conditions: &mut Vec<Condition>| {
        io.word(word);
        io.items(conditions, |io, condition| {
            io.name(&mut condition.at);
            io.word("is");
            io.items(&mut condition.values, Io::value);
        });
    });
}
