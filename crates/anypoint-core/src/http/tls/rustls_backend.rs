//! TLS with rustls and the provider of the enabled feature; ring if both are enabled.

use std::error::Error as StdError;
use std::sync::Arc;

use reqwest::ClientBuilder;
use rustls::client::WantsClientCert;
#[cfg(not(feature = "ring"))]
use rustls::crypto::aws_lc_rs as provider;
#[cfg(feature = "ring")]
use rustls::crypto::ring as provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier,
};
use rustls_platform_verifier::Verifier;

use super::{Pem, Refusal, Trust, setup, unusable};
use crate::error::Error;

type Config<State> = ConfigBuilder<ClientConfig, State>;
type Certificates = Vec<CertificateDer<'static>>;

/// Without `Trust`, for http, no certificates are read; reqwest needs a configuration in any case.
pub(in crate::http) fn configure(
    builder: ClientBuilder,
    trust: Option<&Trust>,
) -> Result<ClientBuilder, Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(setup)?;
    let config = match trust {
        None => config
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth(),
        Some(trust) => identified(trusting(config, trust)?, trust)?,
    };
    Ok(builder.tls_backend_preconfigured(with_protocols(config)))
}

fn with_protocols(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

fn trusting(
    config: Config<WantsVerifier>,
    trust: &Trust,
) -> Result<Config<WantsClientCert>, Error> {
    let mut own = RootCertStore::empty();
    let mut certificates = Vec::new();
    for pem in &trust.authorities {
        for certificate in read(pem)? {
            own.add(certificate.clone())
                .map_err(|error| unusable(&pem.name, error))?;
            certificates.push(certificate);
        }
    }
    if !trust.system {
        return Ok(config.with_root_certificates(own));
    }
    let verifier = verifier(certificates, config.crypto_provider().clone()).map_err(|error| {
        setup(error).with_hint("the system's CA certificates may be missing; others can be given with SessionBuilder::ca_certificates")
    })?;
    Ok(config
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier)))
}

#[cfg(not(target_os = "android"))]
fn verifier(
    more: Certificates,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new_with_extra_roots(more, provider)
}

/// Android's verifier does not support additional certificates.
#[cfg(target_os = "android")]
fn verifier(
    more: Certificates,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    if more.is_empty() {
        return Verifier::new(provider);
    }
    let text = "on Android the system's CA certificates cannot be added to";
    Err(rustls::Error::General(text.to_owned()))
}

fn identified(config: Config<WantsClientCert>, trust: &Trust) -> Result<ClientConfig, Error> {
    let Some(identity) = &trust.identity else {
        return Ok(config.with_no_client_auth());
    };
    let chain = read(&Pem {
        name: "the client certificate".to_owned(),
        bytes: identity.chain.clone(),
    })?;
    // Neither error quotes the key.
    let key = PrivateKeyDer::from_pem_slice(identity.key.expose().as_bytes())
        .map_err(|_| unusable("the client's key", "it is no PEM private key"))?;
    config
        .with_client_auth_cert(chain, key)
        .map_err(|error| unusable("the client certificate", error))
}

fn read(pem: &Pem) -> Result<Certificates, Error> {
    let certificates: Certificates = CertificateDer::pem_slice_iter(&pem.bytes)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(&pem.name, error))?;
    if certificates.is_empty() {
        return Err(unusable(&pem.name, "there is no PEM certificate in it"));
    }
    Ok(certificates)
}

/// The meaning of an error of rustls; `None` for other errors.
pub(in crate::http) fn diagnose(cause: &(dyn StdError + 'static)) -> Option<Refusal> {
    Some(match cause.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(error) => certificate(error),
        rustls::Error::AlertReceived(alert) => alerted(alert),
        rustls::Error::PeerIncompatible(_) | rustls::Error::NoApplicationProtocol => {
            Refusal::Incompatible
        }
        _ => Refusal::Other,
    })
}

/// The meaning of an alert with which a server ends the handshake.
fn alerted(alert: &AlertDescription) -> Refusal {
    use AlertDescription as A;
    match alert {
        A::CertificateRequired
        | A::NoCertificate
        | A::BadCertificate
        | A::UnsupportedCertificate
        | A::CertificateRevoked
        | A::CertificateExpired
        | A::CertificateUnknown
        | A::UnknownCA
        | A::AccessDenied => Refusal::ClientCertificate,
        A::UnrecognisedName => Refusal::WrongName(Vec::new()),
        A::HandshakeFailure
        | A::ProtocolVersion
        | A::InsufficientSecurity
        | A::NoApplicationProtocol => Refusal::Incompatible,
        _ => Refusal::Other,
    }
}

fn certificate(error: &CertificateError) -> Refusal {
    use CertificateError as E;
    let time = |time: &UnixTime| {
        let seconds = i64::try_from(time.as_secs()).ok();
        seconds.and_then(|seconds| seconds.checked_mul(1000))
    };
    let dates = |expired, limit| Refusal::Dates { expired, limit };
    match error {
        E::UnknownIssuer => Refusal::UnknownIssuer,
        E::Expired => dates(true, None),
        E::ExpiredContext { not_after, .. } => dates(true, time(not_after)),
        E::NotValidYet => dates(false, None),
        E::NotValidYetContext { not_before, .. } => dates(false, time(not_before)),
        E::NotValidForName => Refusal::WrongName(Vec::new()),
        E::NotValidForNameContext { presented, .. } => {
            Refusal::WrongName(presented.iter().take(3).map(|name| plain(name)).collect())
        }
        E::BadSignature => Refusal::BadSignature,
        E::Revoked => Refusal::Revoked,
        // The type of the cause is private to the verifier.
        E::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            Refusal::AuthorityAsServer
        }
        _ => Refusal::Unusable,
    }
}

/// `DnsName("example.com")` is `example.com`.
fn plain(name: &str) -> String {
    name.split('"').nth(1).unwrap_or(name).to_owned()
}
