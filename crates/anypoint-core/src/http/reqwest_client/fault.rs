//! Converts errors of reqwest to errors of the client.
//!
//! It must not pass on a URL, because its query may contain secrets.

use std::error::Error as StdError;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use url::Url;

use super::super::error::chain;
use super::super::tls::{self, Refusal};
use super::super::{HttpError, place};
use crate::error::ErrorKind;

type Cause<'a> = &'a (dyn StdError + 'static);

/// The start of an error of hyper-util's tunnel, whose type is private.
const TUNNEL: &str = "tunnel error: ";

/// The error of a request without an answer, or of a truncated answer. The proxy is the one of the
/// route, if there is one.
pub(super) fn classify(error: reqwest::Error, url: &Url, proxy: Option<&str>) -> HttpError {
    let error = error.without_url();
    let target = place(url);
    let way = match proxy {
        Some(proxy) => format!("{target} through the proxy {proxy}"),
        None => target.clone(),
    };
    let root = root(&error);
    let described = if let Some(refusal) = chain(&error).find_map(tls::diagnose) {
        refused_handshake(&refusal, &way, &root)
    } else if let Some(reason) = tunnel(&error) {
        no_tunnel(&reason, &target, proxy.unwrap_or("in between"))
    } else if error.is_timeout() {
        HttpError::new(
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
        HttpError::new(
            ErrorKind::Connect,
            format!("no connection to {way}: {root}"),
        )
        .with_maybe_hint(connect_hint(
            &error,
            proxy.unwrap_or(&target),
            proxy.is_some(),
        ))
    } else if error.is_builder() {
        HttpError::new(
            ErrorKind::InvalidRequest,
            format!("the request cannot be built: {root}"),
        )
    } else {
        HttpError::new(
            ErrorKind::Interrupted,
            format!("the connection to {way} broke: {root}"),
        )
    };
    let unsent = error.is_connect();
    described.unsent(unsent).with_source(&error)
}

/// The error of an answer with status 407, which only a proxy sends.
pub(super) fn asks_for_credentials(proxy: Option<&str>) -> HttpError {
    let proxy = proxy.unwrap_or("in between");
    HttpError::new(
        ErrorKind::Proxy,
        format!("the proxy {proxy} asks for a user and password or refuses those it got"),
    )
    .with_status(407)
    .with_hint("set them with Proxy::credentials, or in the URL in HTTPS_PROXY or HTTP_PROXY")
}

fn refused_handshake(refusal: &Refusal, way: &str, root: &str) -> HttpError {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let words = refusal.words(now.unwrap_or_default().as_millis() as i64);
    let summary = match words.certificate {
        Some(certificate) => format!("the certificate of {way} {certificate}"),
        None => format!("no TLS connection to {way}: {root}"),
    };
    HttpError::new(words.kind, summary).with_hint(words.hint)
}

/// Why the proxy refused a tunnel; `None` for other errors, also if the proxy cannot be reached.
fn tunnel(error: &reqwest::Error) -> Option<String> {
    let reason = chain(error).find_map(|cause| {
        let text = cause.to_string();
        text.strip_prefix(TUNNEL).map(str::to_owned)
    })?;
    let opened = !reason.starts_with("failed to create underlying connection");
    opened.then_some(reason)
}

fn no_tunnel(reason: &str, target: &str, proxy: &str) -> HttpError {
    match reason {
        "proxy authorization required" => asks_for_credentials(Some(proxy)),
        "unsuccessful" => HttpError::new(
            ErrorKind::Proxy,
            format!("the proxy {proxy} refuses to connect to {target}"),
        )
        .with_hint("its rules may forbid the host, or it cannot reach it; if the host is reached directly, name it in NO_PROXY or Proxy::except"),
        other => HttpError::new(
            ErrorKind::Proxy,
            format!("the proxy {proxy} opens no tunnel to {target}: {other}"),
        )
        .with_hint("check that it is an http proxy"),
    }
}

/// `place` is the target of the first connection.
fn connect_hint(error: &reqwest::Error, place: &str, is_proxy: bool) -> Option<String> {
    let refused = |cause: Cause<'_>| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
    };
    // The type of hyper-util's resolver error is private, so it is recognized by its text.
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
