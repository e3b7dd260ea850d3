//! The origin of a session's calls: a scheme, a host and a port.
//!
//! It must not quote a text that may hold credentials.

use std::fmt;

use url::Url;

use crate::error::{Error, ErrorKind};

/// Scheme, host and port, without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin(Url);

impl Origin {
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        let url = parse(text)?;
        if url.path() != "/" {
            return Err(configuration(format!("the host {text:?} has a path"))
                .with_hint("give the origin only, such as https://anypoint.example.com"));
        }
        Ok(Self(url))
    }

    /// A base URL that may have a path.
    pub(crate) fn with_path(text: &str) -> Result<Url, Error> {
        parse(text)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn configuration(summary: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, summary)
}

/// Parses a URL. An error quotes the text only if it cannot contain credentials.
fn parse(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text.trim()).ok();
    let web = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = web else {
        let shown = if text.contains('@') {
            "the host".to_owned()
        } else {
            format!("the host {text:?}")
        };
        return Err(
            configuration(format!("{shown} is not an http or https URL"))
                .with_hint("write it with its scheme, such as https://anypoint.example.com"),
        );
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(configuration("the host holds a user or password")
            .with_hint("set them with SessionBuilder::credentials"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(configuration("the host holds a query or a fragment"));
    }
    Ok(url)
}
