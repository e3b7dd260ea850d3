//! Makes the contract from a linted spec and the engine's types: names, who fills a value, and the modules of types.

mod components;
mod operations;

use std::collections::{BTreeMap, BTreeSet};

use super::contract::{Contract, Face, Index, Lines, Operation, RateLimit, Tag, Ty};
use super::engine::Types;
use super::manifest::Entry;
use super::media;
use super::names;
use super::reach;
use super::request::Request;
use super::spec::{self, Kind, Schema, Spec};
use super::update;

/// The missing part, and the component or request that lacks it.
#[derive(Debug)]
pub struct Missing {
    pub owner: String,
    pub reason: String,
}

/// The finished description of one API.
///
/// # Errors
/// The object and member for which the engine gave no type.
pub fn contract(
    entry: &Entry,
    spec: &Spec,
    requests: &[Request<'_>],
    types: &Types,
) -> Result<Contract, Missing> {
    let refine = Refine {
        spec,
        types,
        faces: faces(spec, requests),
        homes: homes(spec, requests),
        tags: tags(spec),
        circles: circles(spec),
        keeping: update::keeping(spec),
    };
    let tag = |tag: &spec::Tag| Tag {
        name: tag.name.clone(),
        module: names::module(&tag.name),
        description: tag.description.clone(),
    };
    let operations = requests.iter().map(|request| refine.operation(request));
    let contract = Contract {
        package: entry.package.clone(),
        title: spec.title.clone(),
        version: spec.version.clone(),
        description: spec.description.clone(),
        origin: spec.origin.clone(),
        base_path: spec.base_path.clone(),
        example: spec
            .example_operation
            .as_ref()
            .and_then(|(id, _)| Some(spec.operation(id)?.rust())),
        tags: spec.tags.iter().map(tag).collect(),
        limits: spec.limits.iter().map(limit).collect(),
        scopes: refine.scopes()?,
        types: refine.components()?,
        operations: operations.collect::<Result<_, _>>()?,
    };
    lists(&Index::from(&contract))?;
    Ok(contract)
}

/// An answer that is read in pages must be a list.
fn lists(contract: &Index<'_>) -> Result<(), Missing> {
    let lacks_items = |operation: &Operation| {
        let pages = operation.extensions.pages.as_ref();
        pages.is_some_and(|pages| pages.item(contract, operation).is_none())
    };
    let mut operations = contract.operations.iter();
    match operations.find(|it| lacks_items(it)) {
        None => Ok(()),
        Some(operation) => Err(Missing {
            owner: operation.request.clone(),
            reason: format!("{} does not answer a list", operation.id),
        }),
    }
}

/// The lines of the components and the requests in the spec.
pub fn lines(spec: &Spec, requests: &[Request<'_>]) -> Lines {
    let components = spec.schemas.iter();
    let components = components.map(|component| (component.rust(), component.line));
    let requests = requests.iter();
    let requests = requests.map(|request| (request.type_name.clone(), request.operation.line));
    Lines(requests.chain(components).collect())
}

fn limit(limit: &spec::RateLimit) -> RateLimit {
    RateLimit {
        name: limit.name.clone(),
        permits: Some(limit.permits).filter(|permits| *permits > 0),
        seconds: limit.seconds,
        regions: limit.regions.clone(),
        per: limit.per.clone(),
        throttled: limit.throttled.clone(),
    }
}

struct Refine<'a> {
    spec: &'a Spec,
    types: &'a Types,
    faces: BTreeMap<&'a str, Face>,
    homes: BTreeMap<&'a str, BTreeSet<String>>,
    /// The values of the tags that distinguish the objects of unions, by object and property.
    tags: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
    /// Components that lead back to themselves through unions, which the engine does not see.
    circles: BTreeMap<&'a str, usize>,
    /// The components that keep unknown members.
    keeping: BTreeSet<&'a str>,
}

impl Refine<'_> {
    fn ty(&self, owner: &str, member: &str) -> Result<Ty, Missing> {
        let members = self.types.get(owner);
        let found = members.and_then(|members| members.get(member));
        found.cloned().ok_or_else(|| Missing {
            owner: owner.to_owned(),
            reason: format!("{owner}.{member} has no type"),
        })
    }
}

/// A type with ids and nullable values inside. Whether the type itself is nullable depends on its place.
fn precise(spec: &Spec, schema: &Schema, ty: Ty) -> Ty {
    let schema = reach::map(spec, schema).unwrap_or(schema);
    let inner = |schema: &Schema, ty: Ty| {
        let inner = precise(spec, schema, ty);
        match is_nullable(spec, schema) {
            true => inner.nullable(),
            false => inner,
        }
    };
    match (&schema.kind, ty) {
        (Kind::List(item), Ty::List(ty)) => Ty::List(Box::new(inner(item, *ty))),
        (Kind::Map(value), Ty::Map(ty)) => Ty::Map(Box::new(inner(value, *ty))),
        (_, text @ (Ty::Text | Ty::TextOrNumber)) => match schema.id_of() {
            Some(of) => Ty::Id(of.to_owned()),
            None => text,
        },
        (_, ty) => ty,
    }
}

fn is_nullable(spec: &Spec, schema: &Schema) -> bool {
    schema.nullable || reach::resolve(spec, schema).nullable
}

/// Objects and unions that contain each other without a list or a map between them.
fn circles(spec: &Spec) -> BTreeMap<&str, usize> {
    let holds = |component: &'_ spec::Component| -> Vec<String> {
        match &component.schema.kind {
            Kind::OneOf { branches, .. } => {
                branches.iter().map(|it| it.component.clone()).collect()
            }
            _ => reach::properties(spec, &component.schema)
                .into_iter()
                .filter_map(|property| reach::target(&property.schema).map(str::to_owned))
                .collect(),
        }
    };
    let name = |name: String| spec.schema(&name).map(|component| component.name.as_str());
    let components = spec.schemas.iter();
    let graph = components.map(|component| {
        let held = holds(component).into_iter().filter_map(name);
        (component.name.as_str(), held.collect())
    });
    reach::on_cycles(&graph.collect())
}

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

/// Callers fill the components that a request reaches, and the server fills all others.
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
        let module = module(request.operation);
        for name in reach::reachable(spec, schemas.flat_map(Schema::refs).map(|(name, _)| name)) {
            homes.entry(name).or_default().insert(module.clone());
        }
    }
    homes
}

fn module(operation: &spec::Operation) -> String {
    let tag = operation.tags.first();
    tag.map(|(tag, _)| names::module(tag)).unwrap_or_default()
}
