//! Converts the tree to a typed `Spec`. Complains about form: unknown keys, wrong types, missing members.
//!
//! `lint` checks the meaning of the members in combination.

mod limits;
mod operation;
mod schema;

use super::diag::{Code, Diagnostics, Diags};
use super::dialect::{Object, SOURCE, Type, optional, required};
use super::fields::{Fields, entries, items, text, texts};
use super::load::{Entry, Node};
use super::spec::{Component, Scope, Security, Shared, Spec, Tag};

const SECURITY: Type = Type::List("a security requirement", &Type::Map(&Type::Any));

/// The top level of a spec.
pub static DOCUMENT: Object = Object::new(
    "document",
    &[&[
        required("openapi", Type::Word(&["3.0.3"])),
        required("info", Type::Object(&INFO)),
        required("servers", Type::List("a server", &Type::Object(&SERVER))),
        optional("tags", Type::List("a tag", &Type::Object(&TAG))),
        required("security", SECURITY),
        optional("x-environment", Type::Flag),
        optional("x-rate-limit", Type::Map(&Type::Object(&limits::CLASS))),
        optional(
            "x-scope",
            Type::Map(&Type::List("a path variable", &Type::Text)),
        ),
        SOURCE,
        optional("components", Type::Object(&COMPONENTS)),
        required("paths", Type::Map(&Type::Object(&operation::PATH))),
    ]],
);
static INFO: Object = Object::new(
    "info",
    &[&[
        required("title", Type::Text),
        required("version", Type::Text),
        required("description", Type::Text),
        optional("x-example-operation", Type::Text),
    ]],
);
static SERVER: Object = Object::new(
    "server",
    &[&[
        required("url", Type::Text),
        optional("description", Type::Text),
    ]],
);
static TAG: Object = Object::new(
    "tag",
    &[&[
        required("name", Type::Text),
        required("description", Type::Text),
    ]],
);
static COMPONENTS: Object = Object::new(
    "components",
    &[&[
        optional("schemas", Type::Map(&Type::Object(&schema::SCHEMA))),
        optional(
            "parameters",
            Type::Map(&Type::Object(&operation::PARAMETER)),
        ),
        optional("responses", Type::Map(&Type::Object(&operation::RESPONSE))),
        optional("securitySchemes", Type::Map(&Type::Any)),
    ]],
);

/// Reads the whole document.
///
/// # Errors
/// All complaints about its shape.
pub fn spec(root: &Node, diags: &mut Diags) -> Result<Spec, Diagnostics> {
    let mut spec = Spec::default();
    let mut document = Fields::of(root, "the document", &DOCUMENT, diags);
    version(&mut document, diags);
    info(&mut document, &mut spec, diags);
    (spec.origin, spec.base_path) = server(&mut document, diags);
    for node in document.list("tags", diags) {
        spec.tags.push(tag(node, diags));
    }
    if let Some(node) = document.take("security", diags) {
        spec.security = security(node, diags);
    }
    spec.environment = document.flag("x-environment", diags).unwrap_or(false);
    if let Some(node) = document.take("x-rate-limit", diags) {
        let classes = entries(node, "x-rate-limit", diags).iter();
        spec.limits = classes.map(|entry| limits::class(entry, diags)).collect();
    }
    for entry in document.map("x-scope", diags) {
        spec.scopes.push(Scope {
            name: entry.key.clone(),
            line: entry.line,
            variables: texts(items(&entry.value)),
        });
    }
    let components = document.take("components", diags);
    let mut shared = components
        .map(|node| components_of(node, &mut spec, diags))
        .unwrap_or_default();
    if let Some(paths) = document.take("paths", diags) {
        operation::paths(paths, &mut spec, &mut shared, diags);
    }
    document.finish(diags);
    spec.shared = shared.into_usage();
    diags.finish(spec)
}

/// Component parameters and responses, before anything refers to them.
#[derive(Default)]
struct Components<'a> {
    parameters: Vec<(&'a str, usize, &'a Node, bool)>,
    responses: Vec<(&'a str, usize, &'a Node, bool)>,
}

impl Components<'_> {
    fn into_usage(self) -> Vec<Shared> {
        let usage = |kind| {
            move |(name, line, _, used): (&str, usize, &Node, bool)| Shared {
                kind,
                name: name.to_owned(),
                line,
                used,
            }
        };
        let parameters = self.parameters.into_iter().map(usage("parameter"));
        parameters
            .chain(self.responses.into_iter().map(usage("response")))
            .collect()
    }
}

fn version(document: &mut Fields<'_>, diags: &mut Diags) {
    let (version, line) = document.required("openapi", diags);
    if !version.is_empty() && version != "3.0.3" {
        diags.error_help(
            Code::OpenapiVersion,
            line,
            format!("openapi version {version} is not supported"),
            "write `openapi: 3.0.3`",
        );
    }
}

