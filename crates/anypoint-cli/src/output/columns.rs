//! The columns of a list, and their values.

use crate::value::Value;

/// How many columns a table has unless they are named.
const MOST: usize = 6;

/// Which columns a table has.
#[derive(Clone, Copy)]
pub(crate) enum Choice<'a> {
    /// These, whether they fit or not: somebody asked for them.
    All(&'a [String]),
    /// As many of these as fit, from the first one on.
    First(&'a [&'a str]),
    /// As many as fit of those that say most.
    Free,
}

impl Choice<'_> {
    /// The columns of a table, before any of them is left out.
    pub(crate) fn of(self, items: &[Value]) -> Vec<String> {
        match self {
            Self::All(wanted) => wanted.to_vec(),
            Self::First(named) => named.iter().map(|it| (*it).to_owned()).collect(),
            Self::Free => columns(items, MOST),
        }
    }
}

/// What says most about a thing, in this order.
const FIRST: [&str; 14] = [
    "id",
    "deploymentId",
    "name",
    "domain",
    "fullDomain",
    "displayName",
    "username",
    "version",
    "type",
    "status",
    "state",
    "message",
    "region",
    "target",
];

/// The members that become columns: of those that say something in plain values, what says most, and then the others in their
/// order.
pub(crate) fn columns(items: &[Value], most: usize) -> Vec<String> {
    let mut found: Vec<&str> = Vec::new();
    for item in items {
        let Value::Object(members) = item else {
            continue;
        };
        let plain = members
            .iter()
            .filter(|(_, value)| value.scalar().is_some_and(|it| !it.is_empty()));
        for (name, _) in plain {
            if !found.contains(&name.as_str()) {
                found.push(name);
            }
        }
    }
    let rank = |name: &&str| {
        FIRST
            .iter()
            .position(|it| it == name)
            .unwrap_or(FIRST.len())
    };
    found.sort_by_key(rank);
    found.truncate(most);
    found.into_iter().map(str::to_owned).collect()
}

/// What stands under a column: a member, or one of a member as in `target.provider`.
pub(crate) fn cell(item: &Value, column: &str) -> String {
    let value = match item.get(column) {
        Some(value) => Some(value),
        None => column.split('.').try_fold(item, Value::get),
    };
    value.map_or_else(String::new, shown)
}

/// A value on one line.
pub(crate) fn shown(value: &Value) -> String {
    match (value.scalar(), value) {
        (Some(text), _) => text,
        (None, Value::List(items)) if items.iter().all(|it| it.scalar().is_some()) => {
            let items: Vec<_> = items.iter().filter_map(Value::scalar).collect();
            items.join(", ")
        }
        (None, other) => other.compact(),
    }
}
