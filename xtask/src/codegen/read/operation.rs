//! Paths, operations, parameters, bodies and responses.

use super::schema::{example, schema};
use super::{Components, limits, reference, security};
use crate::codegen::diag::{Code, Diags};
use crate::codegen::extensions::Inputs;
use crate::codegen::fields::{Fields, no_component, text};
use crate::codegen::load::Node;
use crate::codegen::spec::{
    Body, Location, Media, Method, Operation, Parameter, Response, Schema, Security, Spec,
};

pub fn paths<'a>(node: &'a Node, spec: &mut Spec, shared: &mut Components<'a>, diags: &mut Diags) {
    for entry in Fields::of(node, "paths", diags).rest() {
        let mut item = Fields::of(&entry.value, format!("path {}", entry.key), diags);
        let common = item.list("parameters", diags);
        for (key, method) in Method::ALL {
            if let Some(node) = item.take(key) {
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

/// Where an operation stands.
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
    let mut fields = Fields::of(node, what, diags);
    let (id, id_line) = fields.require_text("operationId", diags);
    let tags = tags(&mut fields, diags);
    let own = fields.list("parameters", diags);
    let parameters = own
        .iter()
        .chain(common)
        .filter_map(|node| parameter(node, shared, diags))
        .collect();
    let body = fields.take("requestBody").map(|node| body(node, diags));
    let responses = responses(&mut fields, shared, diags);
    let operation = Operation {
        line: node.line,
        method: at.method,
        path: at.path.to_owned(),
        path_line: at.path_line,
        id,
        id_line,
        naming: fields.naming(diags),
        tags,
        summary: fields.require_text("summary", diags).0,
        description: fields.text("description", diags).unwrap_or_default().0,
        deprecated: fields.flag("deprecated", diags).unwrap_or(false),
        parameters,
        body,
        responses,
        security: fields
            .take("security")
            .map_or(default_security, |node| security(node, diags)),
        environment: fields
            .flag("x-environment", diags)
            .unwrap_or(default_environment),
        idempotent: fields.flag("x-idempotent", diags),
        limits: fields
            .take("x-rate-limit")
            .map_or_else(Vec::new, |node| limits::named(node, diags)),
        extensions: Inputs::read(&mut fields, diags),
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    operation
}

fn tags(fields: &mut Fields<'_>, diags: &mut Diags) -> Vec<(String, usize)> {
    let mut tags = Vec::new();
    for node in fields.list("tags", diags) {
        tags.extend(text(node, "a tag", diags).map(|tag| (tag, node.line)));
    }
    tags
}

fn parameter<'a>(
    node: &'a Node,
    shared: &mut Components<'a>,
    diags: &mut Diags,
) -> Option<Parameter> {
    let mut fields = Fields::of(node, "a parameter", diags);
    if let Some(target) = fields.take("$ref") {
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
        return inline_parameter(Fields::of(node, format!("parameter {name}"), diags), diags);
    }
    inline_parameter(fields, diags)
}

fn inline_parameter(mut fields: Fields<'_>, diags: &mut Diags) -> Option<Parameter> {
    let (name, line) = fields.require_text("name", diags);
    let (place, place_line) = fields.require_text("in", diags);
    let location = match place.as_str() {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        _ => {
            diags.error_help(
                Code::ParameterPlace,
                place_line,
                format!("parameters in `{place}` are not supported"),
                "one of path, query, header",
            );
            Location::Query
        }
    };
    let parameter = Parameter {
        line,
        location,
        required: fields.flag("required", diags).unwrap_or(false),
        description: fields.require_text("description", diags).0,
        schema: match fields.require("schema", diags) {
            Some(node) => schema(node, &format!("the schema of parameter {name}"), diags),
            None => Schema::broken(line),
        },
        example: fields.require("example", diags).map(example),
        explode: fields.flag("explode", diags).unwrap_or(true),
        multi_segment: fields.flag("x-multi-segment", diags).unwrap_or(false),
        secret: fields.flag("x-secret", diags),
        naming: fields.naming(diags),
        name,
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    Some(parameter)
}

fn body(node: &Node, diags: &mut Diags) -> Body {
    let mut fields = Fields::of(node, "the request body", diags);
    let body = Body {
        line: node.line,
        required: fields.flag("required", diags).unwrap_or(false),
        description: fields.text("description", diags).unwrap_or_default().0,
        content: content(&mut fields, diags),
    };
    fields.text("x-source", diags);
    fields.finish(diags);
    body
}

fn content(fields: &mut Fields<'_>, diags: &mut Diags) -> Vec<Media> {
    let mut found = Vec::new();
    for entry in fields.map("content", diags) {
        let mut media = Fields::of(&entry.value, format!("media type {}", entry.key), diags);
        found.push(Media {
            line: entry.line,
            name: entry.key.clone(),
            schema: media
                .require("schema", diags)
                .map(|node| schema(node, &format!("the schema of {}", entry.key), diags)),
            example: media.take("example").map(example),
            variant: media.text("x-variant", diags),
        });
        media.text("x-source", diags);
        media.finish(diags);
    }
    found
}

fn responses<'a>(
    fields: &mut Fields<'a>,
    shared: &mut Components<'a>,
    diags: &mut Diags,
) -> Vec<Response> {
    let Some(node) = fields.require("responses", diags) else {
        return Vec::new();
    };
    Fields::of(node, "responses", diags)
        .rest()
        .into_iter()
        .filter_map(|entry| {
            let mut response = Fields::of(&entry.value, format!("response {}", entry.key), diags);
            if let Some(target) = response.take("$ref") {
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
                response = Fields::of(found.2, format!("response {name}"), diags);
            }
            let read = Response {
                line: entry.line,
                code: entry.key.clone(),
                description: response.require_text("description", diags).0,
                content: content(&mut response, diags),
            };
            response.text("x-source", diags);
            response.finish(diags);
            Some(read)
        })
        .collect()
}
