//! One list that is read to its end.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use anypoint_core::internal::Paged;
use anypoint_core::{Error, Items};
use serde::Serialize;
use serde_json::Value;

type Running = Pin<Box<dyn Future<Output = Result<Vec<Value>, Error>> + Send>>;

/// A list that comes in pages, which can be read as often as wanted.
pub struct List {
    /// Its operationId.
    pub operation: &'static str,
    read: Box<dyn Fn(Reading) -> Running + Send + Sync>,
}

/// How to read it.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Whether the next page is fetched beside the current one.
    pub read_ahead: bool,
    /// How many pages may be asked for.
    pub max_pages: u32,
}

impl List {
    /// `request` is made for each page.
    pub fn new<R: Paged>(operation: &'static str, request: R) -> Self
    where
        R::Item: Serialize,
    {
        Self {
            operation,
            read: Box::new(move |reading| {
                let items = Items::new(request.clone()).max_pages(reading.max_pages);
                Box::pin(collect(if reading.read_ahead {
                    items.read_ahead()
                } else {
                    items
                }))
            }),
        }
    }

    /// All its items, as JSON; one that cannot be written is null.
    ///
    /// # Errors
    /// That of the first page that fails.
    pub async fn read(&self, reading: Reading) -> Result<Vec<Value>, Error> {
        (self.read)(reading).await
    }
}

async fn collect<R: Paged>(items: Items<R>) -> Result<Vec<Value>, Error>
where
    R::Item: Serialize,
{
    let items = items.collect().await?;
    let json = |item| serde_json::to_value(item).unwrap_or_default();
    Ok(items.iter().map(json).collect())
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}
