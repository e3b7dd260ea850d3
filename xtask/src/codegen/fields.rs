//! Reads a map of the tree key by key, and complains about whatever is left.

use super::diag::{Code, Diags};
use super::load::{Entry, Node, Value};
use super::names::Naming;

/// The members of one map that have not been read yet.
pub struct Fields<'a> {
    what: String,
    line: usize,
    entries: Vec<&'a Entry>,
    known: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// Complains, and gives an empty map, when the node is no map.
    pub fn of(node: &'a Node, what: impl Into<String>, diags: &mut Diags) -> Self {
        let what = what.into();
        let entries = match &node.value {
            Value::Map(entries) => entries.iter().collect(),
            _ => {
                wrong(node, &what, "a map", diags);
                Vec::new()
            }
        };
        Self {
            what,
            line: node.line,
            entries,
            known: Vec::new(),
        }
    }

    pub fn line(&self) -> usize {
        self.line
    }

    pub fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(&self.entries.remove(index).value)
    }

    pub fn require(&mut self, key: &'static str, diags: &mut Diags) -> Option<&'a Node> {
        let found = self.take(key);
        if found.is_none() {
            missing(&self.what, key, self.line, diags);
        }
        found
    }

    pub fn text(&mut self, key: &'static str, diags: &mut Diags) -> Option<(String, usize)> {
        let node = self.take(key)?;
        text(node, key, diags).map(|text| (text, node.line))
    }

    pub fn require_text(&mut self, key: &'static str, diags: &mut Diags) -> (String, usize) {
        match self.require(key, diags) {
            Some(node) => (text(node, key, diags).unwrap_or_default(), node.line),
            None => (String::new(), self.line),
        }
    }

    pub fn flag(&mut self, key: &'static str, diags: &mut Diags) -> Option<bool> {
        let node = self.take(key)?;
        match node.value {
            Value::Bool(value) => Some(value),
            _ => {
                wrong(node, key, "true or false", diags);
                None
            }
        }
    }

    pub fn list(&mut self, key: &'static str, diags: &mut Diags) -> &'a [Node] {
        self.take(key).map_or(&[], |node| items(node, key, diags))
    }

    /// `x-name` and `x-was`, which is a name or a list of them.
    pub fn naming(&mut self, diags: &mut Diags) -> Naming {
        let name = self.text("x-name", diags);
        let was = self
            .take("x-was")
            .map_or(&[][..], |node| match &node.value {
                Value::List(nodes) => nodes.as_slice(),
                _ => std::slice::from_ref(node),
            });
        let was = was.iter();
        let was = was.filter_map(|node| Some((text(node, "x-was", diags)?, node.line)));
        let was = was.collect();
        Naming { name, was }
    }

    /// Entries of a map whose keys are names, such as `properties`.
    pub fn map(&mut self, key: &'static str, diags: &mut Diags) -> &'a [Entry] {
        match self.take(key) {
            None => &[],
            Some(Node {
                value: Value::Map(entries),
                ..
            }) => entries,
            Some(node) => {
                wrong(node, key, "a map", diags);
                &[]
            }
        }
    }

    /// Takes what is left, for maps whose keys are not fixed.
    pub fn rest(self) -> Vec<&'a Entry> {
        self.entries
    }

    /// Complains about every key that nobody asked for.
    pub fn finish(self, diags: &mut Diags) {
        let known: Vec<Vec<char>> = self.known.iter().map(|known| plain(known)).collect();
        for entry in &self.entries {
            let key = plain(&entry.key);
            let mut pairs = self.known.iter().zip(&known);
            let help = match pairs.find(|(_, known)| near(known, &key)) {
                Some((near, _)) => format!("did you mean `{near}`?"),
                None => format!("allowed here: {}", self.known.join(", ")),
            };
            diags.error_help(
                Code::UnknownKey,
                entry.line,
                format!("{} has an unknown key `{}`", self.what, entry.key),
                help,
            );
        }
    }
}

/// A key is not there, or holds nothing.
pub fn missing(what: &str, key: &str, line: usize, diags: &mut Diags) {
    let problem = format!("{what} has no {key}");
    diags.error_help(
        Code::MissingKey,
        line,
        problem,
        format!("add `{key}:` to it"),
    );
}

fn wrong(node: &Node, what: &str, wanted: &str, diags: &mut Diags) {
    let problem = format!("{what} must be {wanted}, not {}", node.kind());
    diags.error(Code::WrongType, node.line, problem);
}

/// A component of some kind is named that does not exist.
pub fn no_component(kind: &str, name: &str, line: usize, diags: &mut Diags) {
    let problem = format!("there is no component {kind} `{name}`");
    diags.error(Code::NoSuchComponent, line, problem);
}

pub fn text(node: &Node, what: &str, diags: &mut Diags) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.trim_end().to_owned()),
        _ => {
            diags.error_help(
                Code::NotText,
                node.line,
                format!("{what} must be a string, not {}", node.kind()),
                "put it in quotes",
            );
            None
        }
    }
}

pub fn items<'a>(node: &'a Node, what: &str, diags: &mut Diags) -> &'a [Node] {
    match &node.value {
        Value::List(items) => items,
        _ => {
            wrong(node, what, "a list", diags);
            &[]
        }
    }
}

pub fn positive(node: &Node, what: &str, diags: &mut Diags) -> u32 {
    match node.value {
        Value::Integer(number) if number > 0 && number <= i64::from(u32::MAX) => number as u32,
        _ => {
            diags.error(
                Code::NotPositive,
                node.line,
                format!("{what} must be a positive integer"),
            );
            1
        }
    }
}

pub fn status(node: &Node, what: &str, diags: &mut Diags) -> u16 {
    match node.value {
        Value::Integer(number) if (400..600).contains(&number) => number as u16,
        _ => {
            let problem = format!("{what} lists statuses from 400 to 599");
            diags.error(Code::NotAnErrorStatus, node.line, problem);
            429
        }
    }
}

/// Letters and digits, without case.
fn plain(text: &str) -> Vec<char> {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Equal but for case and separators, or one edit apart: most typing mistakes.
fn near(known: &[char], key: &[char]) -> bool {
    let (short, long) = if known.len() <= key.len() {
        (known, key)
    } else {
        (key, known)
    };
    if long.len() - short.len() > 1 || short.len() < 3 {
        return known == key;
    }
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let end = short[start..]
        .iter()
        .rev()
        .zip(long[start..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    long.len() - start - end <= 1
}
