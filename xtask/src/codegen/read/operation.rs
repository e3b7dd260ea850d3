//! Paths, operations, parameters, bodies and responses.

use super::schema::{SCHEMA, example, schema};
use super::{Components, SECURITY, reference, security};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::dialect::{Key, NAMING, Object, SOURCE, Type, optional, required};
use crate::codegen::extensions::{self, Inputs};
use crate::codegen::fields::{Fields, entries, no_component, texts};
use crate::codegen::load::Node;
use crate::codegen::spec::{
    Body, Columns, Location, Media, Method, Operation, Parameter, Response, Schema, Security, Spec,
};
use crate::codegen::update::Unknown;

static METHODS: &[Key] = &[
    optional("get", Type::Object(&OPERATION)),
    optional("put", Type::Object(&OPERATION)),
    optional("post", Type::Object(&OPERATION)),
    optional("delete", Type::Object(&OPERATION)),
    optional("options", Type::Object(&OPERATION)),
    optional("head", Type::Object(&OPERATION)),
    optional("patch", Type::Object(&OPERATION)),
];
pub static PATH: Object = Object::new(
    "path",
    &[
        &[optional(
            "parameters",
            Type::List("a parameter", &Type::Object(&PARAMETER)),
        )],
        METHODS,
    ],
);
static OPERATION: Object = Object::new(
    "operation",
    &[
        &[
            required("operationId", Type::Text),
            optional("tags", Type::List("a tag", &Type::Text)),
            required("summary", Type::Text),
            optional("description", Type::Text),
            optional("deprecated", Type::Flag),
            optional(
                "parameters",
                Type::List("a parameter", &Type::Object(&PARAMETER)),
            ),
            optional("requestBody", Type::Object(&BODY)),
            required("responses", Type::Map(&Type::Object(&RESPONSE))),
            optional("security", SECURITY),
            optional("x-columns", Type::List("a column", &Type::Text)),
            optional("x-environment", Type::Flag),
            optional("x-idempotent", Type::Flag),
            optional("x-published-id", Type::Text),
            optional("x-rate-limit", Type::List("a rate limit", &Type::Text)),
            optional("x-unknown-members", Type::Word(&["kept", "merged"])),
            SOURCE,
        ],
        extensions::KEYS,
        NAMING,
    ],
);
pub static PARAMETER: Object = Object::or_reference(
    "parameter",
    &[
        &[
            required("name", Type::Text),
            required("in", Type::Word(&["path", "query", "header"])),
            optional("required", Type::Flag),
            required("description", Type::Text),
            required("schema", Type::Object(&SCHEMA)),
            required("example", Type::Any),
            optional("explode", Type::Flag),
            optional("x-multi-segment", Type::Flag),
            optional("x-secret", Type::Flag),
            SOURCE,
        ],
        NAMING,
    ],
);
static BODY: Object = Object::new(
    "body",
    &[&[
        optional("required", Type::Flag),
        optional("description", Type::Text),
        optional("content", Type::Map(&Type::Object(&MEDIA))),
        SOURCE,
    ]],
);
static MEDIA: Object = Object::new(
    "media-type",
    &[&[
        required("schema", Type::Object(&SCHEMA)),
        optional("example", Type::Any),
        optional("x-variant", Type::Text),
        SOURCE,
    ]],
);
pub static RESPONSE: Object = Object::or_reference(
    "response",
    &[&[
        required("description", Type::Text),
        optional("content", Type::Map(&Type::Object(&MEDIA))),
        SOURCE,
    ]],
);

pub fn paths<'a>(node: &'a Node, spec: &mut Spec, shared: &mut Components<'a>, diags: &mut Diags) {
    for entry in entries(node, "paths", diags) {
        let mut item = Fields::of(&entry.value, format!("path {}", entry.key), &PATH, diags);
        let common = item.list("parameters", diags);
        for (key, method) in Method::ALL {
            if let Some(node) = item.take(key, diags) {
                let at = Place {
                    method,
                    path: &entry.key,
                    path_line: entry.line,
                };
                let operation = operation(
                    node,
                    &at,
                    common,
                    (spec.security, spec.environment),
                    shared,
                    diags,
                );
                spec.operations.push(operation);
            }
        }
        item.finish(diags);
    }
}

/// The place of an operation in the spec.
struct Place<'a> {
    method: Method,
    path: &'a str,
    path_line: usize,
}

fn operation<'a>(
    node: &'a Node,
    at: &Place<'_>,
    common: &'a [Node],
    (default_security, default_environment): (Security, bool),
    shared: &mut Components<'a>,
    diags: &mut Diags,
) -> Operation {
    let what = format!("{} {}", at.method.wire(), at.path);
    let mut fields = Fields::of(node, what, &OPERATION, diags);
    let (id, id_line) = fields.required("operationId", diags);
    let tags = fields.texts("tags", diags);
    let own = fields.list("parameters", diags);
    let parameters = own
        .iter()
        .chain(common)
        .filter_map(|node| parameter(node, shared, diags))
        .collect();
    let body = fields
        .take("requestBody", diags)
        .map(|node| body(node, diags));
    let responses = responses(&mut fields, shared, diags);
    let operation = Operation {
        line: node.line,
        method: at.method,
        path: at.path.to_owned(),
        path_line: at.path_line,
        id,
        id_line,
        published_id: fields.text("x-published-id", diags),
        naming: fields.naming(diags),
        tags,
        summary: fields.required("summary", diags).0,
        description: fields.text("description", diags).unwrap_or_default().0,
        deprecated: fields.flag("deprecated", diags).unwrap_or(false),
        parameters,
        body,
        responses,
        security: fields
            .take("security", diags)
            .map_or(default_security, |node| security(node, diags)),
        environment: fields
            .flag("x-environment", diags)
            .unwrap_or(default_environment),
        idempotent: fields.flag("x-idempotent", diags),
        unknown: unknown(&mut fields, diags),
        limits: fields.texts("x-rate-limit", diags),
        columns: fields.take("x-columns", diags).map(columns),
        extensions: Inputs::read(&mut fields, diags),
    };
    fields.finish(diags);
    operation
}

