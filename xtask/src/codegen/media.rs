//! The media types that the generator supports.

use serde::{Deserialize, Serialize};

/// How a body is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Request {
    #[default]
    Json,
    Form,
    Multipart,
    Binary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Response {
    Json,
    Text,
    Binary,
}

pub fn request(name: &str) -> Option<Request> {
    match name {
        "application/x-www-form-urlencoded" => Some(Request::Form),
        "multipart/form-data" => Some(Request::Multipart),
        "application/octet-stream" => Some(Request::Binary),
        _ => is_json(name).then_some(Request::Json),
    }
}

pub fn response(name: &str) -> Option<Response> {
    match name {
        "application/octet-stream" | "*/*" => Some(Response::Binary),
        _ if is_json(name) => Some(Response::Json),
        _ => name
            .strip_prefix("text/")
            .filter(|sub| *sub == "*" || is_token(sub))
            .map(|_| Response::Text),
    }
}

fn is_json(name: &str) -> bool {
    match name.strip_prefix("application/") {
        Some("json") => true,
        Some(sub) => sub.strip_suffix("+json").is_some_and(is_token),
        None => false,
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._+".contains(&byte))
}
