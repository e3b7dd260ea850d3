//! The extensions of operations: pages, waits, followers, changes and carries.

use super::Both;
use super::notes::Notes;
use crate::codegen::contract::{Operation, Ty};
use crate::codegen::extensions::Seen;
use crate::codegen::surface;
use crate::diff::rules::Rule;

pub fn all(both: &Both<'_>, (old, new): (&Operation, &Operation), notes: &mut Notes) {
    let old = old.extensions.seen(&both.old, old);
    let new = new.extensions.seen(&both.new, new);
    for seen in &old {
        let now = new.iter().find(|now| now.word == seen.word);
        notes.part(seen.word, seen.key, |notes| match now {
            Some(now) => extension(both, (seen, now), notes),
            None => notes.gone(Rule::MethodLost, name(seen)),
        });
    }
    let is_new = |seen: &&Seen| !old.iter().any(|before| before.word == seen.word);
    for seen in new.iter().filter(is_new) {
        notes.part(seen.word, seen.key, |notes| {
            notes.added(Rule::MethodGained, name(seen));
        });
    }
}

fn name(seen: &Seen) -> &str {
    seen.method.as_deref().unwrap_or(seen.word)
}

fn extension(both: &Both<'_>, (old, new): (&Seen, &Seen), notes: &mut Notes) {
    notes.differs(Rule::MethodRenamed, name(old), name(new));
    let now = |(name, ty): &(String, Ty)| (name.clone(), both.now(ty));
    let before: Vec<_> = old.takes.iter().map(now).collect();
    let types =
        |takes: &[(String, Ty)]| -> Vec<Ty> { takes.iter().map(|(_, ty)| ty.clone()).collect() };
    let told = |takes: &[(String, Ty)]| -> Vec<String> {
        let one = |(name, ty): &(String, Ty)| format!("{name}: {}", surface::ty(ty));
        takes.iter().map(one).collect()
    };
    // Two arguments of the same type may have changed places.
    let rule = match types(&before) == types(&new.takes) && !reordered(&before, &new.takes) {
        true => Rule::ArgRenamed,
        false => Rule::MethodArguments,
    };
    notes.list(rule, &told(&before), &told(&new.takes));
    let yields = |ty: Option<Ty>| ty.map_or_else(String::new, |ty| surface::ty(&ty));
    let before = old.yields.as_ref().map(|ty| both.now(ty));
    notes.differs(
        Rule::MethodGives,
        &yields(before),
        &yields(new.yields.clone()),
    );
    terms(&old.terms, &new.terms, notes);
}

/// Compares lines of the page. Two lines that begin with the same word are one changed line.
fn terms(old: &[String], new: &[String], notes: &mut Notes) {
    let gone: Vec<&String> = old.iter().filter(|line| !new.contains(line)).collect();
    let mut news: Vec<&String> = new.iter().filter(|line| !old.contains(line)).collect();
    // Alternatives are tested in their order.
    if gone.is_empty() && news.is_empty() && old != new {
        return notes.say(Rule::ExtensionTerms, "one order", "another order");
    }
    let word = |line: &String| line.split([' ', '=']).next().map(str::to_owned);
    for line in gone {
        match news.iter().position(|it| word(it) == word(line)) {
            Some(at) => notes.say(Rule::ExtensionTerms, line, news.remove(at)),
            None => notes.gone(Rule::ExtensionTerms, line),
        }
    }
    for line in news {
        notes.added(Rule::ExtensionTerms, line);
    }
}

/// Whether arguments of the same names are in another order.
fn reordered(old: &[(String, Ty)], new: &[(String, Ty)]) -> bool {
    let place = |name: &str| new.iter().position(|(other, _)| other == name);
    let places: Vec<usize> = old.iter().filter_map(|(name, _)| place(name)).collect();
    !places.is_sorted()
}
