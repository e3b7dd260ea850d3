//! Following a log: every entry once, in order, from where one was.
//!
//! It must not know an API: the emitted code says how a stretch of a log is read, and its rules
//! where ids and times are.

pub(crate) mod rules;

use serde::Serialize;

use crate::Json;
use crate::error::Error;
use crate::internal::{Endpoint, Tolerant};
use crate::response::Response;
use rules::Following;

/// A log that can be followed; implemented by emitted code.
pub trait Followed: Clone + Send + Sync + Unpin + 'static {
    /// One entry of the log.
    type Entry: Tolerant + Send + 'static;

    /// What the entries mean.
    const FOLLOWING: &'static Following;

    /// Where requests are sent.
    fn endpoint(&self) -> &Endpoint;
    /// What it is the log of: ids, the same for every request of the same log.
    fn subject(&self) -> String;
    /// Reads one stretch.
    fn read(
        self,
        stretch: Stretch,
    ) -> impl Future<Output = Result<Response<Json>, Error>> + Send + 'static;
    /// The answer that shows which parts are being written, where there are parts.
    fn overview(self) -> impl Future<Output = Result<Json, Error>> + Send + 'static {
        async { Ok(Json::Null) }
    }
    /// The list of all parts, where there are parts.
    fn history(self) -> impl Future<Output = Result<Json, Error>> + Send + 'static {
        async { Ok(Json::Null) }
    }
}

/// Which entries to read.
#[derive(Debug, Clone, Default)]
pub struct Stretch {
    /// The part of the log; empty where there are none.
    pub part: String,
    /// Those after the one with this id.
    pub after: Option<String>,
    /// Those from this time on, in epoch milliseconds.
    pub from: Option<i64>,
    /// Those until this time.
    pub to: Option<i64>,
    /// How many at most.
    pub length: Option<i64>,
}

/// An answer as JSON, for rules that point into it.
///
/// # Errors
/// That of the call.
pub async fn json<T: Serialize>(
    sent: impl Future<Output = Result<Response<T>, Error>> + Send,
) -> Result<Json, Error> {
    let answer = sent.await?;
    Ok(serde_json::to_value(answer.value()).unwrap_or_default())
}

/// Follows a log.
#[must_use = "it does nothing until its lines are asked for"]
#[derive(Clone)]
#[expect(dead_code, reason = "begun")]
pub struct Follow<R: Followed> {
    request: R,
}

impl<R: Followed> Follow<R> {
    /// Follows what the request reads.
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        Self { request }
    }
}
