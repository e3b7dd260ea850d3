//! References between components, and the members of an `allOf`. Bounded on any input, also a cyclic one.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use super::spec::{Kind, Property, Schema, Spec};

/// All components that can be reached from the roots, including the roots.
pub fn reachable<'a>(
    spec: &'a Spec,
    roots: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = roots.into_iter().collect();
    while let Some(name) = open.pop() {
        let Some(component) = spec.schema(name) else {
            continue;
        };
        if found.insert(component.name.as_str()) {
            open.extend(component.schema.refs().into_iter().map(|(name, _)| name));
        }
    }
    found
}

/// The schema that a `$ref` refers to, directly or within an `allOf` that only decorates it.
pub fn resolve<'a>(spec: &'a Spec, schema: &'a Schema) -> &'a Schema {
    let mut current = schema;
    // A chain longer than this is a cycle, which lint reports.
    for _ in 0..64 {
        let next = match target(current) {
            Some(name) => spec.schema(name).map(|component| &component.schema),
            None => return current,
        };
        match next {
            Some(schema) => current = schema,
            None => return current,
        }
    }
    current
}

/// The component of a schema that is a `$ref`, or an `allOf` of one.
pub fn target(schema: &Schema) -> Option<&str> {
    match &schema.kind {
        Kind::Ref(name) => Some(name),
        Kind::AllOf(parts) => match &parts[..] {
            [
                Schema {
                    kind: Kind::Ref(name),
                    ..
                },
            ] => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// A map that is a component by itself: it has no type of its own and is inlined where it is used.
pub fn map<'a>(spec: &'a Spec, schema: &Schema) -> Option<&'a Schema> {
    let component = spec.schema(target(schema)?)?;
    matches!(component.schema.kind, Kind::Map(_)).then_some(&component.schema)
}

/// The maximum number of nested levels of `allOf` that are read; lint refuses more.
pub const MAX_JOIN_DEPTH: usize = 16;
/// The maximum number of parts of an `allOf` that are read, on all levels together.
pub const MAX_JOINED: usize = 1_000;

/// The properties of an object, including those of its `allOf` parts, in their order.
pub fn properties<'a>(spec: &'a Spec, schema: &'a Schema) -> Vec<&'a Property> {
    join(spec, schema).0
}

/// The name in Rust of an object's member.
pub fn field(spec: &Spec, schema: &Schema, wire: &str) -> String {
    let properties = properties(spec, schema);
    let found = properties.iter().find(|property| property.name == wire);
    found.map_or_else(|| names::argument(wire), |property| property.rust())
}

/// Whether an `allOf` has more levels or parts than are read.
pub fn joins_too_much(spec: &Spec, schema: &Schema) -> bool {
    join(spec, schema).1
}

/// The properties, and whether some were left out.
fn join<'a>(spec: &'a Spec, schema: &'a Schema) -> (Vec<&'a Property>, bool) {
    let (mut found, mut parts, mut left_out) = (Vec::new(), 0, false);
    // The last element is the next part.
    let mut open = vec![(schema, 0)];
    while let Some((schema, depth)) = open.pop() {
        parts += 1;
        if depth > MAX_JOIN_DEPTH || parts > MAX_JOINED {
            left_out = true;
            continue;
        }
        match &schema.kind {
            Kind::Object(properties) => found.extend(properties),
            Kind::AllOf(parts) if open.len() + parts.len() <= MAX_JOINED => {
                open.extend(parts.iter().rev().map(|part| (part, depth + 1)));
            }
            Kind::AllOf(_) => left_out = true,
            Kind::Ref(name) => {
                let component = spec.schema(name);
                open.extend(component.map(|component| (&component.schema, depth + 1)));
            }
            _ => {}
        }
    }
    (found, left_out)
}

