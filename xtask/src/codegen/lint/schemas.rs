//! Rules about components and their members.

use std::collections::{BTreeMap, BTreeSet};

use crate::codegen::diag::{Code, Diags};
use crate::codegen::fields::no_component;
use crate::codegen::names;
use crate::codegen::reach;
use crate::codegen::spec::{Branch, Component, Kind, Media, Property, Schema, Spec};

pub fn check(spec: &Spec, diags: &mut Diags) {
    for component in &spec.schemas {
        name(component, diags);
        if component.schema.description.is_empty() && !matches!(component.schema.kind, Kind::Ref(_))
        {
            let problem = format!("schema {} has no description", component.name);
            let help = "describe it in one sentence";
            diags.error_help(
                Code::SchemaWithoutDescription,
                component.line,
                problem,
                help,
            );
        }
        if matches!(component.schema.kind, Kind::Object(_) | Kind::AllOf(_))
            && component.schema.example.is_none()
        {
            let problem = format!("schema {} has no example", component.name);
            let help = "add one with realistic data";
            diags.error_help(Code::SchemaWithoutExample, component.line, problem, help);
        }
        top(spec, component, diags);
        schema(spec, &component.schema, &component.name, diags);
    }
    joins(spec, diags);
    endless(spec, diags);
    reached(spec, diags);
    sides(spec, diags);
}

fn name(component: &Component, diags: &mut Diags) {
    let name = component.name.as_str();
    let lower = name.to_ascii_lowercase();
    let help = if !names::is_pascal_case(name) {
        "a PascalCase noun such as `SlaTier`"
    } else if component.rust() == "Self" {
        "choose another: Rust has it"
    } else if lower.ends_with("dto")
        || lower.ends_with("body")
        || lower.contains("inline")
        || name.ends_with(|last: char| last.is_ascii_digit())
    {
        "name the thing, not its place in the document: no Dto, Body, Inline or number at the end"
    } else {
        return;
    };
    let problem = format!("schema name `{name}` is not valid");
    diags.error_help(Code::SchemaName, component.line, problem, help);
}

/// The kinds of schemas that a component may be, and those that only a component may be.
fn top(spec: &Spec, component: &Component, diags: &mut Diags) {
    let (name, line) = (&component.name, component.line);
    match &component.schema.kind {
        Kind::Object(properties) => members(name, &properties.iter().collect::<Vec<_>>(), diags),
        Kind::AllOf(parts) => {
            for part in parts {
                if !reach::is_object(spec, part) {
                    let problem = format!("{name} joins something that is not an object");
                    let help = "`allOf` joins named objects";
                    diags.error_help(Code::JoinNotAnObject, part.line, problem, help);
                }
            }
            members(name, &reach::properties(spec, &component.schema), diags);
        }
        Kind::Enum(values) => {
            let named = values
                .iter()
                .map(|(value, line)| (value.as_str(), component.schema.value(value), *line));
            variants(name, named, diags);
        }
        Kind::OneOf { tag, branches } => self::branches(spec, name, tag, branches, diags),
        Kind::Map(_) => {}
        _ => diags.error_help(
            Code::SchemaKind,
            line,
            format!("schema {name} is neither an object, a map, an enum nor a union"),
            "write lists and scalars where they are used",
        ),
    }
    if let Some((list, line)) = &component.schema.page_or_array {
        let properties = reach::properties(spec, &component.schema);
        if !properties
            .iter()
            .any(|property| property.name == *list && matches!(property.schema.kind, Kind::List(_)))
        {
            let problem =
                format!("x-page-or-array names `{list}`, which is not a list property of {name}");
            diags.error(Code::PageOrArrayList, *line, problem);
        }
    }
}

