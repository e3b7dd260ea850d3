//! Validates the request body: its media type, its form and its members.

use hyper::HeaderMap;
use serde_json::{Map, Value};

use super::{Payload, multipart};
use crate::intake::Intake;
use crate::reply::Reply;
use crate::spec::{Api, Check, Operation};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Reads and checks the body that an operation wants.
pub(crate) async fn read(
    api: &'static Api,
    operation: &Operation,
    headers: &HeaderMap,
    intake: &mut Intake,
) -> Result<Payload, Reply> {
    let Some(body) = &operation.body else {
        return Ok(Payload::default());
    };
    if intake.is_over() {
        return Err(intake.too_large());
    }
    if intake.is_empty() {
        return if body.required {
            Err(Reply::problem(400, "request body: it is required"))
        } else {
            Ok(Payload::default())
        };
    }
    let full = headers.get("content-type").and_then(|v| v.to_str().ok());
    let full = full.unwrap_or_default();
    let media = full.split(';').next().unwrap_or_default().trim();
    let media = media.to_ascii_lowercase();
    let Some(check) = body.content.get(&media) else {
        let accepted: Vec<&str> = body.content.keys().map(String::as_str).collect();
        let message = format!(
            "content type {}: this operation takes {}",
            if media.is_empty() { "missing" } else { &media },
            accepted.join(" or ")
        );
        return Err(Reply::problem(415, message));
    };
    match media.as_str() {
        MULTIPART => multipart::read(api, check, full, intake).await,
        FORM => form(api, check, &intake.bytes().await?),
        JSON => json(api, check, &intake.bytes().await?),
        other if other.ends_with("+json") => json(api, check, &intake.bytes().await?),
        _ => Ok(Payload {
            value: Value::Null,
            files: vec![multipart::whole(intake).await?],
        }),
    }
}

fn json(api: &Api, check: &Check, bytes: &[u8]) -> Result<Payload, Reply> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        // Line and column only: the text around them may be secret.
        let (line, column) = (error.line(), error.column());
        let message = format!("request body: malformed JSON at line {line}, column {column}");
        Reply::problem(400, message)
    })?;
    checked(api, check, value)
}

fn form(api: &Api, check: &Check, bytes: &[u8]) -> Result<Payload, Reply> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes)
        .map_err(|_| Reply::problem(400, "request body: it is not form-encoded"))?;
    let members: Map<String, Value> = pairs
        .into_iter()
        .map(|(name, text)| {
            let value = check.coerce_member(api, &name, &text);
            (name, value)
        })
        .collect();
    checked(api, check, Value::Object(members))
}

/// The payload, or a 400 that names the member.
pub(super) fn checked(api: &Api, check: &Check, value: Value) -> Result<Payload, Reply> {
    match check.complaint(api, &value) {
        None => Ok(Payload {
            value,
            files: Vec::new(),
        }),
        Some((place, what)) if place.is_empty() => {
            Err(Reply::problem(400, format!("request body: {what}")))
        }
        Some((place, what)) => {
            let message = format!("request body, {place}: {what}");
            Err(Reply::problem(400, message))
        }
    }
}