/// The list of a page: the list that `x-page-or-array` names, or else the only list of an object whose other members are only numbers and
/// flags.
pub fn list_of_page<'a>(spec: &'a Spec, schema: &'a Schema) -> Option<&'a Property> {
    let page = resolve(spec, schema);
    let properties = properties(spec, page);
    if let Some((named, _)) = &page.page_or_array {
        return properties.into_iter().find(|it| it.name == *named);
    }
    let kind = |it: &'a Property| &resolve(spec, &it.schema).kind;
    let (lists, others): (Vec<_>, Vec<_>) = properties
        .into_iter()
        .partition(|it| matches!(kind(it), Kind::List(_)));
    let counts = |it: &'a Property| {
        let plain = matches!(kind(it), Kind::Integer { .. } | Kind::Number | Kind::Bool);
        plain && !it.schema.lenient
    };
    match lists[..] {
        [list] if others.iter().all(|it| counts(it)) => Some(list),
        _ => None,
    }
}

/// Whether the schema is an object with named members.
pub fn is_object(spec: &Spec, schema: &Schema) -> bool {
    matches!(resolve(spec, schema).kind, Kind::Object(_) | Kind::AllOf(_))
}

/// The nodes of a graph that are on a cycle, each with the number of its group of nodes that lead to each other. The search
/// takes linear time and uses no recursion (Tarjan's algorithm).
pub fn on_cycles<'a>(graph: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeMap<&'a str, usize> {
    let mut search = Search::default();
    for node in graph.keys() {
        search.from(graph, node);
    }
    search.cyclic
}

#[derive(Default)]
struct Search<'a> {
    /// The time when each node was visited, and the time of the earliest node that it leads back to.
    met: BTreeMap<&'a str, (usize, usize)>,
    /// Nodes that may still turn out to be on a cycle with those before them.
    path: Vec<&'a str>,
    on_path: BTreeSet<&'a str>,
    cyclic: BTreeMap<&'a str, usize>,
}

impl<'a> Search<'a> {
    fn from(&mut self, graph: &BTreeMap<&'a str, Vec<&'a str>>, root: &'a str) {
        let mut open = Vec::new();
        self.meet(root, &mut open);
        while let Some((node, next)) = open.last_mut() {
            let (node, targets) = (*node, graph.get(*node));
            let target = targets.and_then(|targets| targets.get(*next)).copied();
            *next += 1;
            match target {
                Some(target) if self.met.contains_key(target) => self.lead_back(node, target),
                Some(target) => self.meet(target, &mut open),
                None => {
                    open.pop();
                    self.leave(node);
                    if let Some((before, _)) = open.last() {
                        self.lead_back(before, node);
                    }
                }
            }
        }
    }

    fn meet(&mut self, node: &'a str, open: &mut Vec<(&'a str, usize)>) {
        let time = self.met.len();
        if self.met.contains_key(node) {
            return;
        }
        self.met.insert(node, (time, time));
        self.path.push(node);
        self.on_path.insert(node);
        open.push((node, 0));
    }

    fn lead_back(&mut self, node: &'a str, target: &'a str) {
        if node == target {
            self.cyclic.insert(node, self.met.len());
        }
        let earliest = self.met.get(target).map(|(_, earliest)| *earliest);
        if let (true, Some(earliest), Some(met)) = (
            self.on_path.contains(target),
            earliest,
            self.met.get_mut(node),
        ) {
            met.1 = met.1.min(earliest);
        }
    }

    /// If the node does not lead back to an earlier one, all nodes visited since then lead back to it.
    fn leave(&mut self, node: &'a str) {
        if self
            .met
            .get(node)
            .is_some_and(|(time, earliest)| time != earliest)
        {
            return;
        }
        let start = self.path.iter().rposition(|known| *known == node);
        let group = self.path.split_off(start.unwrap_or(self.path.len()));
        for known in &group {
            self.on_path.remove(known);
        }
        if group.len() > 1 {
            // A number that no other group has: the time when its first node was visited.
            let number = self.met.get(node).map_or(0, |(time, _)| *time);
            self.cyclic
                .extend(group.into_iter().map(|known| (known, number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_back_to_itself_is_found_and_nothing_else() {
        let graph = BTreeMap::from([
            ("a", vec!["b"]),
            ("b", vec!["c", "e"]),
            ("c", vec!["d"]),
            ("d", vec!["b"]),
            ("e", vec!["f"]),
            ("f", vec![]),
            ("g", vec!["g"]),
            ("h", vec!["a", "nowhere"]),
        ]);
        let found: Vec<&str> = on_cycles(&graph).into_keys().collect();
        assert_eq!(found, ["b", "c", "d", "g"]);
    }
}
