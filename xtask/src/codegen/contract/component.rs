//! Components: models, enums and unions.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Ty;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    pub name: String,
    /// Its name in the spec.
    pub schema: String,
    /// Former names.
    pub was: Vec<String>,
    pub deprecated: bool,
    /// The module of the only tag that uses it; `None` if several tags do.
    pub module: Option<String>,
    pub traits: Vec<Trait>,
    pub shape: Shape,
    pub description: String,
}

/// What a caller may rely on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trait {
    #[default]
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Ord,
    Display,
    FromStr,
    AsRef,
    Serialize,
    Deserialize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    Model(Model),
    /// A set of values that may grow.
    Enum(Vec<Variant>),
    /// One of several objects, distinguished by a member.
    Union {
        tag: String,
        variants: Vec<Variant>,
    },
}

impl Default for Shape {
    fn default() -> Self {
        Self::Model(Model::default())
    }
}

/// A value of an enum, or of the tag of a union. The variants of a union have the names of their components.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub name: String,
    pub wire: String,
    /// Former names.
    pub was: Vec<String>,
    /// What the value means; empty for a value of a union.
    pub description: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    pub face: Face,
    pub fields: Vec<Field>,
    /// The member that a bare list fills if the server sends a bare list instead of the object.
    pub bare_list: Option<String>,
    /// Whether it keeps unknown members and sends them back.
    pub keeps_unknown: bool,
    /// The components of answers from which this body can be made without losing members.
    pub made_from: Vec<String>,
}

/// Who fills a model: the caller, by `new` and setters, or the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Face {
    Request,
    #[default]
    Response,
    /// The body of a multipart form.
    Form,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub wire: String,
    /// Other wire names that are read.
    pub aliases: Vec<String>,
    /// The type on the wire. Whether the member may be missing is a separate fact.
    pub ty: Ty,
    pub required: bool,
    /// The only value it can have: the tag of a union's branch. `new` sets it.
    pub fixed: Option<String>,
    pub deprecated: bool,
    /// Former names of its setter.
    pub was: Vec<String>,
    /// How it is sent, if it is part of a form.
    pub part: Option<Part>,
    pub default: Option<Json>,
    pub limits: Limits,
    /// The docs; empty if the name of the field is enough.
    pub description: String,
}

/// How a member of a multipart form is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    File,
    #[default]
    Text,
    Json,
}

/// A limit for the values of a member.
pub type Limits = Vec<Limit>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub keyword: Keyword,
    pub value: Json,
}

/// A keyword of JSON Schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Keyword {
    #[default]
    Pattern,
    MinLength,
    MaxLength,
    Minimum,
    Maximum,
    MinItems,
    MaxItems,
    UniqueItems,
}

impl Keyword {
    /// The value of a limit, if it is set.
    pub fn of(self, limits: &[Limit]) -> Option<&Json> {
        let mut limits = limits.iter();
        limits
            .find(|limit| limit.keyword == self)
            .map(|limit| &limit.value)
    }
}

impl Component {
    pub fn is_form(&self) -> bool {
        matches!(&self.shape, Shape::Model(model) if model.face == Face::Form)
    }
}

impl Field {
    /// The type of the field in the struct.
    ///
    /// In a caller's model, leaving out, clearing and setting null remain different. In a server's model, a value is present only if a
    /// fallback value would be correct.
    pub fn held(&self, face: Face) -> Ty {
        if face != Face::Response {
            return self.ty.clone().required_if(self.required);
        }
        let bare = self.ty.present();
        let fallback = match bare {
            Ty::List(_) | Ty::Map(_) => true,
            // A missing date has no fallback value, and neither has a missing enclosing object.
            Ty::Time | Ty::Boxed(_) => false,
            _ => self.required && *bare == self.ty,
        };
        bare.clone().received().required_if(fallback)
    }
}
