//! Rules about `x-wait`.

use crate::codegen::diag::{Code, Diags};
use crate::codegen::fields::{missing, no_component};
use crate::codegen::reach;
use crate::codegen::spec::{
    Kind, Location, Method, Operation, Pointer, Property, Rules, Schema, Spec, Wait,
};

pub fn check(spec: &Spec, diags: &mut Diags) {
    for operation in &spec.operations {
        if let Some(wait) = &operation.wait {
            self::wait(spec, operation, wait, diags);
        }
    }
}

fn wait(spec: &Spec, operation: &Operation, wait: &Wait, diags: &mut Diags) {
    let (id, line) = (&operation.id, wait.line);
    if operation.method != Method::Get || operation.body.is_some() {
        let what = format!("x-wait on {id}");
        more_than_a_look(&what, line, "put it on a GET without a body", diags);
    }
    let what = format!("x-wait on {id}");
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
    let version = wait.version.iter();
    let of_version = version.flat_map(|version| {
        let one = std::iter::once(&version.at).chain(&version.date);
        one.chain(&version.reached)
    });
    for at in wait.state.iter().chain(&wait.reason).chain(of_version) {
        pointer(spec, answer, at, diags);
    }
    for rules in [&wait.pending, &wait.done, &wait.failed, &wait.gone] {
        self::rules(spec, answer, rules, diags);
    }
}

/// The component that a success answers.
pub(super) fn answer<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
) -> Option<(&'a str, &'a Schema)> {
    let content = super::successes(operation).flat_map(|response| &response.content);
    let schema = content.filter_map(|media| media.schema.as_ref()).next()?;
    let name = reach::target(schema)?;
    reach::is_object(spec, schema).then_some((name, schema))
}

/// The same, where it is needed.
pub(super) fn object<'a>(
    spec: &'a Spec,
    operation: &'a Operation,
    what: &str,
    line: usize,
    diags: &mut Diags,
) -> Option<(&'a str, &'a Schema)> {
    let found = answer(spec, operation);
    if found.is_none() {
        let problem = format!("{what}, which does not answer one object in JSON");
        diags.error_help(
            Code::AnswerNotAnObject,
            line,
            problem,
            "name the object as a component",
        );
    }
    found
}

pub(super) fn more_than_a_look(what: &str, line: usize, help: &str, diags: &mut Diags) {
    let problem = format!("{what}, which does more than look");
    diags.error_help(Code::MoreThanALook, line, problem, help);
}

/// The members of a component that a method takes in the place of path variables.
pub(super) fn given(
    spec: &Spec,
    operation: &Operation,
    given: &[(String, String, usize)],
    (name, line): (&str, usize),
    diags: &mut Diags,
) {
    let Some(component) = spec.schema(name) else {
        no_component("schema", name, line, diags);
        return;
    };
    let properties = reach::properties(spec, &component.schema);
    for (parameter, member, line) in given {
        let known = operation.parameters.iter().any(|known| {
            known.name == *parameter
                && known.location == Location::Path
                && matches!(known.schema.kind, Kind::String { .. })
        });
        if !known {
            let problem = format!(
                "`{parameter}` is no path variable of {} with text",
                operation.id
            );
            diags.error(Code::GivenParameter, *line, problem);
        }
        has_text(name, &properties, member, *line, diags);
    }
}

/// That an object has a member with plain text.
pub(super) fn has_text(
    name: &str,
    properties: &[&Property],
    member: &str,
    line: usize,
    diags: &mut Diags,
) {
    let fits = |property: &&Property| property.name == member && is_id(property);
    if !properties.iter().any(fits) {
        let problem = format!("{name} has no member `{member}` that is plain text");
        diags.error(Code::MemberNotText, line, problem);
    }
}

pub(super) fn is_id(property: &Property) -> bool {
    let schema = &property.schema;
    let plain = matches!(schema.kind, Kind::String { format: None });
    plain && !schema.is_secret() && !schema.lenient && !schema.nullable
}

fn rules(spec: &Spec, answer: &Schema, rules: &Rules, diags: &mut Diags) {
    for (at, values) in rules.iter().flatten() {
        let found = pointer(spec, answer, at, diags);
        if values.is_empty() {
            diags.error(
                Code::RuleWithoutValues,
                at.line,
                format!("`{}` has no values to look for", at.text),
            );
        }
        for value in values {
            let part = value.strip_prefix('*').and_then(|v| v.strip_suffix('*'));
            if part.unwrap_or(value).contains('*') || part.is_some_and(str::is_empty) {
                let help = "a part of a text has one at both ends: `\"*FAIL*\"`";
                diags.error_help(
                    Code::RuleAsterisks,
                    at.line,
                    format!("`{value}` has stray asterisks"),
                    help,
                );
            }
            let Some(Kind::Enum(known)) = found.map(|schema| &schema.kind) else {
                continue;
            };
            let listed = |known: &(String, usize)| known.0.eq_ignore_ascii_case(value);
            if !value.is_empty() && part.is_none() && !known.iter().any(listed) {
                let problem = format!("`{value}` is no value that `{}` is known to have", at.text);
                diags.error_help(
                    Code::RuleUnknownValue,
                    at.line,
                    problem,
                    "add it to the enum, or match a part of it",
                );
            }
        }
    }
}

/// The text, number or flag that a pointer leads to.
fn pointer<'a>(
    spec: &'a Spec,
    answer: &'a Schema,
    at: &Pointer,
    diags: &mut Diags,
) -> Option<&'a Schema> {
    let found = lead(spec, answer, &at.text);
    if found.is_none() {
        let problem = format!(
            "`{}` leads to no text, number or flag of the answer",
            at.text
        );
        let help = "write it like `/application/status`, with `*` for all items of a list";
        diags.error_help(Code::WaitPointer, at.line, problem, help);
    }
    found
}

/// The scalar behind a pointer, if there is one and it is no secret.
pub(super) fn lead<'a>(spec: &'a Spec, answer: &'a Schema, pointer: &str) -> Option<&'a Schema> {
    let mut schema = answer;
    for name in pointer.strip_prefix('/')?.split('/') {
        let inner = reach::resolve(spec, schema);
        schema = match &inner.kind {
            Kind::List(items) if name == "*" => items,
            _ => {
                let properties = reach::properties(spec, inner);
                let mut properties = properties.into_iter();
                &properties.find(|property| property.name == name)?.schema
            }
        };
    }
    let last = reach::resolve(spec, schema);
    let scalar = matches!(
        last.kind,
        Kind::Bool | Kind::Integer { .. } | Kind::Number | Kind::String { .. } | Kind::Enum(_)
    );
    (scalar && !last.is_secret()).then_some(last)
}
