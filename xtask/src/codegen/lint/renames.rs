//! Rules about `x-name`, `x-was` and `x-values`.

use std::collections::{BTreeMap, BTreeSet};

use crate::codegen::diag::{Code, Diags};
use crate::codegen::names::{self, Naming};
use crate::codegen::reach;
use crate::codegen::request;
use crate::codegen::spec::{Component, Kind, Operation, Schema, Spec};

/// Things that share a namespace in Rust: the names in the spec, the derived name, and the line.
type Named = Vec<(Naming, String, usize)>;

pub fn check(spec: &Spec, diags: &mut Diags) {
    methods(spec, diags);
    types(spec, diags);
    for operation in &spec.operations {
        setters(operation, diags);
        let bodies = operation.body.iter().flat_map(|body| &body.content);
        let answers = operation.responses.iter().flat_map(|it| &it.content);
        for media in bodies.chain(answers) {
            let schema = media.schema.iter();
            schema.for_each(|schema| misplaced(schema, false, diags));
        }
    }
    let bodies = spec.operations.iter().filter_map(|it| it.body.as_ref());
    let bodies = bodies.flat_map(|body| &body.content);
    let bodies = bodies.filter_map(|media| media.schema.as_ref());
    let roots = bodies.flat_map(Schema::refs).map(|(name, _)| name);
    let sent = reach::reachable(spec, roots);
    for component in &spec.schemas {
        members(component, sent.contains(component.name.as_str()), diags);
        values(component, diags);
        // A map has no name in Rust, because it is inlined where it is used.
        let named = !matches!(component.schema.kind, Kind::Map(_));
        misplaced(&component.schema, named, diags);
    }
}

fn methods(spec: &Spec, diags: &mut Diags) {
    let mut methods = Named::new();
    for operation in &spec.operations {
        let (line, own) = (operation.id_line, operation.naming.clone());
        methods.push((own, operation.id.clone(), line));
        let extras = operation.extensions.methods();
        let extras = extras.map(|it| (it.name.clone(), it.name_line));
        let media = operation.body.iter().flat_map(|body| &body.content);
        let variants = media.filter_map(|media| media.variant.clone());
        let others = extras.chain(variants);
        methods.extend(others.map(|(name, line)| (Naming::default(), name, line)));
    }
    let fits = |name: &str| super::operations::is_method_name(name);
    scope(
        &methods,
        "the client",
        "a method in snake_case",
        fits,
        diags,
    );
}

fn types(spec: &Spec, diags: &mut Diags) {
    let components = spec.schemas.iter().map(|component| {
        let derived = names::type_name(&component.name);
        (component.schema.naming.clone(), derived, component.line)
    });
    let requests = request::requests(spec).into_iter().flat_map(|request| {
        let (operation, line) = (request.operation, request.operation.id_line);
        // The former names of request structs follow from those of methods.
        let own = request.id == operation.rust();
        let was = operation.naming.was.iter().filter(|_| own);
        let was = was.map(|(name, line)| (names::type_name(name), *line));
        let naming = Naming {
            name: None,
            was: was.collect(),
        };
        let outcome = request.outcome();
        let outcome = outcome.map(|name| (Naming::default(), name, line));
        std::iter::once((naming, request.type_name, line)).chain(outcome)
    });
    let fits = |name: &str| names::is_pascal_case(name) && name != "Self";
    let types: Named = components.chain(requests).collect();
    scope(&types, "the API", "a type in PascalCase", fits, diags);
    let branches = spec
        .schemas
        .iter()
        .filter_map(|union| match &union.schema.kind {
            Kind::OneOf { branches, .. } => Some((union, branches)),
            _ => None,
        });
    for (union, branch) in branches.flat_map(|(union, all)| all.iter().map(move |it| (union, it))) {
        if let Some(component) = spec.schema(&branch.component) {
            let why = format!("a variant of {} has its name", union.name);
            none_left(&component.schema.naming, &component.name, &why, diags);
        }
    }
}

fn setters(operation: &Operation, diags: &mut Diags) {
    let mut setters = Named::new();
    for parameter in &operation.parameters {
        let (naming, derived) = (parameter.naming.clone(), names::argument(&parameter.name));
        if parameter.required {
            none_left(
                &naming,
                &parameter.name,
                "callers do not use the name of an argument",
                diags,
            );
        }
        setters.push((naming, derived, parameter.line));
        misplaced(&parameter.schema, false, diags);
    }
    let fits =
        |name: &str| is_member(name) && !super::operations::is_request_method(operation, name);
    scope(
        &setters,
        &operation.id,
        "a setter in snake_case",
        fits,
        diags,
    );
}

