//! The tree to a typed `Spec`. Complains about shape: unknown keys, wrong kinds, missing members.
//!
//! What the members mean together is `lint`'s business.

mod limits;
mod operation;
mod schema;

use super::diag::{Code, Diagnostics, Diags};
use super::fields::{Fields, items};
use super::load::Node;
use super::spec::{Component, Security, Shared, Spec, Tag};

/// Reads the whole document.
///
/// # Errors
/// All complaints about its shape.
pub fn spec(root: &Node, diags: &mut Diags) -> Result<Spec, Diagnostics> {
    let mut spec = Spec::default();
    let mut document = Fields::of(root, "the document", diags);
    version(&mut document, diags);
    info(&mut document, &mut spec, diags);
    (spec.origin, spec.base_path) = server(&mut document, diags);
    for node in document.list("tags", diags) {
        spec.tags.push(tag(node, diags));
    }
    if let Some(node) = document.require("security", diags) {
        spec.security = security(node, diags);
    }
    spec.environment = document.flag("x-environment", diags).unwrap_or(false);
    if let Some(node) = document.take("x-rate-limit") {
        spec.limits = limits::classes(node, diags);
    }
    document.text("x-source", diags);
    let components = document.take("components");
    let mut shared = components
        .map(|node| components_of(node, &mut spec, diags))
        .unwrap_or_default();
    if let Some(paths) = document.require("paths", diags) {
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
    let (version, line) = document.require_text("openapi", diags);
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
    let Some(node) = document.require("info", diags) else {
        return;
    };
    let mut info = Fields::of(node, "info", diags);
    (spec.title, spec.title_line) = info.require_text("title", diags);
    spec.version = info.require_text("version", diags).0;
    spec.description = info.require_text("description", diags).0;
    spec.example_operation = info.text("x-example-operation", diags);
    info.finish(diags);
}

/// Origin and path of the first server.
fn server(document: &mut Fields<'_>, diags: &mut Diags) -> (String, String) {
    let line = document.line();
    let servers = document.list("servers", diags);
    let mut first = None;
    for node in servers {
        let mut server = Fields::of(node, "a server", diags);
        let (url, line) = server.require_text("url", diags);
        server.text("description", diags);
        server.finish(diags);
        let parts = origin_and_path(&url);
        if parts.is_none() {
            diags.error_help(
                Code::ServerUrl,
                line,
                format!("`{url}` is no absolute http(s) URL"),
                "write `https://host/base-path`, without a slash at the end",
            );
        }
        first = first.or(parts);
    }
    if servers.is_empty() {
        diags.error_help(
            Code::NoServers,
            line,
            "the document has no servers",
            "add `servers: [{url: https://host/base-path}]`",
        );
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
    let mut fields = Fields::of(node, "a tag", diags);
    let (name, line) = fields.require_text("name", diags);
    let description = fields.require_text("description", diags).0;
    fields.finish(diags);
    Tag {
        name,
        description,
        line,
    }
}

fn security(node: &Node, diags: &mut Diags) -> Security {
    let names: Vec<String> = items(node, "security", diags)
        .iter()
        .flat_map(|item| Fields::of(item, "a security requirement", diags).rest())
        .map(|entry| entry.key.clone())
        .collect();
    match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Security::None,
        ["bearer"] => Security::Bearer,
        ["basic"] => Security::Basic,
        _ => {
            diags.error_help(
                Code::SecurityUnsupported,
                node.line,
                format!("security by {} is not supported", names.join(" and ")),
                "write [{bearer: []}], [{basic: []}] or []",
            );
            Security::None
        }
    }
}

fn components_of<'a>(node: &'a Node, spec: &mut Spec, diags: &mut Diags) -> Components<'a> {
    let mut fields = Fields::of(node, "components", diags);
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

/// The name behind `#/components/<section>/<name>`.
fn reference(node: &Node, section: &str, diags: &mut Diags) -> Option<String> {
    let target = super::fields::text(node, "$ref", diags)?;
    let name = target
        .strip_prefix("#/components/")
        .and_then(|rest| rest.strip_prefix(section))
        .and_then(|rest| rest.strip_prefix('/'));
    match name {
        Some(name) if !name.is_empty() && !name.contains('/') => Some(name.to_owned()),
        _ => {
            diags.error_help(
                Code::ReferenceElsewhere,
                node.line,
                format!("$ref to `{target}` leads nowhere"),
                format!("refer to a component of this file: `#/components/{section}/Name`"),
            );
            None
        }
    }
}
