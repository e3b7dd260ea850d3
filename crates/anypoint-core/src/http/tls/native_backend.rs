//! TLS with the library of the operating system: OpenSSL on Linux, others elsewhere.
//!
//! Its errors are texts that differ by system and version; unknown ones become `Other`.

use std::error::Error as StdError;
use std::sync::OnceLock;

use native_tls::{Certificate, TlsConnector, TlsConnectorBuilder};
use reqwest::ClientBuilder;

use super::{Refusal, Trust, setup, unusable};
use crate::error::Error;

/// The connector for http. OpenSSL reads all certificates of the system even if none are trusted,
/// which takes a while, so all sessions share one connector.
static NOBODY: OnceLock<TlsConnector> = OnceLock::new();

/// Without `Trust`, for http, no certificates are used.
pub(in crate::http) fn configure(
    builder: ClientBuilder,
    trust: Option<&Trust>,
) -> Result<ClientBuilder, Error> {
    let connector = match (trust, NOBODY.get()) {
        (Some(trust), _) => connector(trust)?,
        (None, Some(connector)) => connector.clone(),
        (None, None) => {
            let connector = connector(&Trust::default())?;
            NOBODY.get_or_init(|| connector).clone()
        }
    };
    Ok(builder.tls_backend_preconfigured(connector))
}

fn connector(trust: &Trust) -> Result<TlsConnector, Error> {
    let mut connector = TlsConnector::builder();
    connector.request_alpns(&["h2", "http/1.1"]);
    connector.disable_built_in_roots(!trust.system);
    add(&mut connector, trust)?;
    connector.build().map_err(setup)
}

fn add(connector: &mut TlsConnectorBuilder, trust: &Trust) -> Result<(), Error> {
    for pem in &trust.authorities {
        let certificates =
            Certificate::stack_from_pem(&pem.bytes).map_err(|error| unusable(&pem.name, error))?;
        if certificates.is_empty() {
            return Err(unusable(&pem.name, "there is no PEM certificate in it"));
        }
        for certificate in certificates {
            connector.add_root_certificate(certificate);
        }
    }
    if let Some(identity) = &trust.identity {
        let key = identity.key.expose().as_bytes();
        let identity = native_tls::Identity::from_pkcs8(&identity.chain, key).map_err(|error| {
            unusable("the client certificate or its key", error)
                .with_hint("the key must be PKCS #8 PEM, which begins with BEGIN PRIVATE KEY")
        })?;
        connector.identity(identity);
    }
    Ok(())
}

/// The meaning of an error of the system's TLS; `None` for other errors.
pub(in crate::http) fn diagnose(cause: &(dyn StdError + 'static)) -> Option<Refusal> {
    let text = cause.downcast_ref::<native_tls::Error>()?.to_string();
    Some(refusal(&text.to_ascii_lowercase()))
}

fn refusal(text: &str) -> Refusal {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    let dates = |expired| Refusal::Dates {
        expired,
        limit: None,
    };
    if says(&["not yet valid", "not valid yet"]) {
        dates(false)
    } else if says(&["expired", "not within its validity period"]) {
        dates(true)
    } else if says(&[
        "hostname mismatch",
        "ip address mismatch",
        "name does not match",
    ]) {
        Refusal::WrongName(Vec::new())
    } else if says(&[
        "local issuer",
        "self-signed",
        "self signed",
        "not trusted",
        "untrusted root",
    ]) {
        Refusal::UnknownIssuer
    } else if says(&["signature failure"]) {
        Refusal::BadSignature
    } else if says(&["certificate revoked"]) && !says(&["alert"]) {
        Refusal::Revoked
    } else if says(&[
        "handshake failure",
        "protocol version",
        "unsupported protocol",
    ]) {
        Refusal::Incompatible
    } else if says(&[
        "alert certificate required",
        "alert bad certificate",
        "alert unknown ca",
    ]) {
        Refusal::ClientCertificate
    } else {
        Refusal::Other
    }
}
