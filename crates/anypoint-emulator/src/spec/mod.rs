//! The operations of the embedded specs, parsed once per process at the first request.
//!
//! `cargo xtask codegen` has checked the specs. An operation that cannot be read here is left out
//! instead of failing, and a test counts the operations.

mod answer;
mod hint;
mod join;
mod limit;
mod route;
mod schema;
// The generator formats its output.
#[rustfmt::skip]
mod sources;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

pub(crate) use answer::{Answer, Content, example};
pub(crate) use hint::nearest;
pub(crate) use route::{Route, find};
pub(crate) use schema::{Check, coerce};
use sources::SOURCES;

use crate::limits::RateLimit;

/// The base path of each API; known without reading the specs, so that start-up stays quick.
pub(crate) fn base_path(api: &str) -> Option<String> {
    let (_, text) = SOURCES.iter().find(|(name, _)| *name == api)?;
    // The servers stand near the start; the first `"url":"` after them is the one that counts.
    let servers = text.find("\"servers\":")?;
    let tail = text.get(servers..)?;
    let start = tail.find("\"url\":\"")? + 7;
    let url = tail.get(start..)?.split('"').next()?;
    Some(path_of(url).to_owned())
}

/// The names of the APIs.
pub(crate) fn apis() -> impl Iterator<Item = &'static str> {
    SOURCES.iter().map(|(name, _)| *name)
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/')
        .and_then(|at| rest.get(at..))
        .unwrap_or("")
        .trim_end_matches('/')
}

/// One API with its document, for references.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) name: &'static str,
    pub(crate) base: String,
    pub(crate) document: Value,
    /// The classes of its rate limits.
    pub(crate) limits: Vec<RateLimit>,
    pub(crate) operations: Vec<Operation>,
}

/// An operation, with everything that a request needs at hand.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// The path below the host, base path included, with `{variables}`.
    pub(crate) template: String,
    pub(crate) segments: Vec<Segment>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RequestBody>,
    pub(crate) security: Security,
    pub(crate) answer: Answer,
    pub(crate) page: Option<Page>,
    /// The classes of rate limits that it belongs to beside `default`.
    pub(crate) limits: Vec<String>,
    /// Whether headers name the environment that it acts in.
    pub(crate) in_environment: bool,
    /// What it answers when a request names something that it does not know.
    pub(crate) unknown: u16,
}

impl Operation {
    /// Whether its answer is a token.
    pub(crate) fn gives_tokens(&self) -> bool {
        matches!(self.id.as_str(), "request_token" | "log_in")
    }
}

#[derive(Debug)]
pub(crate) enum Segment {
    Literal(String),
    Variable(String),
    /// Takes the rest of the path.
    Rest(String),
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Whether the values of an array are repeated parameters and not joined by commas.
    pub(crate) explode: bool,
    pub(crate) check: Check,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) required: bool,
    pub(crate) content: BTreeMap<String, Check>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    None,
    Bearer,
    Basic,
}

/// What `x-paginate` says.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) offset: String,
    pub(crate) limit: String,
    pub(crate) items: Option<String>,
    pub(crate) total: Option<String>,
}

/// All APIs.
pub(crate) fn catalog() -> &'static [Api] {
    static CATALOG: OnceLock<Vec<Api>> = OnceLock::new();
    CATALOG.get_or_init(|| {
        SOURCES
            .iter()
            .filter_map(|(name, text)| Some(read(name, serde_json::from_str(text).ok()?)))
            .collect()
    })
}

/// One API by its name.
pub(crate) fn api(name: &str) -> Option<&'static Api> {
    catalog().iter().find(|api| api.name == name)
}

fn read(name: &'static str, mut document: Value) -> Api {
    join::components(&mut document);
    let url = document.pointer("/servers/0/url").and_then(Value::as_str);
    let base = path_of(url.unwrap_or_default()).to_owned();
    let mut operations = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for (method, node) in item.as_object().into_iter().flatten() {
            if node.get("operationId").is_some() {
                let reader = Reader {
                    document: &document,
                    item,
                    node,
                };
                operations.push(reader.operation(&format!("{base}{path}"), method));
            }
        }
    }
    Api {
        name,
        base,
        limits: limit::classes(&document),
        document,
        operations,
    }
}

struct Reader<'a> {
    document: &'a Value,
    item: &'a Value,
    node: &'a Value,
}

