//! `x-wait`: a method that polls until an operation has ended, and the meaning of the answers.

mod rust;

use serde::{Deserialize, Serialize};

use super::shared::{GIVEN, METHOD, POINTERS, 
    ExtraMethod, Fills, Pointer, describe_pointers, describe_taken, given, lead, method, more_than_a_look, object,
    pointer, pointers, read_given, texts,
};
use super::{Extension, Extra, Rust, Taken, shared};
use crate::codegen::contract::{self, Gives, Index, Ty};
use crate::codegen::dialect::{Object, Type, optional, required};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::fields::{Fields, missing, text};
use crate::codegen::load::{Entry, Node, Value};
use crate::codegen::request::Request;
use crate::codegen::spec::{Kind, Method, Operation, Schema, Spec};
use crate::codegen::surface::Io;

/// How long the vendor's own tools wait for deployments, in seconds.
const TIMEOUT: u32 = 1_200;

/// How an operation shows that something has ended.
#[derive(Clone, Debug)]
pub struct WaitInput {
    pub line: usize,
    pub method: ExtraMethod,
    /// Path parameters, and the members of `of` that fill them.
    pub given: Fills,
    /// The component that the method takes; if not set, that of the answer.
    pub of: Option<(String, usize)>,
    pub state: Vec<Pointer>,
    pub pending: RulesInput,
    pub done: RulesInput,
    pub failed: RulesInput,
    pub gone: RulesInput,
    pub reason: Vec<Pointer>,
    pub version: Option<VersionInput>,
    /// In seconds.
    pub timeout: u32,
}

/// Alternatives of conditions that must all be true: a pointer and the values to look for there.
pub type RulesInput = Vec<Vec<(Pointer, Vec<String>)>>;

#[derive(Clone, Debug)]
pub struct VersionInput {
    pub at: Pointer,
    pub date: Option<Pointer>,
    pub reached: Vec<Pointer>,
}

/// How the client waits for the end of something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub method: Extra,
    pub taken: Taken,
    pub timeout_seconds: u32,
    /// Where the state is, in the order in which its parts are shown.
    pub state: Vec<String>,
    pub pending: Rules,
    pub done: Rules,
    pub failed: Rules,
    pub gone: Rules,
    pub reason: Vec<String>,
    pub version: Option<Version>,
}

/// Alternatives of conditions that must all be true.
pub type Rules = Vec<Vec<Condition>>;

/// A pointer and the values to look for there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub at: String,
    pub values: Vec<String>,
}

/// Which of several versions an answer describes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub at: String,
    pub date: Option<String>,
    pub reached: Vec<String>,
}

const RULES: Type = Type::List(
    "an alternative",
    &Type::Map(&Type::List("a value to look for", &Type::Scalar)),
);
static VERSION: Object = Object::new("version", &[&[
    required("at", Type::Text),
    optional("date", Type::Text),
    optional("reached", POINTERS),
]]);

static KEYS: Object = Object::new("x-wait", &[&[
    GIVEN,
    optional("of", Type::Text),
    optional("state", POINTERS),
    optional("pending", RULES),
    optional("done", RULES),
    optional("failed", RULES),
    optional("gone", RULES),
    optional("reason", POINTERS),
    optional("version", Type::Object(&VERSION)),
    optional("timeout", Type::Positive),
], METHOD]);

impl Extension for Wait {
    const KEY: &'static str = "x-wait";
    const WORD: &'static str = "wait";
    const KEYS: &'static Object = &KEYS;
    type Input = WaitInput;

    fn read(node: &Node, diags: &mut Diags) -> WaitInput {
        let mut fields = Fields::of(node, Self::KEY, Self::KEYS, diags);
        let method = method(&mut fields, diags);
        let given = read_given(&mut fields, diags);
        let wait = WaitInput {
            line: node.line,
            method,
            given,
            of: fields.text("of", diags),
            state: pointers(&mut fields, "state", diags),
            pending: rules(fields.list("pending", diags)),
            done: rules(fields.list("done", diags)),
            failed: rules(fields.list("failed", diags)),
            gone: rules(fields.list("gone", diags)),
            reason: pointers(&mut fields, "reason", diags),
            version: fields.take("version", diags).map(|node| version(node, diags)),
            timeout: fields.number("timeout", diags).unwrap_or(TIMEOUT),
        };
        fields.finish(diags);
        wait
    }

