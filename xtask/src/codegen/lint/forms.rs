//! Rules about bytes and forms: the things that only a form may contain, and those that it may not contain.

use std::collections::BTreeSet;

use crate::codegen::diag::{Code, Diags};
use crate::codegen::media;
use crate::codegen::reach;
use crate::codegen::spec::{Kind, Media, Property, Schema, Spec};

pub fn check(spec: &Spec, diags: &mut Diags) {
    let multipart = bodies(spec, media::Request::Multipart);
    let forms: BTreeSet<&str> = multipart.filter_map(target).collect();
    shared(spec, &forms, diags);
    for component in &spec.schemas {
        let is_form = forms.contains(component.name.as_str());
        for property in reach::properties(spec, &component.schema) {
            bytes(&component.name, property, is_form, diags);
        }
    }
    let fields = bodies(spec, media::Request::Form).filter_map(target);
    for name in fields.chain(forms.iter().copied()).collect::<BTreeSet<_>>() {
        null(spec, name, diags);
    }
}

fn bodies(spec: &Spec, kind: media::Request) -> impl Iterator<Item = &Media> {
    let bodies = spec.operations.iter().filter_map(|it| it.body.as_ref());
    let media = bodies.flat_map(|body| &body.content);
    media.filter(move |media| media::request(&media.name) == Some(kind))
}

fn target(media: &Media) -> Option<&str> {
    media.schema.as_ref().and_then(reach::target)
}

/// A multipart form cannot also be JSON or a URL-encoded form.
fn shared(spec: &Spec, forms: &BTreeSet<&str>, diags: &mut Diags) {
    let inside = spec.schemas.iter().map(|component| &component.schema);
    let operations = spec.operations.iter();
    let media = operations.flat_map(|operation| {
        let answers = operation.responses.iter().flat_map(|it| &it.content);
        let bodies = operation.body.iter().flat_map(|it| &it.content);
        let form = |media: &&Media| media::request(&media.name) == Some(media::Request::Multipart);
        answers.chain(bodies.filter(move |media| !form(media)))
    });
    let elsewhere = inside.chain(media.filter_map(|media| media.schema.as_ref()));
    for (name, line) in elsewhere.flat_map(Schema::refs) {
        if forms.contains(name) {
            diags.error_help(
                Code::FormShared,
                line,
                format!("{name} is sent as multipart/form-data and is used in another way here"),
                "give each of the two its own schema",
            );
        }
    }
}

/// Files are members of a form, alone or in a list.
fn bytes(owner: &str, property: &Property, is_form: bool, diags: &mut Diags) {
    let schema = &property.schema;
    let within = match &schema.kind {
        Kind::List(item) if is_form => item,
        _ => schema,
    };
    let fits = is_form && matches!(within.kind, Kind::Binary);
    if holds_bytes(schema) && !fits {
        diags.error_help(
            Code::BinaryMisplaced,
            schema.line,
            format!(
                "`{}` of {owner} has bytes where bytes are not possible",
                property.name
            ),
            "they are possible in the schema of a multipart/form-data body, alone or in a list",
        );
    }
}

fn holds_bytes(schema: &Schema) -> bool {
    match &schema.kind {
        Kind::Binary => true,
        Kind::List(inner) | Kind::Map(inner) => holds_bytes(inner),
        _ => false,
    }
}

/// A part or a field is text, and a text cannot be null.
fn null(spec: &Spec, name: &str, diags: &mut Diags) {
    let Some(component) = spec.schema(name) else {
        return;
    };
    for property in reach::properties(spec, &component.schema) {
        let plain = reach::resolve(spec, &property.schema);
        let json = matches!(
            plain.kind,
            Kind::Any | Kind::Map(_) | Kind::Object(_) | Kind::AllOf(_) | Kind::OneOf { .. }
        );
        let json =
            json || matches!(&plain.kind, Kind::List(item) if !matches!(item.kind, Kind::Binary));
        if (property.schema.nullable || plain.nullable) && !json {
            diags.error_help(
                Code::FormNull,
                property.line,
                format!(
                    "`{}` of {name} is nullable, and a form cannot express null",
                    property.name
                ),
                "remove `nullable`: a member that is not required can be left out",
            );
        }
    }
}
