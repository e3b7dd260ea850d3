//! A spec as typed data: the part of OpenAPI 3.0 that `specs/README.md` allows, every item with its line.
//!
//! Filled by `read`, judged by `lint`, consumed by `lower`. It holds no Rust names.

use std::collections::HashMap;

use serde_json::Value as Json;

pub use super::http::{Method, Security};

#[derive(Debug, Default)]
pub struct Spec {
    pub title: String,
    pub title_line: usize,
    pub version: String,
    pub description: String,
    pub example_operation: Option<(String, usize)>,
    /// Of the first server: `https://host`, and the path below it.
    pub origin: String,
    pub base_path: String,
    pub tags: Vec<Tag>,
    pub security: Security,
    pub environment: bool,
    pub limits: Vec<RateLimit>,
    pub operations: Vec<Operation>,
    pub schemas: Vec<Component>,
    /// Where each component is in `schemas`.
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

/// A documented limit: so many permits in so many seconds.
#[derive(Clone, Debug)]
pub struct RateLimit {
    pub name: String,
    pub line: usize,
    /// 0 when only the server's headers tell.
    pub permits: u32,
    pub seconds: u32,
    /// The regions where it is another number.
    pub regions: Vec<(String, u32)>,
    /// The path parameter whose values are counted separately.
    pub per: Option<String>,
    /// The statuses that mean throttled.
    pub throttled: Vec<u16>,
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
    /// The rate limits that hold besides the default one.
    pub limits: Vec<(String, usize)>,
    pub paginate: Option<Paginate>,
    pub wait: Option<Wait>,
    pub follow: Option<Follow>,
    pub change: Option<Change>,
    pub carry: Option<Carry>,
}

impl Operation {
    /// The methods that its extensions give the client.
    pub fn extra_methods(&self) -> impl Iterator<Item = &ExtraMethod> {
        let wait = self.wait.as_ref().map(|wait| &wait.method);
        let follow = self.follow.as_ref().map(|follow| &follow.method);
        let change = self.change.as_ref().map(|change| &change.method);
        let carry = self.carry.as_ref().map(|carry| &carry.method);
        [wait, follow, change, carry].into_iter().flatten()
    }
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
    /// What `x-secret` says, if it stands there.
    pub secret: Option<bool>,
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

#[derive(Debug)]
pub struct Paginate {
    pub line: usize,
    pub offset: String,
    pub limit: String,
    pub items: Option<String>,
    pub total: Option<String>,
    /// The properties that together tell an item from the others; `.` is the item itself.
    pub id: Vec<String>,
}

/// A method that an extension gives the client besides that of the operation.
#[derive(Clone, Debug)]
pub struct ExtraMethod {
    pub name: String,
    pub name_line: usize,
    pub summary: String,
    pub summary_line: usize,
    pub description: String,
}

/// How an operation shows that something has come to its end.
#[derive(Clone, Debug)]
pub struct Wait {
    pub line: usize,
    pub method: ExtraMethod,
    /// Path parameters, and the members of `of` that fill them.
    pub given: Vec<(String, String, usize)>,
    /// The component that the method takes; that of the answer if not set.
    pub of: Option<(String, usize)>,
    pub state: Vec<Pointer>,
    pub pending: Rules,
    pub done: Rules,
    pub failed: Rules,
    pub gone: Rules,
    pub reason: Vec<Pointer>,
    pub version: Option<Version>,
    /// In seconds.
    pub timeout: u32,
}

/// How single properties are changed where the operation takes all of them.
#[derive(Clone, Debug)]
pub struct Change {
    pub line: usize,
    pub method: ExtraMethod,
    /// The operation that reads what is there.
    pub read: (String, usize),
    /// Where the two maps are, the same in the answer and the request.
    pub within: Pointer,
    /// The map of plain properties, and that of secret ones.
    pub plain: (String, usize),
    pub secret: (String, usize),
    /// What is read in the place of a secret.
    pub mask: String,
}

/// What a change takes over from the object as it was read.
#[derive(Clone, Debug)]
pub struct Carry {
    pub line: usize,
    pub method: ExtraMethod,
    /// Path parameters, and the members of the answer's component that fill them.
    pub given: Vec<(String, String, usize)>,
    /// Members that the body and the answer's component have in common.
    pub members: Vec<(String, usize)>,
    /// The statuses that may mean that someone else was faster.
    pub stale: Vec<u16>,
}

/// Alternatives of conditions that must all hold: a pointer and the values to look for there.
pub type Rules = Vec<Vec<(Pointer, Vec<String>)>>;

/// A JSON pointer into the answer, in which `*` is every item of a list.
#[derive(Clone, Debug)]
pub struct Pointer {
    pub line: usize,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Version {
    pub at: Pointer,
    pub date: Option<Pointer>,
    pub reached: Vec<Pointer>,
}

/// How an operation shows a log that grows.
#[derive(Clone, Debug)]
pub struct Follow {
    pub line: usize,
    pub method: ExtraMethod,
    /// Where an entry's id, its time and its order within that time are.
    pub id: Pointer,
    pub time: Pointer,
    pub order: Option<Pointer>,
    /// Members of the query or of the JSON body that say what to read.
    pub after: Option<(String, usize)>,
    pub length: Option<(String, usize)>,
    pub from: Option<(String, usize)>,
    pub to: Option<(String, usize)>,
    /// Such a member that asks for the newest first.
    pub descending: Option<(String, usize)>,
    /// The service may refuse `length` and `descending`.
    pub refusable: bool,
    pub parts: Option<LogParts>,
}

/// Where a log is kept in several parts, and which of them grow.
#[derive(Clone, Debug)]
pub struct LogParts {
    pub line: usize,
    /// The path variable that names the part.
    pub parameter: (String, usize),
    /// The operation that lists them, and the query parameters that make it list enough.
    pub list: (String, usize),
    pub limit: Vec<(String, u32, usize)>,
    /// Where a part's id and its beginning are, in an item of the list.
    pub id: Pointer,
    pub date: Option<Pointer>,
    /// The operation that shows which parts are being written, and where.
    pub of: (String, usize),
    pub active: Vec<Pointer>,
}

#[derive(Clone, Debug)]
pub struct Example {
    pub line: usize,
    pub value: Json,
}

/// A schema. What is documentation only (`pattern`, limits) has been read into `limits`.
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
    /// What `x-secret` says, if it stands there.
    pub secret: Option<bool>,
    pub lenient: bool,
    pub aliases: Vec<String>,
    pub page_or_array: Option<(String, usize)>,
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

/// One branch of a `oneOf`: the tag's value and the component it stands for.
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

    pub fn schema(&self, name: &str) -> Option<&Component> {
        self.schemas.get(*self.places.get(name)?)
    }
}

impl Parameter {
    pub fn is_secret(&self) -> bool {
        self.secret == Some(true)
    }
}

impl Schema {
    pub fn is_secret(&self) -> bool {
        self.secret == Some(true)
    }

    /// A schema that a complaint has already been made about.
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
