//! Comma-separated values.

use super::columns::{cell, columns, shown};
use crate::failure::Failure;
use crate::value::Value;

pub(crate) fn csv(answer: &Value, wanted: &[String]) -> Result<String, Failure> {
    let items = match answer {
        Value::List(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let objects = items.iter().any(|it| matches!(it, Value::Object(_)));
    let columns = match wanted {
        [] => columns(items, usize::MAX),
        wanted => wanted.to_vec(),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrong = |error: csv::Error| Failure::failed(error.to_string());
    if objects {
        writer.write_record(&columns).map_err(wrong)?;
    }
    for item in items {
        let record: Vec<_> = match objects {
            true => columns.iter().map(|it| cell(item, it)).collect(),
            false => vec![shown(item)],
        };
        writer
            .write_record(record.iter().map(|it| crate::terminal::printable(it, "\n")))
            .map_err(wrong)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::failed(error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
