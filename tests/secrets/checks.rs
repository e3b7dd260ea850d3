//! Checks of a generated type that do not name it: how it prints and writes a value.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::marks;

/// A component and what its type makes of JSON: what `Debug` prints, and what is written. Where it is refused, the error
/// and nothing.
pub(crate) struct Checks {
    pub(crate) name: &'static str,
    pub(crate) print: fn(&Json) -> (String, String),
}

impl Checks {
    pub(crate) fn of<T: DeserializeOwned + Serialize + Debug>(name: &'static str) -> Self {
        Self {
            name,
            print: |value| match serde_json::from_str::<T>(&value.to_string()) {
                Ok(read) => (marks::printed(&read), serde_json::to_string(&read).unwrap()),
                Err(error) => (format!("{error} {error:?}"), String::new()),
            },
        }
    }
}
