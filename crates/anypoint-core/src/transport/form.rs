//! Multipart forms while they are sent.
//!
//! It must not hold a file in memory. The lengths of the files are known, so that of the form is, too.

use ::http::HeaderValue;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};

use super::upload::{self, Progress};
use crate::error::Error;
use crate::http::Body;
use crate::multipart::Part;

/// A form with its `Content-Type` header. All files are opened before anything is sent.
pub(super) async fn open(
    parts: &[Part],
    progress: &Progress,
) -> Result<(HeaderValue, Body), Error> {
    let [a, b] = [fastrand::u128(..), fastrand::u128(..)];
    let boundary = format!("{a:032x}{b:032x}");
    let mut pieces = Vec::new();
    for part in parts {
        let (head, content) = match part {
            Part::Text {
                name,
                content_type,
                text,
            } => (head(name, None, *content_type), Body::bytes(text.clone())),
            Part::File { name, upload } => {
                let file_name = upload.file_name().unwrap_or_default();
                let head = head(name, Some(file_name), Some(upload.content_type()));
                (head, upload::open(upload, progress).await?)
            }
        };
        pieces.push(Body::bytes(format!("--{boundary}\r\n{head}\r\n\r\n")));
        pieces.push(content);
        pieces.push(Body::bytes(Bytes::from_static(b"\r\n")));
    }
    pieces.push(Body::bytes(format!("--{boundary}--\r\n")));
    let length = pieces.iter().map(Body::length).sum();
    let content_type = upload::content_type(&format!("multipart/form-data; boundary={boundary}"))?;
    Ok((
        content_type,
        Body::stream(stream::iter(pieces).flatten(), length),
    ))
}

/// The headers of a part. Its name is one of a spec, and nothing in it has control characters.
fn head(name: &str, file_name: Option<&str>, content_type: Option<&str>) -> String {
    let mut head = format!("Content-Disposition: form-data; name={}", quoted(name));
    if let Some(file_name) = file_name {
        head.push_str("; filename=");
        head.push_str(&quoted(file_name));
    }
    if let Some(content_type) = content_type {
        head.push_str("\r\nContent-Type: ");
        head.push_str(content_type);
    }
    head
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
