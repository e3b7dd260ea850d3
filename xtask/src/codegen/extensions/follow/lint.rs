//! Rules about `x-follow`.

use super::{FollowInput, PartsInput, items, maximum, member};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::extensions::shared::{Pointer, lead, more_than_a_look, object};
use crate::codegen::fields::missing;
use crate::codegen::reach;
use crate::codegen::spec::{Kind, Location, Method, Operation, Schema, Spec};

pub fn follow(spec: &Spec, operation: &Operation, follow: &FollowInput, diags: &mut Diags) {
    let (id, line) = (&operation.id, follow.line);
    let looks = match operation.method {
        Method::Get => true,
        Method::Post => operation.idempotent == Some(true),
        _ => false,
    };
    if !looks {
        let help = "set it on a GET, or on a POST with `x-idempotent: true`";
        more_than_a_look(&format!("x-follow on {id}"), line, help, diags);
    }
    let bodies = operation.body.as_ref().map_or(1, |body| body.content.len());
    if bodies != 1 {
        let problem = format!("x-follow on {id}, which has {bodies} kinds of body");
        diags.error_help(Code::FollowBodies, line, problem, "give it one media type");
    }
    entries(spec, operation, follow, diags);
    kind(operation, follow, diags);
    members(spec, operation, follow, diags);
    variables(operation, diags, line);
    if let Some(parts) = &follow.parts {
        self::parts(spec, operation, parts, diags);
    }
}

/// The type that a pointer or a member must have.
#[derive(Clone, Copy)]
enum Want {
    Id,
    Time,
    Number,
    Text,
    Flag,
    Milliseconds,
}

impl Want {
    fn fits(self, schema: &Schema) -> bool {
        let integer = matches!(schema.kind, Kind::Integer { .. });
        match self {
            Self::Id => integer || is_text(schema),
            Self::Time => integer || is_date(schema),
            Self::Number => integer,
            Self::Text => is_text(schema),
            Self::Flag => matches!(schema.kind, Kind::Bool),
            Self::Milliseconds => matches!(schema.kind, Kind::Integer { int32: false }),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Id => "text or integer",
            Self::Time => "time",
            Self::Number => "integer",
            Self::Text => "text",
            Self::Flag => "flag",
            Self::Milliseconds => "integer of 64 bits",
        }
    }
}

fn is_text(schema: &Schema) -> bool {
    matches!(schema.kind, Kind::String { .. }) && !is_date(schema) && !schema.is_secret()
}

fn is_date(schema: &Schema) -> bool {
    matches!(&schema.kind, Kind::String { format: Some(format) } if format == "date-time")
}

fn entries(spec: &Spec, operation: &Operation, follow: &FollowInput, diags: &mut Diags) {
    let listed = items(spec, operation).filter(|(_, member)| member.is_none());
    let Some((entry, _)) = listed.filter(|(entry, _)| reach::is_object(spec, entry)) else {
        let problem = format!(
            "x-follow on {}, which does not answer a bare list of objects",
            operation.id
        );
        let help = "a list of a component that is an object";
        diags.error_help(Code::FollowNoList, follow.line, problem, help);
        return;
    };
    let pointers = [
        (Some(&follow.id), Want::Id),
        (Some(&follow.time), Want::Time),
        (follow.order.as_ref(), Want::Number),
    ];
    for (at, want) in pointers {
        if let Some(at) = at {
            one(spec, entry, at, want, "an entry", diags);
        }
    }
}

/// A pointer that leads to one value.
fn one(spec: &Spec, root: &Schema, at: &Pointer, want: Want, of: &str, diags: &mut Diags) {
    let found = lead(spec, root, &at.text).filter(|_| !at.text.contains('*'));
    if !at.text.is_empty() && !found.is_some_and(|schema| want.fits(schema)) {
        let problem = format!("`{}` does not lead to a value of the type {} in {of}", at.text, want.name());
        let help = "write it like `/event/timestamp`";
        diags.error_help(Code::FollowPointer, at.line, problem, help);
    }
}

