//! Reads a map of the tree key by key with the table of its keys, and complains about all other keys.

use super::diag::{Code, Diags};
use super::dialect::{Object, Type, wrong};
use super::load::{Entry, Node, Value};
use super::names::Naming;
use super::spelling::nearest;

/// The members of one map that have not been read yet.
pub struct Fields<'a> {
    what: String,
    line: usize,
    object: &'static Object,
    entries: Vec<&'a Entry>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Complains about missing keys. If the node is not a map, the result is empty.
    pub fn of(
        node: &'a Node,
        what: impl Into<String>,
        object: &'static Object,
        diags: &mut Diags,
    ) -> Self {
        let what = what.into();
        let fields = Self {
            entries: entries(node, &what, diags).iter().collect(),
            what,
            line: node.line,
            object,
            known: Vec::new(),
        };
        let has = |key: &str| fields.entries.iter().any(|entry| entry.key == key);
        let refers = object.reference && has("$ref");
        if matches!(node.value, Value::Map(_)) && !refers {
            for key in object.keys().filter(|key| key.required && !has(key.name)) {
                missing(&fields.what, key.name, node.line, diags);
            }
        }
        fields
    }

    pub fn line(&self) -> usize {
        self.line
    }

    /// A member with the type that its key requires.
    pub fn take(&mut self, key: &'static str, diags: &mut Diags) -> Option<&'a Node> {
        let row = self.object.keys().find(|row| row.name == key)?;
        let node = self.member(key)?;
        // A list or a map keeps its valid members.
        let holds = row.holds.check(node, key, diags);
        (holds || matches!(node.value, Value::List(_) | Value::Map(_))).then_some(node)
    }

    fn member(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(&self.entries.remove(index).value)
    }

    /// The `$ref` of an object that may be one. It is the only key.
    pub fn reference(&mut self, diags: &mut Diags) -> Option<&'a Node> {
        let node = self.member("$ref").filter(|_| self.object.reference)?;
        Type::Text.check(node, "$ref", diags);
        Some(node)
    }

    pub fn text(&mut self, key: &'static str, diags: &mut Diags) -> Option<(String, usize)> {
        let node = self.take(key, diags)?;
        Some((text(node)?, node.line))
    }

    /// A required text. It is empty if it is missing, about which a complaint was made.
    pub fn required(&mut self, key: &'static str, diags: &mut Diags) -> (String, usize) {
        let found = self.text(key, diags);
        found.unwrap_or((String::new(), self.line))
    }

    pub fn flag(&mut self, key: &'static str, diags: &mut Diags) -> Option<bool> {
        match self.take(key, diags)?.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn items(node: &Node) -> &[Node] {
        match &node.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub fn number<T: TryFrom<i64>>(&mut self, key: &'static str, diags: &mut Diags) -> Option<T> {
        number(self.take(key, diags)?)
    }

    pub fn list(&mut self, key: &'static str, diags: &mut Diags) -> &'a [Node] {
        match self.take(key, diags).map(|node| &node.value) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    pub fn texts(&mut self, key: &'static str, diags: &mut Diags) -> Vec<(String, usize)> {
        texts(self.list(key, diags))
    }

    /// `x-name` and `x-was`, which is a name or a list of them.
    pub fn naming(&mut self, diags: &mut Diags) -> Naming {
        let name = self.text("x-name", diags);
        let was = self.one_or_more("x-was", diags);
        Naming { name, was }
    }

    pub fn one_or_more(&mut self, key: &'static str, diags: &mut Diags) -> Vec<(String, usize)> {
        match self.take(key, diags) {
            Some(Node {
                value: Value::List(nodes),
                ..
            }) => texts(nodes),
            node => texts(node.map_or(&[], std::slice::from_ref)),
        }
    }

    /// Entries of a map whose keys are names, such as `properties`.
    pub fn map(&mut self, key: &'static str, diags: &mut Diags) -> &'a [Entry] {
        match self.take(key, diags).map(|node| &node.value) {
            Some(Value::Map(entries)) => entries,
            _ => &[],
        }
    }

    /// Complains about every key that was not read.
    pub fn finish(mut self, diags: &mut Diags) {
        // The source of a fact is only for readers of the spec.
        self.take("x-source", diags);
        for entry in &self.entries {
            let help = match nearest(&entry.key, self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("allowed here: {}", self.known.join(", ")),
            };
            let problem = format!("{} has an unknown key `{}`", self.what, entry.key);
            diags.error_help(Code::UnknownKey, entry.line, problem, help);
        }
    }
}

/// The entries of a map with any keys.
pub fn entries<'a>(node: &'a Node, what: &str, diags: &mut Diags) -> &'a [Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => {
            wrong(node, what, "a map", diags);
            &[]
        }
    }
}

/// A text, without the line breaks at its end.
pub fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.trim_end_matches('\n').to_owned()),
        _ => None,
    }
}

/// The texts among these, with their lines.
pub fn texts(nodes: &[Node]) -> Vec<(String, usize)> {
    let texts = nodes.iter();
    texts
        .filter_map(|node| Some((text(node)?, node.line)))
        .collect()
}

/// The items of a list.
pub fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

pub fn number<T: TryFrom<i64>>(node: &Node) -> Option<T> {
    match node.value {
        Value::Integer(value) => T::try_from(value).ok(),
        _ => None,
    }
}

/// A key is missing, or has no value.
pub fn missing(what: &str, key: &str, line: usize, diags: &mut Diags) {
    let problem = format!("{what} has no {key}");
    let help = format!("add `{key}:` to it");
    diags.error_help(Code::MissingKey, line, problem, help);
}

/// Complains about the name of a component that does not exist.
pub fn no_component(kind: &str, name: &str, line: usize, diags: &mut Diags) {
    let problem = format!("there is no component {kind} `{name}`");
    diags.error(Code::NoSuchComponent, line, problem);
}
