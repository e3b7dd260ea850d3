//! TLS with the backend that the crate's features select.
//!
//! It must not install a process-wide crypto provider, because that choice belongs to the program. Each
//! backend is a child module with the same two functions; the first enabled feature of `ring`,
//! `aws-lc-rs` and `native-tls` decides which of them is compiled.

#![cfg_attr(
    not(any(feature = "ring", feature = "aws-lc-rs")),
    allow(dead_code, reason = "each backend uses the part that it has a use for")
)]

#[cfg(all(
    feature = "native-tls",
    not(any(feature = "ring", feature = "aws-lc-rs"))
))]
#[path = "tls/native_backend.rs"]
mod backend;
#[cfg(not(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls")))]
#[path = "tls/no_backend.rs"]
mod backend;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#[path = "tls/rustls_backend.rs"]
mod backend;

use std::fmt;

use crate::date;
use crate::error::{Error, ErrorKind};
use crate::http::settings::Identity;

pub(super) use backend::{configure, diagnose};

/// The trusted certificates, and the client's own.
#[derive(Default)]
pub(super) struct Trust {
    pub(super) authorities: Vec<Pem>,
    /// Whether the certificates of the operating system are trusted.
    pub(super) system: bool,
    pub(super) identity: Option<Identity>,
}

/// PEM text and its name in errors.
pub(super) struct Pem {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Why a TLS connection failed, as far as a backend can tell.
#[derive(Debug)]
pub(super) enum Refusal {
    UnknownIssuer,
    /// The signature is not that of the known authority.
    BadSignature,
    Revoked,
    /// The certificate is not valid yet, or has expired; with that date, in milliseconds since 1970, if known.
    Dates {
        expired: bool,
        limit: Option<i64>,
    },
    /// The certificate is for other names; the names, if known.
    WrongName(Vec<String>),
    /// The certificate of the server is one of an authority.
    AuthorityAsServer,
    /// The certificate cannot be used for another reason.
    Unusable,
    /// The server requires a certificate of the client, or a different one.
    ClientCertificate,
    /// Client and server have no TLS version or cipher in common.
    Incompatible,
    Other,
}

/// What went wrong with a server's certificate, in words.
pub(super) struct Words {
    pub(super) kind: ErrorKind,
    /// The text after "the certificate of HOST"; `None` if the certificate is not the cause.
    pub(super) certificate: Option<String>,
    pub(super) hint: &'static str,
}

impl Refusal {
    pub(super) fn words(&self, now: i64) -> Words {
        Words {
            kind: self.kind(),
            certificate: self.certificate(now),
            hint: self.hint(),
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            Self::UnknownIssuer | Self::BadSignature | Self::Revoked => {
                ErrorKind::UntrustedCertificate
            }
            Self::Dates { .. } => ErrorKind::ClockSkew,
            _ => ErrorKind::Tls,
        }
    }

    /// The problem of the certificate, if it is the cause.
    fn certificate(&self, now: i64) -> Option<String> {
        let text = match self {
            Self::UnknownIssuer => "is not trusted: its issuer is not known here",
            Self::BadSignature => {
                "is not trusted: it is not signed by the CA of that name that is known here"
            }
            Self::Revoked => "is not trusted: it was revoked",
            Self::Dates { expired, limit } => return Some(dates(*expired, *limit, now)),
            Self::WrongName(names) if names.is_empty() => "is for another name",
            Self::WrongName(names) => {
                return Some(format!("is for another name: {}", names.join(", ")));
            }
            Self::AuthorityAsServer => "is that of a CA and not of a server",
            Self::Unusable | Self::Incompatible | Self::ClientCertificate | Self::Other => {
                return None;
            }
        };
        Some(text.to_owned())
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::UnknownIssuer => {
                "if the host is private or a proxy inspects TLS, add the CA that signed it with SessionBuilder::ca_certificates"
            }
            Self::BadSignature => {
                "the CA may have been issued anew under its old name: add it as it is now with SessionBuilder::ca_certificates; else somebody forges certificates"
            }
            Self::Revoked => "the server needs a new certificate",
            Self::Dates { .. } => {
                "compare this machine's clock with the real time; if it is right, the server needs a new certificate"
            }
            Self::WrongName(_) => {
                "check the region or host; a wrong DNS entry or a proxy also leads to another server"
            }
            Self::AuthorityAsServer => {
                "give the server a certificate of its own, signed by that CA or self-signed, with `basicConstraints = CA:FALSE` \
                    (openssl req -x509 -addext basicConstraints=critical,CA:FALSE), and add its signer, or itself, with SessionBuilder::ca_certificates"
            }
            Self::Unusable => {
                "the server's certificate cannot be used; whoever runs the server needs to issue another one"
            }
            Self::Incompatible => {
                "the server and this client have no version or cipher of TLS in common; 1.2 and 1.3 are known here"
            }
            Self::ClientCertificate => {
                "the server wants a client certificate or refuses the one it got; see SessionBuilder::client_certificate"
            }
            Self::Other => {
                "the port does not speak TLS, or no version of it that is known here; check the host and port"
            }
        }
    }
}

fn dates(expired: bool, limit: Option<i64>, now: i64) -> String {
    let text = |time| date::iso_seconds(time).unwrap_or_default();
    let (state, side) = if expired {
        ("has expired", "until")
    } else {
        ("is not valid yet", "from")
    };
    let limit = limit.map_or_else(String::new, |limit| {
        format!("it is valid {side} {}, and ", text(limit))
    });
    format!("{state}: {limit}this machine's clock says {}", text(now))
}

/// The error of TLS that cannot be set up.
fn unusable(what: &str, error: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Configuration, format!("{what}: {error}"))
}

/// Like `unusable`, with the error as the source.
fn setup(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    unusable("TLS cannot be set up", &error).with_source(error)
}
