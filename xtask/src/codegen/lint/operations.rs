//! Rules about operations and parameters.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::schemas::{inner, secret_not_text};
use super::{columns, content};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::names;
use crate::codegen::reach;
use crate::codegen::request;
use crate::codegen::spec::{Kind, Location, Operation, Parameter, Schema, Spec};

pub fn check(spec: &Spec, diags: &mut Diags) {
    if spec.operations.is_empty() {
        diags.error(Code::NoOperations, 1, "the document has no operations");
    }
    if let Some((id, line)) = &spec.example_operation
        && !spec.operations.iter().any(|operation| operation.id == *id)
    {
        diags.error(
            Code::ExampleOperation,
            *line,
            format!("x-example-operation names `{id}`, which is not an operation"),
        );
    }
    published_ids(spec, diags);
    let mut ids = BTreeMap::new();
    for scope in &spec.scopes {
        id(
            &names::scope_method(&scope.name),
            scope.line,
            &mut ids,
            diags,
        );
    }
    for operation in &spec.operations {
        id(&operation.rust(), operation.id_line, &mut ids, diags);
        for media in operation.body.iter().flat_map(|body| &body.content) {
            if let Some((variant, line)) = &media.variant {
                id(variant, *line, &mut ids, diags);
            }
        }
        for method in operation.extensions.methods() {
            id(&method.name, method.name_line, &mut ids, diags);
            super::sentence(&method.name, &method.summary, method.summary_line, diags);
        }
        super::sentence(&operation.id, &operation.summary, operation.line, diags);
        tag(spec, operation, diags);
        path(operation, diags);
        parameters(spec, operation, diags);
        content::bodies(spec, operation, diags);
        content::responses(spec, operation, diags);
        answers(operation, diags);
        columns::check(spec, operation, diags);
        operation.extensions.lint(spec, operation, diags);
    }
}

/// A method of an extension needs one type of answer.
fn answers(operation: &Operation, diags: &mut Diags) {
    let answer = request::answer(operation);
    let differ = matches!(answer, request::Answer::ByStatus(_));
    let may_lack = matches!(answer, request::Answer::Json { optional: true, .. });
    for (key, line) in &operation.extensions.found {
        let why = match *key {
            _ if differ => "whose successes answer different things",
            // Such an answer contains neither items nor entries.
            "x-paginate" | "x-follow" => continue,
            _ if may_lack => "which may succeed without an answer",
            _ => continue,
        };
        diags.error_help(
            Code::AnswersDiffer,
            *line,
            format!("{key} on {}, {why}", operation.id),
            "its method needs one answer: leave the other successes out, or give them the same schema",
        );
    }
}

/// Whether a method may have that name, because the client has no method of its own with it.
pub fn is_method_name(name: &str) -> bool {
    names::is_snake_case(name)
        && !names::is_keyword(name)
        && !names::is_device(name)
        && !names::CLIENT_METHODS.contains(&name)
}

/// `ids` are those that were seen before, by their names in Rust.
fn id(id: &str, line: usize, ids: &mut BTreeMap<String, (String, usize)>, diags: &mut Diags) {
    if id.is_empty() {
        return;
    }
    if !is_method_name(id) {
        diags.error_help(Code::OperationId, line, format!("operationId `{id}` is not valid"), "use snake_case `verb_noun`, but not a Rust keyword or a method that every client has: `new`, `clone`, `with_base_url`, `with_options`; `models` names a file");
    }
    match ids.entry(names::type_name(id)) {
        Entry::Occupied(same) => {
            let (known, first) = same.get();
            diags.error(
                Code::OperationIdTwice,
                line,
                format!(
                    "operationId `{id}` and `{known}` (line {first}) have the same name in Rust"
                ),
            );
        }
        Entry::Vacant(free) => {
            free.insert((id.to_owned(), line));
        }
    }
}

/// Readers look it up in a table, so it is one word, and belongs to one operation.
fn published_ids(spec: &Spec, diags: &mut Diags) {
    let mut seen = BTreeMap::new();
    let operations = spec.operations.iter();
    for (id, line) in operations.filter_map(|it| it.published_id.as_ref()) {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
        if id.is_empty() || !id.chars().all(fits) {
            let problem = format!("x-published-id `{id}` is not valid");
            let help = "letters, digits, `_`, `-` and `.`, as in the documents of the service";
            diags.error_help(Code::PublishedId, *line, problem, help);
        } else if let Some(first) = seen.insert(id, line) {
            let problem = format!("x-published-id `{id}` is already in line {first}");
            diags.error(Code::PublishedIdTwice, *line, problem);
        }
    }
}

fn tag(spec: &Spec, operation: &Operation, diags: &mut Diags) {
    match &operation.tags[..] {
        [(name, line)] => {
            if !spec.tags.iter().any(|tag| tag.name == *name) {
                let problem = format!("tag `{name}` is not declared");
                let help = "add it to the document's `tags`, with a description";
                diags.error_help(Code::TagUndeclared, *line, problem, help);
            }
        }
        tags => diags.error_help(
            Code::TagCount,
            operation.line,
            format!("{} has {} tags", operation.id, tags.len()),
            "give it exactly one",
        ),
    }
}

