//! TLS: rustls with ring and the certificates that the operating system trusts.
//!
//! It must not install a process-wide crypto provider: that choice belongs to the program.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::error::{Error, ErrorKind};

/// The configuration of one connection pool.
///
/// Without `https` it trusts nobody and reads no certificate files; reqwest asks for a
/// configuration all the same.
pub(super) fn config(https: bool) -> Result<ClientConfig, Error> {
    let setup = |error: rustls::Error| {
        Error::new(
            ErrorKind::Configuration,
            format!("TLS cannot be set up: {error}"),
        )
        .with_hint("the system's CA certificates may be missing")
        .with_source(error)
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(setup)?;
    let builder = if https {
        builder.with_platform_verifier().map_err(setup)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
