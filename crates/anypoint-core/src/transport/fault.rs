//! Turns what reqwest reports into our errors.
//!
//! It must not let a URL through: its query may hold what should not be printed. What the errors
//! say may come from a server or proxy, so it goes through the redactor.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;
use std::time::{Duration, SystemTime};

use url::Url;

use super::tls::{self, Refusal};
use crate::error::cause::Cause as Told;
use crate::error::{Error, ErrorKind};
use crate::secret::redact::{Redactor, Shown};

type Cause<'a> = &'a (dyn StdError + 'static);

/// The start of what hyper-util's tunnel reports; its type is private.
const TUNNEL: &str = "tunnel error: ";

/// The error of a request that got no answer, or of an answer that broke off. The proxy is the
/// one on the way, if there is one.
pub(super) fn classify(
    error: reqwest::Error,
    url: &Url,
    proxy: Option<&str>,
    redactor: &Redactor,
) -> Error {
    let error = error.without_url();
    let target = place(url);
    let way = match proxy {
        Some(proxy) => format!("{target} through the proxy {proxy}"),
        None => target.clone(),
    };
    let told = |cause: Cause<'_>| redactor.show(&cause.to_string());
    let root = redactor.show(&root(&error));
    let described = if let Some(refusal) = chain(&error).find_map(tls::diagnose) {
        refused_handshake(&refusal, &way, &root, redactor)
    } else if let Some(reason) = tunnel(&error, redactor) {
        no_tunnel(&reason, &target, proxy.unwrap_or("in between"))
    } else if error.is_timeout() {
        Error::new(
            ErrorKind::Timeout,
            format!("no connection to {way} in time"),
        )
        .with_hint(match proxy {
            Some(_) => {
                "check that the proxy reaches the host, or raise SessionBuilder::connect_timeout"
            }
            None => "check the host and port, or raise SessionBuilder::connect_timeout",
        })
    } else if error.is_connect() {
        Error::new(
            ErrorKind::Connect,
            format!("no connection to {way}: {root}"),
        )
        .with_maybe_hint(connect_hint(
            &error,
            proxy.unwrap_or(&target),
            proxy.is_some(),
        ))
    } else if error.is_builder() {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("the request cannot be built: {root}"),
        )
    } else {
        Error::new(
            ErrorKind::Interrupted,
            format!("the connection to {way} broke: {root}"),
        )
    };
    let described = described.unsent(error.is_connect());
    let told: Vec<Shown> = chain(&error).map(told).collect();
    match Told::of(told.into_iter()) {
        Some(cause) => described.with_source(cause),
        None => described,
    }
}

/// The error of an attempt that took too long, or that was the last for which there was time.
pub(super) fn slow(url: &Url, is_last: bool) -> Error {
    let summary = format!("no answer from {} in time", place(url));
    Error::new(ErrorKind::Timeout, summary).with_hint(match is_last {
        true => "raise SessionBuilder::total_timeout: no time was left of it",
        false => "raise SessionBuilder::attempt_timeout if the operation needs longer",
    })
}

/// The error of an upload that the server does not read on.
pub(super) fn stalled_upload(url: &Url, limit: Duration) -> Error {
    let summary = format!("{} took nothing of the upload for {limit:?}", place(url));
    Error::new(ErrorKind::Timeout, summary)
        .with_hint("raise SessionBuilder::stall_timeout if such pauses are normal there")
}

/// The error of a stream that nothing moves on.
pub(super) fn stalled(url: &Url, limit: Duration) -> Error {
    let summary = format!("nothing from {} for {limit:?}", place(url));
    Error::new(ErrorKind::Timeout, summary)
        .with_hint("raise SessionBuilder::stall_timeout if such pauses are normal there")
}

/// The error of an answer with status 407, which only a proxy gives.
pub(super) fn asks_for_credentials(proxy: Option<&str>) -> Error {
    let proxy = proxy.unwrap_or("in between");
    Error::new(
        ErrorKind::Proxy,
        format!("the proxy {proxy} asks for a user and password or refuses those it got"),
    )
    .with_status(407)
    .with_hint("set them with Proxy::credentials, or in the URL in HTTPS_PROXY or HTTP_PROXY")
}

fn refused_handshake(refusal: &Refusal, way: &str, root: &Shown, redactor: &Redactor) -> Error {
    let words = refusal.words(SystemTime::now().into());
    let summary = match words.certificate.map(|words| redactor.show(&words)) {
        Some(certificate) => format!("the certificate of {way} {certificate}"),
        None => format!("no TLS connection to {way}: {root}"),
    };
    Error::new(words.kind, summary).with_hint(words.hint)
}

/// Why the proxy opens no tunnel; `None` if that is not it, also when the proxy cannot be reached.
fn tunnel(error: &reqwest::Error, redactor: &Redactor) -> Option<Shown> {
    let reason = chain(error).find_map(|cause| {
        let text = cause.to_string();
        text.strip_prefix(TUNNEL).map(str::to_owned)
    })?;
    let opened = !reason.starts_with("failed to create underlying connection");
    opened.then(|| redactor.show(&reason))
}

fn no_tunnel(reason: &Shown, target: &str, proxy: &str) -> Error {
    match reason.as_str() {
        "proxy authorization required" => asks_for_credentials(Some(proxy)),
        "unsuccessful" => Error::new(
            ErrorKind::Proxy,
            format!("the proxy {proxy} refuses to connect to {target}"),
        )
        .with_hint("its rules may forbid the host, or it cannot reach it; if the host is reached directly, name it in NO_PROXY or Proxy::except"),
        other => Error::new(
            ErrorKind::Proxy,
            format!("the proxy {proxy} opens no tunnel to {target}: {other}"),
        )
        .with_hint("check that it is an http proxy"),
    }
}

/// `place` is what the first connection goes to.
fn connect_hint(error: &reqwest::Error, place: &str, is_proxy: bool) -> Option<String> {
    let refused = |cause: Cause<'_>| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
    };
    // hyper-util's resolver error is private; its text is all there is to see.
    let unresolved = |cause: Cause<'_>| cause.to_string().starts_with("dns error");
    let check = if is_proxy {
        "check Proxy::new, HTTPS_PROXY and HTTP_PROXY"
    } else {
        "check the host and port"
    };
    if chain(error).any(refused) {
        return Some(format!("nothing listens at {place}; {check}"));
    }
    chain(error).any(unresolved).then(|| match is_proxy {
        true => format!("the name of the proxy does not resolve; {check}"),
        false => "the name does not resolve; check the region or host".to_owned(),
    })
}

fn root(error: &reqwest::Error) -> String {
    chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
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
pub(super) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