/// Each branch of a union has the tag, and a name of its own.
fn branches(spec: &Spec, name: &str, tag: &str, branches: &[Branch], diags: &mut Diags) {
    for branch in branches {
        let found = spec
            .schema(&branch.component)
            .map(|component| reach::properties(spec, &component.schema));
        let tagged = found.is_some_and(|found| {
            found.iter().any(|property| {
                property.name == *tag
                    && matches!(
                        reach::resolve(spec, &property.schema).kind,
                        Kind::String { .. } | Kind::Enum(_)
                    )
            })
        });
        if !tagged {
            diags.error_help(
                Code::UnionWithoutTag,
                branch.line,
                format!("{} does not declare the tag `{tag}`", branch.component),
                "declare it there as a string property",
            );
        }
    }
    for branch in branches
        .iter()
        .filter(|it| spec.rust(&it.component) == "Unknown")
    {
        diags.error_help(
            Code::UnionBranchUnknown,
            branch.line,
            format!("{name} has a branch `Unknown`, which is the name for unknown branches"),
            "give the component another name",
        );
    }
    let values = branches.iter();
    let values = values.map(|it| (it.component.as_str(), spec.rust(&it.component), it.line));
    variants(name, values, diags);
}

/// Checks the names of members. They must be unique on the wire and in Rust, and must have equal types if `allOf` joins them.
fn members(owner: &str, properties: &[&Property], diags: &mut Diags) {
    let mut wires: BTreeMap<&str, &Property> = BTreeMap::new();
    let mut idents: BTreeMap<String, (&Property, usize)> = BTreeMap::new();
    for property in properties {
        let line = property.line;
        let ident = property.rust();
        if let Some((first, first_line)) = idents.get(&ident) {
            if first.name != property.name {
                diags.error(Code::MembersSameName, line, format!("properties `{}` and `{}` (line {first_line}) of {owner} are both `{ident}` in Rust", property.name, first.name));
            } else if !std::ptr::eq(*first, *property) {
                let problem = format!(
                    "{owner} joins two properties `{}`, the other on line {first_line}",
                    property.name
                );
                diags.error(Code::JoinSameMember, line, problem);
            }
        }
        if ident.trim_matches('_').is_empty() {
            diags.error(
                Code::MemberName,
                line,
                format!(
                    "property `{}` of {owner} has no letter that a Rust name can contain",
                    property.name
                ),
            );
        }
        idents.insert(ident, (property, line));
        taken(owner, property, &mut wires, diags);
    }
}

/// Checks that no other member, and no other alias of the same member, has the wire names of a member.
fn taken<'a>(
    owner: &str,
    property: &'a Property,
    wires: &mut BTreeMap<&'a str, &'a Property>,
    diags: &mut Diags,
) {
    let own = std::iter::once(&property.name);
    for wire in own.chain(&property.schema.aliases) {
        let Some(first) = wires.insert(wire, property) else {
            continue;
        };
        // A member that is joined twice is complained about elsewhere.
        if !std::ptr::eq(first, property) && first.name == property.name {
            continue;
        }
        let (line, first) = (property.line, first.line);
        let problem = format!("`{wire}` of {owner} is already the name or alias of line {first}");
        diags.error(Code::MemberTaken, line, problem);
    }
}

fn variants<'a>(
    owner: &str,
    values: impl Iterator<Item = (&'a str, String, usize)>,
    diags: &mut Diags,
) {
    let mut seen: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for (value, variant, line) in values {
        if let Some((first, first_line)) = seen.insert(variant.clone(), (value, line)) {
            diags.error(Code::ValuesSameName, line, format!("`{value}` and `{first}` (line {first_line}) of {owner} are both `{variant}` in Rust"));
        }
        // This name would contain nothing of the value.
        if variant == "V" && !value.contains(['v', 'V']) {
            diags.error(
                Code::ValueName,
                line,
                format!("`{value}` of {owner} has no letter or digit that a Rust name can contain"),
            );
        }
    }
}

