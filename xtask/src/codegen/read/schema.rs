//! Schemas.

use std::collections::BTreeMap;

use super::reference;
use crate::codegen::diag::{Code, Diags};
use crate::codegen::dialect::{Key, NAMING, Object, SOURCE, Type, optional, required};
use crate::codegen::fields::{Fields, items, missing, text, texts};
use crate::codegen::load::{Node, Value};
use crate::codegen::spec::{Branch, Example, Kind, Property, Said, Schema};

/// Keywords that validate examples and document requests; they never reach the client.
const LIMITS: &[Key] = &[
    optional("pattern", Type::Any),
    optional("minLength", Type::Any),
    optional("maxLength", Type::Any),
    optional("minimum", Type::Any),
    optional("maximum", Type::Any),
    optional("minItems", Type::Any),
    optional("maxItems", Type::Any),
    optional("uniqueItems", Type::Any),
];
const TYPES: [&str; 6] = ["boolean", "integer", "number", "string", "array", "object"];

pub static SCHEMA: Object = Object::or_reference(
    "schema",
    &[
        &[
            optional("type", Type::Word(&TYPES)),
            optional("format", Type::Text),
            optional("description", Type::Text),
            optional("nullable", Type::Flag),
            optional("deprecated", Type::Flag),
            optional("example", Type::Any),
            optional("default", Type::Any),
            optional("enum", Type::List("an enum value", &Type::Text)),
            optional("items", Type::Object(&SCHEMA)),
            optional("properties", Type::Map(&Type::Object(&SCHEMA))),
            optional("required", Type::List("a required name", &Type::Text)),
            optional("additionalProperties", Type::TrueOr(&SCHEMA)),
            optional("allOf", Type::List("a schema", &Type::Object(&SCHEMA))),
            optional("oneOf", Type::List("a schema", &Type::Object(&SCHEMA))),
            optional("discriminator", Type::Object(&DISCRIMINATOR)),
            optional("x-secret", Type::Flag),
            optional("x-lenient", Type::Flag),
            optional("x-alias", Type::List("an alias", &Type::Text)),
            optional("x-page-or-array", Type::Text),
            optional("x-id", Type::Text),
            optional("x-values", Type::Map(&Type::Object(&VALUE))),
            SOURCE,
        ],
        LIMITS,
        NAMING,
    ],
);
static VALUE: Object = Object::new("value", &[&[optional("description", Type::Text)], NAMING]);
static DISCRIMINATOR: Object = Object::new(
    "discriminator",
    &[&[
        required("propertyName", Type::Text),
        optional("mapping", Type::Map(&Type::Text)),
    ]],
);

pub fn schema(node: &Node, what: &str, diags: &mut Diags) -> Schema {
    let mut fields = Fields::of(node, what, &SCHEMA, diags);
    if let Some(target) = fields.reference(diags) {
        fields.finish(diags);
        let kind = reference(target, "schemas", diags).map_or(Kind::Any, Kind::Ref);
        return Schema {
            kind,
            ..Schema::broken(node.line)
        };
    }
    let mut schema = Schema {
        description: fields.text("description", diags).unwrap_or_default().0,
        nullable: fields.flag("nullable", diags).unwrap_or(false),
        deprecated: fields.flag("deprecated", diags).unwrap_or(false),
        example: fields.take("example", diags).map(example),
        default: fields.take("default", diags).map(example),
        limits: LIMITS
            .iter()
            .filter_map(|key| {
                let node = fields.take(key.name, diags)?;
                Some((key.name.to_owned(), node.to_json()))
            })
            .collect(),
        secret: fields.flag("x-secret", diags),
        lenient: fields.flag("x-lenient", diags).unwrap_or(false),
        aliases: fields
            .list("x-alias", diags)
            .iter()
            .filter_map(text)
            .collect(),
        page_or_array: fields.text("x-page-or-array", diags),
        id: fields.text("x-id", diags),
        naming: fields.naming(diags),
        values: values_said(&mut fields, diags),
        ..Schema::broken(node.line)
    };
    schema.kind = kind(&mut fields, node.line, what, diags);
    fields.finish(diags);
    schema
}

pub fn example(node: &Node) -> Example {
    Example {
        line: node.line,
        value: node.to_json(),
    }
}

fn kind(fields: &mut Fields<'_>, line: usize, what: &str, diags: &mut Diags) -> Kind {
    let all_of = fields.list("allOf", diags);
    let one_of = fields.list("oneOf", diags);
    let declared = fields.text("type", diags);
    if !all_of.is_empty() {
        return Kind::AllOf(
            all_of
                .iter()
                .map(|part| schema(part, what, diags))
                .collect(),
        );
    }
    if !one_of.is_empty() {
        return tagged_union(fields, one_of, line, what, diags);
    }
    let Some((name, type_line)) = declared else {
        return Kind::Any;
    };
    match name.as_str() {
        "boolean" => Kind::Bool,
        "integer" => Kind::Integer {
            int32: format(fields, &["int32", "int64"], diags).as_deref() == Some("int32"),
        },
        "number" => {
            format(fields, &["double", "float"], diags);
            Kind::Number
        }
        "string" => string(fields, diags),
        "array" => {
            let Some(items) = fields.take("items", diags) else {
                missing(what, "items", line, diags);
                return Kind::Any;
            };
            Kind::List(Box::new(schema(items, &format!("items of {what}"), diags)))
        }
        "object" => object(fields, what, diags),
        other => {
            diags.error_help(
                Code::UnknownType,
                type_line,
                format!("`{other}` is not a type"),
                format!("one of {}", TYPES.join(", ")),
            );
            Kind::Any
        }
    }
}

