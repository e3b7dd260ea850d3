//! The findings so far, and the thing that is being compared.

use std::fmt::Display;

use super::pairs::Pairs;
use crate::diff::finding::{Finding, Place};
use crate::diff::rules::Rule;

#[derive(Default)]
pub struct Notes {
    pub found: Vec<Finding>,
    /// The thing that is being compared.
    at: String,
    place: Place,
}

impl Notes {
    /// Adds findings about one thing.
    pub fn at(&mut self, at: &str, place: Place, compare: impl FnOnce(&mut Self)) {
        let before = (
            std::mem::replace(&mut self.at, at.to_owned()),
            std::mem::replace(&mut self.place, place),
        );
        compare(self);
        (self.at, self.place) = before;
    }

    /// Adds findings about a part of the thing, with its name in Rust and in the spec.
    pub fn part(&mut self, name: &str, wire: &str, compare: impl FnOnce(&mut Self)) {
        let (at, place) = (format!("{}.{name}", self.at), self.place.part(wire));
        self.at(&at, place, compare);
    }

    /// Adds a finding without details.
    pub fn one(&mut self, rule: Rule, at: &str) {
        self.at(at, Place::Api, |notes| notes.note(rule, None, None));
    }

    pub fn note(&mut self, rule: Rule, before: Option<String>, after: Option<String>) {
        let finding = Finding::new(rule, &*self.at, self.place.clone());
        self.found.push(Finding {
            before,
            after,
            ..finding
        });
    }

    pub fn say(&mut self, rule: Rule, before: impl Into<String>, after: impl Into<String>) {
        self.note(rule, Some(before.into()), Some(after.into()));
    }

    pub fn gone(&mut self, rule: Rule, what: impl Into<String>) {
        self.note(rule, Some(what.into()), None);
    }

    pub fn added(&mut self, rule: Rule, what: impl Into<String>) {
        self.note(rule, None, Some(what.into()));
    }

    pub fn differs<T: Display + PartialEq + ?Sized>(&mut self, rule: Rule, old: &T, new: &T) {
        if old != new {
            self.say(rule, old.to_string(), new.to_string());
        }
    }

    /// Compares a fact that is true or not.
    pub fn flag(&mut self, rule: Rule, word: &str, (old, new): (bool, bool)) {
        match (old, new) {
            (true, false) => self.gone(rule, word),
            (false, true) => self.added(rule, word),
            _ => {}
        }
    }

    /// Compares two lists as a whole.
    pub fn list(&mut self, rule: Rule, old: &[String], new: &[String]) {
        if old != new {
            let told = |list: &[String]| format!("[{}]", list.join(", "));
            self.say(rule, told(old), told(new));
        }
    }

    /// Adds findings about removed and about new things of a list.
    pub fn members(&mut self, (gone, news): (Rule, Rule), old: &[String], new: &[String]) {
        for one in old.iter().filter(|one| !new.contains(one)) {
            self.gone(gone, one);
        }
        for one in new.iter().filter(|one| !old.contains(one)) {
            self.added(news, one);
        }
    }

    /// Compares former names, one of which may be the name that has just changed.
    pub fn former(&mut self, old: &[String], new: &[String], renamed: Option<&str>) {
        self.members((Rule::FormerNameDropped, Rule::FormerNameAdded), old, new);
        // This has already been reported as a renaming.
        self.found.retain(|it| {
            let told = it.rule == Rule::FormerNameAdded && it.after.as_deref() == renamed;
            !(told && renamed.is_some() && it.at == self.at)
        });
    }

    /// Adds a finding if the things on both sides are in another order.
    pub fn order<T>(&mut self, what: &str, rule: Rule, pairs: &Pairs<'_, T>) {
        if !pairs.in_order(|_, _| true) {
            let at = match self.at.as_str() {
                "" => what.to_owned(),
                whose => format!("{whose}.{what}"),
            };
            self.at(&at, self.place.clone(), |notes| {
                notes.note(rule, None, None)
            });
        }
    }
}