    fn method(wait: &WaitInput) -> Option<&ExtraMethod> {
        Some(&wait.method)
    }

    fn lint(wait: &WaitInput, spec: &Spec, operation: &Operation, diags: &mut Diags) {
        let (id, line) = (&operation.id, wait.line);
        let what = format!("x-wait on {id}");
        if operation.method != Method::Get || operation.body.is_some() {
            more_than_a_look(&what, line, "set it on a GET without a body", diags);
        }
        let Some((name, answer)) = object(spec, operation, &what, line, diags) else {
            return;
        };
        let (of, of_line) = match &wait.of {
            Some((name, line)) => (name.as_str(), *line),
            None => (name, wait.line),
        };
        if wait.version.is_some() && of != name {
            let problem = format!("x-wait of {id} has a version, but {of} is not its answer");
            diags.error(Code::WaitVersionOfAnother, of_line, problem);
        }
        given(spec, operation, &wait.given, (of, of_line), diags);
        for (what, empty) in [
            ("given", wait.given.is_empty()),
            ("state", wait.state.is_empty()),
            ("done", wait.done.is_empty()),
        ] {
            if empty {
                missing(&format!("x-wait of {id}"), what, line, diags);
            }
        }
        vocabulary(wait, spec, answer, diags);
    }

    fn refine(wait: &WaitInput, spec: &Spec, request: &Request<'_>, gives: &Gives) -> Option<Self> {
        let Gives::Json(Ty::Named(_)) = gives else {
            return None;
        };
        let (answer, _) = shared::answer(spec, request.operation)?;
        let of = wait.of.as_ref().map_or(answer, |(name, _)| name);
        Some(Self {
            method: Extra::from(&wait.method),
            taken: Taken::new(spec, request.operation, of, &wait.given)?,
            timeout_seconds: wait.timeout,
            state: texts(&wait.state),
            pending: refined(&wait.pending),
            done: refined(&wait.done),
            failed: refined(&wait.failed),
            gone: refined(&wait.gone),
            reason: texts(&wait.reason),
            version: wait.version.as_ref().map(refined_version),
        })
    }

    fn extra(&mut self) -> Option<&mut Extra> {
        Some(&mut self.method)
    }

    fn fills(&self, argument: &str) -> bool {
        self.taken.fills(argument).is_some()
    }

    fn takes(&self, operation: &contract::Operation) -> Vec<(String, Ty)> {
        let left = self.left(operation);
        let mut takes: Vec<_> = left.map(|it| (it.name.clone(), it.ty.clone())).collect();
        takes.push(self.taken.seen());
        takes
    }

    fn describe(&mut self, io: &mut Io<'_>) {
        io.name(&mut self.method.name);
        describe_taken(io, &mut self.taken);
        io.line(|io| {
            io.word("timeout");
            io.value(&mut self.timeout_seconds);
            io.word("seconds");
        });
        describe_pointers(io, "state", &mut self.state);
        describe_rules(io, "pending", &mut self.pending);
        describe_rules(io, "done", &mut self.done);
        describe_rules(io, "failed", &mut self.failed);
        describe_rules(io, "gone", &mut self.gone);
        describe_pointers(io, "reason", &mut self.reason);
        io.maybe("version", &mut self.version, |io, version: &mut Version| {
            io.word("version");
            io.name(&mut version.at);
            io.some("date", &mut version.date, Io::name);
            io.list("reached", &mut version.reached, Io::name);
        });
    }

    fn rust(&self, contract: &Index<'_>, operation: &contract::Operation) -> Rust {
        rust::rust(self, contract, operation)
    }
}

fn version(node: &Node, diags: &mut Diags) -> VersionInput {
    let mut fields = Fields::of(node, "version", &VERSION, diags);
    let version = VersionInput {
        at: pointer(fields.required("at", diags)),
        date: fields.text("date", diags).map(pointer),
        reached: pointers(&mut fields, "reached", diags),
    };
    fields.finish(diags);
    version
}

