//! Answers in a content encoding, which are reported and not decoded.
//!
//! Each request asks for no encoding. Decoding them would add a tenth to the crates that an application compiles.

use ::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue};

use crate::error::{Error, ErrorKind};
use crate::secret::redact::{Secrets, Shown};

/// The `Accept-Encoding` of a request, unless its caller sets it.
pub(crate) const NONE: HeaderValue = HeaderValue::from_static("identity");

/// The encoding of an answer, if it has one.
pub(crate) fn of(headers: &HeaderMap, secrets: &Secrets) -> Option<Shown> {
    let value = headers.get(CONTENT_ENCODING)?;
    let text = String::from_utf8_lossy(value.as_bytes()).to_lowercase();
    let mut codings = text.split(',').map(str::trim);
    let is_plain = codings.all(|coding| matches!(coding, "" | "identity"));
    (!is_plain).then(|| secrets.redactor().show(&text))
}

/// Whether the caller of a request asked for an encoding.
pub(crate) fn is_wanted(request: &HeaderMap) -> bool {
    request.contains_key(ACCEPT_ENCODING)
}

/// The error of an answer in an encoding.
pub(crate) fn error(status: u16, headers: &HeaderMap, secrets: &Secrets) -> Option<Error> {
    let encoding = of(headers, secrets)?;
    let summary = format!("the {status} answer is encoded as {encoding}, which is not read here");
    let error = Error::new(ErrorKind::Decode, summary).with_status(status);
    Some(error.with_hint(
        "the server or a proxy has encoded it unasked; turn that off there, or ask for the encoding by a header of your own and take the bytes as they are",
    ))
}
