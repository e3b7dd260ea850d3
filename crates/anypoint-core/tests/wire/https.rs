//! A server that speaks TLS, and the certificates that it shows.

use std::sync::Arc;

use anypoint_core::internal::{Call, Endpoint};
use anypoint_core::{Credentials, Error, Session, SessionBuilder};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::support::{GET, json, read};

/// An authority that no system trusts.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

/// A certificate with its key, as PEM.
pub(crate) struct Certified {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = params(&[], name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        Self {
            issuer,
            certificate,
        }
    }

    /// A certificate that its holder has signed, for this machine.
    pub(crate) fn self_signed(is_ca: IsCa) -> Certified {
        let mut params = params(&["localhost"], "self-signed");
        params.is_ca = is_ca;
        let key = KeyPair::generate().unwrap();
        Certified {
            chain: params.self_signed(&key).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Signs a certificate for a name, valid between the starts of two years.
    pub(crate) fn sign(&self, name: &str, (from, until): (i32, i32)) -> Certified {
        let mut params = params(&[name], name);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        // By which OpenSSL tells two authorities of one name apart.
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certified {
            chain: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

fn params(names: &[&str], subject: &str) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, subject);
    params
}

/// Valid now, whenever the tests run.
pub(crate) const NOW: (i32, i32) = (2000, 4000);

/// A server of one kind of answer, by default `[7]`, that closes each connection after it.
pub(crate) struct Secure {
    pub(crate) port: u16,
}

impl Secure {
    pub(crate) async fn start(shown: &Certified) -> Self {
        Self::answering(shown, None, json(200, "[7]")).await
    }

    /// Demands a certificate that `clients` has signed, if given.
    pub(crate) async fn answering(
        shown: &Certified,
        clients: Option<&Authority>,
        answer: Vec<u8>,
    ) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config(shown, clients)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answer) = (acceptor.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await.ok()?;
                    read(&mut stream).await?;
                    stream.write_all(&answer).await.ok()?;
                    stream.shutdown().await.ok()
                });
            }
        });
        Self { port }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// A session that trusts one authority and nothing else.
    pub(crate) fn session(&self, trusted: &Authority) -> SessionBuilder {
        Session::builder()
            .host(self.url())
            .credentials(Credentials::bearer("the-t0ken"))
            .system_certificates(false)
            .ca_certificates(trusted.pem())
    }
}

pub(crate) fn config(shown: &Certified, clients: Option<&Authority>) -> ServerConfig {
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let chain =
        tokio_rustls::rustls::pki_types::CertificateDer::pem_slice_iter(shown.chain.as_bytes())
            .collect::<Result<_, _>>()
            .unwrap();
    let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes()).unwrap();
    builder.with_single_cert(chain, key).unwrap()
}

/// One call, which is answered with `[7]`.
pub(crate) async fn call(session: SessionBuilder) -> Result<(), Error> {
    let session = session.build()?;
    let call = Call::new(&Endpoint::new(&session, "/api"), &GET);
    assert_eq!(*call.send_json::<Vec<i64>>().await?.value(), [7]);
    Ok(())
}

/// Everything that an error can show, with its causes.
pub(crate) fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        shown.push_str(&format!(" {inner} {inner:?}"));
        cause = inner.source();
    }
    shown
}
