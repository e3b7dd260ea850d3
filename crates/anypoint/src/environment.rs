//! What the environment variables mean.
//!
//! It must not print a value: any of them may hold a secret that was pasted into the wrong one.

use std::env::VarError;

use anypoint_core::internal::error;
use anypoint_core::{Credentials, Error, ErrorKind, Region};

use crate::{Anypoint, AnypointBuilder};

const BEARER: &str = "ANYPOINT_BEARER";
const CLIENT_ID: &str = "ANYPOINT_CLIENT_ID";
const CLIENT_SECRET: &str = "ANYPOINT_CLIENT_SECRET";
const HOST: &str = "ANYPOINT_HOST";
const REGION: &str = "ANYPOINT_REGION";
const ORGANIZATION: &str = "ANYPOINT_ORG";
const ENVIRONMENT: &str = "ANYPOINT_ENV";

/// The environment variables that [`Anypoint::from_env`] reads.
pub const VARIABLES: [&str; 7] = [
    BEARER,
    CLIENT_ID,
    CLIENT_SECRET,
    HOST,
    REGION,
    ORGANIZATION,
    ENVIRONMENT,
];

/// The process environment. A value that is not UTF-8 is an error rather than unset.
pub(crate) fn from_process() -> Result<AnypointBuilder, Error> {
    for name in VARIABLES {
        if let Err(VarError::NotUnicode(_)) = std::env::var(name) {
            return Err(configuration(
                format!("{name} is not UTF-8 text"),
                "set it anew; it may be cut off or in another encoding",
            ));
        }
    }
    read(|name| std::env::var(name).ok())
}

pub(crate) fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<AnypointBuilder, Error> {
    let get = |name: &str| {
        let text = lookup(name)?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let mut builder = Anypoint::builder().credentials(credentials(get)?);
    if let Some(host) = get(HOST) {
        builder = builder.host(host);
    } else if let Some(region) = get(REGION) {
        builder = builder.region(parse_region(&region)?);
    }
    if let Some(organization) = get(ORGANIZATION) {
        builder = builder.organization(organization);
    }
    if let Some(environment) = get(ENVIRONMENT) {
        builder = builder.environment(environment);
    }
    Ok(builder)
}

fn credentials(get: impl Fn(&str) -> Option<String>) -> Result<Credentials, Error> {
    if let Some(token) = get(BEARER) {
        return Ok(Credentials::bearer(token));
    }
    match (get(CLIENT_ID), get(CLIENT_SECRET)) {
        (Some(id), Some(secret)) => Ok(Credentials::connected_app(id, secret)),
        (Some(_), None) => Err(half(CLIENT_ID, CLIENT_SECRET)),
        (None, Some(_)) => Err(half(CLIENT_SECRET, CLIENT_ID)),
        (None, None) => Err(configuration(
            format!(
                "no credentials: looked for {BEARER}, then for {CLIENT_ID} with {CLIENT_SECRET}"
            ),
            match get("ANYPOINT_USERNAME") {
                Some(_) => {
                    "ANYPOINT_USERNAME is not used; set the client id and secret of a connected app that acts on its own behalf"
                }
                None => {
                    "set the client id and secret of a connected app that acts on its own behalf (Access Management, Connected Apps)"
                }
            },
        )),
    }
}

fn parse_region(text: &str) -> Result<Region, Error> {
    text.parse().map_err(|unknown: Error| {
        configuration(
            format!("{REGION} names no region"),
            unknown.hint().unwrap_or_default(),
        )
    })
}

fn half(set: &str, missing: &str) -> Error {
    configuration(
        format!("{set} is set and {missing} is not"),
        format!("set {missing} too, or {BEARER} alone"),
    )
}

fn configuration(summary: String, hint: impl Into<String>) -> Error {
    error(ErrorKind::Configuration, summary, hint)
}
