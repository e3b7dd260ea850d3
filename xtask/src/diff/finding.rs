//! One change, and its place.

use serde::Serialize;

use super::rules::{Audience, Rule};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: Rule,
    pub audience: Audience,
    /// The changed thing: `list_deployments.limit`, `Deployment.name`.
    pub at: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// The spec, or another file of the tree.
    pub file: String,
    pub line: usize,
    /// The reason why it is accepted.
    pub accepted: Option<String>,
    #[serde(skip)]
    pub place: Place,
}

/// The subject of a finding, with the names of the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Api,
    /// An operation by its id, with a parameter or a key of it if the finding is about one.
    Operation(String, Option<String>),
    /// A component, with a member or a value of it if the finding is about one.
    Component(String, Option<String>),
}

impl Place {
    /// A part of the same thing.
    pub fn part(&self, name: &str) -> Self {
        let part = Some(name.to_owned());
        match self {
            Self::Api => Self::Api,
            Self::Operation(id, _) => Self::Operation(id.clone(), part),
            Self::Component(schema, _) => Self::Component(schema.clone(), part),
        }
    }
}

impl Finding {
    pub fn new(rule: Rule, at: impl Into<String>, place: Place) -> Self {
        Self {
            rule,
            audience: rule.audience(),
            at: at.into(),
            before: None,
            after: None,
            file: String::new(),
            line: 1,
            accepted: None,
            place,
        }
    }

    /// The old and the new form, if they exist, or else the meaning of the rule.
    pub fn change(&self) -> String {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => format!("was {before}, now {after}"),
            (Some(before), None) => format!("was {before}"),
            (None, Some(after)) => format!("now {after}"),
            (None, None) => self.rule.meaning().to_owned(),
        }
    }
}
