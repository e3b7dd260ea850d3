//! The tables of the APIs, which `cargo xtask codegen` writes, parsed when a command needs one.

#[rustfmt::skip]
mod sources;


use std::collections::BTreeMap;
use std::sync::OnceLock;

use anypoint_core::Json;
use anypoint_core::internal::{Auth, Method, Operation, RateLimit};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::failure::Failure;

/// A text that may have escapes.
type Text = String;

#[derive(Debug, Deserialize)]
pub(crate) struct Api {
    pub(crate) name: &'static str,
    pub(crate) title: Text,
    /// The path of the API below its host.
    pub(crate) base: &'static str,
    /// It is reached at the platform's host.
    pub(crate) platform: bool,
    limits: Vec<Limit>,
    pub(crate) groups: Vec<Group>,
    pub(crate) types: BTreeMap<&'static str, Shape>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) about: Text,
    pub(crate) commands: Vec<Command>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) id: &'static str,
    method: &'static str,
    pub(crate) path: &'static str,
    #[serde(default)]
    accept: &'static str,
    pub(crate) security: Security,
    #[serde(default)]
    pub(crate) environment: bool,
    #[serde(default)]
    idempotent: bool,
    #[serde(default)]
    not_modified: bool,
    #[serde(default)]
    pub(crate) deprecated: bool,
    #[serde(default)]
    limits: Vec<&'static str>,
    pub(crate) summary: Text,
    #[serde(default)]
    pub(crate) about: Text,
    #[serde(default)]
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// What a table shows of each row; the program chooses where it is empty.
    #[serde(default)]
    pub(crate) columns: Vec<&'static str>,
    /// The member of the answer whose items are the rows; without it, the answer is what is shown.
    pub(crate) rows: Option<&'static str>,
    pub(crate) gives: Gives,
    pub(crate) pages: Option<Pages>,
    /// Statuses that are errors, and what they mean.
    #[serde(default)]
    pub(crate) refusals: Vec<(Text, Text)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Security {
    Bearer,
    Basic,
    None,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Parameter {
    pub(crate) wire: &'static str,
    pub(crate) flag: &'static str,
    pub(crate) place: Place,
    pub(crate) ty: Ty,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) scope: Option<Scope>,
    #[serde(default)]
    pub(crate) about: Text,
    pub(crate) default: Option<Json>,
    pub(crate) example: Option<Json>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    Path,
    PathSegments,
    Query,
    QueryJoined,
    Header,
}

/// What is chosen once, for all commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Scope {
    Organization,
    Environment,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Body {
    pub(crate) encoding: Encoding,
    pub(crate) media: &'static str,
    pub(crate) ty: Ty,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) about: Text,
    pub(crate) example: Option<Json>,
    /// Flags, and the members of the body that they set.
    #[serde(default)]
    pub(crate) flags: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Encoding {
    Json,
    Form,
    Multipart,
    Binary,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) enum Gives {
    Nothing,
    Text,
    JsonText,
    Download,
    Json(Ty),
    /// One of several types, by status: shown as it came.
    Outcome(IgnoredAny),
}

#[derive(Debug, Deserialize)]
pub(crate) struct Pages {
    pub(crate) offset: &'static str,
    pub(crate) items: Option<&'static str>,
    pub(crate) total: Option<&'static str>,
    #[serde(default)]
    pub(crate) id: Vec<&'static str>,
}

