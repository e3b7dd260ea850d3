//! Validates requests against the spec: parameters, then the body.

mod body;
mod multipart;

use std::collections::BTreeMap;

use hyper::HeaderMap;
use serde_json::Value;

use crate::reply::Reply;
use crate::spec::{Api, Operation, Parameter, Place};

pub(crate) use body::read;
pub(crate) use multipart::Upload;

/// What the body of a request held.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    /// JSON, a form or the text parts of an upload, as JSON.
    pub(crate) value: Value,
    /// The files of an upload.
    pub(crate) files: Vec<Upload>,
}

/// The text parameters of a request.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub(crate) path: BTreeMap<String, String>,
    pub(crate) query: Vec<(String, String)>,
}

impl Parameters {
    pub(crate) fn new(path: BTreeMap<String, String>, query: &str) -> Self {
        Self {
            path,
            // Never fails for text: what is no pair becomes a name without a value.
            query: serde_urlencoded::from_str(query).unwrap_or_default(),
        }
    }

    /// A path variable; empty if the operation has none of that name.
    pub(crate) fn path(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values of a query parameter that may come several times.
    pub(crate) fn all_of(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.query.iter().filter(move |(key, _)| key == name);
        pairs.map(|(_, value)| value.as_str())
    }

    /// A query parameter as a number.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// All values that a parameter has in a request.
    pub(crate) fn all(&self, parameter: &Parameter, headers: &HeaderMap) -> Vec<String> {
        match parameter.place {
            Place::Path => self
                .path
                .get(&parameter.name)
                .cloned()
                .into_iter()
                .collect(),
            Place::Query => self
                .query
                .iter()
                .filter(|(key, _)| *key == parameter.name)
                .map(|(_, value)| value.clone())
                .collect(),
            Place::Header => headers
                .get_all(parameter.name.as_str())
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect(),
        }
    }
}

/// Checks all parameters of a request.
pub(crate) fn parameters(
    api: &Api,
    operation: &Operation,
    given: &Parameters,
    headers: &HeaderMap,
) -> Result<(), Reply> {
    for parameter in &operation.parameters {
        let texts = given.all(parameter, headers);
        let name = &parameter.name;
        let place = match parameter.place {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
        };
        if texts.is_empty() {
            if parameter.required {
                let message = format!("{place} parameter {name}: it is required");
                return Err(Reply::problem(400, message));
            }
            continue;
        }
        let value = value(api, parameter, &texts);
        if let Some((_, what)) = parameter.check.complaint(api, &value) {
            let message = format!("{place} parameter {name}: {what}");
            return Err(Reply::problem(400, message));
        }
    }
    Ok(())
}

fn value(api: &Api, parameter: &Parameter, texts: &[String]) -> Value {
    let Some(items) = parameter.check.items(api) else {
        let first = texts.first().map_or("", String::as_str);
        return parameter.check.coerce(api, first);
    };
    let split = !parameter.explode || parameter.place == Place::Header;
    texts
        .iter()
        .flat_map(|text| match split {
            true => text.split(',').collect::<Vec<_>>(),
            false => vec![text.as_str()],
        })
        .map(|text| crate::spec::coerce(items, text))
        .collect()
}
