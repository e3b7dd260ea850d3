//! What can be asked of a generated type without naming it.

use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// A component and the functions of its type.
pub(crate) struct Checks {
    pub(crate) name: &'static str,
    /// Reads the JSON into the type and writes it again.
    pub(crate) recode: fn(&Json) -> Result<Json, String>,
    /// The JSON Schema of the type.
    pub(crate) schema: fn() -> Json,
}

impl Checks {
    pub(crate) fn of<T: DeserializeOwned + Serialize + JsonSchema>(name: &'static str) -> Self {
        Self {
            name,
            recode: recode::<T>,
            schema: || {
                SchemaGenerator::default()
                    .into_root_schema_for::<T>()
                    .to_value()
            },
        }
    }
}

/// Through bytes, as the clients do it.
fn recode<T: DeserializeOwned + Serialize>(value: &Json) -> Result<Json, String> {
    let read: T = serde_json::from_slice(value.to_string().as_bytes())
        .map_err(|error| format!("it cannot be read: {error}"))?;
    let written =
        serde_json::to_vec(&read).map_err(|error| format!("it cannot be written: {error}"))?;
    serde_json::from_slice(&written).map_err(|error| format!("what is written is no JSON: {error}"))
}
