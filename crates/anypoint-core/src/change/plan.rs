//! Works out what to send to change some properties and keep the others.
//!
//! It must not send anything. Its errors must name properties and never quote a value.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;
use serde_json::Map;

use super::{Changing, Edit, Edits};
use crate::Json;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::secret::redact::Redactor;

/// A body in which secrets are still marked.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Tree {
    Branch(BTreeMap<String, Tree>),
    Secret(Secret),
    Value(Json),
}

/// The current properties.
struct Found<'a> {
    plain: &'a Map<String, Json>,
    secret: &'a Map<String, Json>,
    /// The other members of the object with the two maps.
    others: BTreeMap<&'a String, &'a Json>,
}

/// Refuses a mask as a new value.
pub(super) fn without_masks(facts: &Changing, edits: &Edits) -> Result<(), Error> {
    let masked = edits.iter().filter(|(_, edit)| match edit {
        Edit::Plain(value) => value == facts.mask,
        Edit::Secret(value) => value.expose() == facts.mask,
        Edit::Removed => false,
    });
    match listed(masked.map(|(name, _)| name)) {
        None => Ok(()),
        Some(names) => Err(Error::invalid(format!(
            "a mask would be stored as the value of {names}"
        ))
        .with_hint("give the value itself: what is read back of a secure property is no value")),
    }
}

/// The body of the change; `None` if nothing would change.
pub(super) fn body(
    facts: &Changing,
    edits: &Edits,
    document: &Json,
    redactor: &Redactor,
) -> Result<Option<Tree>, Error> {
    let found = find(facts, document)?;
    removals(edits, &found)?;
    if !edits.iter().any(|(name, edit)| changes(name, edit, &found)) {
        return Ok(None);
    }
    unknown(facts, edits, &found, redactor)?;
    let mut members = BTreeMap::new();
    for (name, value) in &found.others {
        if holds(value, facts.mask) {
            let name = redactor.show(name);
            let problem = format!("a mask in {name} would be stored as its value");
            return Err(Error::invalid(problem)
                .with_hint("write the request by hand, with all values that it replaces"));
        }
        members.insert((*name).clone(), Tree::Value((*value).clone()));
    }
    let plain = plain(edits, &found);
    let secret = secret(edits);
    // A map that becomes empty is sent as empty; one that was empty is left out.
    for (name, map, before) in [
        (facts.plain, plain, found.plain),
        (facts.secret, secret, found.secret),
    ] {
        if !map.is_empty() || !before.is_empty() {
            members.insert(name.to_owned(), Tree::Branch(map));
        }
    }
    let wrap = |inner, name: &str| Tree::Branch(BTreeMap::from([(name.to_owned(), inner)]));
    let within = names(facts.within).rev();
    Ok(Some(within.fold(Tree::Branch(members), wrap)))
}

fn find<'a>(facts: &Changing, document: &'a Json) -> Result<Found<'a>, Error> {
    // An empty answer does not mean that there are no properties.
    let mut within = document.as_object().ok_or_else(|| not_there(""))?;
    for name in names(facts.within) {
        within = object(name, within.get(name))?;
    }
    let others = within
        .iter()
        .filter(|(name, value)| *name != facts.plain && *name != facts.secret && !value.is_null());
    Ok(Found {
        plain: object(facts.plain, within.get(facts.plain))?,
        secret: object(facts.secret, within.get(facts.secret))?,
        others: others.collect(),
    })
}

/// The names in a pointer.
fn names(pointer: &str) -> impl DoubleEndedIterator<Item = &str> {
    pointer.split('/').filter(|name| !name.is_empty())
}

/// The object, or an empty one if there is none.
fn object<'a>(name: &str, value: Option<&'a Json>) -> Result<&'a Map<String, Json>, Error> {
    static EMPTY: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);
    match value {
        None | Some(Json::Null) => Ok(&EMPTY),
        Some(Json::Object(members)) => Ok(members),
        Some(_) => Err(not_there(name)),
    }
}

fn not_there(name: &str) -> Error {
    let at = if name.is_empty() { "" } else { " at " };
    let problem = format!("the answer has no object{at}{name}, so its properties are not known");
    Error::new(ErrorKind::Decode, problem)
}

/// Refuses to remove a property that does not exist, which is usually a typing mistake.
fn removals(edits: &Edits, found: &Found<'_>) -> Result<(), Error> {
    let wrong = edits.iter().filter(|(name, edit)| {
        matches!(edit, Edit::Removed)
            && !found.plain.contains_key(*name)
            && !found.secret.contains_key(*name)
    });
    match listed(wrong.map(|(name, _)| name)) {
        None => Ok(()),
        Some(names) => Err(Error::invalid(format!(
            "there is nothing to remove by the name of {names}"
        ))
        .with_hint("check the spelling, or leave the removal out")),
    }
}

/// Whether an edit changes something. The edit of a secret may always do so.
fn changes(name: &str, edit: &Edit, found: &Found<'_>) -> bool {
    match edit {
        Edit::Secret(_) | Edit::Removed => true,
        Edit::Plain(value) => {
            let now = found.plain.get(name).and_then(Json::as_str);
            now != Some(value) || found.secret.contains_key(name)
        }
    }
}

/// Refuses a change if a value to be kept is not known. A plain property may be masked, too.
fn unknown(
    facts: &Changing,
    edits: &Edits,
    found: &Found<'_>,
    redactor: &Redactor,
) -> Result<(), Error> {
    let masked = found.plain.iter();
    let masked = masked.filter(|(_, value)| holds(value, facts.mask));
    let hidden = found.secret.keys().chain(masked.map(|(name, _)| name));
    match listed(hidden.filter(|name| !edits.contains_key(*name))) {
        None => Ok(()),
        Some(names) => Err(Error::invalid(format!(
            "the values of these secure properties are needed and cannot be read: {}",
            redactor.show(&names)
        ))
        .with_hint("give each by set_secret, unchanged ones, too, or take it away by remove")),
    }
}

fn plain(edits: &Edits, found: &Found<'_>) -> BTreeMap<String, Tree> {
    let kept = found
        .plain
        .iter()
        .filter(|(name, _)| !edits.contains_key(*name))
        .map(|(name, value)| (name.clone(), Tree::Value(value.clone())));
    let set = edits.iter().filter_map(|(name, edit)| match edit {
        Edit::Plain(value) => Some((name.clone(), Tree::Value(value.as_str().into()))),
        Edit::Secret(_) | Edit::Removed => None,
    });
    kept.chain(set).collect()
}

fn secret(edits: &Edits) -> BTreeMap<String, Tree> {
    let set = edits.iter().filter_map(|(name, edit)| match edit {
        Edit::Secret(value) => Some((name.clone(), Tree::Secret(value.clone()))),
        Edit::Plain(_) | Edit::Removed => None,
    });
    set.collect()
}

/// Whether a value is the mask, or contains it.
fn holds(value: &Json, mask: &str) -> bool {
    match value {
        Json::String(text) => text == mask,
        Json::Array(items) => items.iter().any(|item| holds(item, mask)),
        Json::Object(members) => members.values().any(|member| holds(member, mask)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The names as a list in text, if there are any.
fn listed<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests;
