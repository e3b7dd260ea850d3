//! The settings of `SessionBuilder` for sending: the HTTP client, proxies, certificates.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::{SessionBuilder, configuration};
use crate::error::Error;
use crate::http::HttpClient;
use crate::http::proxy::Proxy;
#[cfg(feature = "reqwest")]
use crate::http::reqwest_client::ReqwestClient;
use crate::http::settings::{Identity, Source};
use crate::secret::Secret;

/// Wraps a client.
pub(super) type Wrap = Arc<dyn Fn(Arc<dyn HttpClient>) -> Arc<dyn HttpClient> + Send + Sync>;

/// A client, and the credentials for its proxies.
type Client = (Arc<dyn HttpClient>, Vec<Secret>);

impl SessionBuilder {
    /// Sends all requests, including logins, with your own HTTP client; by default with one that is built on reqwest.
    ///
    /// Proxies and TLS are then configured where that client is created: building a session with both is an error. Without
    /// the feature `reqwest` there is no default client, so a session without a client of your own is an error.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }

    /// Wraps the HTTP client of the session: the default one, whose proxy and TLS settings still apply, or your own. Calls add
    /// up; the last one is the outermost.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use anypoint_core::Session;
    /// use anypoint_core::http::{HttpClient, Request, Sending};
    ///
    /// /// Prints each request.
    /// #[derive(Debug)]
    /// struct Printing(Arc<dyn HttpClient>);
    ///
    /// impl HttpClient for Printing {
    ///     fn send(&self, request: Request) -> Sending<'_> {
    ///         println!("{} {}", request.method, request.path());
    ///         self.0.send(request)
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), anypoint_core::Error> {
    /// let session = Session::builder().host("http://127.0.0.1:8081").wrap_http_client(Printing).build()?;
    /// # let _ = session;
    /// # Ok(())
    /// # }
    /// ```
    pub fn wrap_http_client<C: HttpClient>(
        mut self,
        wrap: impl Fn(Arc<dyn HttpClient>) -> C + Send + Sync + 'static,
    ) -> Self {
        self.wraps
            .push(Arc::new(move |client| Arc::new(wrap(client))));
        self
    }

    /// Sends all requests with this client and nothing over the network, regardless of other settings.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn answered_by(mut self, client: impl HttpClient) -> Self {
        self.instead = Some(Arc::new(client));
        self
    }

    /// Adds the secrets of the session to the ledger of a recording.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn noted_in(mut self, ledger: crate::secret::redact::Ledger) -> Self {
        self.ledger = Some(ledger);
        self
    }

    pub(super) fn client(&self, connect_timeout: Duration, https: bool) -> Result<Client, Error> {
        let (client, secrets) = match &self.instead {
            Some(client) => (client.clone(), Vec::new()),
            None => self.innermost(connect_timeout, https)?,
        };
        let wrapped = self.wraps.iter().fold(client, |client, wrap| wrap(client));
        Ok((wrapped, secrets))
    }

    fn innermost(&self, connect_timeout: Duration, https: bool) -> Result<Client, Error> {
        let Some(client) = &self.http_client else {
            return self.default_client(connect_timeout, https);
        };
        match self.connection.first_set() {
            None => Ok((client.clone(), Vec::new())),
            Some(setting) => Err(configuration(format!(
                "SessionBuilder::{setting} is set beside a client of your own, which does not read it"
            ))
            .with_hint("set proxies and certificates where that client is made")),
        }
    }

    #[cfg(feature = "reqwest")]
    fn default_client(&self, connect_timeout: Duration, https: bool) -> Result<Client, Error> {
        let client = ReqwestClient::new(connect_timeout, &self.connection)?;
        client.prepare(https)?;
        let secrets = client.secrets();
        Ok((Arc::new(client), secrets))
    }

    #[cfg(not(feature = "reqwest"))]
    fn default_client(&self, _: Duration, _: bool) -> Result<Client, Error> {
        Err(configuration("this build has no HTTP client").with_hint(
            "turn on the feature reqwest or a TLS feature of the crate that you depend on, or set SessionBuilder::http_client",
        ))
    }

    /// The proxy; by default the one from the environment variables, see [`Proxy`].
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.connection.proxy = proxy;
        self
    }

    /// Trusts additional CA certificates: PEM text with one or more of them.
    ///
    /// It is needed for a private host, or a proxy that inspects TLS, whose certificate is not signed by
    /// a public CA: add the certificate of the CA that signed it. Calls add up. The certificates are also
    /// used for a proxy that is reached over https.
    pub fn ca_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        let bytes = pem.as_ref().to_vec();
        self.connection.authorities.push(Source::Bytes(bytes));
        self
    }

    /// Like [`SessionBuilder::ca_certificates`], from a file that `build` reads.
    pub fn ca_certificates_file(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        self.connection.authorities.push(Source::File(path));
        self
    }

    /// Whether to trust the certificates of the operating system; `true` by default.
    ///
    /// With `false`, only those of [`SessionBuilder::ca_certificates`] are trusted.
    pub fn system_certificates(mut self, trusted: bool) -> Self {
        self.connection.only_these_authorities = !trusted;
        self
    }

    /// The client certificate, for servers that ask for one; none by default.
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
