//! Parses YAML to a tree in which every node has its line.
//!
//! It knows YAML, but not OpenAPI. It refuses text that YAML readers interpret differently, so that a spec has the same meaning everywhere.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::diag::{Code, Diagnostics, Diags};
use super::source;

/// The maximum nesting, which bounds the recursion of all later passes. The parser itself is not recursive.
const MAX_DEPTH: usize = 64;

/// A value and the line on which it starts.
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
    fn null(line: usize) -> Self {
        let value = Value::Null;
        Self { line, value }
    }

    /// The name of this kind of value for people.
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

    /// The value without lines.
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
/// The text contains something that a spec must not contain. All complaints are returned, with their lines.
pub fn tree(file: &str, text: &str) -> Result<Node, Diagnostics> {
    let mut diags = Diags::new(file);
    source::check(text, &mut diags);
    diags.finish(())?;
    let mut builder = Builder {
        diags,
        open: Vec::new(),
        root: None,
        documents: 0,
    };
    for event in Parser::new_from_str(text) {
        let goes_on = match event {
            Ok((event, span)) => builder.take(event, span.start.line()),
            Err(error) => {
                let problem = format!("not YAML: {}", error.info());
                builder
                    .diags
                    .error(Code::NotYaml, error.marker().line(), problem);
                false
            }
        };
        if !goes_on {
            break;
        }
    }
    builder.diags.finish(())?;
    let root = builder.root.take().unwrap_or_else(|| {
        builder.diags.error(Code::EmptyFile, 1, "the file is empty");
        Node::null(1)
    });
    builder.diags.finish(root)
}

/// A collection that is still being read.
enum Open {
    List(usize, Vec<Node>),
    Map(usize, Members),
}

/// The entries of a map so far, the key whose value is not read yet, and the line of each key.
#[derive(Default)]
struct Members {
    entries: Vec<Entry>,
    key: Option<(String, usize)>,
    lines: HashMap<String, usize>,
}

struct Builder {
    diags: Diags,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

impl Builder {
    /// Whether to continue reading.
    fn take(&mut self, event: Event<'_>, line: usize) -> bool {
        match event {
            Event::DocumentStart(_) => return self.document(line),
            Event::Alias(_) => {
                let problem = "YAML aliases are refused";
                let help = "write the value itself, or use a $ref to a component";
                self.diags.error_help(Code::YamlAlias, line, problem, help);
                self.add(Node::null(line));
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.no_anchor(line, anchor, tag.is_some());
                let value = if style == ScalarStyle::Plain {
                    self.plain(line, &text)
                } else {
                    source::check_value(&text, line, &mut self.diags);
                    Value::Text(text.into())
                };
                self.add(Node { line, value });
            }
            Event::SequenceStart(anchor, tag) => {
                self.no_anchor(line, anchor, tag.is_some());
                return self.enter(line, Open::List(line, Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.no_anchor(line, anchor, tag.is_some());
                return self.enter(line, Open::Map(line, Members::default()));
            }
            Event::SequenceEnd | Event::MappingEnd => self.leave(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        true
    }

    fn document(&mut self, line: usize) -> bool {
        self.documents += 1;
        if self.documents > 1 {
            let problem = "a second YAML document begins here";
            let help = "a spec is one document; remove the `---`";
            self.diags
                .error_help(Code::YamlDocuments, line, problem, help);
        }
        self.documents == 1
    }

    fn no_anchor(&mut self, line: usize, anchor: usize, tag: bool) {
        if anchor != 0 {
            let problem = "YAML anchors are refused";
            let help = "write the value itself, or use a $ref to a component";
            self.diags.error_help(Code::YamlAnchor, line, problem, help);
        }
        if tag {
            let problem = "YAML tags are refused";
            let help = "quote the value instead";
            self.diags.error_help(Code::YamlTag, line, problem, help);
        }
    }

    fn plain(&mut self, line: usize, text: &str) -> Value {
        if let Some(reason) = ambiguous(text) {
            let message = format!(
                "`{text}` without quotes is {reason} to some YAML readers and a string to others"
            );
            let problem = message;
            let help = format!("write \"{text}\"");
            self.diags
                .error_help(Code::YamlAmbiguous, line, problem, help);
            return Value::Text(text.to_owned());
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Value::Null,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            _ => number(text).unwrap_or_else(|| Value::Text(text.to_owned())),
        }
    }

    fn enter(&mut self, line: usize, open: Open) -> bool {
        let fits = self.open.len() < MAX_DEPTH;
        if fits {
            self.open.push(open);
        } else {
            let problem = format!("nested more than {MAX_DEPTH} levels deep");
            let help = "name the inner parts as components";
            self.diags.error_help(Code::TooDeep, line, problem, help);
        }
        fits
    }

    fn leave(&mut self) {
        let (line, value) = match self.open.pop() {
            Some(Open::List(line, items)) => (line, Value::List(items)),
            Some(Open::Map(line, members)) => (line, Value::Map(members.entries)),
            None => return,
        };
        self.add(Node { line, value });
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, members)) => members.add(node, &mut self.diags),
            None if self.root.is_none() => self.root = Some(node),
            None => {}
        }
    }
}

impl Members {
    /// A key, or the value of the key before it.
    fn add(&mut self, node: Node, diags: &mut Diags) {
        let Some((key, line)) = self.key.take() else {
            let key = key_of(&node, diags);
            if let Some(first) = self.lines.insert(key.clone(), node.line) {
                let problem =
                    format!("the key `{key}` is twice in this map, first on line {first}");
                diags.error(Code::KeyTwice, node.line, problem);
            }
            self.key = Some((key, node.line));
            return;
        };
        self.entries.push(Entry {
            key,
            line,
            value: node,
        });
    }
}

fn key_of(node: &Node, diags: &mut Diags) -> String {
    let key = match &node.value {
        Value::Text(key) => key.clone(),
        other => {
            let key = match other {
                Value::Bool(value) => value.to_string(),
                Value::Integer(value) => value.to_string(),
                Value::Float(value) => value.to_string(),
                _ => String::new(),
            };
            let problem = format!("a key must be a string, not {}", node.kind());
            let help = format!("write \"{key}\"");
            diags.error_help(Code::KeyNotText, node.line, problem, help);
            key
        }
    };
    if key == "<<" {
        let problem = "YAML merge keys are refused";
        let help = "write the members themselves, or use `allOf`";
        diags.error_help(Code::YamlMergeKey, node.line, problem, help);
    }
    key
}

/// The value of an unquoted scalar for YAML 1.1 readers, if it is a string or another number in YAML 1.2.
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
        .then_some("a number that JSON cannot represent")
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
