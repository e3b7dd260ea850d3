//! Checks of a generated type that do not name it.

use anypoint_core::internal::{Answer, Tolerant};
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
    /// Reads an answer with the type, and one with a list of it.
    pub(crate) answer: Read,
    pub(crate) answers: Read,
}

/// Reads an answer and writes what was read.
pub(crate) type Read = fn(&Json) -> Result<Answered, String>;

/// What was read of an answer, and the paths of what was odd in it.
#[derive(Debug, PartialEq)]
pub(crate) struct Answered {
    pub(crate) value: Json,
    pub(crate) odd: Vec<String>,
}

impl Checks {
    pub(crate) fn of<T: Tolerant + DeserializeOwned + Serialize + JsonSchema>(
        name: &'static str,
    ) -> Self {
        Self {
            name,
            recode: recode::<T>,
            schema: || {
                SchemaGenerator::default()
                    .into_root_schema_for::<T>()
                    .to_value()
            },
            answer: answer::<T>,
            answers: answer::<Vec<T>>,
        }
    }
}

/// As the clients read it.
pub(crate) fn answer<T: Tolerant + Serialize>(body: &Json) -> Result<Answered, String> {
    let answer = Answer::of(200, body.to_string());
    let read: T = answer.json().map_err(|error| error.to_string())?;
    let (odd, _) = answer.oddities();
    Ok(Answered {
        value: serde_json::to_value(&read)
            .map_err(|error| format!("it cannot be written: {error}"))?,
        odd: odd.iter().map(|odd| odd.path().to_owned()).collect(),
    })
}

/// Through a text, as the clients do it.
fn recode<T: DeserializeOwned + Serialize>(value: &Json) -> Result<Json, String> {
    let read: T = serde_json::from_str(&value.to_string())
        .map_err(|error| format!("it cannot be read: {error}"))?;
    let written =
        serde_json::to_vec(&read).map_err(|error| format!("it cannot be written: {error}"))?;
    serde_json::from_slice(&written).map_err(|error| format!("what is written is no JSON: {error}"))
}
