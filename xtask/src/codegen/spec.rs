//! A spec as typed data: the part of OpenAPI 3.0 that `specs/README.md` allows, each item with its line.
//!
//! `read` fills it, `lint` checks it, `lower` uses it. It contains only the Rust names that the spec sets; `names` derives the others.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::extensions::Inputs;
pub use super::http::{Method, Security};
use super::lint;
use super::names::{self, Naming};
use super::update::Unknown;

#[derive(Debug, Default)]
pub struct Spec {
    pub title: String,
    pub title_line: usize,
    pub version: String,
    pub description: String,
    pub example_operation: Option<(String, usize)>,
    /// The URL of the first server: `https://host`, and the path below it.
    pub origin: String,
    pub base_path: String,
    pub tags: Vec<Tag>,
    pub security: Security,
    pub environment: bool,
    pub limits: Vec<RateLimit>,
    pub scopes: Vec<Scope>,
    pub operations: Vec<Operation>,
    pub schemas: Vec<Component>,
    /// The index of each component in `schemas`.
    pub places: HashMap<String, usize>,
    /// Names and lines of shared parameters and responses, to find those that nothing uses.
    pub shared: Vec<Shared>,
}

/// A component parameter or response, and whether an operation refers to it.
#[derive(Debug)]
pub struct Shared {
    pub kind: &'static str,
    pub name: String,
    pub line: usize,
    pub used: bool,
}

/// A documented limit: a number of permits in a number of seconds.
#[derive(Clone, Debug)]
pub struct RateLimit {
    pub name: String,
    pub line: usize,
    /// 0 if only the server's headers state the limit.
    pub permits: u32,
    pub seconds: u32,
    /// The regions with another number of permits.
    pub regions: Vec<(String, u32)>,
    /// The path parameter whose values are counted separately.
    pub per: Option<String>,
    /// The statuses that mean that the limit was exceeded.
    pub throttled: Vec<u16>,
}

/// Path variables that callers pass once for all operations of the scope.
#[derive(Debug)]
pub struct Scope {
    pub name: String,
    pub line: usize,
    pub variables: Vec<(String, usize)>,
}

#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub description: String,
    pub line: usize,
}

#[derive(Debug)]
pub struct Component {
    pub name: String,
    pub line: usize,
    pub schema: Schema,
}

#[derive(Debug)]
pub struct Operation {
    pub line: usize,
    pub method: Method,
    pub path: String,
    pub path_line: usize,
    pub id: String,
    pub id_line: usize,
    /// The name of the operation in the documents of the service.
    pub published_id: Option<(String, usize)>,
    pub naming: Naming,
    pub tags: Vec<(String, usize)>,
    pub summary: String,
    pub description: String,
    pub deprecated: bool,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub responses: Vec<Response>,
    pub security: Security,
    pub environment: bool,
    pub idempotent: Option<bool>,
    /// The value of `x-unknown-members`, and its line.
    pub unknown: Option<(Unknown, usize)>,
    /// The rate limits that apply besides the default one.
    pub limits: Vec<(String, usize)>,
    pub columns: Option<Columns>,
    pub extensions: Inputs,
}

/// The members of an answer that a table shows.
#[derive(Debug)]
pub struct Columns {
    pub line: usize,
    /// The path from a row to the value of the column: members, separated by dots.
    pub paths: Vec<(String, usize)>,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub line: usize,
    pub name: String,
    pub location: Location,
    pub required: bool,
    pub description: String,
    pub schema: Schema,
    pub example: Option<Example>,
    pub explode: bool,
    pub multi_segment: bool,
    /// The value of `x-secret`, if it is set.
    pub secret: Option<bool>,
    pub naming: Naming,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
pub struct Body {
    pub line: usize,
    pub required: bool,
    pub description: String,
    pub content: Vec<Media>,
}

#[derive(Clone, Debug)]
pub struct Media {
    pub line: usize,
    pub name: String,
    pub schema: Option<Schema>,
    pub example: Option<Example>,
    pub variant: Option<(String, usize)>,
}

#[derive(Clone, Debug)]
pub struct Response {
    pub line: usize,
    pub code: String,
    pub description: String,
    pub content: Vec<Media>,
}

#[derive(Clone, Debug)]
pub struct Example {
    pub line: usize,
    pub value: Json,
}

/// A schema. Keywords that are only documentation (`pattern`, limits) are in `limits`.
#[derive(Clone, Debug)]
pub struct Schema {
    pub line: usize,
    pub kind: Kind,
    pub description: String,
    pub nullable: bool,
    pub deprecated: bool,
    pub example: Option<Example>,
    pub default: Option<Example>,
    /// `pattern`, `minLength`, …: JSON Schema keywords for validating examples.
    pub limits: Vec<(String, Json)>,
    /// The value of `x-secret`, if it is set.
    pub secret: Option<bool>,
    pub lenient: bool,
    pub aliases: Vec<String>,
    pub page_or_array: Option<(String, usize)>,
    /// The thing that it is the id of, from `x-id`.
    pub id: Option<(String, usize)>,
    /// The names of a component or a property.
    pub naming: Naming,
    /// The names and descriptions of values in `x-values`, with their lines.
    pub values: Vec<Said>,
}

/// The name and the description of a value of an enum.
#[derive(Clone, Debug)]
pub struct Said {
    pub line: usize,
    pub value: String,
    pub naming: Naming,
    pub description: String,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Any,
    Ref(String),
    Bool,
    Integer { int32: bool },
    Number,
    String { format: Option<String> },
    Binary,
    Enum(Vec<(String, usize)>),
    Object(Vec<Property>),
    Map(Box<Schema>),
    List(Box<Schema>),
    AllOf(Vec<Schema>),
    OneOf { tag: String, branches: Vec<Branch> },
}

#[derive(Clone, Debug)]
pub struct Property {
    pub name: String,
    pub line: usize,
    pub required: bool,
    pub schema: Schema,
}

/// One branch of a `oneOf`: the value of the tag, and its component.
#[derive(Clone, Debug)]
pub struct Branch {
    pub value: String,
    pub component: String,
    pub line: usize,
}

impl Spec {
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The name in Rust of a component.
    pub fn rust(&self, name: &str) -> String {
        let component = self.schema(name);
        component.map_or_else(|| names::type_name(name), Component::rust)
    }

