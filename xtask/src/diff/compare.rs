//! Compares two contracts and returns the changes as findings.

mod arguments;
mod components;
mod extensions;
mod fields;
mod notes;
mod operations;
mod pairs;

use std::collections::BTreeMap;

use super::finding::{Finding, Place};
use super::rules::Rule;
use crate::codegen::contract::{Bound, Contract, Index, RateLimit, Scope, Tag, Ty};
use crate::codegen::surface;
use notes::Notes;
use pairs::{Pairs, pairs};

/// Two contracts of one API.
struct Both<'a> {
    old: Index<'a>,
    new: Index<'a>,
    /// The new names of renamed components, by their old names; below, those of the clients of scopes and of groups.
    renamed: BTreeMap<&'a str, &'a str>,
    scopes: BTreeMap<String, String>,
    tags: BTreeMap<&'a str, &'a str>,
}

/// The changes from one contract of an API to another.
pub fn contracts(old: &Contract, new: &Contract) -> Vec<Finding> {
    let types = components::paired(old, new);
    let renamed = types.both.iter();
    let renamed = renamed.filter(|(old, new)| old.name != new.name);
    let (scopes, tags) = (paired_scopes(old, new), paired_tags(old, new));
    let both = Both {
        old: Index::from(old),
        new: Index::from(new),
        renamed: renamed.map(|(old, new)| (&*old.name, &*new.name)).collect(),
        scopes: scopes
            .both
            .iter()
            .map(|(old, new)| (old.client(), new.client()))
            .collect(),
        tags: tags
            .both
            .iter()
            .map(|(old, new)| (&*old.module, &*new.module))
            .collect(),
    };
    let mut notes = Notes::default();
    api(&both, &mut notes);
    self::scopes(&scopes, &mut notes);
    self::tags(&tags, &mut notes);
    operations::all(&both, &mut notes);
    components::all(&both, &types, &mut notes);
    notes.found
}

impl Both<'_> {
    /// An old type with the present names of its components.
    fn now(&self, old: &Ty) -> Ty {
        let inner = |inner: &Ty| Box::new(self.now(inner));
        match old {
            Ty::Named(name) => Ty::Named(self.name_now(name).to_owned()),
            Ty::List(of) => Ty::List(inner(of)),
            Ty::Map(of) => Ty::Map(inner(of)),
            Ty::Nullable(of) => Ty::Nullable(inner(of)),
            Ty::Optional(of) => Ty::Optional(inner(of)),
            Ty::Boxed(of) => Ty::Boxed(inner(of)),
            other => other.clone(),
        }
    }

    fn name_now<'n>(&'n self, old: &'n str) -> &'n str {
        self.renamed.get(old).copied().unwrap_or(old)
    }

    /// Adds a finding if two types differ by more than a renamed component.
    fn retyped(&self, notes: &mut Notes, rule: Rule, (old, new): (&Ty, &Ty)) {
        if self.now(old) != *new {
            notes.say(rule, surface::ty(old), surface::ty(new));
        }
    }
}

fn api(both: &Both<'_>, notes: &mut Notes) {
    let (old, new) = (&both.old, &both.new);
    notes.at("client", Place::Api, |notes| {
        notes.differs(Rule::PackageRenamed, &old.package, &new.package);
        notes.differs(Rule::BasePath, &old.base_path, &new.base_path);
        notes.differs(Rule::ApiWords, &old.title, &new.title);
        notes.differs(Rule::ApiWords, &old.version, &new.version);
        notes.differs(Rule::ApiWords, &old.origin, &new.origin);
    });
    limits(&old.limits, &new.limits, notes);
    ids(both, notes);
}

fn limits(old: &[RateLimit], new: &[RateLimit], notes: &mut Notes) {
    let paired = pairs(old, new, &[&|old, new| old.name == new.name]);
    let told = surface::rate_limit;
    for (old, new) in &paired.both {
        notes.at(&new.name, Place::Api, |notes| {
            notes.differs(Rule::LimitChanged, &told(old), &told(new));
        });
    }
    for limit in &paired.gone {
        let gone = |notes: &mut Notes| notes.gone(Rule::LimitChanged, told(limit));
        notes.at(&limit.name, Place::Api, gone);
    }
    for limit in &paired.news {
        let new = |notes: &mut Notes| notes.added(Rule::LimitChanged, told(limit));
        notes.at(&limit.name, Place::Api, new);
    }
    notes.order("limits", Rule::Order, &paired);
}

fn paired_scopes<'a>(old: &'a Contract, new: &'a Contract) -> Pairs<'a, Scope> {
    let by_name = |old: &Scope, new: &Scope| old.name == new.name;
    let by_bound = |old: &Scope, new: &Scope| old.bound == new.bound;
    pairs(&old.scopes, &new.scopes, &[&by_name, &by_bound])
}

/// The old and the new groups, paired by name or by content.
fn paired_tags<'a>(old: &'a Contract, new: &'a Contract) -> Pairs<'a, Tag> {
    let within = |contract: &'a Contract, tag: &Tag| {
        let all = contract.operations.iter();
        let own = all.filter(|it| it.module == tag.module);
        own.map(|it| it.id.as_str()).collect::<Vec<_>>()
    };
    pairs(
        &old.tags,
        &new.tags,
        &[
            &|old, new| old.module == new.module,
            &|old, new| old.name == new.name,
            &|before, after| within(old, before) == within(new, after),
        ],
    )
}

fn scopes(paired: &Pairs<'_, Scope>, notes: &mut Notes) {
    let told = |bound: &[Bound]| {
        let told = bound.iter();
        let told = told.map(|it| format!("{}: {}", it.name, surface::ty(&it.ty)));
        told.collect::<Vec<_>>().join(", ")
    };
    for (old, new) in &paired.both {
        notes.at(&new.client(), Place::Api, |notes| {
            notes.differs(Rule::ScopeRenamed, &old.client(), &new.client());
            notes.differs(Rule::ScopeArguments, &told(&old.bound), &told(&new.bound));
        });
    }
    let each = |notes: &mut Notes, rule, scope: &Scope| notes.one(rule, &scope.client());
    for scope in &paired.gone {
        each(notes, Rule::ScopeRemoved, scope);
    }
    for scope in &paired.news {
        each(notes, Rule::ScopeAdded, scope);
    }
    notes.order("scopes", Rule::Order, paired);
}

fn tags(paired: &Pairs<'_, Tag>, notes: &mut Notes) {
    for (old, new) in &paired.both {
        notes.at(&new.module, Place::Api, |notes| {
            match old.module == new.module {
                true => notes.differs(Rule::TagRenamed, &old.name, &new.name),
                false => notes.differs(Rule::TagRenamed, &old.module, &new.module),
            }
        });
    }
    for tag in &paired.gone {
        notes.one(Rule::TagRemoved, &tag.module);
    }
    for tag in &paired.news {
        notes.one(Rule::TagAdded, &tag.module);
    }
    notes.order("tags", Rule::TagOrder, paired);
}

fn ids(both: &Both<'_>, notes: &mut Notes) {
    let (old, new) = (both.old.ids(), both.new.ids());
    for gone in old.difference(&new) {
        notes.one(Rule::IdRemoved, &crate::codegen::names::id(gone));
    }
    for added in new.difference(&old) {
        notes.one(Rule::IdAdded, &crate::codegen::names::id(added));
    }
}
