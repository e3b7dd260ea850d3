//! Rules about `x-id` and `x-scope`.

use std::collections::BTreeMap;

use super::content::successes;
use crate::codegen::diag::{Code, Diags};
use crate::codegen::names;
use crate::codegen::spec::{Kind, Operation, Parameter, Schema, Scope, Spec};

pub fn check(spec: &Spec, diags: &mut Diags) {
    for schema in schemas(spec) {
        id(schema, diags);
    }
    for operation in &spec.operations {
        answer(operation, diags);
        narrowest(spec, operation, diags);
    }
    for scope in &spec.scopes {
        self::scope(spec, scope, diags);
    }
}

/// The things that have ids, each with the place where it is first named.
pub fn named(spec: &Spec) -> BTreeMap<&str, usize> {
    let mut named = BTreeMap::new();
    for (of, line) in schemas(spec).into_iter().filter_map(|it| it.id.as_ref()) {
        named.entry(of.as_str()).or_insert(*line);
    }
    named
}

/// All schemas, including nested ones.
fn schemas(spec: &Spec) -> Vec<&Schema> {
    let mut open: Vec<&Schema> = spec.schemas.iter().map(|it| &it.schema).collect();
    for operation in &spec.operations {
        let body = operation.body.iter().flat_map(|body| &body.content);
        let answers = operation.responses.iter().flat_map(|it| &it.content);
        open.extend(body.chain(answers).filter_map(|it| it.schema.as_ref()));
        open.extend(operation.parameters.iter().map(|it| &it.schema));
    }
    let mut found = Vec::new();
    while let Some(schema) = open.pop() {
        found.push(schema);
        match &schema.kind {
            Kind::Object(properties) => open.extend(properties.iter().map(|it| &it.schema)),
            Kind::List(inner) | Kind::Map(inner) => open.push(inner),
            Kind::AllOf(parts) => open.extend(parts),
            _ => {}
        }
    }
    found.sort_by_key(|schema| schema.line);
    found
}

fn id(schema: &Schema, diags: &mut Diags) {
    let Some((of, line)) = &schema.id else { return };
    if !matches!(schema.kind, Kind::String { format: None }) || schema.is_secret() {
        let problem = format!("x-id on the id of {of}, which is not a plain text");
        let help = "set it on a `type: string` without a format";
        diags.error_help(Code::IdNotText, *line, problem, help);
    }
    if !names::is_pascal_case(of) || names::type_name(of) != *of {
        let problem = format!("`{of}` is not valid for x-id");
        let help = "name the thing that it is the id of, such as `SlaTier`";
        diags.error_help(Code::IdName, *line, problem, help);
    }
}

/// An answer that consists of a text is returned as text.
fn answer(operation: &Operation, diags: &mut Diags) {
    let content = successes(operation).flat_map(|response| &response.content);
    for schema in content.filter_map(|media| media.schema.as_ref()) {
        if let (Kind::String { .. }, Some((_, line))) = (&schema.kind, &schema.id) {
            let problem = format!("{} answers only a text", operation.id);
            let help = "leave x-id out: it is for parameters, members and items of lists";
            diags.error_help(Code::IdMisplaced, *line, problem, help);
        }
    }
}

/// An operation has one client.
fn narrowest(spec: &Spec, operation: &Operation, diags: &mut Diags) {
    let Some(found) = spec.scope(operation) else {
        return;
    };
    let size = found.variables.len();
    let mut others = spec.scopes.iter().filter(|it| it.variables.len() == size);
    let other = others.find(|it| it.name != found.name && it.has(operation));
    if let Some(other) = other {
        let (id, one, other) = (&operation.id, &other.name, &found.name);
        let problem = format!("{id} is within {one} and within {other}");
        let help = "declare a scope with the variables of both";
        diags.error_help(Code::ScopeAmbiguous, operation.line, problem, help);
    }
}

fn scope(spec: &Spec, scope: &Scope, diags: &mut Diags) {
    let (name, line) = (&scope.name, scope.line);
    if !names::is_snake_case(name) || scope.variables.is_empty() {
        let problem = format!("scope `{name}` is not valid");
        let help = "a noun in snake_case, with the path variables that are given for it";
        diags.error_help(Code::ScopeMalformed, line, problem, help);
        return;
    }
    let own = |it: &&Operation| spec.scope(it).is_some_and(|own| own.name == *name);
    let operations: Vec<&Operation> = spec.operations.iter().filter(own).collect();
    let Some(first) = operations.first() else {
        let problem = format!("no operation is within the scope {name}");
        let help =
            "the path of an operation must contain its variables, and must not end in one of them";
        diags.error_help(Code::ScopeUnused, line, problem, help);
        return;
    };
    for operation in &operations {
        for (variable, _) in &scope.variables {
            let (one, other) = (
                bound(scope, first, variable),
                bound(scope, operation, variable),
            );
            if one.map(facts) != other.map(facts) {
                let problem = format!(
                    "`{variable}` of {} is not the same as that of {}",
                    operation.id, first.id
                );
                let help = format!("both are within the scope {name}: describe it once");
                diags.error_help(Code::ScopeDiffers, operation.line, problem, help);
            }
        }
    }
}

fn bound<'a>(scope: &Scope, operation: &'a Operation, name: &str) -> Option<&'a Parameter> {
    let mut parameters = operation.parameters.iter();
    parameters.find(|it| it.name == name && scope.binds(it))
}

/// The facts that determine its name and its type in Rust.
fn facts(parameter: &Parameter) -> (String, Option<&str>, String, bool) {
    let schema = &parameter.schema;
    let kind = match &schema.kind {
        Kind::Ref(name) => name.clone(),
        Kind::Integer { int32 } => format!("integer {int32}"),
        Kind::String { format } => format!("text {format:?} {}", schema.lenient),
        other => format!("{:?}", std::mem::discriminant(other)),
    };
    (
        parameter.rust(),
        schema.id_of(),
        kind,
        parameter.is_secret(),
    )
}