/// `x-values`: names and descriptions of the values of an enum.
fn values_said(fields: &mut Fields<'_>, diags: &mut Diags) -> Vec<Said> {
    let mut said = Vec::new();
    for entry in fields.map("x-values", diags) {
        let mut value = Fields::of(&entry.value, format!("value {}", entry.key), &VALUE, diags);
        said.push(Said {
            line: entry.line,
            value: entry.key.clone(),
            naming: value.naming(diags),
            description: value.text("description", diags).unwrap_or_default().0,
        });
        value.finish(diags);
    }
    said
}

fn format(fields: &mut Fields<'_>, allowed: &[&str], diags: &mut Diags) -> Option<String> {
    let (format, line) = fields.text("format", diags)?;
    if allowed.contains(&format.as_str()) {
        return Some(format);
    }
    let help = match format.as_str() {
        "uuid" => "leave it out: ids are strings, because the services mix their forms".to_owned(),
        _ => format!("one of {}", allowed.join(", ")),
    };
    let problem = format!("`{format}` is not a format that has a meaning here");
    diags.error_help(Code::UnknownFormat, line, problem, help);
    None
}

fn string(fields: &mut Fields<'_>, diags: &mut Diags) -> Kind {
    let format = format(
        fields,
        &["date-time", "binary", "uri", "email", "password"],
        diags,
    );
    let listed = fields.take("enum", diags);
    if let Some(node) =
        listed.filter(|node| matches!(&node.value, Value::List(all) if all.is_empty()))
    {
        diags.error_help(
            Code::ValuesMissing,
            node.line,
            "the enum has no values",
            "name some, or leave `enum` out",
        );
    }
    let values = listed.map_or_else(Vec::new, |node| texts(items(node)));
    match format.as_deref() {
        _ if !values.is_empty() => Kind::Enum(values),
        Some("binary") => Kind::Binary,
        _ => Kind::String { format },
    }
}

fn object(fields: &mut Fields<'_>, what: &str, diags: &mut Diags) -> Kind {
    let entries = fields.map("properties", diags);
    let required = fields.texts("required", diags);
    let mut required: BTreeMap<String, usize> = required.into_iter().collect();
    let properties: Vec<Property> = entries
        .iter()
        .map(|entry| Property {
            name: entry.key.clone(),
            line: entry.line,
            required: required.remove(&entry.key).is_some(),
            schema: schema(
                &entry.value,
                &format!("property {} of {what}", entry.key),
                diags,
            ),
        })
        .collect();
    for (name, line) in required {
        diags.error_help(
            Code::RequiredUndeclared,
            line,
            format!("{what} requires `{name}`, which is not one of its properties"),
            "declare the property or remove the name",
        );
    }
    let additional = fields.take("additionalProperties", diags);
    match additional {
        Some(node) if properties.is_empty() => Kind::Map(Box::new(values(node, what, diags))),
        Some(node) => {
            diags.error_help(
                Code::MapAndObject,
                node.line,
                format!("{what} has both properties and additionalProperties"),
                "remove additionalProperties: unknown members are ignored, or kept if they are sent back",
            );
            Kind::Object(properties)
        }
        // Its whole content is kept.
        None if properties.is_empty() => Kind::Map(Box::new(Schema::broken(fields.line()))),
        None => Kind::Object(properties),
    }
}

fn values(node: &Node, what: &str, diags: &mut Diags) -> Schema {
    match node.value {
        Value::Bool(true) => Schema::broken(node.line),
        _ => schema(node, &format!("values of {what}"), diags),
    }
}

fn tagged_union(
    fields: &mut Fields<'_>,
    one_of: &[Node],
    line: usize,
    what: &str,
    diags: &mut Diags,
) -> Kind {
    let listed = listed(one_of, what, diags);
    let Some(node) = fields.take("discriminator", diags) else {
        diags.error_help(
            Code::UnionWithoutDiscriminator,
            line,
            format!("{what} has a oneOf without a discriminator"),
            "add `discriminator: {propertyName: …, mapping: {…}}`",
        );
        return Kind::Any;
    };
    let mut discriminator = Fields::of(node, "the discriminator", &DISCRIMINATOR, diags);
    let tag = discriminator.required("propertyName", diags).0;
    let mut branches = Vec::new();
    for entry in discriminator.map("mapping", diags) {
        if let Some(component) = reference(&entry.value, "schemas", diags) {
            branches.push(Branch {
                value: entry.key.clone(),
                component,
                line: entry.line,
            });
        }
    }
    discriminator.finish(diags);
    same(node.line, &listed, &branches, diags);
    Kind::OneOf { tag, branches }
}

/// The components that a `oneOf` names.
fn listed(one_of: &[Node], what: &str, diags: &mut Diags) -> Vec<String> {
    let mut listed = Vec::new();
    for node in one_of {
        match schema(node, what, diags).kind {
            Kind::Ref(name) => listed.push(name),
            _ => diags.error_help(
                Code::UnionBranchNameless,
                node.line,
                format!("a oneOf branch of {what} is not a $ref"),
                "name the branch as a component",
            ),
        }
    }
    listed
}

/// A `oneOf` and its mapping must name the same components.
fn same(line: usize, listed: &[String], branches: &[Branch], diags: &mut Diags) {
    for name in listed {
        if !branches.iter().any(|branch| branch.component == *name) {
            let problem = format!("{name} has no tag in the mapping");
            let help = format!("add `value: \"#/components/schemas/{name}\"`");
            diags.error_help(Code::UnionBranchUnmapped, line, problem, help);
        }
    }
    for branch in branches
        .iter()
        .filter(|branch| !listed.contains(&branch.component))
    {
        let problem = format!(
            "{} is in the mapping but not in the oneOf",
            branch.component
        );
        diags.error(Code::UnionMappingUnlisted, branch.line, problem);
    }
}
