//! Rules about request bodies and responses.

use super::schemas::inner;
use crate::codegen::diag::{Code, Diags};
use crate::codegen::media;
use crate::codegen::reach;
use crate::codegen::spec::{Body, Kind, Media, Method, Operation, Response, Schema, Spec};

pub fn bodies(spec: &Spec, operation: &Operation, diags: &mut Diags) {
    let Some(body) = &operation.body else { return };
    if matches!(
        operation.method,
        Method::Get | Method::Head | Method::Options
    ) {
        let problem = format!(
            "{} sends a body with an HTTP method that does not allow one",
            operation.id
        );
        diags.error(Code::BodyWithoutMethod, body.line, problem);
    }
    let unnamed = body.content.iter().filter(|media| media.variant.is_none());
    let unnamed = unnamed.count();
    if unnamed != 1 {
        let problem = format!(
            "{} has {unnamed} media types without x-variant",
            operation.id
        );
        let help = "exactly one media type is the operation itself; name the methods of the others with `x-variant`";
        diags.error_help(Code::VariantCount, body.line, problem, help);
    }
    for media in &body.content {
        sent(spec, operation, body, media, diags);
    }
}

fn sent(spec: &Spec, operation: &Operation, body: &Body, media: &Media, diags: &mut Diags) {
    let Some(schema) = &media.schema else {
        return;
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
            diags.error_help(Code::RequestMediaType, media.line, format!("`{}` is not a request media type that we can send", media.name), "one of application/json, application/*+json, application/x-www-form-urlencoded, multipart/form-data, application/octet-stream");
            return;
        }
    };
    unfit(operation, media, schema, fits, help, diags);
    if !body.required && media::request(&media.name) != Some(media::Request::Json) {
        let problem = format!("the {} body of {} is optional", media.name, operation.id);
        let help = "add `required: true`: only a JSON body can be left out";
        diags.error_help(Code::OptionalBody, body.line, problem, help);
    }
    if media::request(&media.name) != Some(media::Request::Binary) {
        inner(spec, schema, &operation.id, diags);
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
        let problem = format!("{id} has no default response");
        let help = "add `default: {$ref: \"#/components/responses/…\"}` for its errors";
        diags.error_help(Code::NoDefaultResponse, operation.line, problem, help);
    }
    if !operation
        .responses
        .iter()
        .any(|response| response.code.starts_with('2'))
    {
        let problem = format!("{id} has no success response");
        diags.error(Code::NoSuccessResponse, operation.line, problem);
    }
    for response in &operation.responses {
        code(operation, response, diags);
        if response.content.len() > 1 {
            let problem = format!("response {} of {id} has several media types", response.code);
            let help = "keep the one that the service sends";
            diags.error_help(Code::ResponseMediaTypes, response.line, problem, help);
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
        let problem = format!("{id} answers JSON with one code and text or bytes with another");
        diags.error(Code::MixedResponses, operation.line, problem);
    }
}

/// The responses that are not errors.
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
        let problem = format!("`{}` is not a response code ({id})", response.code);
        let help = "a quoted status such as \"200\", or default";
        diags.error_help(Code::ResponseCode, response.line, problem, help);
    } else if response.content.is_empty() && response.code == "default" {
        let problem = format!("the default response of {id} has no content");
        let help = "refer to the shared error response";
        diags.error_help(Code::DefaultWithoutContent, response.line, problem, help);
    } else if !response.content.is_empty()
        && !response.code.starts_with('2')
        && response.code != "default"
    {
        let problem = format!("response {} of {id} has its own body", response.code);
        let help = "all errors have one type: keep the description and remove the content";
        diags.error_help(Code::ErrorWithContent, response.line, problem, help);
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
            let problem = format!(
                "`{}` is not a response media type that we can read",
                media.name
            );
            let help = "one of application/json, *+json, text/*, application/octet-stream, */*";
            diags.error_help(Code::ResponseMediaType, media.line, problem, help);
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
        let problem = format!(
            "{} has a schema that {} cannot carry",
            operation.id, media.name
        );
        diags.error_help(Code::MediaTypeSchema, schema.line, problem, help);
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