fn rules(nodes: &[Node]) -> RulesInput {
    let mut rules = Vec::new();
    for node in nodes {
        if let Value::Map(conditions) = &node.value {
            rules.push(conditions.iter().map(condition).collect());
        }
    }
    rules
}

/// The empty text stands for `null`, a member that is missing.
fn condition(entry: &Entry) -> (Pointer, Vec<String>) {
    let values = match &entry.value.value {
        Value::List(nodes) => nodes.as_slice(),
        _ => &[],
    };
    let value = |node: &Node| match &node.value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        _ => text(node),
    };
    let pointer = pointer((entry.key.clone(), entry.line));
    (pointer, values.iter().filter_map(value).collect())
}

/// The values that are looked for in the answers.
fn vocabulary(wait: &WaitInput, spec: &Spec, answer: &Schema, diags: &mut Diags) {
    let version = wait.version.iter();
    let of_version = version.flat_map(|version| {
        let one = std::iter::once(&version.at).chain(&version.date);
        one.chain(&version.reached)
    });
    for at in wait.state.iter().chain(&wait.reason).chain(of_version) {
        leads(spec, answer, at, diags);
    }
    for rules in [&wait.pending, &wait.done, &wait.failed, &wait.gone] {
        judge(spec, answer, rules, diags);
    }
}

fn judge(spec: &Spec, answer: &Schema, rules: &RulesInput, diags: &mut Diags) {
    for (at, values) in rules.iter().flatten() {
        let found = leads(spec, answer, at, diags);
        if values.is_empty() {
            let problem = format!("`{}` has no values to look for", at.text);
            diags.error(Code::RuleWithoutValues, at.line, problem);
        }
        for value in values {
            let part = value.strip_prefix('*').and_then(|v| v.strip_suffix('*'));
            if part.unwrap_or(value).contains('*') || part.is_some_and(str::is_empty) {
                let problem = format!("`{value}` has stray asterisks");
                let help = "a part of a text has an asterisk at both ends: `\"*FAIL*\"`";
                diags.error_help(Code::RuleAsterisks, at.line, problem, help);
            }
            let Some(Kind::Enum(known)) = found.map(|schema| &schema.kind) else {
                continue;
            };
            let listed = |known: &(String, usize)| known.0.eq_ignore_ascii_case(value);
            if !value.is_empty() && part.is_none() && !known.iter().any(listed) {
                let problem = format!("`{value}` is not a known value of `{}`", at.text);
                let help = "add it to the enum, or match a part of it";
                diags.error_help(Code::RuleUnknownValue, at.line, problem, help);
            }
        }
    }
}

/// The text, number or flag that a pointer leads to.
fn leads<'a>(
    spec: &'a Spec,
    answer: &'a Schema,
    at: &Pointer,
    diags: &mut Diags,
) -> Option<&'a Schema> {
    let found = lead(spec, answer, &at.text);
    if found.is_none() {
        let problem = format!(
            "`{}` does not lead to a text, number or flag of the answer",
            at.text
        );
        let help = "write it like `/application/status`, with `*` for all items of a list";
        diags.error_help(Code::WaitPointer, at.line, problem, help);
    }
    found
}

fn refined(rules: &RulesInput) -> Rules {
    let condition = |(at, values): &(Pointer, Vec<String>)| Condition {
        at: at.text.clone(),
        values: values.clone(),
    };
    let alternatives = rules.iter();
    alternatives
        .map(|conditions| conditions.iter().map(condition).collect())
        .collect()
}

fn refined_version(version: &VersionInput) -> Version {
    Version {
        at: version.at.text.clone(),
        date: version.date.as_ref().map(|it| it.text.clone()),
        reached: texts(&version.reached),
    }
}

/// A line for each alternative.
fn describe_rules(io: &mut Io<'_>, word: &str, rules: &mut Rules) {
    io.each(&[word], rules, |io, conditions: &mut Vec<Condition>| {
        io.word(word);
        io.items(conditions, |io, condition| {
            io.name(&mut condition.at);
            io.word("is");
            io.items(&mut condition.values, Io::value);
        });
    });
}
