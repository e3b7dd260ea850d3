//! The hostile server: refusals that repeat the request's secrets.

use hyper::http::request::Parts;
use serde_json::Value;

use crate::body::Content;
use crate::intake::Intake;
use crate::reply::Reply;

/// Adds the secrets of the request to a refusal.
pub(crate) fn echo(reply: Reply, parts: &Parts, intake: &Intake) -> Reply {
    let Content::Bytes(bytes) = &reply.body else {
        return reply;
    };
    if reply.status < 400 || bytes.is_empty() {
        return reply;
    }
    let authorization = parts.headers.get("authorization");
    let authorization = authorization.and_then(|value| value.to_str().ok());
    let authorization = authorization.unwrap_or_default();
    let echo = format!("authorization: {authorization}; body: {}", intake.start());
    if let Some(mut value) = reply.value()
        && let Some(Value::String(message)) = value.get_mut("message")
    {
        *message = format!("{message}; {echo}");
        return reply.with_value(&value);
    }
    let text = format!("{}; {echo}", String::from_utf8_lossy(bytes));
    Reply {
        body: Content::Bytes(text.into()),
        ..reply
    }
}
