//! The errors of timeouts.

use std::time::Duration;

use url::Url;

use crate::error::{Error, ErrorKind};
use crate::http::place;

/// The error of an attempt that timed out, or of the call if it was the last attempt in time.
pub(super) fn slow(url: &Url, is_last: bool) -> Error {
    let summary = format!("no answer from {} in time", place(url));
    Error::new(ErrorKind::Timeout, summary).with_hint(match is_last {
        true => "raise SessionBuilder::total_timeout: no time was left of it",
        false => "raise SessionBuilder::attempt_timeout if the operation needs longer",
    })
}

/// The error of an upload that the server stopped reading.
pub(super) fn stalled_upload(url: &Url, limit: Duration) -> Error {
    let summary = format!("{} took nothing of the upload for {limit:?}", place(url));
    Error::new(ErrorKind::Timeout, summary)
        .with_hint("raise SessionBuilder::stall_timeout if such pauses are normal there")
}

/// The error of a stream that stalled.
pub(super) fn stalled(url: &Url, limit: Duration) -> Error {
    let summary = format!("nothing from {} for {limit:?}", place(url));
    Error::new(ErrorKind::Timeout, summary)
        .with_hint("raise SessionBuilder::stall_timeout if such pauses are normal there")
}
