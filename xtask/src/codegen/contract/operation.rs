//! Operations: their requests and answers.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Encoding, Extensions, Limits, Method, Security, Ty};

/// One method of the client and the struct that it returns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The method's name. It differs from the operation's name if the operation takes several media types.
    pub id: String,
    pub operation_id: String,
    /// The name of the operation in the documents of the service.
    pub published_id: Option<String>,
    /// The struct's name.
    pub request: String,
    pub module: String,
    /// The scope whose client has the method.
    pub scope: Option<String>,
    pub method: Method,
    pub path: String,
    pub deprecated: bool,
    /// Former names of the method.
    pub was: Vec<String>,
    pub security: Security,
    /// Whether it sends the environment's headers.
    pub environment: bool,
    /// Whether it may be sent again if it is not known whether the server has received it.
    pub idempotent: bool,
    /// Names of the rate limits that apply to it, the widest first.
    pub limits: Vec<String>,
    /// The members that a table shows of each item of a list, or of the answer itself. A dot separates the members of nested objects.
    pub columns: Vec<String>,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    /// What a call returns.
    pub gives: Gives,
    /// The media types that it accepts.
    pub accept: String,
    /// The statuses that are not errors.
    pub answers: Vec<Answer>,
    pub refusals: Vec<Refusal>,
    pub extensions: Extensions,
    pub summary: String,
    pub description: String,
    /// The example of the answer in the spec.
    pub example: Option<Json>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    pub name: String,
    pub wire: String,
    /// The type on the wire. Whether the parameter may be missing is a separate fact.
    pub ty: Ty,
    pub location: Location,
    /// Whether it is an argument of the method; otherwise it is a setter.
    pub required: bool,
    /// Whether the client of the method has its value, so that it is not an argument of the method.
    pub bound: bool,
    pub deprecated: bool,
    /// Former names of its setter.
    pub was: Vec<String>,
    pub default: Option<Json>,
    pub limits: Limits,
    pub description: String,
    pub example: Json,
}

/// The location of a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Location {
    #[default]
    Path,
    /// A part of the path that may contain slashes.
    PathSegments,
    Query,
    /// All values of a list in one text, separated by commas.
    QueryJoined,
    Header,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    pub encoding: Encoding,
    pub media: String,
    pub ty: Ty,
    /// Whether it is the last argument of the method; otherwise it is a setter.
    pub required: bool,
    pub description: String,
    pub example: Option<Json>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gives {
    #[default]
    Nothing,
    Text,
    /// A JSON string, or the bare text.
    JsonText,
    Download,
    Json(Ty),
    /// An enum of this name, with a variant for each status.
    Outcome(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub media: Option<String>,
    /// The variant of the outcome, if the answers differ.
    pub outcome: Option<Outcome>,
}

/// A variant of an outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub name: String,
    pub ty: Option<Ty>,
}

/// A status that is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: String,
    pub description: String,
}

impl Operation {
    /// The arguments of the method before the body.
    pub fn arguments(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|it| it.required && !it.bound)
    }

    /// The parameters for which the request has setters.
    pub fn setters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|it| !it.required)
    }

    pub fn required_body(&self) -> Option<&Body> {
        self.body.as_ref().filter(|body| body.required)
    }

    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|it| it.name == name)
    }

    /// A 304 counts as a success.
    pub fn not_modified(&self) -> bool {
        self.answers.iter().any(|answer| answer.status == 304)
    }
}

impl Parameter {
    /// The type of the field in the struct.
    pub fn held(&self) -> Ty {
        self.ty.clone().required_if(self.required)
    }
}

impl Body {
    /// The type of the field in the struct.
    pub fn held(&self) -> Ty {
        self.ty.clone().required_if(self.required)
    }
}
