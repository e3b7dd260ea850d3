//! The connection settings of `SessionBuilder`.
//!
//! It must not open a connection, and must not print a key or a password.

#![cfg_attr(
    not(any(feature = "ring", feature = "aws-lc-rs", feature = "native-tls")),
    allow(dead_code, reason = "without a TLS backend nobody reads them")
)]

use std::fmt;
use std::path::PathBuf;

#[cfg(feature = "reqwest")]
use crate::error::{Error, ErrorKind};
#[cfg(feature = "reqwest")]
use crate::file;
use crate::http::proxy::Proxy;
#[cfg(feature = "reqwest")]
use crate::http::tls::{Pem, Trust};
use crate::secret::Secret;

#[cfg(feature = "reqwest")]
/// The size limit of a file of CA certificates, in bytes.
const LIMIT: u64 = 16 << 20;

/// Proxy, trusted certificates and the client's own certificate.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionSettings {
    pub(crate) proxy: Proxy,
    pub(crate) authorities: Vec<Source>,
    pub(crate) only_these_authorities: bool,
    pub(crate) identity: Option<Identity>,
}

/// Where PEM text comes from.
#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Vec<u8>),
    File(PathBuf),
}

/// A certificate chain, the client's own first, and its private key; both PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) chain: Vec<u8>,
    pub(crate) key: Secret,
}

impl ConnectionSettings {
    /// The name of the setter of the first setting that is not the default.
    pub(crate) fn first_set(&self) -> Option<&'static str> {
        let set = [
            (!self.proxy.is_default(), "proxy"),
            (!self.authorities.is_empty(), "ca_certificates"),
            (self.only_these_authorities, "system_certificates"),
            (self.identity.is_some(), "client_certificate"),
        ];
        set.into_iter().find_map(|(set, name)| set.then_some(name))
    }

    /// Reads the files.
    #[cfg(feature = "reqwest")]
    pub(super) fn trust(&self) -> Result<Trust, Error> {
        let authorities: Vec<Pem> = self
            .authorities
            .iter()
            .map(Source::read)
            .collect::<Result<_, _>>()?;
        if self.only_these_authorities && authorities.is_empty() {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the system's CA certificates are turned off and no others are given",
            )
            .with_hint("add some with SessionBuilder::ca_certificates"));
        }
        Ok(Trust {
            authorities,
            system: !self.only_these_authorities,
            identity: self.identity.clone(),
        })
    }
}

#[cfg(feature = "reqwest")]
impl Source {
    fn read(&self) -> Result<Pem, Error> {
        match self {
            Self::Bytes(bytes) => Ok(Pem {
                name: "the CA certificates".to_owned(),
                bytes: bytes.clone(),
            }),
            Self::File(path) => match file::read(path, LIMIT) {
                Ok(bytes) => Ok(Pem {
                    name: format!("the CA certificates in {}", path.display()),
                    bytes,
                }),
                Err(error) => Err(Error::new(
                    ErrorKind::Configuration,
                    format!(
                        "the CA certificates in {} cannot be read: {error}",
                        path.display()
                    ),
                )
                .with_source(error)),
            },
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::File(path) => path.fmt(f),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(***)")
    }
}
