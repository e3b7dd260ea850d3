//! Rules about request bodies and responses.

use super::schemas::inner;
use crate::codegen::diag::{Code, Diags};
use crate::codegen::media;
use crate::codegen::reach;
use crate::codegen::spec::{Kind, Media, Method, Operation, Response, Schema, Spec};

pub fn bodies(spec: &Spec, operation: &Operation, diags: &mut Diags) {
    let Some(body) = &operation.body else { return };
    if matches!(
        operation.method,
        Method::Get | Method::Head | Method::Options
    ) {
        diags.error(
            Code::BodyWithoutMethod,
            body.line,
            format!("{} sends a body with a method that has none", operation.id),
        );
    }
    let unnamed = body
        .content
        .iter()
        .filter(|media| media.variant.is_none())
        .count();
    if unnamed != 1 {
        diags.error_help(
            Code::VariantCount,
            body.line,
            format!("{} has {unnamed} media types without x-variant", operation.id),
            "exactly one media type is the operation itself; name the methods of the others by `x-variant`",
        );
    }
    for media in &body.content {
        let Some(schema) = &media.schema else {
            continue;
        };
        let (fits, help) = match media::request(&media.name) {
            Some(media::Request::Json) => (
                json(schema),
                "a named schema, or a list or map of one, or a scalar",
            ),
            Some(media::Request::Form) => (form(spec, schema), "a named object of scalars"),
            Some(media::Request::Multipart) => (
                reach::target(schema).is_some() && reach::is_object(spec, schema),
                "a named object; its binary members are the files",
            ),
            Some(media::Request::Binary) => (
                matches!(schema.kind, Kind::Binary),
                "`{type: string, format: binary}`",
            ),
            None => {
                diags.error_help(Code::RequestMediaType, media.line, format!("`{}` is no request media type that we can send", media.name), "one of application/json, application/*+json, application/x-www-form-urlencoded, multipart/form-data, application/octet-stream");
                continue;
            }
        };
        unfit(operation, media, schema, fits, help, diags);
        if !body.required && media::request(&media.name) != Some(media::Request::Json) {
            diags.error_help(
                Code::OptionalBody,
                body.line,
                format!("the {} body of {} is optional", media.name, operation.id),
                "add `required: true`: only a JSON body can be left out",
            );
        }
        if media::request(&media.name) != Some(media::Request::Binary) {
            inner(spec, schema, &operation.id, diags);
        }
    }
}

pub fn responses(spec: &Spec, operation: &Operation, diags: &mut Diags) {
    let id = &operation.id;
    let defaults = operation
        .responses
        .iter()
        .filter(|response| response.code == "default")
        .count();
    if defaults != 1 {
        diags.error_help(
            Code::NoDefaultResponse,
            operation.line,
            format!("{id} has no default response"),
            "add `default: {$ref: \"#/components/responses/…\"}` for its errors",
        );
    }
    if !operation
        .responses
        .iter()
        .any(|response| response.code.starts_with('2'))
    {
        diags.error(
            Code::NoSuccessResponse,
            operation.line,
            format!("{id} has no success response"),
        );
    }
    for response in &operation.responses {
        code(operation, response, diags);
        if response.content.len() > 1 {
            diags.error_help(
                Code::ResponseMediaTypes,
                response.line,
                format!("response {} of {id} has several media types", response.code),
                "keep the one that the service sends",
            );
        }
        for media in &response.content {
            answer(spec, operation, media, diags);
        }
    }
    let shapes: std::collections::BTreeSet<Option<media::Response>> = successes(operation)
        .filter_map(|response| response.content.first())
        .map(|media| media::response(&media.name))
        .collect();
    if shapes.len() > 1 {
        diags.error(
            Code::MixedResponses,
            operation.line,
            format!("{id} answers JSON with one code and text or bytes with another"),
        );
    }
}

/// The responses that are no errors.
pub fn successes(operation: &Operation) -> impl Iterator<Item = &Response> {
    operation
        .responses
        .iter()
        .filter(|response| response.code.starts_with('2') || response.code == "304")
}

fn code(operation: &Operation, response: &Response, diags: &mut Diags) {
    let id = &operation.id;
    let known = response.code == "default"
        || response.code.len() == 3
            && response.code.bytes().all(|byte| byte.is_ascii_digit())
            && (b'2'..=b'5').contains(&response.code.as_bytes()[0]);
    if !known {
        diags.error_help(
            Code::ResponseCode,
            response.line,
            format!("`{}` is no response code ({id})", response.code),
            "a quoted status such as \"200\", or default",
        );
    } else if response.content.is_empty() && response.code == "default" {
        diags.error_help(
            Code::DefaultWithoutContent,
            response.line,
            format!("the default response of {id} has no content"),
            "refer to the shared error response",
        );
    } else if !response.content.is_empty()
        && !response.code.starts_with('2')
        && response.code != "default"
    {
        diags.error_help(
            Code::ErrorWithContent,
            response.line,
            format!("response {} of {id} has a body of its own", response.code),
            "errors are one type: keep the description and drop the content",
        );
    }
}

fn answer(spec: &Spec, operation: &Operation, media: &Media, diags: &mut Diags) {
    let Some(schema) = &media.schema else { return };
    let (fits, help) = match media::response(&media.name) {
        Some(media::Response::Json) => (
            json(schema),
            "a named schema, or a list or map of one, or a scalar",
        ),
        Some(media::Response::Text) => (
            matches!(schema.kind, Kind::String { .. }),
            "`{type: string}`",
        ),
        Some(media::Response::Binary) => (
            matches!(schema.kind, Kind::Binary),
            "`{type: string, format: binary}`",
        ),
        None => {
            diags.error_help(
                Code::ResponseMediaType,
                media.line,
                format!(
                    "`{}` is no response media type that we can read",
                    media.name
                ),
                "one of application/json, *+json, text/*, application/octet-stream, */*",
            );
            return;
        }
    };
    unfit(operation, media, schema, fits, help, diags);
    if !matches!(schema.kind, Kind::Binary) {
        inner(spec, schema, &operation.id, diags);
    }
}

fn unfit(
    operation: &Operation,
    media: &Media,
    schema: &Schema,
    fits: bool,
    help: &str,
    diags: &mut Diags,
) {
    if !fits {
        diags.error_help(
            Code::MediaTypeSchema,
            schema.line,
            format!(
                "{} has a schema that {} cannot carry",
                operation.id, media.name
            ),
            help,
        );
    }
}

fn json(schema: &Schema) -> bool {
    match &schema.kind {
        Kind::List(item) | Kind::Map(item) => json(item),
        Kind::Object(_) | Kind::Enum(_) | Kind::OneOf { .. } | Kind::Binary => false,
        _ => true,
    }
}

fn form(spec: &Spec, schema: &Schema) -> bool {
    let scalar = |kind: &Kind| {
        matches!(
            kind,
            Kind::Bool | Kind::Integer { .. } | Kind::Number | Kind::String { .. } | Kind::Enum(_)
        )
    };
    reach::target(schema).is_some()
        && reach::is_object(spec, schema)
        && reach::properties(spec, schema)
            .iter()
            .all(|property| scalar(&reach::resolve(spec, &property.schema).kind))
}
