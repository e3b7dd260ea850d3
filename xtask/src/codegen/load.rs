//! YAML text to a tree in which every node knows its line.
//!
//! Knows YAML, not OpenAPI. Refuses what YAML readers read differently, so that a spec means one thing everywhere.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, SpannedEventReceiver};

use super::diag::{Diagnostics, Diags};

/// Deeper nesting than any spec needs; it bounds the recursion of every later pass.
const MAX_DEPTH: usize = 64;

/// A value and the line it starts on.
#[derive(Clone, Debug)]
pub struct Node {
    pub line: usize,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key, its line and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    pub line: usize,
    pub value: Node,
}

impl Node {
    /// What a person would call this kind of value.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// The same value without lines.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::Text(value) => value.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.to_json()))
                .collect(),
        }
    }
}

/// Reads one YAML document.
///
/// # Errors
/// Everything in the text that a spec must not hold, with lines.
pub fn tree(file: &str, text: &str) -> Result<Node, Diagnostics> {
    let mut builder = Builder {
        diags: Diags::new(file),
        open: Vec::new(),
        root: None,
        documents: 0,
        too_deep: 0,
    };
    if let Err(error) = Parser::new_from_str(text).load(&mut builder, true) {
        builder
            .diags
            .error(error.marker().line(), format!("not YAML: {}", error.info()));
    }
    let root = match builder.root.take() {
        Some(root) => root,
        None => {
            builder.diags.error(1, "the file is empty");
            Node {
                line: 1,
                value: Value::Null,
            }
        }
    };
    builder.diags.finish(root)
}

/// A collection that is still being read.
enum Open {
    List(usize, Vec<Node>),
    Map(usize, Vec<Entry>, Option<(String, usize)>),
}

struct Builder {
    diags: Diags,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
    too_deep: usize,
}

impl<'input> SpannedEventReceiver<'input> for Builder {
    fn on_event(&mut self, event: Event<'input>, span: Span) {
        let line = span.start.line();
        match event {
            Event::DocumentStart(_) => self.document(line),
            Event::Alias(_) => {
                self.diags.error_help(
                    line,
                    "YAML aliases are refused",
                    "write the value out, or use a $ref to a component",
                );
                self.add(Node {
                    line,
                    value: Value::Null,
                });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.no_anchor(line, anchor, tag.is_some());
                let value = if style == ScalarStyle::Plain {
                    self.plain(line, &text)
                } else {
                    Value::Text(text.into())
                };
                self.add(Node { line, value });
            }
            Event::SequenceStart(anchor, tag) => {
                self.no_anchor(line, anchor, tag.is_some());
                self.enter(line, Open::List(line, Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.no_anchor(line, anchor, tag.is_some());
                self.enter(line, Open::Map(line, Vec::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => self.leave(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
}

impl Builder {
    fn document(&mut self, line: usize) {
        self.documents += 1;
        if self.documents == 2 {
            self.diags.error_help(
                line,
                "a second YAML document begins here",
                "a spec is one document; remove the `---`",
            );
        }
    }

    fn no_anchor(&mut self, line: usize, anchor: usize, tag: bool) {
        if anchor != 0 {
            self.diags.error_help(
                line,
                "YAML anchors are refused",
                "write the value out, or use a $ref to a component",
            );
        }
        if tag {
            self.diags
                .error_help(line, "YAML tags are refused", "quote the value instead");
        }
    }

    fn plain(&mut self, line: usize, text: &str) -> Value {
        if let Some(reason) = ambiguous(text) {
            let message = format!(
                "`{text}` without quotes is {reason} to some YAML readers and a string to others"
            );
            self.diags
                .error_help(line, message, format!("write \"{text}\""));
            return Value::Text(text.to_owned());
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Value::Null,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            _ => number(text).unwrap_or_else(|| Value::Text(text.to_owned())),
        }
    }

    fn enter(&mut self, line: usize, open: Open) {
        if self.open.len() >= MAX_DEPTH || self.too_deep > 0 {
            if self.too_deep == 0 {
                self.diags.error_help(
                    line,
                    format!("nested more than {MAX_DEPTH} levels deep"),
                    "name the inner parts as components",
                );
            }
            self.too_deep += 1;
            return;
        }
        self.open.push(open);
    }

    fn leave(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            if self.too_deep == 0 {
                self.add(Node {
                    line: 0,
                    value: Value::Null,
                });
            }
            return;
        }
        match self.open.pop() {
            Some(Open::List(line, items)) => self.add(Node {
                line,
                value: Value::List(items),
            }),
            Some(Open::Map(line, entries, _)) => self.add(Node {
                line,
                value: Value::Map(entries),
            }),
            None => {}
        }
    }

    fn add(&mut self, node: Node) {
        if self.too_deep > 0 {
            return;
        }
        match self.open.last_mut() {
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key @ None)) => {
                *key = Some(key_of(&node, entries, &mut self.diags))
            }
            Some(Open::Map(_, entries, key)) => {
                if let Some((key, line)) = key.take() {
                    entries.push(Entry {
                        key,
                        line,
                        value: node,
                    });
                }
            }
            None if self.root.is_none() => self.root = Some(node),
            None => {}
        }
    }
}

fn key_of(node: &Node, entries: &[Entry], diags: &mut Diags) -> (String, usize) {
    let key = match &node.value {
        Value::Text(key) => key.clone(),
        other => {
            let key = match other {
                Value::Bool(value) => value.to_string(),
                Value::Integer(value) => value.to_string(),
                Value::Float(value) => value.to_string(),
                _ => String::new(),
            };
            diags.error_help(
                node.line,
                format!("a key must be a string, not {}", node.kind()),
                format!("write \"{key}\""),
            );
            key
        }
    };
    if let Some(first) = entries.iter().find(|entry| entry.key == key) {
        diags.error(
            node.line,
            format!(
                "the key `{key}` stands twice in this map, first on line {}",
                first.line
            ),
        );
    }
    if key == "<<" {
        diags.error_help(
            node.line,
            "YAML merge keys are refused",
            "write the members out, or use `allOf`",
        );
    }
    (key, node.line)
}

/// What YAML 1.1 readers take an unquoted scalar for, where YAML 1.2 sees a string or another number.
fn ambiguous(text: &str) -> Option<&'static str> {
    if matches!(
        text.to_ascii_lowercase().as_str(),
        "on" | "off" | "yes" | "no" | "y" | "n"
    ) {
        return Some("a boolean");
    }
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    if digits(0..4) && bytes.get(4) == Some(&b'-') && digits(5..6) {
        return Some("a date");
    }
    let number = text.trim_start_matches(['+', '-']);
    if number.len() > 1
        && number.starts_with('0')
        && number.bytes().all(|byte| byte.is_ascii_digit())
        || number.starts_with("0o")
        || number.starts_with("0x")
        || number.contains('_')
            && number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'_')
    {
        return Some("another number");
    }
    if number.contains(':')
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':')
    {
        return Some("a number in base 60");
    }
    matches!(number.to_ascii_lowercase().as_str(), ".inf" | ".nan")
        .then_some("a number that JSON cannot hold")
}

fn number(text: &str) -> Option<Value> {
    let starts_like_one = text
        .trim_start_matches(['+', '-'])
        .starts_with(|first: char| first.is_ascii_digit() || first == '.');
    if !starts_like_one {
        return None;
    }
    if let Ok(value) = text.parse::<i64>() {
        return Some(Value::Integer(value));
    }
    text.parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
        .map(Value::Float)
}
