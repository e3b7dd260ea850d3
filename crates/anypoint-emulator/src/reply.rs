//! What goes back: status, headers, body, and how much of the body.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Sleep, sleep};

/// How long a truncated body waits before it breaks off, so that its start goes out.
const BEFORE_BREAK: Duration = Duration::from_millis(10);
const JSON: &str = "application/json";

/// An answer before it becomes HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) media: Option<String>,
    pub(crate) body: Bytes,
    /// Send only this much of the body, and close the connection.
    pub(crate) truncate: Option<usize>,
}

impl Reply {
    pub(crate) fn new(status: u16, media: Option<&str>, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            media: media.map(str::to_owned),
            body: body.into(),
            truncate: None,
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
        let json = self.media.as_deref() == Some(JSON);
        json.then(|| serde_json::from_slice(&self.body).ok())
            .flatten()
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
        let outgoing = Outgoing::new(self.body, self.truncate);
        // A header that cannot be sent comes from a fault rule; the answer goes out without any.
        builder
            .body(outgoing)
            .unwrap_or_else(|_| Response::new(Outgoing::new(Bytes::new(), None)))
    }
}

/// A body in one piece that may break off.
#[derive(Debug)]
pub(crate) struct Outgoing {
    data: Option<Bytes>,
    length: u64,
    breaks: Option<Pin<Box<Sleep>>>,
}

impl Outgoing {
    fn new(body: Bytes, truncate: Option<usize>) -> Self {
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        // Cutting nothing off would be no truncation, so that the declared length grows then.
        let (data, length, breaks) = match truncate {
            Some(keep) => (
                body.slice(..keep.min(body.len())),
                if keep < body.len() {
                    length
                } else {
                    length + 1
                },
                true,
            ),
            None => (body, length, false),
        };
        Self {
            data: Some(data).filter(|data| !data.is_empty()),
            length,
            breaks: breaks.then(|| Box::pin(sleep(BEFORE_BREAK))),
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.breaks.as_mut() {
            None => Poll::Ready(None),
            Some(timer) => timer
                .as_mut()
                .poll(context)
                .map(|()| Some(Err(io::Error::other("truncated by a fault rule")))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.breaks.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
