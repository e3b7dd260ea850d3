//! A call as people see it before it is sent.

use url::Position;

use super::Call;
use crate::error::Error;
use crate::http::Method;
use crate::secret::redact::{HIDDEN, Redactor};

/// What would be sent, but for the body, the credentials and the headers of an environment. Secrets are replaced by `***`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub method: Method,
    pub url: String,
    /// Names in small letters, and values.
    pub headers: Vec<(String, String)>,
}

impl Call {
    /// Shows the request; nothing is sent.
    ///
    /// # Errors
    /// What `send` would refuse before it sends anything.
    pub fn preview(self) -> Result<Preview, Error> {
        let options = self.run.endpoint.options.clone();
        let options = options.iter().flat_map(|options| &options.secrets);
        let redactor = Redactor::of(self.secrets.iter().chain(options));
        let request = self.into_run()?.request;
        let origin = &request.url[..Position::BeforePath];
        let rest = &request.url[Position::BeforePath..];
        let header = |(name, value): (&::http::HeaderName, &::http::HeaderValue)| {
            let text = match (value.is_sensitive(), value.to_str()) {
                (false, Ok(text)) => redactor.redact(text),
                _ => HIDDEN.to_owned(),
            };
            (name.to_string(), text)
        };
        Ok(Preview {
            method: request.method,
            url: format!("{origin}{}", redactor.redact(rest)),
            headers: request.headers.iter().map(header).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;
    use crate::operation::Operation;
    use crate::secret::Secret;
    use crate::session::Session;

    const LOOK: Operation = Operation::new("look", Method::Get, "/groups/{group}/things")
        .with_accept("application/json");

    fn call() -> Call {
        let session = Session::builder()
            .host("http://127.0.0.1:1")
            .build()
            .unwrap();
        Call::new(&Endpoint::new(&session, "/base"), &LOOK)
    }

    #[test]
    fn a_preview_shows_method_url_and_headers_without_secrets() {
        let secret = Secret::from("a b/c");
        let call = call()
            .path("group", &"a/b")
            .query("token", &secret)
            .query("q", &"x y")
            .header("x-note", &"hello")
            .header("x-secret", &secret);
        let preview = call.preview().unwrap();
        assert_eq!(preview.method, Method::Get);
        assert_eq!(
            preview.url,
            "http://127.0.0.1:1/base/groups/a%2Fb/things?token=***&q=x%20y"
        );
        let headers = [
            ("accept", "application/json"),
            ("x-note", "hello"),
            ("x-secret", "***"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(preview.headers, headers);
    }

    #[test]
    fn a_preview_refuses_what_would_not_be_sent() {
        let error = call().path("group", &"..").preview().unwrap_err();
        assert!(error.to_string().contains("relative path"), "{error}");
        assert!(call().preview().is_err());
    }
}