fn members(component: &Component, sent: bool, diags: &mut Diags) {
    let mut members = Named::new();
    let mut open = vec![&component.schema];
    while let Some(schema) = open.pop() {
        match &schema.kind {
            Kind::AllOf(parts) => open.extend(parts),
            Kind::Object(properties) => {
                for property in properties {
                    let naming = property.schema.naming.clone();
                    if !sent || property.required {
                        none_left(
                            &naming,
                            &property.name,
                            "a public field cannot have two names",
                            diags,
                        );
                    }
                    members.push((naming, names::argument(&property.name), property.line));
                    misplaced(&property.schema, true, diags);
                }
            }
            _ => {}
        }
    }
    let kind = "a member in snake_case";
    scope(&members, &component.name, kind, is_member, diags);
}

fn values(component: &Component, diags: &mut Diags) {
    let schema = &component.schema;
    let Kind::Enum(values) = &schema.kind else {
        return;
    };
    let known: BTreeSet<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
    let said = schema.values.iter();
    for said in said.filter(|said| !known.contains(said.value.as_str())) {
        let (value, name) = (&said.value, &component.name);
        let problem = format!("x-values names `{value}`, which is not a value of {name}");
        diags.error(Code::ValueUnlisted, said.line, problem);
    }
    let named = values.iter().map(|(value, line)| {
        let naming = schema.said(value).map(|said| said.naming.clone());
        (naming.unwrap_or_default(), names::variant(value), *line)
    });
    let named: Named = named.collect();
    let fits = |name: &str| names::is_pascal_case(name) && !["Unknown", "Self"].contains(&name);
    scope(
        &named,
        &component.name,
        "a value in PascalCase, not `Unknown`",
        fits,
        diags,
    );
}

fn is_member(name: &str) -> bool {
    names::is_snake_case(name) && !names::is_keyword(name) && name != "new"
}

/// Checks that explicit names are well-formed, differ from the derived names, and belong to one thing each.
fn scope(named: &Named, owner: &str, kind: &str, fits: impl Fn(&str) -> bool, diags: &mut Diags) {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for (naming, derived, line) in named {
        taken.insert(naming.or(derived.clone()), *line);
        let said = naming.name.iter().chain(&naming.was);
        for (name, line) in said.filter(|(name, _)| !fits(name)) {
            let problem = format!("`{name}` in {owner} is not valid as a name in Rust");
            diags.error_help(
                Code::NameMalformed,
                *line,
                problem,
                format!("{kind}, but not a keyword"),
            );
        }
        if let Some((name, line)) = naming.name.as_ref().filter(|(name, _)| name == derived) {
            let problem = format!("x-name in {owner} is `{name}`, which is the derived name");
            diags.error_help(Code::NameDerived, *line, problem, "remove it");
        }
    }
    for (name, line) in named.iter().flat_map(|(naming, ..)| &naming.was) {
        if let Some(first) = taken.insert(name.clone(), *line) {
            let problem = format!("`{name}` in {owner} is also a name of line {first}");
            let help = "x-was is for names that are no longer used";
            diags.error_help(Code::FormerNameTaken, *line, problem, help);
        }
    }
}

/// Refuses `x-was` where no forwarder is possible under an old name.
fn none_left(naming: &Naming, what: &str, why: &str, diags: &mut Diags) {
    for (name, line) in &naming.was {
        let problem =
            format!("x-was: `{what}` cannot be reached as `{name}` any longer, because {why}");
        diags.error_help(
            Code::NoForwarder,
            *line,
            problem,
            "remove it, and inform callers in the changelog",
        );
    }
}

/// Refuses names for things that have none. `named` is the schema of a component or a property.
fn misplaced(schema: &Schema, named: bool, diags: &mut Diags) {
    let said = schema.naming.name.iter().chain(&schema.naming.was);
    let mut lines: Vec<usize> = said.filter(|_| !named).map(|(_, line)| *line).collect();
    let is_enum = matches!(schema.kind, Kind::Enum(_));
    let values = schema.values.iter().filter(|_| !is_enum);
    lines.extend(values.map(|said| said.line));
    for line in lines {
        let problem = "a name for something that has none in Rust";
        let help = "set x-name and x-was on operations, parameters, components, properties and, under x-values, values";
        diags.error_help(Code::NameMisplaced, line, problem, help);
    }
    match &schema.kind {
        Kind::List(inner) | Kind::Map(inner) => misplaced(inner, false, diags),
        Kind::AllOf(parts) => parts.iter().for_each(|part| misplaced(part, false, diags)),
        _ => {}
    }
}
