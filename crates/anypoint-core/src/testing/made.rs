//! Results of calls, made without a call.

use std::borrow::Cow;
use std::future::ready;

use bytes::Bytes;

use crate::error::{Error, ErrorKind};
use crate::http::Headers;
use crate::page::{Items, Paged, Pages};
use crate::response::{Response, Sending};
use crate::secret::redact::{Redactor, Secrets, Shown};

/// Makes a response, as a call returns it.
///
/// ```
/// use anypoint_core::http::Headers;
/// use anypoint_core::testing::response;
///
/// let answer = response(200, Headers::new(), vec!["a"]);
/// assert_eq!((answer.status(), answer.len()), (200, 1));
/// ```
pub fn response<T>(status: u16, headers: Headers, value: T) -> Response<T> {
    Response::new(status, headers.0, value, Secrets::default())
}

/// Makes an error of any kind, as a call returns it.
///
/// ```
/// use anypoint_core::testing::FakeError;
///
/// let error = FakeError::status(404).operation("get_asset").message("no such asset").build();
/// assert!(error.is_not_found());
/// assert_eq!(error.to_string(), "get_asset: 404 Not Found: no such asset");
/// ```
#[derive(Debug, Clone)]
#[must_use = "`build` makes the error"]
pub struct FakeError(Error);

impl FakeError {
    /// An error of a kind, with a text that says what failed.
    pub fn new(kind: ErrorKind, summary: impl Into<String>) -> Self {
        Self(Error::new(kind, summary))
    }

    /// The error of an answer with a status.
    pub fn status(status: u16) -> Self {
        Self(Error::from_status(status))
    }

    /// See [`Error::operation`].
    pub fn operation(self, operation: impl Into<Cow<'static, str>>) -> Self {
        Self(self.0.in_operation(operation))
    }

    /// See [`Error::message`].
    pub fn message(self, message: &str) -> Self {
        Self(self.0.with_message(Some(shown(message))))
    }

    /// See [`Error::request_id`].
    pub fn request_id(self, id: &str) -> Self {
        Self(self.0.with_request_id(Some(shown(id))))
    }

    /// See [`Error::hint`].
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self(self.0.with_hint(hint))
    }

    /// See [`Error::json_path`].
    pub fn json_path(self, path: &str) -> Self {
        Self(self.0.with_json_path(Some(shown(path))))
    }

    /// See [`Error::body`].
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        Self(self.0.with_body(&body.into()))
    }

    /// See [`Error::last_state`].
    pub fn last_state(self, state: &str) -> Self {
        Self(self.0.with_last_state(Some(shown(state))))
    }

    /// See [`Error::attempts`].
    pub fn attempts(self, attempts: u32) -> Self {
        Self(self.0.with_attempts(attempts))
    }

    /// The error.
    pub fn build(self) -> Error {
        self.0
    }
}

/// Nothing is secret here.
fn shown(text: &str) -> Shown {
    Redactor::default().show(text)
}

/// A list in pages, from [`pages`].
#[derive(Debug, Clone)]
pub struct Listed<T> {
    pages: Vec<Result<Vec<T>, Error>>,
    offset: i64,
}

/// Makes a list in pages, for code that takes [`Pages`] or [`Items`] of any request. An error ends it.
///
/// ```
/// use anypoint_core::testing::pages;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), anypoint_core::Error> {
/// let list = pages([Ok(vec!["a", "b"]), Ok(vec!["c"])]);
/// assert_eq!(list.items().collect().await?, ["a", "b", "c"]);
/// # Ok(())
/// # }
/// ```
pub fn pages<T>(pages: impl IntoIterator<Item = Result<Vec<T>, Error>>) -> Listed<T> {
    Listed {
        pages: pages.into_iter().collect(),
        offset: 0,
    }
}

impl<T: PartialEq + Clone + Send + Sync + Unpin + 'static> Listed<T> {
    /// The stream of its pages.
    pub fn pages(self) -> Pages<Self> {
        Pages::new(self)
    }

    /// The stream of its items.
    pub fn items(self) -> Items<Self> {
        Items::new(self)
    }

    /// The page that begins at the offset; an empty one at the end.
    fn page(self) -> Result<Vec<T>, Error> {
        let mut start = 0;
        for page in self.pages {
            let length = page.as_ref().map_or(0, Vec::len);
            if start == self.offset && length > 0 || page.is_err() {
                return page;
            }
            start += length as i64;
        }
        Ok(Vec::new())
    }
}

impl<T: PartialEq + Clone + Send + Sync + Unpin + 'static> IntoFuture for Listed<T> {
    type Output = Result<Response<Vec<T>>, Error>;
    type IntoFuture = Sending<Vec<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let page = self.page();
        Box::pin(ready(page.map(|page| response(200, Headers::new(), page))))
    }
}

impl<T: PartialEq + Clone + Send + Sync + Unpin + 'static> Paged for Listed<T> {
    type Page = Vec<T>;
    type Item = T;

    fn at(self, offset: i64) -> Self {
        Self { offset, ..self }
    }

    fn start(&self) -> i64 {
        self.offset
    }

    fn items(page: &Vec<T>) -> &[T] {
        page
    }

    fn total(_page: &Vec<T>) -> Option<i64> {
        None
    }
}