impl Reader<'_> {
    fn operation(&self, template: &str, method: &str) -> Operation {
        let multi = |name: &str| {
            self.parameter_nodes().any(|node| {
                text(node, "name") == name
                    && node.get("x-multi-segment").and_then(Value::as_bool) == Some(true)
            })
        };
        let segments = template
            .split('/')
            .skip(1)
            .map(|segment| {
                let name = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
                match name {
                    Some(name) if multi(name) => Segment::Rest(name.to_owned()),
                    Some(name) => Segment::Variable(name.to_owned()),
                    None => Segment::Literal(segment.to_owned()),
                }
            })
            .collect();
        Operation {
            id: text(self.node, "operationId"),
            method: method.to_uppercase(),
            template: template.to_owned(),
            segments,
            parameters: self.parameter_nodes().filter_map(parameter).collect(),
            body: self.node.get("requestBody").map(body),
            security: self.security(),
            answer: Answer::read(self.document, self.node),
            page: self.node.get("x-paginate").map(page),
            limits: limit::named(self.node),
            in_environment: self.in_environment(),
            unknown: self.unknown(),
        }
    }

    fn parameter_nodes(&self) -> impl Iterator<Item = &Value> {
        [self.item, self.node]
            .into_iter()
            .filter_map(|owner| owner.get("parameters").and_then(Value::as_array))
            .flatten()
            .map(|node| resolve(self.document, node))
    }

    fn in_environment(&self) -> bool {
        let flag = |owner: &Value| owner.get("x-environment").and_then(Value::as_bool);
        flag(self.node).or_else(|| flag(self.document)) == Some(true)
    }

    /// A 403 where the spec has one, as a caller sees nothing of what is not his; a 404 elsewhere.
    fn unknown(&self) -> u16 {
        match self.node.pointer("/responses/403") {
            Some(_) => 403,
            None => 404,
        }
    }

    fn security(&self) -> Security {
        let own = self.node.get("security");
        let list = own.or_else(|| self.document.get("security"));
        let first = list.and_then(|list| list.get(0)).and_then(Value::as_object);
        match first.and_then(|map| map.keys().next()).map(String::as_str) {
            Some("basic") => Security::Basic,
            Some(_) => Security::Bearer,
            None => Security::None,
        }
    }
}

fn parameter(node: &Value) -> Option<Parameter> {
    let place = match node.get("in")?.as_str()? {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return None,
    };
    Some(Parameter {
        name: text(node, "name"),
        place,
        required: flag(node, "required"),
        explode: node.get("explode").and_then(Value::as_bool) != Some(false),
        check: Check::new(node.get("schema")),
    })
}

fn body(node: &Value) -> RequestBody {
    let content = node.get("content").and_then(Value::as_object);
    RequestBody {
        required: flag(node, "required"),
        content: content
            .into_iter()
            .flatten()
            .map(|(media, node)| (media.clone(), Check::new(node.get("schema"))))
            .collect(),
    }
}

fn page(node: &Value) -> Page {
    let member = |name: &str| node.get(name).and_then(Value::as_str).map(str::to_owned);
    Page {
        offset: member("offset").unwrap_or_else(|| "offset".to_owned()),
        limit: member("limit").unwrap_or_else(|| "limit".to_owned()),
        items: member("items"),
        total: member("total"),
    }
}

fn text(node: &Value, key: &str) -> String {
    let text = node.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn flag(node: &Value, key: &str) -> bool {
    node.get(key).and_then(Value::as_bool) == Some(true)
}

/// The node that a `$ref` points to, or the node itself.
pub(crate) fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    let mut node = node;
    // Chains are short; the bound keeps a circle from running on.
    for _ in 0..16 {
        // An `allOf` of one only decorates what it refers to.
        let parts = node.get("allOf").and_then(Value::as_array);
        if let Some([part]) = parts.map(Vec::as_slice) {
            node = part;
        }
        let Some(target) = node.get("$ref").and_then(Value::as_str) else {
            return node;
        };
        let found = target.strip_prefix('#').and_then(|p| document.pointer(p));
        let Some(found) = found else { return node };
        node = found;
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_read() {
        let count: usize = catalog().iter().map(|api| api.operations.len()).sum();
        let expected: usize = SOURCES
            .iter()
            .map(|(_, text)| text.matches("\"operationId\":").count())
            .sum();
        assert_eq!(catalog().len(), SOURCES.len());
        assert_eq!(count, expected);
    }

    #[test]
    fn base_paths_agree_with_the_documents() {
        for api in catalog() {
            assert_eq!(base_path(api.name).as_deref(), Some(api.base.as_str()));
        }
    }

    #[test]
    fn every_check_compiles() {
        for api in catalog() {
            for operation in &api.operations {
                let bodies = operation.body.iter().flat_map(|body| body.content.values());
                let parameters = operation.parameters.iter().map(|p| &p.check);
                for check in bodies.chain(parameters) {
                    assert!(check.compiles(api), "{} {}", api.name, operation.id);
                }
            }
        }
    }
}
