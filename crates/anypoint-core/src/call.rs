//! One call, from its description to its decoded answer.
//!
//! It must not know reqwest, nor any operation: those facts are in `Operation`.
#![allow(
    missing_docs,
    reason = "hidden: generated code is its only reader outside"
)]

mod failure;
mod path;
mod preview;
mod refusal;
mod run;

use std::borrow::Cow;
use std::future::ready;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use url::Url;

use crate::download::Download;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::form;
use crate::http::not_a_value;
use crate::json::Tolerant;
use crate::multipart::Multipart;
use crate::operation::{Facts, Operation, OperationSpec};
use crate::options::CallOptions;
use crate::parameter::{Parameter, joined};
use crate::response::{Answer, DecodeError, Response, Sending};
use crate::secret::Secret;
use crate::secret::redact::{self, Wanted};
use crate::transport::{Body, Request};
use crate::upload::Upload;
use ::http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use path::{encode, expand, segment};
pub use preview::Preview;
use run::{Answered, Run, Want};

/// A boxed future. The body of an async function is compiled in every crate that awaits it; with a box, everything below a
/// call is compiled once.
type Boxed<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;
/// A request that is being described. `send` reports the first mistake in it.
#[must_use = "nothing is sent until a `send` method is called"]
pub struct Call {
    /// What is described so far; its URL is the base URL. It is boxed, because each step moves the call.
    run: Box<Run>,
    query: String,
    /// The secrets in the request.
    secrets: Vec<Secret>,
    failure: Option<Error>,
}

impl Call {
    pub fn new(endpoint: &Endpoint, operation: &'static Operation) -> Self {
        let call = Self::of(endpoint.clone(), Facts::Known(operation));
        call.accept(HeaderValue::from_static(operation.accept))
    }

    /// A request for an operation that the caller describes.
    pub(crate) fn given(endpoint: Endpoint, spec: Arc<OperationSpec>) -> Self {
        let accept = HeaderValue::from_str(&spec.accept);
        let call = Self::of(endpoint, Facts::Given(spec));
        match accept {
            Ok(accept) => call.accept(accept),
            Err(_) => call.failed(not_a_value("Accept")),
        }
    }

