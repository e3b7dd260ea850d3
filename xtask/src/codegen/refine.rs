//! A linted spec and the engine's types to the IR: which members may be missing, on which side, and where types live.

mod requests;

use std::collections::{BTreeMap, BTreeSet};

use syn::{Type, parse_quote};

use super::describe;
use super::engine::Types;
use super::ir::{self, Api, Face, Field, Model, Part, TypeDef, TypeKind, Variant};
use super::manifest::Entry;
use super::media;
use super::names;
use super::prose::markdown;
use super::reach;
use super::request::Request;
use super::spec::{Component, Kind, Property, Schema, Spec};

/// The finished description of one crate.
///
/// # Errors
/// The object and member for which the engine gave no type.
pub fn api(
    entry: &Entry,
    spec: &Spec,
    requests: &[Request<'_>],
    types: &Types,
) -> Result<Api, String> {
    let refine = Refine {
        spec,
        types,
        faces: faces(spec, requests),
        homes: homes(spec, requests),
        tags: tags(spec),
    };
    let mut definitions = spec
        .schemas
        .iter()
        .map(|component| refine.definition(component))
        .collect::<Result<Vec<_>, _>>()?;
    defaults(&mut definitions);
    let tag = |tag: &super::spec::Tag| ir::Tag {
        name: tag.name.clone(),
        module: names::module(&tag.name),
        description: markdown(&tag.description),
    };
    Ok(Api {
        spec_path: entry.spec.clone(),
        package: entry.package.clone(),
        title: spec.title.clone(),
        version: spec.version.clone(),
        description: markdown(&spec.description),
        origin: spec.origin.clone(),
        base_path: spec.base_path.clone(),
        example: spec.example_operation.as_ref().map(|(id, _)| id.clone()),
        tags: spec.tags.iter().map(tag).collect(),
        limits: spec.limits.clone(),
        requests: requests
            .iter()
            .map(|request| refine.request(request))
            .collect::<Result<_, _>>()?,
        types: definitions,
    })
}

struct Refine<'a> {
    spec: &'a Spec,
    types: &'a Types,
    faces: BTreeMap<&'a str, Face>,
    homes: BTreeMap<&'a str, BTreeSet<String>>,
    tags: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
}

impl Refine<'_> {
    fn ty(&self, owner: &str, member: &str) -> Result<Type, String> {
        let found = self
            .types
            .get(owner)
            .and_then(|members| members.get(member));
        found
            .cloned()
            .ok_or_else(|| format!("the engine gave no type for {owner}.{member}"))
    }

    fn definition(&self, component: &Component) -> Result<TypeDef, String> {
        let schema = &component.schema;
        let kind = match &schema.kind {
            Kind::Enum(values) => TypeKind::Enum(
                values
                    .iter()
                    .map(|(wire, _)| Variant {
                        name: names::variant(wire),
                        wire: wire.clone(),
                        holds: None,
                    })
                    .collect(),
            ),
            Kind::OneOf { tag, branches } => {
                let variant = |branch: &super::spec::Branch| Variant {
                    name: branch.component.clone(),
                    wire: branch.value.clone(),
                    holds: Some(branch.component.clone()),
                };
                TypeKind::Union {
                    tag: tag.clone(),
                    variants: branches.iter().map(variant).collect(),
                }
            }
            _ => TypeKind::Model(self.model(component)?),
        };
        let homes = self.homes.get(component.name.as_str());
        Ok(TypeDef {
            name: component.name.clone(),
            line: component.line,
            description: markdown(&schema.description),
            deprecated: schema.deprecated,
            refers_to: self.refers_to(schema),
            kind,
            module: homes
                .filter(|homes| homes.len() == 1)
                .and_then(|homes| homes.first().cloned()),
        })
    }

    fn refers_to(&self, schema: &Schema) -> Vec<String> {
        let mut names: Vec<String> = match schema.kind {
            Kind::AllOf(_) => reach::properties(self.spec, schema)
                .iter()
                .flat_map(|property| property.schema.refs())
                .map(|(name, _)| name.to_owned())
                .collect(),
            _ => schema
                .refs()
                .into_iter()
                .map(|(name, _)| name.to_owned())
                .collect(),
        };
        names.sort();
        names.dedup();
        names
    }

    fn model(&self, component: &Component) -> Result<Model, String> {
        let face = self
            .faces
            .get(component.name.as_str())
            .copied()
            .unwrap_or(Face::Response);
        let properties = reach::properties(self.spec, &component.schema);
        let fields = properties
            .iter()
            .map(|property| self.field(&component.name, property, face))
            .collect::<Result<_, _>>()?;
        let list_field = component
            .schema
            .page_or_array
            .as_ref()
            .map(|(wire, _)| wire.clone());
        Ok(Model {
            face,
            fields,
            list_field,
            has_default: false,
        })
    }

    fn field(&self, owner: &str, property: &Property, face: Face) -> Result<Field, String> {
        let name = names::argument(&property.name);
        let bare = self.ty(owner, &name)?;
        let schema = &property.schema;
        let nullable = schema.nullable || reach::resolve(self.spec, schema).nullable;
        let ty = match face {
            Face::Response => received(bare, property.required && !nullable),
            Face::Request | Face::Form => sent(bare, property.required, nullable),
        };
        let kind = if face == Face::Form { "part" } else { "member" };
        Ok(Field {
            part: self.part(schema),
            wire: property.name.clone(),
            aliases: schema.aliases.clone(),
            ty,
            required: property.required,
            fixed: self.tag(owner, &property.name),
            description: markdown(&schema.description),
            setter: describe::member(self.spec, &property.name, kind, schema),
            deprecated: schema.deprecated,
            name,
        })
    }

    /// The value that a property must have because it tells its object from the other branches of a union.
    fn tag(&self, owner: &str, property: &str) -> Option<String> {
        let mut values = self.tags.get(&(owner, property))?.iter();
        let value = values.next()?.to_string();
        values.next().is_none().then_some(value)
    }

    fn part(&self, schema: &Schema) -> Part {
        match reach::resolve(self.spec, schema).kind {
            Kind::Binary => Part::File,
            Kind::Bool
            | Kind::Integer { .. }
            | Kind::Number
            | Kind::String { .. }
            | Kind::Enum(_) => Part::Text,
            _ => Part::Json,
        }
    }
}

