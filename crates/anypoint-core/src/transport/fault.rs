//! Turns what reqwest reports into our errors.
//!
//! It must not let a URL through: its query may hold what should not be printed.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;
use std::time::Duration;

use url::Url;

use crate::error::{Error, ErrorKind};

type Cause<'a> = &'a (dyn StdError + 'static);

/// The error of a request that got no answer, or of an answer that broke off.
pub(super) fn classify(error: reqwest::Error, url: &Url) -> Error {
    let error = error.without_url();
    let place = place(url);
    let root = chain(&error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    let described = if chain(&error).any(|cause| cause.is::<rustls::Error>()) {
        Error::new(ErrorKind::Tls, format!("no TLS connection to {place}: {root}")).with_hint(
            "the certificate is not trusted here or the port does not speak TLS; check the host and the system's CA certificates",
        )
    } else if error.is_timeout() {
        Error::new(
            ErrorKind::Timeout,
            format!("no connection to {place} in time"),
        )
        .with_hint("check the host and port, or raise SessionBuilder::connect_timeout")
    } else if error.is_connect() {
        Error::new(
            ErrorKind::Connect,
            format!("no connection to {place}: {root}"),
        )
        .with_maybe_hint(connect_hint(&error, &place))
    } else if error.is_builder() {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("the request cannot be built: {root}"),
        )
    } else {
        Error::new(
            ErrorKind::Interrupted,
            format!("the connection to {place} broke: {root}"),
        )
    };
    let unsent = error.is_connect();
    described.unsent(unsent).with_source(error)
}

/// The error of an attempt that took too long.
pub(super) fn slow(url: &Url) -> Error {
    let summary = format!("no answer from {} in time", place(url));
    Error::new(ErrorKind::Timeout, summary)
        .with_hint("raise SessionBuilder::attempt_timeout if the operation needs longer")
}

/// The error of a stream that nothing moves on.
pub(super) fn stalled(url: &Url, limit: Duration) -> Error {
    let summary = format!("nothing from {} for {limit:?}", place(url));
    Error::new(ErrorKind::Timeout, summary)
        .with_hint("raise SessionBuilder::stall_timeout if such pauses are normal there")
}

fn connect_hint(error: &reqwest::Error, place: &str) -> Option<String> {
    let refused = |cause: Cause<'_>| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
    };
    // hyper-util's resolver error is private; its text is all there is to see.
    let unresolved = |cause: Cause<'_>| cause.to_string().starts_with("dns error");
    if chain(error).any(refused) {
        return Some(format!(
            "nothing listens at {place}; check the host and port"
        ));
    }
    chain(error)
        .any(unresolved)
        .then(|| "the name does not resolve; check the region or host".to_owned())
}

/// An error and its causes. `io::Error` leaves the error that it wraps out of `source()`.
fn chain<'a>(error: Cause<'a>) -> impl Iterator<Item = Cause<'a>> {
    successors(Some(error), |cause| inner(*cause))
}

fn inner(error: Cause<'_>) -> Option<Cause<'_>> {
    match error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// Host and port, as in `localhost:8081`.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