/// Either an id or a time says where reading continues.
fn kind(operation: &Operation, follow: &FollowInput, diags: &mut Diags) {
    let help = "`after` with `length` and `from` if the id of an entry says which entries are next, or `to` with `from` if only the time does";
    let (after, to) = (follow.after.is_some(), follow.to.is_some());
    let problems = [
        (after && to, "both after and to"),
        (!after && !to, "neither after nor to"),
        (follow.from.is_none(), "no from"),
        (after && follow.length.is_none(), "after without length"),
    ];
    for (_, what) in problems.into_iter().filter(|(wrong, _)| *wrong) {
        let problem = format!("x-follow of {} has {what}", operation.id);
        diags.error_help(Code::FollowKeys, follow.line, problem, help);
    }
    let may_be_refused = follow.length.is_some() || follow.descending.is_some();
    if follow.refusable && (after || !may_be_refused) {
        let problem = format!("x-follow of {} has nothing that is refusable", operation.id);
        let help = "it applies to `length` and `descending` together with `to`, because a log can also be followed without them";
        diags.error_help(Code::FollowRefusable, follow.line, problem, help);
    }
}

fn members(spec: &Spec, operation: &Operation, follow: &FollowInput, diags: &mut Diags) {
    let named = [
        (&follow.after, Want::Text),
        (&follow.length, Want::Number),
        (&follow.from, Want::Milliseconds),
        (&follow.to, Want::Milliseconds),
        (&follow.descending, Want::Flag),
    ];
    let named = named.into_iter().filter_map(|(name, want)| {
        let (name, line) = name.as_ref()?;
        Some((name, *line, want))
    });
    let mut seen: Vec<&String> = Vec::new();
    for (name, line, want) in named {
        let found = member(spec, operation, name).filter(|(schema, _)| want.fits(schema));
        if found.is_none() {
            let problem = format!(
                "`{name}` is not an optional {} in the query or the required JSON body of {}",
                want.name(),
                operation.id
            );
            let help = "declare it there, or correct the name";
            diags.error_help(Code::FollowParameter, line, problem, help);
        }
        if seen.contains(&name) {
            let problem = format!("x-follow of {} sets `{name}` twice", operation.id);
            diags.error_help(Code::FollowParameterTwice, line, problem, "name it once");
        }
        seen.push(name);
    }
    length(spec, operation, follow, diags);
}

/// The client requests as many entries as the service returns at most.
fn length(spec: &Spec, operation: &Operation, follow: &FollowInput, diags: &mut Diags) {
    let Some((name, line)) = &follow.length else {
        return;
    };
    let found = member(spec, operation, name);
    if found.is_some_and(|(schema, _)| Want::Number.fits(schema) && maximum(schema).is_none()) {
        let problem = format!("`{name}` of {} has no maximum", operation.id);
        let help = "the client requests that many entries: add `maximum` to its schema";
        diags.error_help(Code::FollowLengthWithoutMaximum, *line, problem, help);
    }
}

/// The path says whose log it is.
fn variables(operation: &Operation, diags: &mut Diags, line: usize) {
    for parameter in &operation.parameters {
        if parameter.location == Location::Path && !is_path_text(operation, &parameter.name) {
            let (name, id) = (&parameter.name, &operation.id);
            let problem = format!("x-follow on {id}, whose path variable `{name}` is not a text");
            let help = "the ids in the path say whose log it is";
            diags.error_help(Code::FollowPathNotText, line, problem, help);
        }
    }
}

fn is_path_text(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().any(|parameter| {
        let text = is_text(&parameter.schema) && !parameter.is_secret();
        parameter.name == name && parameter.location == Location::Path && text
    })
}

