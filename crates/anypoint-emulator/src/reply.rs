//! An answer: status, headers, body, and how much of the body is sent.

use std::time::Duration;

use bytes::Bytes;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::body::{Content, Outgoing};

const JSON: &str = "application/json";

/// An answer before it becomes HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) media: Option<String>,
    pub(crate) body: Content,
    /// Send only this much of the body, and close the connection.
    pub(crate) truncate: Option<u64>,
    /// Take this long for the body.
    pub(crate) slow: Option<Duration>,
}

impl Reply {
    pub(crate) fn new(status: u16, media: Option<&str>, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            media: media.map(str::to_owned),
            body: Content::Bytes(body.into()),
            truncate: None,
            slow: None,
        }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, Some(JSON), value.to_string())
    }

    pub(crate) fn text(status: u16, text: &str) -> Self {
        Self::new(status, Some("text/plain"), text.to_owned())
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, None, Bytes::new())
    }

    /// An error as the platform writes most of them.
    pub(crate) fn problem(status: u16, message: impl Into<String>) -> Self {
        Self::json(status, &json!({ "message": message.into() }))
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The JSON of the body, if it is JSON.
    pub(crate) fn value(&self) -> Option<Value> {
        match &self.body {
            Content::Bytes(bytes) if self.media.as_deref() == Some(JSON) => {
                serde_json::from_slice(bytes).ok()
            }
            _ => None,
        }
    }

    /// The same answer with another value.
    #[must_use]
    pub(crate) fn with_value(mut self, value: &Value) -> Self {
        self.body = Content::Bytes(value.to_string().into());
        self
    }

    /// The length of the body.
    pub(crate) fn length(&self) -> u64 {
        self.body.length()
    }

    pub(crate) fn into_response(self) -> Response<Outgoing> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_GATEWAY);
        let mut builder = Response::builder().status(status);
        if let Some(media) = self.media.as_deref() {
            builder = builder.header("content-type", media);
        }
        for (name, value) in &self.headers {
            builder = builder.header(*name, value.as_str());
        }
        let outgoing = Outgoing::new(self.body, self.truncate, self.slow);
        // A header that cannot be sent comes from a fault rule; the answer goes out without any.
        builder.body(outgoing).unwrap_or_else(|_| {
            let nothing = Content::Bytes(Bytes::new());
            Response::new(Outgoing::new(nothing, None, None))
        })
    }
}