    /// The scope of an operation: the narrowest one that contains it.
    pub fn scope(&self, operation: &Operation) -> Option<&Scope> {
        let scopes = self.scopes.iter().filter(|it| it.has(operation));
        scopes.max_by_key(|scope| scope.variables.len())
    }

    pub fn schema(&self, name: &str) -> Option<&Component> {
        self.schemas.get(*self.places.get(name)?)
    }
}

impl Operation {
    /// The client's method; one for each media type has its own.
    pub fn rust(&self) -> String {
        self.naming.or(self.id.clone())
    }

    /// The name in Rust of a parameter.
    pub fn argument(&self, wire: &str) -> String {
        let mut parameters = self.parameters.iter();
        let found = parameters.find(|parameter| parameter.name == wire);
        found.map_or_else(|| names::argument(wire), Parameter::rust)
    }
}

impl Scope {
    /// Whether an operation is within the scope: whether all variables are in its path.
    ///
    /// A path that ends in one of them is about that object itself.
    pub fn has(&self, operation: &Operation) -> bool {
        let variables = lint::variables(&operation.path);
        let last = operation.path.rsplit('/').next().unwrap_or_default();
        let mut names = self.variables.iter().map(|(name, _)| name.as_str());
        !self.variables.is_empty()
            && names.all(|name| variables.contains(&name) && last != format!("{{{name}}}"))
    }

    /// Whether the client of the scope has the value of a parameter.
    pub fn binds(&self, parameter: &Parameter) -> bool {
        let named = |(name, _): &(String, usize)| *name == parameter.name;
        parameter.location == Location::Path && self.variables.iter().any(named)
    }
}

impl Component {
    pub fn rust(&self) -> String {
        self.schema.naming.or(names::type_name(&self.name))
    }
}

impl Property {
    pub fn rust(&self) -> String {
        self.schema.naming.or(names::argument(&self.name))
    }
}

impl Parameter {
    pub fn rust(&self) -> String {
        self.naming.or(names::argument(&self.name))
    }

    pub fn is_secret(&self) -> bool {
        self.secret == Some(true)
    }
}

impl Schema {
    /// The name and the description of a value.
    pub fn said(&self, wire: &str) -> Option<&Said> {
        self.values.iter().find(|said| said.value == wire)
    }

    /// The name in Rust of a value.
    pub fn value(&self, wire: &str) -> String {
        let derived = names::variant(wire);
        match self.said(wire) {
            Some(said) => said.naming.or(derived),
            None => derived,
        }
    }

    pub fn is_secret(&self) -> bool {
        self.secret == Some(true)
    }

    /// The thing that it is the id of.
    pub fn id_of(&self) -> Option<&str> {
        self.id.as_ref().map(|(name, _)| name.as_str())
    }

    /// A placeholder for a schema about which a complaint has already been made.
    pub fn broken(line: usize) -> Self {
        Self {
            line,
            kind: Kind::Any,
            description: String::new(),
            nullable: false,
            deprecated: false,
            example: None,
            default: None,
            limits: Vec::new(),
            secret: None,
            lenient: false,
            aliases: Vec::new(),
            page_or_array: None,
            id: None,
            naming: Naming::default(),
            values: Vec::new(),
        }
    }

    /// The names of all components this schema refers to directly.
    pub fn refs(&self) -> Vec<(&str, usize)> {
        let mut found = Vec::new();
        self.collect_refs(&mut found);
        found
    }

    fn collect_refs<'a>(&'a self, found: &mut Vec<(&'a str, usize)>) {
        match &self.kind {
            Kind::Ref(name) => found.push((name, self.line)),
            Kind::Object(properties) => properties
                .iter()
                .for_each(|property| property.schema.collect_refs(found)),
            Kind::Map(inner) | Kind::List(inner) => inner.collect_refs(found),
            Kind::AllOf(parts) => parts.iter().for_each(|part| part.collect_refs(found)),
            Kind::OneOf { branches, .. } => found.extend(
                branches
                    .iter()
                    .map(|branch| (branch.component.as_str(), branch.line)),
            ),
            Kind::Any
            | Kind::Bool
            | Kind::Integer { .. }
            | Kind::Number
            | Kind::String { .. }
            | Kind::Binary
            | Kind::Enum(_) => {}
        }
    }
}