/// The values of the tags that tell objects apart in unions, by object and property.
fn tags(spec: &Spec) -> BTreeMap<(&str, &str), BTreeSet<&str>> {
    let mut tags: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for component in &spec.schemas {
        if let Kind::OneOf { tag, branches } = &component.schema.kind {
            for branch in branches {
                let place = (branch.component.as_str(), tag.as_str());
                tags.entry(place).or_default().insert(&branch.value);
            }
        }
    }
    tags
}

/// A member that the server fills: present in the type only as far as a fall-back value would be honest.
fn received(bare: Type, always: bool) -> Type {
    match ir::outer(&bare).0.as_str() {
        "Vec" | "BTreeMap" => bare,
        // No date and no enclosing object can stand in for a missing one.
        "Timestamp" | "Box" => parse_quote!(Option<#bare>),
        _ if always => bare,
        _ => parse_quote!(Option<#bare>),
    }
}

/// A member that the caller fills: leaving out, clearing and setting null stay different.
fn sent(bare: Type, required: bool, nullable: bool) -> Type {
    let ty = if nullable {
        parse_quote!(Nullable<#bare>)
    } else {
        bare
    };
    if required {
        ty
    } else {
        parse_quote!(Option<#ty>)
    }
}

fn unboxed(ty: Type) -> Type {
    match ir::outer(&ty) {
        (name, Some(inner)) if name == "Box" => inner.clone(),
        _ => ty,
    }
}

/// What a request reaches is filled by callers, everything else by the server.
fn faces<'a>(spec: &'a Spec, requests: &'a [Request<'a>]) -> BTreeMap<&'a str, Face> {
    let mut faces = BTreeMap::new();
    for body in requests.iter().filter_map(|request| request.body.as_ref()) {
        let Some(schema) = &body.media.schema else {
            continue;
        };
        for name in reach::reachable(spec, schema.refs().into_iter().map(|(name, _)| name)) {
            faces.entry(name).or_insert(Face::Request);
        }
        if let (media::Request::Multipart, Some(name)) = (body.kind, reach::target(schema))
            && let Some(component) = spec.schema(name)
        {
            faces.insert(component.name.as_str(), Face::Form);
        }
    }
    faces
}

/// The modules of the tags that reach each component.
fn homes<'a>(spec: &'a Spec, requests: &'a [Request<'a>]) -> BTreeMap<&'a str, BTreeSet<String>> {
    let mut homes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for request in requests {
        let body = request
            .body
            .iter()
            .filter_map(|body| body.media.schema.as_ref());
        let answers = super::lint::successes(request.operation)
            .flat_map(|response| &response.content)
            .filter_map(|media| media.schema.as_ref());
        let schemas = body
            .chain(answers)
            .chain(request.parameters.iter().map(|parameter| &parameter.schema));
        let module = request
            .operation
            .tags
            .first()
            .map(|(tag, _)| names::module(tag))
            .unwrap_or_default();
        for name in reach::reachable(spec, schemas.flat_map(Schema::refs).map(|(name, _)| name)) {
            homes.entry(name).or_default().insert(module.clone());
        }
    }
    homes
}

/// Which models can be made of nothing: the largest set whose every plain member can.
fn defaults(definitions: &mut [TypeDef]) {
    let mut without: BTreeSet<String> = BTreeSet::new();
    let mut holders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut open = Vec::new();
    for definition in definitions.iter() {
        match &definition.kind {
            TypeKind::Model(model) if model.face == Face::Response => {
                for field in &model.fields {
                    let held = holders.entry(ir::outer(&field.ty).0).or_default();
                    held.push(definition.name.clone());
                }
            }
            TypeKind::Model(model) if model.fields.iter().any(|field| field.required) => {
                open.push(definition.name.clone());
            }
            TypeKind::Model(_) | TypeKind::Enum(_) | TypeKind::Union { .. } => {}
        }
    }
    while let Some(name) = open.pop() {
        open.extend(holders.remove(&name).unwrap_or_default());
        without.insert(name);
    }
    for definition in definitions {
        if let TypeKind::Model(model) = &mut definition.kind {
            model.has_default = !without.contains(&definition.name);
        }
    }
}
