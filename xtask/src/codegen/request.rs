//! The operations of a linted spec as requests: one per pair of operation and request media type, each with one answer.

use super::lint;
use super::media;
use super::names;
use super::spec::{Body, Kind, Location, Media, Operation, Parameter, Schema, Spec};

/// One method of the client.
#[derive(Debug)]
pub struct Request<'a> {
    pub id: String,
    pub type_name: String,
    pub operation: &'a Operation,
    /// Path variables in the order of the path, then the others in the order of the spec.
    pub parameters: Vec<&'a Parameter>,
    pub body: Option<RequestBody<'a>>,
    pub answer: Answer<'a>,
    pub not_modified: bool,
}

#[derive(Debug)]
pub struct RequestBody<'a> {
    pub body: &'a Body,
    pub media: &'a Media,
    pub kind: media::Request,
}

/// The result of a successful call.
#[derive(Debug)]
pub enum Answer<'a> {
    Empty,
    Json {
        schema: &'a Schema,
        optional: bool,
        accept: &'a str,
    },
    ByStatus(Vec<(u16, Option<&'a Schema>)>),
    Text,
    JsonText,
    Binary,
}

impl Request<'_> {
    /// The enum of its answers, if they differ by status.
    pub fn outcome(&self) -> Option<String> {
        matches!(self.answer, Answer::ByStatus(_)).then(|| names::outcome(&self.id))
    }

    /// The former names of the method. Only the method of the operation itself has them, not those of other media types.
    pub fn former(&self) -> Vec<String> {
        match self.id == self.operation.rust() {
            true => self.operation.naming.former(),
            false => Vec::new(),
        }
    }
}

/// The first method of an operation.
pub fn first(operation: &Operation) -> String {
    let request = of_operation(operation).into_iter().next();
    request.map_or_else(|| operation.rust(), |request| request.id)
}

pub fn requests(spec: &Spec) -> Vec<Request<'_>> {
    spec.operations.iter().flat_map(of_operation).collect()
}

fn of_operation(operation: &Operation) -> Vec<Request<'_>> {
    let Some(body) = &operation.body else {
        return vec![request(operation, &operation.rust(), None)];
    };
    body.content
        .iter()
        .map(|media| {
            let variant = media.variant.as_ref();
            let id = variant.map_or_else(|| operation.rust(), |(variant, _)| variant.clone());
            let kind = media::request(&media.name);
            request(
                operation,
                &id,
                kind.map(|kind| RequestBody { body, media, kind }),
            )
        })
        .collect()
}

fn request<'a>(operation: &'a Operation, id: &str, body: Option<RequestBody<'a>>) -> Request<'a> {
    Request {
        id: id.to_owned(),
        type_name: names::type_name(id),
        operation,
        parameters: ordered(operation),
        body,
        answer: answer(operation),
        not_modified: operation
            .responses
            .iter()
            .any(|response| response.code == "304"),
    }
}

fn ordered(operation: &Operation) -> Vec<&Parameter> {
    let in_path = lint::variables(&operation.path)
        .into_iter()
        .filter_map(|name| {
            operation
                .parameters
                .iter()
                .find(|parameter| parameter.location == Location::Path && parameter.name == name)
        });
    in_path
        .chain(
            operation
                .parameters
                .iter()
                .filter(|parameter| parameter.location != Location::Path),
        )
        .collect()
}

/// The common answer of the successes of an operation.
pub fn answer(operation: &Operation) -> Answer<'_> {
    let successes: Vec<(u16, Option<&Media>)> = lint::successes(operation)
        .map(|response| {
            (
                response.code.parse().unwrap_or(200),
                response.content.first(),
            )
        })
        .collect();
    let described: Vec<(&Media, &Schema)> = successes
        .iter()
        .filter_map(|(_, media)| media.and_then(|media| Some((media, media.schema.as_ref()?))))
        .collect();
    let Some((media, schema)) = described.first() else {
        return Answer::Empty;
    };
    match media::response(&media.name) {
        Some(media::Response::Text) => return Answer::Text,
        Some(media::Response::Binary) => return Answer::Binary,
        Some(media::Response::Json) | None => {}
    }
    if described.iter().any(|(_, other)| !same(schema, other)) {
        return Answer::ByStatus(
            successes
                .iter()
                .map(|(status, media)| (*status, media.and_then(|media| media.schema.as_ref())))
                .collect(),
        );
    }
    let optional = described.len() < successes.len();
    match schema.kind {
        Kind::String { .. } if !schema.is_secret() && !schema.lenient && !optional => {
            Answer::JsonText
        }
        _ => Answer::Json {
            schema,
            optional: optional || schema.nullable,
            accept: &media.name,
        },
    }
}

/// Whether two answers are the same type.
fn same(a: &Schema, b: &Schema) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Ref(a), Kind::Ref(b)) => a == b,
        (Kind::List(a), Kind::List(b)) | (Kind::Map(a), Kind::Map(b)) => same(a, b),
        (Kind::String { format: a }, Kind::String { format: b }) => a == b,
        (Kind::Integer { int32: a }, Kind::Integer { int32: b }) => a == b,
        (Kind::Any, Kind::Any) | (Kind::Bool, Kind::Bool) | (Kind::Number, Kind::Number) => true,
        _ => std::ptr::eq(a, b),
    }
}