fn path(operation: &Operation, diags: &mut Diags) {
    let line = operation.path_line;
    let path = &operation.path;
    let literal = path.split(['{', '}']).step_by(2).all(|part| {
        part.chars()
            .all(|c| c.is_ascii_alphanumeric() || "/-_.~$,:@".contains(c))
    });
    let whole = path.split('/').skip(1).all(|segment| {
        segment.matches(['{', '}']).count() == 0
            || segment.starts_with('{')
                && segment.ends_with('}')
                && segment.matches(['{', '}']).count() == 2
    });
    if !path.starts_with('/')
        || path.ends_with('/') && path.len() > 1
        || path.contains("//")
        || !literal
        || !whole
    {
        let problem = format!("path `{path}` is malformed");
        let help =
            "plain segments and `{variable}` segments, a slash before each and none at the end";
        diags.error_help(Code::PathMalformed, line, problem, help);
    }
    let variables = variables(path);
    for name in &variables {
        if !operation
            .parameters
            .iter()
            .any(|parameter| parameter.location == Location::Path && parameter.name == *name)
        {
            let problem = format!("{} has no path parameter `{name}`", operation.id);
            let help = "declare it under `parameters`";
            diags.error_help(Code::PathVariableUndeclared, line, problem, help);
        }
    }
    for (index, name) in variables.iter().enumerate() {
        if variables[..index].contains(name) {
            let problem = format!("`{{{name}}}` is twice in the path");
            diags.error(Code::PathVariableTwice, line, problem);
        }
    }
}

/// The variables of a path template, in their order.
pub fn variables(path: &str) -> Vec<&str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

fn parameters(spec: &Spec, operation: &Operation, diags: &mut Diags) {
    let mut taken: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for parameter in &operation.parameters {
        let ident = parameter.rust();
        if let Some((first, line)) = taken.get(&ident) {
            diags.error(
                Code::ParametersSameName,
                parameter.line,
                format!(
                    "parameters `{}` and `{first}` (line {line}) of {} are both `{ident}` in Rust",
                    parameter.name, operation.id
                ),
            );
        }
        if is_request_method(operation, &ident) || ident.trim_matches('_').is_empty() {
            diags.error_help(
                Code::ParameterName,
                parameter.line,
                format!(
                    "parameter `{}` of {} is not valid",
                    parameter.name, operation.id
                ),
                "its request has a method of that name",
            );
        }
        taken.insert(ident, (&parameter.name, parameter.line));
        place(operation, parameter, diags);
        shape(spec, parameter, diags);
    }
}

/// Whether a request has a method of that name besides its setters.
pub fn is_request_method(operation: &Operation, ident: &str) -> bool {
    let (paged, waits) = (&operation.extensions.pages, &operation.extensions.wait);
    names::REQUEST_METHODS.contains(&ident)
        || paged.is_some() && ["items", "pages"].contains(&ident)
        || waits.is_some() && ident == "wait"
}

fn place(operation: &Operation, parameter: &Parameter, diags: &mut Diags) {
    let (name, line) = (&parameter.name, parameter.line);
    match parameter.location {
        Location::Path => {
            if !parameter.required {
                diags.error_help(
                    Code::PathParameterOptional,
                    line,
                    format!("path parameter `{name}` is not required"),
                    "add `required: true`",
                );
            }
            if !variables(&operation.path).contains(&name.as_str()) {
                diags.error(
                    Code::PathParameterUnused,
                    line,
                    format!(
                        "path parameter `{name}` is not in the path of {}",
                        operation.id
                    ),
                );
            }
        }
        Location::Header => header(name, line, diags),
        Location::Query => {}
    }
    if parameter.multi_segment && parameter.location != Location::Path {
        diags.error(
            Code::MultiSegmentMisplaced,
            line,
            format!("x-multi-segment on `{name}`, which is not a path parameter"),
        );
    }
}

/// The headers that the runtime sends.
const HEADERS: [&str; 5] = [
    "accept",
    "content-type",
    "authorization",
    "host",
    "content-length",
];

fn header(name: &str, line: usize, diags: &mut Diags) {
    let mut bytes = name.bytes();
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte);
    if name.is_empty() || !bytes.all(plain) {
        let problem = format!("`{name}` is not a header name");
        diags.error(Code::HeaderName, line, problem);
    } else if HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        let problem = format!("header parameter `{name}` cannot be set by the caller");
        let help = "remove it: the runtime sends it";
        diags.error_help(Code::HeaderReserved, line, problem, help);
    }
}

fn shape(spec: &Spec, parameter: &Parameter, diags: &mut Diags) {
    let (name, line) = (&parameter.name, parameter.line);
    let items = match &parameter.schema.kind {
        Kind::List(items) => Some(&**items),
        _ => None,
    };
    let mut schemas = std::iter::once(&parameter.schema).chain(items);
    if schemas.any(|it| it.nullable || reach::resolve(spec, it).nullable) {
        diags.error(
            Code::ParameterNullable,
            line,
            format!("parameter `{name}` is nullable: leave it out instead"),
        );
    }
    inner(spec, &parameter.schema, name, diags);
    let scalar = |schema: &Schema| {
        matches!(
            reach::resolve(spec, schema).kind,
            Kind::Bool
                | Kind::Integer { .. }
                | Kind::Number
                | Kind::String { .. }
                | Kind::Enum(_)
                | Kind::Ref(_)
        )
    };
    let list = matches!(&parameter.schema.kind, Kind::List(item) if scalar(item));
    let fits = match parameter.location {
        Location::Query => scalar(&parameter.schema) || list,
        Location::Path | Location::Header => scalar(&parameter.schema),
    };
    if !fits {
        let problem = format!("parameter `{name}` has a schema that is not possible there");
        let help = "a string, number, boolean or enum; in a query also a list of those";
        diags.error_help(Code::ParameterSchema, line, problem, help);
    }
    let can_join = parameter.location == Location::Query && list;
    if !parameter.explode && !can_join {
        let problem = format!("explode: false on `{name}`, which is not a list in the query");
        diags.error(Code::ExplodeMisplaced, line, problem);
    }
    let is_string = matches!(parameter.schema.kind, Kind::String { .. });
    if parameter.is_secret() && !is_string {
        secret_not_text(&format!("`{name}`"), line, diags);
    }
}
