//! Updates: operations that take what a GET of the same path returns, and how unknown members are preserved.

use std::collections::BTreeSet;

use super::lint::successes;
use super::media;
use super::reach;
use super::spec::{Kind, Media, Method, Operation, Schema, Spec};

/// The value of `x-unknown-members` of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// The models keep them, from the answer that is read to the request that is sent.
    Kept,
    /// The service keeps members that are not sent.
    Merged,
}

/// An operation and the components that it has in common with a GET.
#[derive(Clone, Copy, Debug)]
pub struct Update<'a> {
    pub operation: &'a Operation,
    pub get: &'a Operation,
    /// The component that is read.
    pub read: &'a str,
    /// The component that is sent.
    pub sent: &'a str,
}

/// The operations that take the object that a GET of their path returns, or a part of it.
pub fn updates(spec: &Spec) -> impl Iterator<Item = Update<'_>> {
    let operations = spec.operations.iter();
    operations.filter_map(|operation| update(spec, operation))
}

fn update<'a>(spec: &'a Spec, operation: &'a Operation) -> Option<Update<'a>> {
    let creates = operation.id.starts_with("create_");
    if !matches!(operation.method, Method::Put | Method::Patch | Method::Post) || creates {
        return None;
    }
    let at_path = |it: &&Operation| it.method == Method::Get && it.path == operation.path;
    let get = spec.operations.iter().find(at_path)?;
    let read = component(spec, successes(get).flat_map(|response| &response.content))?;
    let body = operation.body.iter().flat_map(|body| &body.content);
    let body = component(
        spec,
        body.filter(|it| media::request(&it.name) == Some(media::Request::Json)),
    )?;
    let sent = std::iter::once(body).chain(parts(spec, body));
    let sent = sent.into_iter().find(|sent| share(spec, sent, read))?;
    Some(Update {
        operation,
        get,
        read,
        sent,
    })
}

/// The object that is sent or read, alone or in a list.
fn component<'a>(spec: &'a Spec, content: impl IntoIterator<Item = &'a Media>) -> Option<&'a str> {
    let schema = content
        .into_iter()
        .find_map(|media| media.schema.as_ref())?;
    let schema = match &schema.kind {
        Kind::List(item) => item,
        _ => schema,
    };
    let name = reach::target(schema)?;
    reach::is_object(spec, schema).then_some(name)
}

/// The objects that a component has as members: a request may wrap the object that is read.
fn parts<'a>(spec: &'a Spec, name: &str) -> Vec<&'a str> {
    let members = properties(spec, name);
    let objects = members.filter(|(_, schema)| reach::is_object(spec, schema));
    objects
        .filter_map(|(_, schema)| reach::target(schema))
        .collect()
}

fn properties<'a>(spec: &'a Spec, name: &str) -> impl Iterator<Item = (&'a str, &'a Schema)> {
    let component = spec.schema(name);
    let properties = component.map(|component| reach::properties(spec, &component.schema));
    let properties = properties.into_iter().flatten();
    properties.map(|property| (property.name.as_str(), &property.schema))
}

fn share(spec: &Spec, sent: &str, read: &str) -> bool {
    let read: BTreeSet<&str> = properties(spec, read).map(|(name, _)| name).collect();
    properties(spec, sent).any(|(name, _)| read.contains(name))
}

/// The components that keep unknown members: those that are read and sent, alone or as parts of others,
/// and all components of an update with `x-unknown-members: kept`.
pub fn keeping(spec: &Spec) -> BTreeSet<&str> {
    let bodies = spec
        .operations
        .iter()
        .filter_map(|operation| operation.body.as_ref());
    let sent = reached(spec, bodies.flat_map(|body| &body.content));
    let answers = spec.operations.iter().flat_map(successes);
    let read = reached(spec, answers.flat_map(|answer| &answer.content));
    let mut keeping: BTreeSet<&str> = sent.intersection(&read).copied().collect();
    let kept = updates(spec).filter(|update| update.says() == Some(Unknown::Kept));
    keeping.extend(reach::reachable(
        spec,
        kept.flat_map(|update| [update.read, update.sent]),
    ));
    keeping
}

fn reached<'a>(spec: &'a Spec, content: impl Iterator<Item = &'a Media>) -> BTreeSet<&'a str> {
    let schemas = content.filter_map(|media| media.schema.as_ref());
    reach::reachable(spec, schemas.flat_map(Schema::refs).map(|(name, _)| name))
}

/// The components whose members, including unknown ones, a body can take over.
pub fn sources<'a>(spec: &'a Spec, body: &str) -> BTreeSet<&'a str> {
    let kept = updates(spec).filter(|update| update.says() == Some(Unknown::Kept));
    kept.filter(|update| update.sent == body)
        .map(|update| update.read)
        .collect()
}

impl Update<'_> {
    pub fn says(&self) -> Option<Unknown> {
        self.operation.unknown.map(|(unknown, _)| unknown)
    }
}
