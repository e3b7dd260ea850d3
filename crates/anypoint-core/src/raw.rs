//! Requests for operations that are not in an API crate: any method and path, or an operation that the caller describes.
//!
//! It must not have its own rules: a raw request is an ordinary call.

use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::download::Download;
use crate::endpoint::{Configured, Endpoint};
use crate::error::Error;
use crate::http::Method;
use crate::multipart::Multipart;
use crate::operation::OperationSpec;
use crate::response::Response;
use crate::session::Session;
use crate::upload::Upload;

impl Session {
    /// A request with any method and path below the session's host, such as `/accounts/api/me`. It uses the session's token,
    /// retries, timeouts, redaction and traces, like any other call.
    ///
    /// The path may contain `{name}` for values that [`RawRequest::path`] sets and percent-encodes; the rest is sent unchanged.
    /// The path appears in traces, but these values do not. Documented rate limits belong to operations, so none applies; a 429
    /// is waited out.
    ///
    /// ```
    /// use anypoint_core::http::Method;
    /// use anypoint_core::{Error, Json, Session};
    ///
    /// # async fn run(session: &Session) -> Result<(), Error> {
    /// let path = "/apimanager/api/v1/organizations/{organization}/environments";
    /// let found = session
    ///     .request(Method::Get, path)
    ///     .path("organization", "a1b2")
    ///     .query("limit", 10)
    ///     .send_json::<Json>()
    ///     .await?;
    /// println!("{}", found["total"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        self.operation(OperationSpec::new("request", method, path))
    }

    /// A request for an operation that is not in an API crate.
    pub fn operation(&self, operation: impl Into<Arc<OperationSpec>>) -> RawRequest {
        let operation = operation.into();
        let problem = path_problem(&operation.path);
        let call = Call::given(Endpoint::new(self, ""), operation);
        RawRequest(match problem {
            Some(problem) => call.failed(Error::invalid(problem)),
            None => call,
        })
    }
}

/// Why a path cannot be sent below the session's host.
fn path_problem(path: &str) -> Option<&'static str> {
    if path.contains(['?', '#']) {
        return Some("the path has a query or fragment; give its parameters with `query`");
    }
    let mut segments = path.split('/');
    let dots = segments.any(|segment| matches!(segment, "." | ".."));
    if !path.starts_with('/') || path.starts_with("//") || dots {
        return Some("the path is not an absolute one, such as `/accounts/api/me`");
    }
    None
}

/// A request for an operation that is not in an API crate, from [`Session::request`] or [`Session::operation`].
///
/// Like every request, it takes options: [`WithOptions`](crate::WithOptions).
#[must_use = "nothing is sent until a `send` method is called"]
pub struct RawRequest(Call);

impl RawRequest {
    /// The value of `{name}` in the path: one segment, percent-encoded.
    pub fn path(self, name: impl Into<String>, value: impl Display) -> Self {
        let name = name.into().into();
        Self(self.0.place(name, &value.to_string()))
    }

    /// Adds a query parameter; a name may be used several times.
    pub fn query(self, name: &str, value: impl Display) -> Self {
        Self(self.0.query(name, &value.to_string()))
    }

    /// A JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        Self(self.0.json("application/json", body))
    }

    /// A form as the body, `application/x-www-form-urlencoded`.
    pub fn form(self, body: &impl Serialize) -> Self {
        Self(self.0.form(body))
    }

    /// Bytes as the body.
    pub fn bytes(self, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        Self(self.0.bytes(content_type, bytes.into()))
    }

    /// A file, bytes or a stream as the body.
    pub fn upload(self, upload: &Upload) -> Self {
        let content_type = upload.content_type().to_owned();
        Self(self.0.upload(&content_type, upload))
    }

    /// A text part of the body, `multipart/form-data`. Parts are sent in the order in which they are added.
    pub fn text_part(self, name: impl Into<String>, value: impl Display) -> Self {
        let form = Multipart::new().add_text(name.into().into(), &value.to_string());
        Self(self.0.multipart(form))
    }

    /// A part in JSON; see [`RawRequest::text_part`].
    pub fn json_part(self, name: impl Into<String>, value: &impl Serialize) -> Self {
        Self(
            self.0
                .multipart(Multipart::new().add_json(name.into().into(), value)),
        )
    }

    /// A part with a file, bytes or a stream; see [`RawRequest::text_part`].
    pub fn file_part(self, name: impl Into<String>, upload: &Upload) -> Self {
        Self(
            self.0
                .multipart(Multipart::new().add_file(name.into().into(), upload)),
        )
    }

    /// Sends the request and decodes the answer as JSON. An empty answer is read as `null`. The memory that the value takes depends on `T`.
    ///
    /// # Errors
    /// The call failed, or the answer is not the JSON of a `T`.
    pub async fn send_json<T: DeserializeOwned + Send + 'static>(
        self,
    ) -> Result<Response<T>, Error> {
        self.0.send_by_status(|answer| answer.plain_json()).await
    }

    /// Sends the request and returns the body of the answer.
    ///
    /// # Errors
    /// The call failed.
    pub async fn send_bytes(self) -> Result<Response<Bytes>, Error> {
        self.0.send_by_status(|answer| Ok(answer.bytes())).await
    }

    /// Sends the request and returns the body of the answer as a stream.
    ///
    /// # Errors
    /// The call failed.
    pub async fn send_download(self) -> Result<Response<Download>, Error> {
        self.0.send_download().await
    }

    /// Sends the request and ignores the body of the answer.
    ///
    /// # Errors
    /// The call failed.
    pub async fn send(self) -> Result<Response<()>, Error> {
        self.0.send_empty().await
    }
}

impl Configured for RawRequest {
    fn endpoint(&mut self) -> &mut Endpoint {
        self.0.endpoint()
    }
}

impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawRequest").finish_non_exhaustive()
    }
}