    fn of(endpoint: Endpoint, operation: Facts) -> Self {
        let request = Request {
            operation: operation.name(),
            method: operation.rules().method,
            url: endpoint.base.clone(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            secrets: Wanted::default(),
        };
        Self {
            run: Box::new(Run {
                endpoint,
                operation,
                request,
                path: Vec::new(),
            }),
            query: String::new(),
            secrets: Vec::new(),
            failure: None,
        }
    }

    fn accept(mut self, accept: HeaderValue) -> Self {
        if !accept.is_empty() {
            self.run.request.headers.insert(ACCEPT, accept);
        }
        self
    }

    /// One path segment; a `/` in it is encoded.
    pub fn path(self, name: &'static str, value: &dyn Parameter) -> Self {
        self.place(Cow::Borrowed(name), value)
    }

    pub(crate) fn place(mut self, name: Cow<'static, str>, value: &dyn Parameter) -> Self {
        self.keep_secrets(value);
        let text = joined(value).unwrap_or_default();
        match segment(&name, text) {
            Ok(encoded) => self.run.path.push((name, encoded)),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Several path segments; one leading `/` is dropped.
    pub fn path_segments(mut self, name: &'static str, value: &dyn Parameter) -> Self {
        self.keep_secrets(value);
        let text = joined(value).unwrap_or_default();
        let text = text.strip_prefix('/').unwrap_or(&text);
        let encoded: Result<Vec<_>, _> = text
            .split('/')
            .map(|part| segment(name, part.to_owned()))
            .collect();
        match encoded {
            Ok(segments) => self
                .run
                .path
                .push((Cow::Borrowed(name), segments.join("/"))),
            Err(error) => self.fail(error),
        }
        self
    }

    /// A query parameter; a list is repeated.
    pub fn query(mut self, name: &str, value: &dyn Parameter) -> Self {
        self.check_id("query parameter", name, value);
        self.keep_secrets(value);
        value.each(&mut |text| {
            self.start_query(name);
            encode(text, &mut self.query);
        });
        self
    }

    /// A query parameter; a list is joined by commas.
    pub fn query_joined(mut self, name: &'static str, value: &dyn Parameter) -> Self {
        self.check_id("query parameter", name, value);
        let mut first = true;
        self.keep_secrets(value);
        value.each(&mut |text| {
            if std::mem::take(&mut first) {
                self.start_query(name);
            } else {
                self.query.push(',');
            }
            encode(text, &mut self.query);
        });
        self
    }

    /// Refuses an empty id, which would select everything. In a path any empty value is refused.
    fn check_id(&mut self, what: &str, name: &str, value: &dyn Parameter) {
        if value.lacks_id() {
            self.fail(Error::invalid(format!("the {what} {name} is an empty id")));
        }
    }

    fn start_query(&mut self, name: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        encode(name, &mut self.query);
        self.query.push('=');
    }

    /// A header; a list is joined by commas.
    pub fn header(mut self, name: &'static str, value: &dyn Parameter) -> Self {
        self.check_id("header", name, value);
        self.keep_secrets(value);
        let Some(value) = joined(value) else {
            return self;
        };
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            (Ok(name), Ok(value)) => {
                self.run.request.headers.insert(name, value);
            }
            _ => self.fail(not_a_value(name)),
        }
        self
    }

    pub fn json(self, content_type: &'static str, body: &impl Serialize) -> Self {
        self.json_text(content_type, &|text| serde_json::to_writer(text, body))
    }

    /// Compiled once, and not for each type of a body.
    fn json_text(
        mut self,
        content_type: &'static str,
        write: &dyn Fn(&mut Vec<u8>) -> serde_json::Result<()>,
    ) -> Self {
        let mut bytes = Vec::new();
        match self.written(|| write(&mut bytes)) {
            Ok(()) => {
                self.run.request.body = Body::Bytes {
                    content_type: HeaderValue::from_static(content_type),
                    bytes: bytes.into(),
                }
            }
            Err(error) => {
                self.fail(Error::invalid("the body cannot be written as JSON").with_source(error));
            }
        }
        self
    }

    /// A JSON body, or none.
    pub fn json_optional(self, content_type: &'static str, body: &Option<impl Serialize>) -> Self {
        match body {
            Some(body) => self.json(content_type, body),
            None => self,
        }
    }

    pub fn form(mut self, body: &impl Serialize) -> Self {
        let content_type = "application/x-www-form-urlencoded";
        match self.written(|| form::encode(body)) {
            Ok(text) => {
                self.run.request.body = Body::Bytes {
                    content_type: HeaderValue::from_static(content_type),
                    bytes: text.into(),
                }
            }
            Err(error) => {
                self.fail(
                    Error::invalid("the body cannot be written as a form").with_source(error),
                );
            }
        }
        self
    }

    pub(crate) fn bytes(mut self, content_type: &str, bytes: Bytes) -> Self {
        match HeaderValue::from_str(content_type) {
            Ok(content_type) => {
                self.run.request.body = Body::Bytes {
                    content_type,
                    bytes,
                }
            }
            Err(_) => self.fail(not_a_value("Content-Type")),
        }
        self
    }

    /// A form, or more parts of it.
    pub fn multipart(mut self, form: Multipart) -> Self {
        match form.into_parts() {
            Ok((parts, secrets)) => {
                match &mut self.run.request.body {
                    Body::Form(all) => all.extend(parts),
                    body => *body = Body::Form(parts),
                }
                self.secrets.extend(secrets);
            }
            Err(error) => self.fail(error),
        }
        self
    }

    pub fn upload(mut self, content_type: &str, body: &Upload) -> Self {
        let content_type = body.content_type_or(content_type).to_owned();
        self.run.request.body = Body::Upload {
            content_type,
            upload: body.for_a_call(),
        };
        self
    }

    /// Sends the request and decodes JSON; an empty body is the absent value.
    ///
    /// # Errors
    /// See [`Error::kind`].
    pub fn send_json<T: Tolerant + Send + 'static>(self) -> Sending<T> {
        self.send_by_status(Answer::json)
    }

    /// Sends the request and returns the body as text.
    ///
    /// # Errors
    /// See [`Error::kind`].
    pub fn send_text(self) -> Sending<String> {
        self.send_by_status(|answer| Ok(answer.text()))
    }

    /// Sends the request and decodes a JSON string, or returns the bare text if the body is not JSON.
    ///
    /// # Errors
    /// See [`Error::kind`].
    pub fn send_json_text(self) -> Sending<String> {
        self.send_by_status(|answer| Ok(answer.json_text()))
    }

    /// Sends the request and ignores the body.
    ///
    /// # Errors
    /// See [`Error::kind`].
    pub fn send_empty(self) -> Sending<()> {
        if self.keeps_body() {
            return self.send_by_status(|_| Ok(()));
        }
        let answered = self.run(Want::Success);
        Box::pin(async {
            let Answered { reply, secrets, .. } = answered.await?;
            Ok(Response::new(reply.status, reply.headers, (), secrets))
        })
    }

    /// Sends the request and returns the body as a stream.
    ///
    /// # Errors
    /// See [`Error::kind`].
    pub fn send_download(self) -> Sending<Download> {
        let answered = self.run(Want::Stream);
        Box::pin(async {
            let Answered { reply, secrets, .. } = answered.await?;
            let text = |name| reply.headers.get(name)?.to_str().ok().map(str::to_owned);
            let length = text("content-length").and_then(|text| text.parse().ok());
            let content_type = text("content-type");
            let shown = content_type
                .as_deref()
                .map(|text| secrets.redactor().show(text));
            let download = Download::new(reply.body, content_type, shown, length);
            Ok(Response::new(
                reply.status,
                reply.headers,
                download,
                secrets,
            ))
        })
    }

    /// Sends the request and decodes the answer with `decode`.
    ///
    /// # Errors
    /// See [`Error::kind`].
    pub fn send_by_status<T: Send + 'static>(
        self,
        decode: fn(&Answer) -> Result<T, DecodeError>,
    ) -> Sending<T> {
        let credentials = self.run.endpoint.session.credentials();
        let signed = credentials.signed(self.run.operation.rules().auth);
        let keep = self.keeps_body();
        let answered = self.run(Want::Body);
        Box::pin(async move {
            let (answer, mut ending) = answered.await?.into_answer();
            match decode(&answer) {
                Ok(value) => {
                    let oddities = ending.decoded(&answer)?;
                    Ok(answer.into_response(value, oddities, keep))
                }
                Err(cause) => {
                    let error = answer.undecodable(&cause, signed);
                    Err(ending.undecodable(&answer, error))
                }
            }
        })
    }