fn parts(spec: &Spec, operation: &Operation, parts: &PartsInput, diags: &mut Diags) {
    let (parameter, line) = &parts.parameter;
    if !parameter.is_empty() && !is_path_text(operation, parameter) {
        let problem = format!("`{parameter}` is not a path variable of {}", operation.id);
        let help = "name the one that identifies the part";
        diags.error_help(Code::PartParameter, *line, problem, help);
    }
    if let Some(list) = look(spec, operation, parts, &parts.list, diags) {
        history(spec, list, parts, diags);
    }
    if let Some(overview) = look(spec, operation, parts, &parts.of, diags) {
        active(spec, overview, parts, diags);
    }
}

/// Another operation that is called with the path variables of this one.
fn look<'a>(
    spec: &'a Spec,
    operation: &Operation,
    parts: &PartsInput,
    (name, line): &(String, usize),
    diags: &mut Diags,
) -> Option<&'a Operation> {
    let Some(found) = spec.operation(name) else {
        if !name.is_empty() {
            let problem = format!("there is no operation `{name}`");
            let help = "name an operationId of this document";
            diags.error_help(Code::NoSuchOperation, *line, problem, help);
        }
        return None;
    };
    if found.method != Method::Get || found.body.is_some() {
        let what = format!("parts has {name}");
        more_than_a_look(&what, *line, "name a GET without a body", diags);
    }
    for parameter in found.parameters.iter().filter(|known| known.required) {
        let same = is_path_text(found, &parameter.name) && is_path_text(operation, &parameter.name);
        if !same || parameter.name == parts.parameter.0 {
            let problem = format!(
                "{name} needs `{}`, which is not a path variable that {} has besides the part",
                parameter.name, operation.id
            );
            let help = "only path variables with text are passed on";
            diags.error_help(Code::PartArguments, *line, problem, help);
        }
    }
    Some(found)
}

fn history(spec: &Spec, list: &Operation, parts: &PartsInput, diags: &mut Diags) {
    for (name, value, line) in &parts.limit {
        let found = member(spec, list, name).filter(|(schema, _)| Want::Number.fits(schema));
        let Some((schema, _)) = found else {
            let problem = format!(
                "`{name}` is not an optional integer in the query of {}",
                list.id
            );
            let help = "name the parameter that limits the number of parts";
            diags.error_help(Code::PartLimit, *line, problem, help);
            continue;
        };
        if maximum(schema).is_some_and(|maximum| i64::from(*value) > maximum) {
            let problem = format!("{value} is more than the maximum of `{name}`");
            let help = "request at most that many";
            diags.error_help(Code::PartLimitTooHigh, *line, problem, help);
        }
    }
    let items = items(spec, list).filter(|(item, _)| reach::is_object(spec, item));
    let Some((item, _)) = items else {
        let problem = format!("{} does not answer a list of objects", list.id);
        let help = "name the operation that lists the parts; a list inside of an object needs `x-paginate`";
        diags.error_help(Code::PartList, parts.list.1, problem, help);
        return;
    };
    one(spec, item, &parts.id, Want::Text, "an item", diags);
    if let Some(date) = &parts.date {
        one(spec, item, date, Want::Time, "an item", diags);
    }
}

fn active(spec: &Spec, overview: &Operation, parts: &PartsInput, diags: &mut Diags) {
    let what = format!("parts has {}", overview.id);
    let Some((_, answer)) = object(spec, overview, &what, parts.of.1, diags) else {
        return;
    };
    if parts.active.is_empty() {
        missing("parts", "active", parts.line, diags);
    }
    for at in &parts.active {
        if !lead(spec, answer, &at.text).is_some_and(is_text) {
            let problem = format!(
                "`{}` does not lead to a text of the answer of {}",
                at.text, overview.id
            );
            let help = "write it like `/lastVersion`, with `*` for all items of a list";
            diags.error_help(Code::PartActive, at.line, problem, help);
        }
    }
}
