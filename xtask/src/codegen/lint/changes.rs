//! Rules about `x-change` and `x-carry`.

use super::operations::variables;
use super::waits::{answer, given, has_text, is_id, object};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::fields::missing;
use crate::codegen::media;
use crate::codegen::reach;
use crate::codegen::spec::{
    Carry, Change, Kind, Location, Method, Operation, Parameter, Pointer, Property, Schema, Spec,
};

pub fn check(spec: &Spec, diags: &mut Diags) {
    for operation in &spec.operations {
        if let Some(change) = &operation.change {
            self::change(spec, operation, change, diags);
        }
        if let Some(carry) = &operation.carry {
            self::carry(spec, operation, carry, diags);
        }
    }
}

fn change(spec: &Spec, operation: &Operation, change: &Change, diags: &mut Diags) {
    let what = format!("x-change on {}", operation.id);
    let Some((name, answer, body)) = sides(spec, operation, (&what, change.line), diags) else {
        return;
    };
    reading(spec, operation, change, name, diags);
    if !operation.parameters.iter().all(is_text_in_path) {
        let problem = format!("{what}, which takes more than path variables with text");
        diags.error(Code::ChangeArguments, change.line, problem);
    }
    for (side, schema) in [("answer", answer), ("request", body)] {
        let Some(within) = lead(spec, schema, &change.within) else {
            let problem = format!("`{}` leads to no object of the {side}", change.within.text);
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
                let problem = format!("`{name}` is no map of {kind} texts in the {side}");
                diags.error(Code::ChangeMap, *line, problem);
            }
        }
    }
}

/// The name and the schema of the answer's component, and the schema of the body's.
fn sides<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
    (what, line): (&str, usize),
    diags: &mut Diags,
) -> Option<(&'a str, &'a Schema, &'a Schema)> {
    let answer = object(spec, operation, what, line, diags);
    let body = operation.body.as_ref().filter(|body| body.required);
    let body = body.and_then(|body| match &body.content[..] {
        [media] if media::request(&media.name) == Some(media::Request::Json) => {
            let schema = media.schema.as_ref()?;
            reach::is_object(spec, schema).then_some(schema)
        }
        _ => None,
    });
    if body.is_none() {
        let problem = format!("{what}, whose body is not one required object in JSON");
        diags.error(Code::BodyNotAnObject, line, problem);
    }
    let ((name, answer), body) = (answer?, body?);
    Some((name, answer, body))
}

/// What is read must be what is changed.
fn reading(spec: &Spec, operation: &Operation, change: &Change, name: &str, diags: &mut Diags) {
    let (id, line) = &change.read;
    let mut operations = spec.operations.iter();
    let read = operations.find(|read| read.id == *id && read.method == Method::Get);
    let Some(read) = read else {
        diags.error(Code::ChangeReadsNoGet, *line, format!("`{id}` is no GET"));
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
        diags.error(
            Code::ChangeReadAnswer,
            *line,
            format!("`{id}` does not answer {name}"),
        );
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

fn carry(spec: &Spec, operation: &Operation, carry: &Carry, diags: &mut Diags) {
    let what = format!("x-carry on {}", operation.id);
    if operation.method == Method::Get {
        diags.error(
            Code::CarryChangesNothing,
            carry.line,
            format!("{what}, which changes nothing"),
        );
    }
    let Some((name, answer, body)) = sides(spec, operation, (&what, carry.line), diags) else {
        return;
    };
    given(spec, operation, &carry.given, (name, carry.line), diags);
    if carry.members.is_empty() {
        missing(
            &format!("x-carry of {}", operation.id),
            "members",
            carry.line,
            diags,
        );
    }
    let from = reach::properties(spec, answer);
    let to = reach::properties(spec, body);
    for (member, line) in &carry.members {
        let plain = |property: &&Property| property.name == *member && is_id(property);
        has_text(name, &from, member, *line, diags);
        if !to
            .iter()
            .any(|property| plain(property) && property.required)
        {
            let problem = format!("the body does not need a member `{member}` that is plain text");
            diags.error(Code::CarryNotNeeded, *line, problem);
        }
    }
    for property in to.iter().filter(|property| property.required) {
        if !carry.members.iter().any(|(name, _)| *name == property.name) {
            let problem = format!("the body needs `{}`, which is not carried", property.name);
            diags.error(Code::CarryIncomplete, carry.line, problem);
        }
    }
}
