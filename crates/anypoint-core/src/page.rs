//! Streams over all pages of a list.
//!
//! It must not know an API: the emitted code says how a page is fetched, where its items are
//! and what tells them apart.

mod id;
#[cfg(test)]
mod tests;
mod walk;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

pub use self::id::{Id, joined};
use self::walk::Walk;
use crate::error::Error;
use crate::response::Response;

/// How many pages a list may have, unless the caller says otherwise.
const MAX_PAGES: u32 = 10_000;

/// A list request that can be made again at another offset; implemented by emitted code.
pub trait Paged: Clone + Send + Sync + Unpin + 'static {
    /// What one call returns.
    type Page: Send + Unpin + 'static;
    /// What the list is of.
    type Item: PartialEq + Clone + Send + Unpin + 'static;

    /// The same request at another offset.
    fn at(self, offset: i64) -> Self;
    /// Sends it.
    fn fetch(self) -> impl Future<Output = Result<Response<Self::Page>, Error>> + Send + 'static;
    /// The offset that the caller set, else 0.
    fn start(&self) -> i64;
    /// The items of a page.
    fn items(page: &Self::Page) -> &[Self::Item];
    /// How many items there are in all, if the page says so.
    fn total(page: &Self::Page) -> Option<i64>;
    /// What no other item of the list has, if items have such a thing.
    fn id(_item: &Self::Item) -> Option<Cow<'_, str>> {
        None
    }
}

/// A stream of the pages of a list, each fetched when it is asked for and given as the server
/// sent it: when the list changes meanwhile, an item may be on two pages.
///
/// # Where it ends
/// - with an empty page,
/// - when as many items have been sent as the page's total says. A total that is missing, not
///   above zero, or lower than what has been sent already counts as unknown, and the next page is
///   asked for,
/// - when pages repeat because the server ignores the offset: at a page that brings nothing new
///   while the total stays the same, or at the second such page in a row. What is new is told by
///   the items' ids, and without ids by comparing the page with the one before,
/// - with an error, which is the last value.
///
/// A short page is not the end, as a server may cap the limit. The first page is always yielded,
/// an empty later one and one that brings nothing new never are.
///
/// # How many requests
/// A list of n items in pages of p takes n/p requests, rounded up, and one more where pages have
/// no total; a total that is too high, or a server that repeats pages, costs two more at most.
/// Whatever a server sends, n different ids take 2n + 2 requests at most, and one that always has
/// new items is stopped after 10,000 pages with an error; see [`max_pages`](Self::max_pages).
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct Pages<R: Paged>(Walk<R>);

/// A stream of the items of a list, over all pages.
///
/// It ends as [`Pages`] does, and makes as many requests. By default the next page is fetched
/// when the current one is used up; see [`read_ahead`](Self::read_ahead).
///
/// # When the list changes meanwhile
/// Pages are counted by offset, so the service shows the list as it is at each request.
///
/// - An item that is created may push others onto the next page. Those come once nevertheless:
///   an item whose id has been yielded is left out. For that a hash of each id is kept, some 10 to
///   20 bytes for an item. Lists whose items have no id, such as log entries, may show an item
///   twice.
/// - An item that is deleted may pull another onto a page that has been read already. That one is
///   **not seen**, and nothing tells. When more items than a page holds are inserted between two
///   requests, those behind them may be missed too.
///
/// Whoever must have every item lists again and joins both by id, until a run brings no new id;
/// larger pages make the gap smaller, and a list that fits into one page has none.
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct Items<R: Paged> {
    walk: Walk<R>,
    read_ahead: bool,
}

impl<R: Paged> Pages<R> {
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        Self(Walk::new(request))
    }

    /// How many pages may be asked for; more is an error. The default is 10,000.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.0.max_pages = pages;
        self
    }

    /// The next page, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Page, Error>> {
        std::future::poll_fn(|context| self.0.page(context)).await
    }
}

impl<R: Paged> Items<R> {
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        Self {
            walk: Walk::new(request),
            read_ahead: false,
        }
    }

    /// How many pages may be asked for; more is an error. The default is 10,000.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.walk.max_pages = pages;
        self
    }

    /// Asks for the next page when the first item of the current one is taken. Off by default.
    ///
    /// At most two pages are held. An error of the next page still comes after the items of the
    /// current one, and dropping the stream cancels the request. Who stops early may have asked for
    /// a page in vain.
    ///
    /// Nothing runs in the background: the request moves on whenever an item is asked for. Who
    /// spends longer on one item than an attempt may take (60 s by default, see
    /// [`attempt_timeout`](crate::SessionBuilder::attempt_timeout)) may see it time out.
    pub fn read_ahead(mut self) -> Self {
        self.read_ahead = true;
        self
    }

    /// The next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    /// All items that are left.
    ///
    /// # Errors
    /// The first error of a page; the items before it are lost.
    pub async fn collect(mut self) -> Result<Vec<R::Item>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item, Error>>> {
        loop {
            if let Some(item) = self.walk.item() {
                if self.read_ahead {
                    self.walk.prepare(context);
                }
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.walk.advance(context)) {
                Ok(true) => {}
                Ok(false) => return Poll::Ready(None),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl<R: Paged> Stream for Pages<R> {
    type Item = Result<R::Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.page(context)
    }
}

impl<R: Paged> Stream for Items<R> {
    type Item = Result<R::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl<R: Paged> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}
