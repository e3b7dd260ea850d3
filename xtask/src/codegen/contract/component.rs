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
    /// Values that may become more.
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

/// A value of an enum, or of a union's tag, whose variants have the names of the components that they hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    pub name: String,
    pub wire: String,
    /// Former names.
    pub was: Vec<String>,
    /// What a value means; empty for a union's.
    pub description: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    pub face: Face,
    pub fields: Vec<Field>,
    /// The member that a bare list fills where the server sends one instead of the object.
    pub bare_list: Option<String>,
    /// Whether it keeps members that it does not know, and sends them back.
    pub keeps_unknown: bool,
    /// What is read, of which a body can be made that keeps all of it.
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
    /// As it is on the wire: whether it may be missing is another fact.
    pub ty: Ty,
    pub required: bool,
    /// The only value it can have: the tag of a union's branch. `new` sets it.
    pub fixed: Option<String>,
    pub deprecated: bool,
    /// Former names of its setter.
    pub was: Vec<String>,
    /// How it is sent, in a form.
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

/// What the values of a member must keep to.
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
    /// What a limit is, of those that stand there.
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
    /// As it stands in the struct.
    ///
    /// A caller's: leaving out, clearing and setting null stay different. A server's: present only as far as a
    /// fall-back value would be honest.
    pub fn held(&self, face: Face) -> Ty {
        if face != Face::Response {
            return self.ty.clone().required_if(self.required);
        }
        let bare = self.ty.present();
        let fallback = match bare {
            Ty::List(_) | Ty::Map(_) => true,
            // No date and no enclosing object can stand in for a missing one.
            Ty::Time | Ty::Boxed(_) => false,
            _ => self.required && *bare == self.ty,
        };
        bare.clone().received().required_if(fallback)
    }
}
