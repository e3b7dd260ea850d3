//! A log without the type of its request, so that the follower is compiled here, once, and not in every crate that follows, for
//! every API.
//!
//! It must not know how a log is read.

use std::pin::Pin;

use super::rules::Following;
use super::split::Pieces;
use super::{Followed, Stretch};
use crate::Json;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::response::Response;

/// An answer that is on its way.
type Sent<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// What [`Followed`] has, with boxed futures.
pub(super) trait Log: Send + Sync {
    fn rules(&self) -> &'static Following;
    fn endpoint(&self) -> &Endpoint;
    fn subject(&self) -> String;
    fn read(&self, stretch: Stretch) -> Sent<Response<Pieces>>;
    fn overview(&self) -> Sent<Json>;
    fn history(&self) -> Sent<Json>;
}

/// The log that a request reads.
pub(super) struct Of<R>(pub(super) R);

impl<R: Followed> Log for Of<R> {
    fn rules(&self) -> &'static Following {
        R::FOLLOWING
    }

    fn endpoint(&self) -> &Endpoint {
        self.0.endpoint()
    }

    fn subject(&self) -> String {
        self.0.subject()
    }

    fn read(&self, stretch: Stretch) -> Sent<Response<Pieces>> {
        Box::pin(self.0.clone().read(stretch))
    }

    fn overview(&self) -> Sent<Json> {
        Box::pin(self.0.clone().overview())
    }

    fn history(&self) -> Sent<Json> {
        Box::pin(self.0.clone().history())
    }
}