fn columns(node: &Node) -> Columns {
    Columns {
        line: node.line,
        paths: texts(Fields::items(node)),
    }
}

fn unknown(fields: &mut Fields<'_>, diags: &mut Diags) -> Option<(Unknown, usize)> {
    let (word, line) = fields.text("x-unknown-members", diags)?;
    match word.as_str() {
        "kept" => Some((Unknown::Kept, line)),
        "merged" => Some((Unknown::Merged, line)),
        _ => {
            let problem = format!("unknown members are not `{word}`");
            let help = "one of kept, merged";
            diags.error_help(Code::UnknownMembersWord, line, problem, help);
            None
        }
    }
}

fn parameter<'a>(
    node: &'a Node,
    shared: &mut Components<'a>,
    diags: &mut Diags,
) -> Option<Parameter> {
    let mut fields = Fields::of(node, "a parameter", &PARAMETER, diags);
    if let Some(target) = fields.reference(diags) {
        fields.finish(diags);
        let name = reference(target, "parameters", diags)?;
        let Some(found) = shared
            .parameters
            .iter_mut()
            .find(|(known, ..)| *known == name)
        else {
            no_component("parameter", &name, target.line, diags);
            return None;
        };
        found.3 = true;
        let node = found.2;
        return inline_parameter(
            Fields::of(node, format!("parameter {name}"), &PARAMETER, diags),
            diags,
        );
    }
    inline_parameter(fields, diags)
}

fn inline_parameter(mut fields: Fields<'_>, diags: &mut Diags) -> Option<Parameter> {
    let (name, line) = fields.required("name", diags);
    let (place, place_line) = fields.required("in", diags);
    let location = match place.as_str() {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        _ => {
            let problem = format!("parameters in `{place}` are not supported");
            let help = "one of path, query, header";
            diags.error_help(Code::ParameterPlace, place_line, problem, help);
            Location::Query
        }
    };
    let parameter = Parameter {
        line,
        location,
        required: fields.flag("required", diags).unwrap_or(false),
        description: fields.required("description", diags).0,
        schema: match fields.take("schema", diags) {
            Some(node) => schema(node, &format!("the schema of parameter {name}"), diags),
            None => Schema::broken(line),
        },
        example: fields.take("example", diags).map(example),
        explode: fields.flag("explode", diags).unwrap_or(true),
        multi_segment: fields.flag("x-multi-segment", diags).unwrap_or(false),
        secret: fields.flag("x-secret", diags),
        naming: fields.naming(diags),
        name,
    };
    fields.finish(diags);
    Some(parameter)
}

fn body(node: &Node, diags: &mut Diags) -> Body {
    let mut fields = Fields::of(node, "the request body", &BODY, diags);
    let body = Body {
        line: node.line,
        required: fields.flag("required", diags).unwrap_or(false),
        description: fields.text("description", diags).unwrap_or_default().0,
        content: content(&mut fields, diags),
    };
    fields.finish(diags);
    body
}

fn content(fields: &mut Fields<'_>, diags: &mut Diags) -> Vec<Media> {
    let mut found = Vec::new();
    for entry in fields.map("content", diags) {
        let mut media = Fields::of(
            &entry.value,
            format!("media type {}", entry.key),
            &MEDIA,
            diags,
        );
        found.push(Media {
            line: entry.line,
            name: entry.key.clone(),
            schema: media
                .take("schema", diags)
                .map(|node| schema(node, &format!("the schema of {}", entry.key), diags)),
            example: media.take("example", diags).map(example),
            variant: media.text("x-variant", diags),
        });
        media.finish(diags);
    }
    found
}

fn responses<'a>(
    fields: &mut Fields<'a>,
    shared: &mut Components<'a>,
    diags: &mut Diags,
) -> Vec<Response> {
    let Some(node) = fields.take("responses", diags) else {
        return Vec::new();
    };
    entries(node, "responses", diags)
        .iter()
        .filter_map(|entry| {
            let mut response = Fields::of(
                &entry.value,
                format!("response {}", entry.key),
                &RESPONSE,
                diags,
            );
            if let Some(target) = response.reference(diags) {
                response.finish(diags);
                let name = reference(target, "responses", diags)?;
                let Some(found) = shared
                    .responses
                    .iter_mut()
                    .find(|(known, ..)| *known == name)
                else {
                    no_component("response", &name, target.line, diags);
                    return None;
                };
                found.3 = true;
                response = Fields::of(found.2, format!("response {name}"), &RESPONSE, diags);
            }
            let read = Response {
                line: entry.line,
                code: entry.key.clone(),
                description: response.required("description", diags).0,
                content: content(&mut response, diags),
            };
            response.finish(diags);
            Some(read)
        })
        .collect()
}
