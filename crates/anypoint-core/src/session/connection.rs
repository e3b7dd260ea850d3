//! The settings of `SessionBuilder` about proxies and certificates.

use std::path::PathBuf;

use super::SessionBuilder;
use crate::secret::Secret;
use crate::transport::Proxy;
use crate::transport::settings::{Identity, Source};

impl SessionBuilder {
    /// Which proxy to use; by default the one that the environment names, see [`Proxy`].
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.connection.proxy = proxy;
        self
    }

    /// Trusts these CA certificates too: PEM text with one or more of them.
    ///
    /// A private host, or a proxy that inspects TLS, has a certificate that no public authority
    /// has signed; give the one that signed it. Calls add up. The certificates also count for a
    /// proxy that is reached over https.
    pub fn ca_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        let bytes = pem.as_ref().to_vec();
        self.connection.authorities.push(Source::Bytes(bytes));
        self
    }

    /// As [`SessionBuilder::ca_certificates`], from a file that `build` reads.
    pub fn ca_certificates_file(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        self.connection.authorities.push(Source::File(path));
        self
    }

    /// Whether the certificates that the operating system trusts count; they do by default.
    ///
    /// Without them, only those of [`SessionBuilder::ca_certificates`] are trusted.
    pub fn system_certificates(mut self, trusted: bool) -> Self {
        self.connection.only_these_authorities = !trusted;
        self
    }

    /// The client's own certificate, for servers that ask for one; none by default.
    ///
    /// Both are PEM text: the chain with the client's certificate first, and its private key
    /// without a passphrase. With the feature `native-tls` alone, the key must be PKCS #8
    /// (`BEGIN PRIVATE KEY`).
    pub fn client_certificate(mut self, chain: impl AsRef<[u8]>, key: impl Into<Secret>) -> Self {
        self.connection.identity = Some(Identity {
            chain: chain.as_ref().to_vec(),
            key: key.into(),
        });
        self
    }
}