    /// Performs the call. The future is the same for every kind of answer, so that it is compiled once.
    fn run(self, want: Want) -> Boxed<Answered> {
        match self.into_run() {
            Ok(run) => Box::pin(run.run(want)),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    fn into_run(mut self) -> Result<Box<Run>, Error> {
        if let Some(options) = self.run.endpoint.options.clone() {
            self.set(&options);
        }
        let url = match self.failure.take() {
            Some(error) => Err(error),
            None => self.url(),
        };
        let mut run = self.run;
        let url = url.map_err(|error| error.in_operation(run.operation.name()))?;
        if !self.secrets.is_empty() {
            run.endpoint.session.known().note(&self.secrets);
        }
        run.request.url = Arc::new(url);
        run.request.secrets = Wanted::request(&self.secrets);
        Ok(run)
    }

    fn url(&self) -> Result<Url, Error> {
        let mut url = Url::clone(&self.run.request.url);
        let path = expand(url.path(), self.run.operation.path(), &self.run.path)?;
        url.set_path(&path);
        if !self.query.is_empty() {
            url.set_query(Some(&self.query));
        }
        Ok(url)
    }

    /// Applies options, which override the headers of the operation.
    fn set(&mut self, options: &CallOptions) {
        for (name, value) in &options.headers.0 {
            self.run.request.headers.insert(name, value.clone());
        }
        self.secrets.extend(options.secrets.iter().cloned());
        if let Some(error) = &options.failure {
            self.fail(error.clone());
        }
    }

    fn keeps_body(&self) -> bool {
        let options = self.run.endpoint.options.as_deref();
        options.is_some_and(|options| options.keep_body == Some(true))
    }

    fn keep_secrets(&mut self, value: &dyn Parameter) {
        value.secrets(&mut |secret| self.secrets.push(secret.clone()));
    }

    /// Calls `write` and records the secrets that it writes.
    fn written<T>(&mut self, write: impl FnOnce() -> T) -> T {
        let (value, secrets) = redact::noting(write);
        self.secrets.extend(secrets);
        value
    }

    pub(crate) fn failed(mut self, error: Error) -> Self {
        self.fail(error);
        self
    }

    pub(crate) fn endpoint(&mut self) -> &mut Endpoint {
        &mut self.run.endpoint
    }

    fn fail(&mut self, error: Error) {
        self.failure.get_or_insert(error);
    }
}
