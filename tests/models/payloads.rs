//! The answers in `tests/payloads`, with the types that the specs promise for them.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::checks::Read;
use crate::spec::target;
use crate::{Api, apis};

/// An answer that is read with a component, or with a list of one.
pub(crate) struct Payload {
    /// Such as `cloudhub/list_alerts/shapes.json`.
    pub(crate) place: String,
    pub(crate) body: Json,
    pub(crate) read: Read,
}

/// All that a spec promises a component for, with success.
pub(crate) fn all() -> Vec<Payload> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("payloads");
    let of_api = |api: Api| {
        let operations = files(&root.join(api.name)).into_iter();
        operations.flat_map(move |operation| of_operation(&api, &operation))
    };
    apis().into_iter().flat_map(of_api).collect()
}

fn of_operation(api: &Api, folder: &Path) -> Vec<Payload> {
    let operation = name(folder);
    let read = api.spec.answer(&operation).and_then(|schema| {
        let checks = |schema: &Json| api.models.get(target(schema)?);
        let list = || checks(&schema["items"]).map(|checks| checks.answers);
        checks(&schema).map(|checks| checks.answer).or_else(list)
    });
    let payload = |file: PathBuf| {
        let body: Json = serde_json::from_slice(&std::fs::read(&file).unwrap()).ok()?;
        let read = read?;
        // The answers of refused calls stand among them, too.
        (read)(&body).ok()?;
        let place = format!("{}/{operation}/{}", api.name, name(&file));
        Some(Payload { place, body, read })
    };
    files(folder).into_iter().filter_map(payload).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
