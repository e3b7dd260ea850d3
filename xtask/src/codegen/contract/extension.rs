//! What an operation offers besides its call: pages, waiting, following, changing.
//!
//! Members are called by their names in Rust, which lead to their wire names; pointers lead into the JSON of an answer.

use serde::{Deserialize, Serialize};

use super::{Operation, Parameter};

/// How a list is read page by page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pages {
    /// The parameters that say where to begin, and how much to give.
    pub offset: String,
    pub limit: String,
    /// The fields with the items and their number; a bare list has neither.
    pub items: Option<String>,
    pub total: Option<String>,
    pub id: ItemId,
}

/// What tells an item of a list from the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemId {
    #[default]
    Nothing,
    /// The item is its own id.
    Itself,
    Fields(Vec<String>),
}

/// A method that an extension gives the client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extra {
    pub name: String,
    pub summary: String,
    pub description: String,
}

/// An object that a method takes, and the arguments of the operation that its fields fill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The argument's name, and the component that it is.
    pub argument: String,
    pub of: String,
    pub given: Vec<Given>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub argument: String,
    pub field: String,
}

/// How the end of something is waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub method: Extra,
    pub taken: Taken,
    pub timeout_seconds: u32,
    /// Where the state is, in the order in which it is told.
    pub state: Vec<String>,
    pub pending: Rules,
    pub done: Rules,
    pub failed: Rules,
    pub gone: Rules,
    pub reason: Vec<String>,
    pub version: Option<Version>,
}

/// Alternatives of conditions that must all hold.
pub type Rules = Vec<Vec<Condition>>;

/// A pointer and the values to look for there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub at: String,
    pub values: Vec<String>,
}

/// Which of several versions an answer speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub at: String,
    pub date: Option<String>,
    pub reached: Vec<String>,
}

/// How a log is followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    pub method: Extra,
    /// The component that an entry is.
    pub entry: String,
    /// Where an entry's id, its time and its order within that time are.
    pub id: String,
    pub time: String,
    pub order: Option<String>,
    /// What says where to begin and how much to give.
    pub after: Option<Place>,
    pub length: Option<Place>,
    pub from: Option<Place>,
    pub to: Option<Place>,
    /// What asks for the newest first.
    pub descending: Option<Place>,
    /// The service may refuse `length` and `descending`.
    pub refusable: bool,
    pub parts: Option<LogParts>,
}

/// An optional field of a request, or of its body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub field: String,
    pub in_body: bool,
}

/// How the parts of a log are found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogParts {
    /// The argument that names the part.
    pub argument: String,
    /// What lists them, and the member of its answer that holds the list.
    pub list: Look,
    pub items: Option<String>,
    /// Where an item of the list has the part's id and its beginning.
    pub id: String,
    pub date: Option<String>,
    /// What shows which parts are being written, and where.
    pub overview: Look,
    pub active: Vec<String>,
}

/// A method of the client, the arguments that it shares with the request, and what else it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub id: String,
    pub arguments: Vec<String>,
    pub set: Vec<(String, u32)>,
}

/// How single properties are changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub method: Extra,
    /// The method that reads what is there.
    pub read: String,
    /// Where the two maps are, and the members that they are there.
    pub within: String,
    pub plain: String,
    pub secret: String,
    /// What is read in the place of a secret.
    pub mask: String,
}

/// What a change takes over from the object as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    pub method: Extra,
    pub taken: Taken,
    /// The arguments of the body's `new`, and the fields that fill them.
    pub members: Vec<String>,
    /// The statuses that may mean that someone else was faster.
    pub stale: Vec<u16>,
}

impl Taken {
    /// The field that fills an argument.
    pub fn fills(&self, argument: &str) -> Option<&str> {
        let mut given = self.given.iter();
        let given = given.find(|given| given.argument == argument)?;
        Some(&given.field)
    }

    /// What the method still takes besides the object: what is required less what is given.
    pub fn left<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a Parameter> {
        let given = |it: &&Parameter| self.fills(&it.name).is_none();
        operation.arguments().filter(given)
    }
}

impl Follow {
    /// What the method takes before the body: not which part of the log it is.
    pub fn left<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a Parameter> {
        operation.arguments().filter(|it| !self.is_part(it))
    }

    /// The argument that names a part of the log.
    pub fn is_part(&self, parameter: &Parameter) -> bool {
        let parts = self.parts.as_ref();
        parts.is_some_and(|parts| parts.argument == parameter.name)
    }
}
