//! One change, and its place.

use serde::Serialize;

use super::rules::{Audience, Rule};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: Rule,
    pub audience: Audience,
    /// What has changed: `list_deployments.limit`, `Deployment.name`.
    pub at: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// The spec, or another file of the tree.
    pub file: String,
    pub line: usize,
    /// Why it is accepted.
    pub accepted: Option<String>,
    #[serde(skip)]
    pub place: Place,
}

/// What a finding is about, by the names of the spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Api,
    /// An operation by its id, and perhaps a parameter or a key of it.
    Operation(String, Option<String>),
    /// A component, and perhaps a member or a value of it.
    Component(String, Option<String>),
}

impl Place {
    /// The same thing's part.
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

    /// What it was and what it is now, as far as there is either, or what the rule means.
    pub fn change(&self) -> String {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => format!("was {before}, now {after}"),
            (Some(before), None) => format!("was {before}"),
            (None, Some(after)) => format!("now {after}"),
            (None, None) => self.rule.meaning().to_owned(),
        }
    }
}