/// What a value is.
#[derive(Debug, Deserialize)]
pub(crate) enum Ty {
    Json,
    Text,
    Flag,
    Integer,
    Number,
    TextOrNumber,
    Secret,
    Time,
    Upload,
    /// Of what does not matter here.
    Id(IgnoredAny),
    Named(&'static str),
    List(Box<Ty>),
    Map(Box<Ty>),
    Nullable(Box<Ty>),
    Optional(Box<Ty>),
    Boxed(Box<Ty>),
}

/// A type that has a name.
#[derive(Debug, Deserialize)]
#[serde(from = "Members")]
pub(crate) enum Shape {
    Enum {
        values: Vec<Text>,
    },
    Union {
        tag: &'static str,
        /// Values of the tag, and the types that they stand for.
        variants: Vec<(&'static str, &'static str)>,
    },
    Model {
        fields: Vec<Field>,
        /// Unknown members may be sent.
        open: bool,
    },
}

/// The members of a shape of any kind. An untagged enum would be read by way of a buffer, and all that is in it compiled twice.
#[derive(Deserialize)]
struct Members {
    values: Option<Vec<Text>>,
    tag: Option<&'static str>,
    #[serde(default)]
    variants: Vec<(&'static str, &'static str)>,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    open: bool,
}

impl From<Members> for Shape {
    fn from(members: Members) -> Self {
        let Members {
            values,
            tag,
            variants,
            fields,
            open,
        } = members;
        match (values, tag) {
            (Some(values), _) => Self::Enum { values },
            (None, Some(tag)) => Self::Union { tag, variants },
            (None, None) => Self::Model { fields, open },
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Field {
    pub(crate) wire: &'static str,
    pub(crate) ty: Ty,
    #[serde(default)]
    pub(crate) required: bool,
    /// Other names that servers use.
    #[serde(default)]
    aliases: Vec<&'static str>,
    pub(crate) part: Option<Part>,
    #[serde(default)]
    pub(crate) about: Text,
}

/// How a member of a multipart form is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    File,
    Text,
    Json,
}

#[derive(Debug, Deserialize)]
struct Limit {
    name: &'static str,
    #[serde(default)]
    permits: u32,
    seconds: u64,
    #[serde(default)]
    regions: Vec<(&'static str, u32)>,
    per: Option<&'static str>,
    #[serde(default)]
    throttled: Vec<u16>,
}

/// The first facts of an API.
#[derive(Deserialize)]
struct Head {
    title: String,
}

/// The names of all APIs.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    sources::SOURCES.iter().map(|(name, _)| *name)
}

pub(crate) fn is_api(name: &str) -> bool {
    names().any(|api| api == name)
}

/// What an API is called.
pub(crate) fn title(api: &str) -> String {
    let source = sources::SOURCES.iter().find(|(name, _)| *name == api);
    let head = source.map(|(_, text)| serde_json::from_str::<Head>(text));
    head.and_then(Result::ok)
        .map_or_else(String::new, |head| head.title)
}

/// The table of an API.
pub(crate) fn api(name: &str) -> Result<&'static Api, Failure> {
    static READ: [OnceLock<Result<Api, String>>; sources::SOURCES.len()] =
        [const { OnceLock::new() }; sources::SOURCES.len()];
    let mut sources = sources::SOURCES.iter().zip(&READ);
    let Some(((_, text), read)) = sources.find(|((api, _), _)| *api == name) else {
        return Err(Failure::usage(format!("there is no API `{name}`")));
    };
    let read = read.get_or_init(|| serde_json::from_str(text).map_err(|it| it.to_string()));
    read.as_ref()
        .map_err(|reason| Failure::failed(format!("the table of {name} is damaged: {reason}")))
}

impl Api {
    /// The commands of all groups.
    pub(crate) fn commands(&self) -> impl Iterator<Item = &Command> {
        self.groups.iter().flat_map(|group| &group.commands)
    }

    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    pub(crate) fn shape(&self, name: &str) -> Option<&Shape> {
        self.types.get(name)
    }

    /// The values that are known of an enum, or of the items of a list of such.
    pub(crate) fn values(&self, ty: &Ty) -> &[Text] {
        match ty.item() {
            Ty::Named(name) => match self.shape(name) {
                Some(Shape::Enum { values }) => values,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// The facts that a call goes by. They live as long as the program, which makes few calls.
    pub(crate) fn operation(&'static self, command: &'static Command) -> &'static Operation {
        let limits = command.limits.iter();
        let limits = limits.filter_map(|name| self.limits.iter().find(|it| it.name == *name));
        let limits: Vec<_> = limits.map(|limit| limit.rate(self.name)).collect();
        let mut operation = Operation::new(command.id, command.method(), command.path)
            .with_accept(command.accept)
            .with_auth(match command.security {
                Security::Bearer => Auth::Session,
                Security::Basic => Auth::Basic,
                Security::None => Auth::None,
            })
            .with_limits(Vec::leak(limits));
        operation.idempotent = command.idempotent;
        operation.environment = command.environment;
        operation.not_modified = command.not_modified;
        Box::leak(Box::new(operation))
    }
}

impl Group {
    pub(crate) fn command(&self, name: &str) -> Option<&Command> {
        self.commands.iter().find(|command| command.name == name)
    }
}

impl Command {
    pub(crate) fn method(&self) -> Method {
        match self.method {
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            "OPTIONS" => Method::Options,
            _ => Method::Get,
        }
    }

    pub(crate) fn idempotent(&self) -> bool {
        self.idempotent
    }

    /// What the answer is, where it is JSON of a known type.
    pub(crate) fn answer(&self) -> &Ty {
        match &self.gives {
            Gives::Json(ty) => ty,
            _ => &Ty::Json,
        }
    }
}

impl Field {
    /// Whether a member is this one.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.wire == name || self.aliases.contains(&name)
    }
}

impl Limit {
    fn rate(&'static self, api: &str) -> RateLimit {
        let name = format!("{api} {}", self.name).leak();
        let mut rate = RateLimit::new(name, std::time::Duration::from_secs(self.seconds));
        rate.permits = self.permits;
        rate.regions = &self.regions;
        rate.per = self.per;
        rate.throttled = &self.throttled;
        rate
    }
}

impl Ty {
    /// What its values are when they are there.
    pub(crate) fn present(&self) -> &Self {
        match self {
            Self::Nullable(inner) | Self::Optional(inner) | Self::Boxed(inner) => inner.present(),
            other => other,
        }
    }

    /// What the items of a list are; another type itself.
    pub(crate) fn item(&self) -> &Self {
        match self.present() {
            Self::List(item) => item.present(),
            other => other,
        }
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.present(), Self::List(_))
    }
}