fn info(document: &mut Fields<'_>, spec: &mut Spec, diags: &mut Diags) {
    let Some(node) = document.take("info", diags) else {
        return;
    };
    let mut info = Fields::of(node, "info", &INFO, diags);
    (spec.title, spec.title_line) = info.required("title", diags);
    spec.version = info.required("version", diags).0;
    spec.description = info.required("description", diags).0;
    spec.example_operation = info.text("x-example-operation", diags);
    info.finish(diags);
}

/// Origin and path of the first server.
fn server(document: &mut Fields<'_>, diags: &mut Diags) -> (String, String) {
    let line = document.line();
    let servers = document.list("servers", diags);
    let mut first = None;
    for node in servers {
        let mut server = Fields::of(node, "a server", &SERVER, diags);
        let (url, line) = server.required("url", diags);
        server.text("description", diags);
        server.finish(diags);
        let parts = origin_and_path(&url);
        if parts.is_none() {
            let problem = format!("`{url}` is not an absolute http(s) URL");
            let help = "write `https://host/base-path`, without a slash at the end";
            diags.error_help(Code::ServerUrl, line, problem, help);
        }
        first = first.or(parts);
    }
    if servers.is_empty() {
        let problem = "the document has no servers";
        let help = "add `servers: [{url: https://host/base-path}]`";
        diags.error_help(Code::NoServers, line, problem, help);
    }
    first.unwrap_or_default()
}

fn origin_and_path(url: &str) -> Option<(String, String)> {
    let start = url
        .find("://")
        .filter(|start| matches!(&url[..*start], "https" | "http"))?
        + 3;
    let end = url[start..]
        .find('/')
        .map_or(url.len(), |index| start + index);
    let (origin, path) = url.split_at(end);
    let plain = |text: &str| {
        let special = |c| matches!(c, '{' | '}' | '?' | '#' | '"' | '\\');
        text.chars().all(|c| c.is_ascii_graphic() && !special(c))
    };
    let fits = end > start && !path.ends_with('/') && plain(url);
    fits.then(|| (origin.to_owned(), path.to_owned()))
}

fn tag(node: &Node, diags: &mut Diags) -> Tag {
    let mut fields = Fields::of(node, "a tag", &TAG, diags);
    let (name, line) = fields.required("name", diags);
    let description = fields.required("description", diags).0;
    fields.finish(diags);
    Tag {
        name,
        description,
        line,
    }
}

fn security(node: &Node, diags: &mut Diags) -> Security {
    let mut ways: Vec<&[Entry]> = Vec::new();
    for item in items(node) {
        ways.push(entries(item, "a security requirement", diags));
    }
    if ways.len() > 1 && ways.iter().any(|way| way.is_empty()) {
        diags.error_help(
            Code::SecurityOptional,
            node.line,
            "optional credentials are not supported: a client sends them either always or never",
            "keep one: [{bearer: []}], [{basic: []}] or []",
        );
        return Security::None;
    }
    let names = ways.into_iter().flatten();
    let names: Vec<&str> = names.map(|entry| entry.key.as_str()).collect();
    match names[..] {
        [] => Security::None,
        ["bearer"] => Security::Bearer,
        ["basic"] => Security::Basic,
        _ => {
            let problem = format!("security by {} is not supported", names.join(" and "));
            let help = "write [{bearer: []}], [{basic: []}] or []";
            diags.error_help(Code::SecurityUnsupported, node.line, problem, help);
            Security::None
        }
    }
}

fn components_of<'a>(node: &'a Node, spec: &mut Spec, diags: &mut Diags) -> Components<'a> {
    let mut fields = Fields::of(node, "components", &COMPONENTS, diags);
    for entry in fields.map("schemas", diags) {
        let schema = schema::schema(&entry.value, &format!("schema {}", entry.key), diags);
        spec.places.insert(entry.key.clone(), spec.schemas.len());
        spec.schemas.push(Component {
            name: entry.key.clone(),
            line: entry.line,
            schema,
        });
    }
    let parameters = fields
        .map("parameters", diags)
        .iter()
        .map(|entry| (entry.key.as_str(), entry.line, &entry.value, false))
        .collect();
    let responses = fields
        .map("responses", diags)
        .iter()
        .map(|entry| (entry.key.as_str(), entry.line, &entry.value, false))
        .collect();
    fields.map("securitySchemes", diags);
    fields.finish(diags);
    Components {
        parameters,
        responses,
    }
}

/// The name in `#/components/<section>/<name>`.
fn reference(node: &Node, section: &str, diags: &mut Diags) -> Option<String> {
    let target = text(node)?;
    let name = target
        .strip_prefix("#/components/")
        .and_then(|rest| rest.strip_prefix(section))
        .and_then(|rest| rest.strip_prefix('/'));
    match name {
        Some(name) if !name.is_empty() && !name.contains('/') => Some(name.to_owned()),
        _ => {
            let problem = format!("$ref to `{target}` has no target in this file");
            let help = format!("refer to a component of this file: `#/components/{section}/Name`");
            diags.error_help(Code::ReferenceElsewhere, node.line, problem, help);
            None
        }
    }
}