/// Rules for every schema below a component.
fn schema(spec: &Spec, schema_: &Schema, owner: &str, diags: &mut Diags) {
    flags(schema_, owner, diags);
    match &schema_.kind {
        Kind::Ref(name) if spec.schema(name).is_none() => {
            no_component("schema", name, schema_.line, diags);
        }
        Kind::Object(properties) => properties
            .iter()
            .for_each(|property| inner(spec, &property.schema, owner, diags)),
        Kind::List(item) | Kind::Map(item) => inner(spec, item, owner, diags),
        Kind::AllOf(parts) => {
            for part in parts {
                schema(spec, part, owner, diags);
            }
        }
        Kind::OneOf { branches, .. } => {
            for branch in branches
                .iter()
                .filter(|branch| spec.schema(&branch.component).is_none())
            {
                no_component("schema", &branch.component, branch.line, diags);
            }
        }
        _ => {}
    }
}

/// A schema inside another one.
pub fn inner(spec: &Spec, inside: &Schema, owner: &str, diags: &mut Diags) {
    let what = match &inside.kind {
        Kind::Object(_) => Some("an object"),
        Kind::Enum(_) => Some("an enum"),
        Kind::OneOf { .. } => Some("a union"),
        Kind::AllOf(parts) if reach::target(inside).is_none() || parts.len() != 1 => {
            Some("an allOf")
        }
        _ => None,
    };
    if let Some(what) = what {
        let problem = format!("{what} inside {owner} has no name");
        let help = "make it a component and refer to it";
        diags.error_help(Code::SchemaNameless, inside.line, problem, help);
    }
    if inside.page_or_array.is_some() {
        let problem = "x-page-or-array belongs on a component";
        diags.error(Code::PageOrArrayMisplaced, inside.line, problem);
    }
    schema(spec, inside, owner, diags);
}

fn flags(schema: &Schema, owner: &str, diags: &mut Diags) {
    let kind = &schema.kind;
    let is_string = matches!(kind, Kind::String { .. });
    if schema.is_secret() && !is_string {
        secret_not_text(&format!("a member of {owner}"), schema.line, diags);
    }
    if schema.lenient
        && !matches!(
            kind,
            Kind::String { format: None } | Kind::Integer { .. } | Kind::Number
        )
    {
        let problem = format!("x-lenient in {owner} on something that has one form");
        let help = "set it on a plain string, an integer or a number";
        diags.error_help(Code::LenientMisplaced, schema.line, problem, help);
    }
    if schema.is_secret() && schema.lenient {
        let problem = format!("x-secret and x-lenient together in {owner}");
        diags.error(Code::SecretAndLenient, schema.line, problem);
    }
    if matches!(kind, Kind::String { format: Some(format) } if format == "password")
        && !schema.is_secret()
    {
        let problem = format!("a password in {owner} that would show in Debug");
        let help = "add `x-secret: true`";
        diags.error_help(Code::PasswordNotSecret, schema.line, problem, help);
    }
}

pub fn secret_not_text(what: &str, line: usize, diags: &mut Diags) {
    let problem = format!("x-secret on {what}, which is not a string");
    let help = "only strings can be redacted";
    diags.error_help(Code::SecretNotText, line, problem, help);
}

/// Objects that cannot be created because they require themselves, directly or through others.
fn endless(spec: &Spec, diags: &mut Diags) {
    for component in on_cycles(spec, |component| required(spec, component)) {
        let problem = format!(
            "{} requires itself, so it cannot be created",
            component.name
        );
        let help = "make one of the members of the cycle optional";
        diags.error_help(Code::RequiresItself, component.line, problem, help);
    }
}

fn required<'a>(spec: &'a Spec, component: &'a Component) -> Vec<&'a str> {
    // A named map is inlined where it is used, so it must not contain itself.
    let mut values = &component.schema;
    while let Kind::Map(inner) | Kind::List(inner) = &values.kind {
        values = inner;
    }
    if matches!(component.schema.kind, Kind::Map(_)) {
        let target = reach::target(values).and_then(|name| spec.schema(name));
        let map = target.filter(|target| matches!(target.schema.kind, Kind::Map(_)));
        return map.map(|target| target.name.as_str()).into_iter().collect();
    }
    reach::properties(spec, &component.schema)
        .into_iter()
        .filter(|member| member.required && !member.schema.nullable)
        .filter_map(|member| reach::target(&member.schema))
        .collect()
}

