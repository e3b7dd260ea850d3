//! What the emitters print: names and Rust types are decided, nothing refers back to the spec.

use syn::Type;

use super::media;
use super::prose::Markdown;
pub use super::spec::{Location, Method, RateLimit, Security};

#[derive(Debug)]
pub struct Api {
    pub spec_path: String,
    pub package: String,
    pub title: String,
    pub version: String,
    pub description: Markdown,
    pub origin: String,
    pub base_path: String,
    pub example: Option<String>,
    pub tags: Vec<Tag>,
    pub limits: Vec<RateLimit>,
    pub requests: Vec<Request>,
    pub types: Vec<TypeDef>,
}

#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub module: String,
    pub description: Markdown,
}

/// One method of the client and the struct it returns.
#[derive(Debug)]
pub struct Request {
    pub id: String,
    pub type_name: String,
    pub operation_id: String,
    pub module: String,
    pub method: Method,
    pub path: String,
    pub summary: Markdown,
    pub description: Markdown,
    pub deprecated: bool,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub answer: Answer,
    pub accept: String,
    pub errors: Vec<(String, Markdown)>,
    pub security: Security,
    pub environment: bool,
    pub idempotent: bool,
    pub not_modified: bool,
    /// Names of the rate limits that hold for it, the widest first.
    pub limits: Vec<String>,
    pub pages: Option<Pages>,
    pub wait: Option<Wait>,
    pub follow: Option<Follow>,
    pub change: Option<Change>,
    pub carry: Option<Carry>,
    /// Another operation builds on its call.
    pub lends_call: bool,
    /// What the spec shows as the answer.
    pub example: Option<serde_json::Value>,
    /// The codes of success that come without a body.
    pub bodiless: Vec<String>,
}

#[derive(Debug)]
pub struct Parameter {
    pub name: String,
    pub wire: String,
    pub ty: Type,
    pub location: Location,
    pub required: bool,
    pub joined: bool,
    pub multi_segment: bool,
    pub description: Markdown,
    pub default: Option<Markdown>,
    pub example: serde_json::Value,
}

#[derive(Debug)]
pub struct Body {
    pub kind: media::Request,
    pub content_type: String,
    pub ty: Type,
    pub required: bool,
    pub description: Markdown,
    pub example: Option<serde_json::Value>,
}

#[derive(Debug)]
pub enum Answer {
    Empty,
    Text,
    JsonText,
    Binary,
    Json(Type),
    ByStatus(Vec<(u16, String, Option<Type>)>),
}

/// How a list is read page by page.
#[derive(Debug)]
pub struct Pages {
    pub offset: String,
    pub offset_type: Type,
    pub limit: String,
    pub page: Type,
    pub item: Type,
    pub items: Option<String>,
    pub total: Option<(String, Type)>,
    /// The fields that make an item's id.
    pub id: ItemId,
}

/// What tells an item of a list from the others.
#[derive(Debug)]
pub enum ItemId {
    Nothing,
    /// The item is its own id.
    Itself,
    Fields(Vec<String>),
}

/// How the end of something is waited for.
#[derive(Debug)]
pub struct Wait {
    /// What the answers mean.
    pub rules: super::spec::Wait,
    /// What one look gives.
    pub answer: Type,
    /// The component that the method takes, and the argument's name.
    pub of: String,
    pub argument: String,
    /// Arguments of the look, the fields that fill them, and whether these may be missing.
    pub given: Vec<(String, String, bool)>,
    /// The component is that of the answer, so that its version can be followed.
    pub follows: bool,
}

/// How a log is followed.
#[derive(Debug)]
pub struct Follow {
    /// What the entries mean.
    pub rules: super::spec::Follow,
    /// The component that an entry is.
    pub entry: String,
    /// How many entries are asked for at a time.
    pub length_asked: Option<i64>,
    pub after: Option<Place>,
    pub length: Option<Place>,
    pub from: Option<Place>,
    pub to: Option<Place>,
    pub descending: Option<Place>,
    pub parts: Option<LogParts>,
}

/// An optional field of a request, or of its body.
#[derive(Debug)]
pub struct Place {
    pub field: String,
    pub in_body: bool,
    /// An `i32`, where the runtime counts in `i64`.
    pub narrow: bool,
}

/// How the parts of a log are found.
#[derive(Debug)]
pub struct LogParts {
    /// The argument that names the part.
    pub argument: String,
    pub history: Look,
    /// What the history is asked for, and the member of its answer that holds the list.
    pub limit: Vec<(String, u32)>,
    pub items: Option<String>,
    pub overview: Look,
}

/// A method of the client, and the arguments that it shares with the request.
#[derive(Debug)]
pub struct Look {
    pub id: String,
    pub arguments: Vec<String>,
}

/// How single properties are changed.
#[derive(Debug)]
pub struct Change {
    pub rules: super::spec::Change,
    pub answer: Type,
}

/// What a change takes over from the object as it was read.
#[derive(Debug)]
pub struct Carry {
    pub rules: super::spec::Carry,
    /// The component that the method takes, and the argument's name.
    pub of: String,
    pub argument: String,
    /// Arguments of the request, the fields that fill them, and whether these may be missing.
    pub given: Vec<(String, String, bool)>,
    /// The arguments of the body's `new`, and whether their fields may be missing.
    pub members: Vec<(String, bool)>,
}

/// A component.
#[derive(Debug)]
pub struct TypeDef {
    pub name: String,
    pub line: usize,
    pub description: Markdown,
    pub deprecated: bool,
    pub kind: TypeKind,
    /// Names of the components it refers to.
    pub refers_to: Vec<String>,
    /// The tag's module it lives in; `None` when several tags reach it.
    pub module: Option<String>,
}

#[derive(Debug)]
pub enum TypeKind {
    Model(Model),
    Enum(Vec<Variant>),
    Union { tag: String, variants: Vec<Variant> },
}

#[derive(Debug)]
pub struct Model {
    pub face: Face,
    pub fields: Vec<Field>,
    pub list_field: Option<String>,
    pub has_default: bool,
}

/// Who fills a model: the caller, by `new` and setters, or the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    Request,
    Response,
    /// The body of a multipart form.
    Form,
}

#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub wire: String,
    pub aliases: Vec<String>,
    /// As it stands in the struct.
    pub ty: Type,
    /// An argument of `new`.
    pub required: bool,
    /// The only value it can have: the tag of a union's branch. `new` sets it.
    pub fixed: Option<String>,
    /// May be empty: a field whose name says it all has no filler.
    pub description: Markdown,
    /// What its setter says, never empty.
    pub setter: String,
    pub deprecated: bool,
    pub part: Part,
}

/// How a member of a multipart form is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    File,
    Text,
    Json,
}

#[derive(Debug)]
pub struct Variant {
    pub name: String,
    pub wire: String,
    /// The component a variant of a union holds; the same as `name` there.
    pub holds: Option<String>,
}

/// The name of a type and its argument: `Vec<String>` gives `("Vec", Some(String))`.
pub fn outer(ty: &Type) -> (String, Option<&Type>) {
    let Type::Path(path) = ty else {
        return (String::new(), None);
    };
    let Some(last) = path.path.segments.last() else {
        return (String::new(), None);
    };
    let argument = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            arguments
                .args
                .iter()
                .rev()
                .find_map(|argument| match argument {
                    syn::GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                })
        }
        _ => None,
    };
    (last.ident.to_string(), argument)
}
