//! `x-change`: a method that changes single properties, for an operation that replaces all of them.

mod rust;

use serde::{Deserialize, Serialize};

use super::shared::{METHOD, ExtraMethod, Pointer, answer, line, method, pointer, sides};
use super::{Extension, Extra, Rust};
use crate::codegen::contract::{self, Gives, Index};
use crate::codegen::dialect::{Object, Type, required};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::fields::Fields;
use crate::codegen::lint::variables;
use crate::codegen::load::Node;
use crate::codegen::reach;
use crate::codegen::request::Request;
use crate::codegen::spec::{Kind, Location, Method, Operation, Parameter, Schema, Spec};
use crate::codegen::surface::Io;

/// How single properties are changed if the operation takes all of them.
#[derive(Clone, Debug)]
pub struct ChangeInput {
    pub line: usize,
    pub method: ExtraMethod,
    /// The operation that reads the present values.
    pub read: (String, usize),
    /// Where the two maps are, the same in the answer and the request.
    pub within: Pointer,
    /// The map of plain properties, and that of secret ones.
    pub plain: (String, usize),
    pub secret: (String, usize),
    /// The mask that is read in place of a secret.
    pub mask: String,
}

/// How single properties are changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub method: Extra,
    /// The method that reads the present values.
    pub read: String,
    /// The object that contains the two maps, and the members that they are.
    pub within: String,
    pub plain: String,
    pub secret: String,
    /// The mask that is read in place of a secret.
    pub mask: String,
}

static KEYS: Object = Object::new("x-change", &[&[
    required("read", Type::Text),
    required("within", Type::Text),
    required("plain", Type::Text),
    required("secret", Type::Text),
    required("mask", Type::Text),
], METHOD]);

impl Extension for Change {
    const KEY: &'static str = "x-change";
    const WORD: &'static str = "change";
    const KEYS: &'static Object = &KEYS;
    type Input = ChangeInput;

    fn read(node: &Node, diags: &mut Diags) -> ChangeInput {
        let mut fields = Fields::of(node, Self::KEY, Self::KEYS, diags);
        let method = method(&mut fields, diags);
        let change = ChangeInput {
            line: node.line,
            method,
            read: fields.required("read", diags),
            within: pointer(fields.required("within", diags)),
            plain: fields.required("plain", diags),
            secret: fields.required("secret", diags),
            mask: fields.required("mask", diags).0,
        };
        fields.finish(diags);
        change
    }

    fn method(change: &ChangeInput) -> Option<&ExtraMethod> {
        Some(&change.method)
    }

    fn lint(change: &ChangeInput, spec: &Spec, operation: &Operation, diags: &mut Diags) {
        let what = format!("x-change on {}", operation.id);
        let Some((name, answer, body)) = sides(spec, operation, (&what, change.line), diags) else {
            return;
        };
        reading(spec, operation, change, name, diags);
        if !operation.parameters.iter().all(is_text_in_path) {
            let problem = format!("{what}, which takes arguments other than path variables with text");
            diags.error(Code::ChangeArguments, change.line, problem);
        }
        for (side, schema) in [("answer", answer), ("request", body)] {
            let Some(within) = lead(spec, schema, &change.within) else {
                let problem = format!("`{}` does not lead to an object of the {side}", change.within.text);
                let help = "write it like `/application/configuration`";
                diags.error_help(Code::ChangePointer, change.within.line, problem, help);
                continue;
            };
            for ((name, line), secret) in [(&change.plain, false), (&change.secret, true)] {
                let properties = reach::properties(spec, within);
                let mut properties = properties.iter();
                let property = properties.find(|property| property.name == *name);
                if !property.is_some_and(|property| is_map(&property.schema, secret)) {
                    let kind = if secret { "secret" } else { "plain" };
                    let problem = format!("`{name}` is not a map of {kind} texts in the {side}");
                    diags.error(Code::ChangeMap, *line, problem);
                }
            }
        }
    }

    fn refine(change: &ChangeInput, spec: &Spec, _: &Request<'_>, gives: &Gives) -> Option<Self> {
        let read = spec.operation(&change.read.0)?;
        matches!(gives, Gives::Json(_)).then(|| Self {
            method: Extra::from(&change.method),
            read: read.rust(),
            within: change.within.text.clone(),
            plain: change.plain.0.clone(),
            secret: change.secret.0.clone(),
            mask: change.mask.clone(),
        })
    }

    fn extra(&mut self) -> Option<&mut Extra> {
        Some(&mut self.method)
    }

    fn builds_on(&self) -> Option<&str> {
        Some(&self.read)
    }

    fn describe(&mut self, io: &mut Io<'_>) {
        io.name(&mut self.method.name);
        line(io, "read", &mut self.read);
        line(io, "within", &mut self.within);
        line(io, "plain", &mut self.plain);
        line(io, "secret", &mut self.secret);
        io.line(|io| {
            io.word("mask");
            io.value(&mut self.mask);
        });
    }

    fn rust(&self, contract: &Index<'_>, operation: &contract::Operation) -> Rust {
        rust::rust(self, contract, operation)
    }
}

/// The operation must read the object that is changed.
fn reading(spec: &Spec, operation: &Operation, change: &ChangeInput, name: &str, diags: &mut Diags) {
    let (id, line) = &change.read;
    let mut operations = spec.operations.iter();
    let read = operations.find(|read| read.id == *id && read.method == Method::Get);
    let Some(read) = read else {
        diags.error(Code::ChangeReadsNoGet, *line, format!("`{id}` is not a GET"));
        return;
    };
    let sorted = |operation: &Operation| {
        let mut names: Vec<String> = variables(&operation.path)
            .into_iter()
            .map(ToString::to_string)
            .collect();
        names.sort();
        names
    };
    let same = sorted(read) == sorted(operation);
    let known = |parameter: &Parameter| is_text_in_path(parameter) || !parameter.required;
    if !same || !read.parameters.iter().all(known) {
        let problem = format!("`{id}` needs other arguments than {}", operation.id);
        diags.error(Code::ChangeReadArguments, *line, problem);
    }
    if answer(spec, read).is_none_or(|(other, _)| other != name) {
        let problem = format!("`{id}` does not answer {name}");
        diags.error(Code::ChangeReadAnswer, *line, problem);
    }
}

fn is_text_in_path(parameter: &Parameter) -> bool {
    parameter.location == Location::Path
        && matches!(parameter.schema.kind, Kind::String { format: None })
        && !parameter.is_secret()
        && !parameter.multi_segment
}

/// The object that a pointer leads to.
fn lead<'a>(spec: &'a Spec, schema: &'a Schema, pointer: &Pointer) -> Option<&'a Schema> {
    let mut schema = schema;
    for name in pointer.text.strip_prefix('/')?.split('/') {
        let properties = reach::properties(spec, reach::resolve(spec, schema));
        let mut properties = properties.into_iter();
        schema = &properties.find(|property| property.name == name)?.schema;
    }
    reach::is_object(spec, schema).then(|| reach::resolve(spec, schema))
}

fn is_map(schema: &Schema, secret: bool) -> bool {
    let Kind::Map(value) = &schema.kind else {
        return false;
    };
    matches!(value.kind, Kind::String { .. }) && value.is_secret() == secret
}