/// Objects that are joined with themselves, or that have more parts than are read.
fn joins(spec: &Spec, diags: &mut Diags) {
    let cyclic: Vec<&Component> = on_cycles(spec, |component| parts(&component.schema)).collect();
    for component in &cyclic {
        let problem = format!("{} contains itself through allOf", component.name);
        let help = "break the cycle: an object cannot be joined with itself";
        diags.error_help(Code::JoinsItself, component.line, problem, help);
    }
    let too_much = |component: &&Component| reach::joins_too_much(spec, &component.schema);
    // Anything that contains a cycle is infinite, too.
    for component in spec
        .schemas
        .iter()
        .filter(|_| cyclic.is_empty())
        .filter(too_much)
    {
        let (depth, most) = (reach::MAX_JOIN_DEPTH, reach::MAX_JOINED);
        let problem = format!(
            "{} joins more than {most} parts or more than {depth} levels of them",
            component.name
        );
        let help = "write the members out";
        diags.error_help(Code::JoinsTooMuch, component.line, problem, help);
    }
}

fn on_cycles<'a>(
    spec: &'a Spec,
    edges: impl Fn(&'a Component) -> Vec<&'a str>,
) -> impl Iterator<Item = &'a Component> {
    let components = spec.schemas.iter();
    let graph = components.map(|component| (component.name.as_str(), edges(component)));
    let found = reach::on_cycles(&graph.collect());
    let components = spec.schemas.iter();
    components.filter(move |component| found.contains_key(component.name.as_str()))
}

fn parts(schema: &Schema) -> Vec<&str> {
    match &schema.kind {
        Kind::AllOf(parts) => parts.iter().flat_map(self::parts).collect(),
        Kind::Ref(name) => vec![name],
        _ => Vec::new(),
    }
}

fn reached(spec: &Spec, diags: &mut Diags) {
    let media = spec.operations.iter().flat_map(|operation| {
        let body = operation.body.iter().flat_map(|body| &body.content);
        body.chain(
            operation
                .responses
                .iter()
                .flat_map(|response| &response.content),
        )
    });
    let in_media = media
        .filter_map(|media| media.schema.as_ref())
        .flat_map(Schema::refs);
    let in_parameters = spec
        .operations
        .iter()
        .flat_map(|operation| &operation.parameters)
        .flat_map(|parameter| parameter.schema.refs());
    let reachable = reach::reachable(spec, in_media.chain(in_parameters).map(|(name, _)| name));
    for component in spec
        .schemas
        .iter()
        .filter(|component| !reachable.contains(component.name.as_str()))
    {
        super::unused("schema", &component.name, component.line, diags);
    }
}

/// One component is not both a request body and a response: their members differ in what may be missing.
fn sides(spec: &Spec, diags: &mut Diags) {
    let named = |media: &Media| {
        media
            .schema
            .as_ref()
            .and_then(reach::target)
            .map(str::to_owned)
    };
    let answers: BTreeSet<String> = spec
        .operations
        .iter()
        .flat_map(|operation| &operation.responses)
        .flat_map(|response| &response.content)
        .filter_map(named)
        .collect();
    for media in spec
        .operations
        .iter()
        .filter_map(|operation| operation.body.as_ref())
        .flat_map(|body| &body.content)
    {
        if let Some(name) = named(media).filter(|name| answers.contains(name)) {
            let problem = format!("{name} is a request body here and a response elsewhere");
            let help = "give the request its own schema";
            diags.error_help(Code::RequestAndResponse, media.line, problem, help);
        }
    }
}
