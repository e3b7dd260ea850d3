//! TLS: whom to trust, by the backend that the crate's features choose.
//!
//! It must not install a process-wide crypto provider: that choice belongs to the program. The
//! backends are one child module each, with the same two functions; the first feature of `ring`,
//! `aws-lc-rs` and `native-tls` that is on decides which of them is compiled.

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

/// Whom to trust, and who the client is.
#[derive(Default)]
pub(super) struct Trust {
    pub(super) authorities: Vec<Pem>,
    /// Whether the operating system's certificates count.
    pub(super) system: bool,
    pub(super) identity: Option<Identity>,
}

/// PEM text and what to call it in an error.
pub(super) struct Pem {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Why there is no TLS connection, as far as a backend can tell.
#[derive(Debug)]
pub(super) enum Refusal {
    UnknownIssuer,
    /// Signed by somebody else in the name of a known authority.
    BadSignature,
    Revoked,
    /// Not valid yet, or no longer; with the limit that is not kept, in milliseconds since 1970, if known.
    Dates {
        expired: bool,
        limit: Option<i64>,
    },
    /// The names that the certificate is for, if known.
    WrongName(Vec<String>),
    /// The server uses the certificate of an authority as its own.
    AuthorityAsServer,
    /// There is something else about the certificate.
    Unusable,
    /// The server wants a certificate of the client, or another one.
    ClientCertificate,
    /// Both speak TLS, but not the same.
    Incompatible,
    Other,
}

/// What went wrong with a server's certificate, in words.
pub(super) struct Words {
    pub(super) kind: ErrorKind,
    /// Follows "the certificate of HOST"; `None` if the certificate is not to blame.
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

    /// What is the matter with the certificate, if it is to blame.
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

/// TLS that cannot be set up.
fn unusable(what: &str, error: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Configuration, format!("{what}: {error}"))
}

/// As `unusable`, with the error as the source.
fn setup(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    unusable("TLS cannot be set up", &error).with_source(error)
}
