//! Streams over all pages of a list.
//!
//! It must not know an API: generated code says how a page is fetched, where its items are and how they
//! are identified.

mod id;
#[cfg(test)]
mod tests;
mod walk;

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

pub use self::id::{Id, joined};
use self::walk::Walk;
use crate::error::Error;
use crate::response::Sending;

/// The default maximum number of pages.
const MAX_PAGES: u32 = 10_000;

/// A list request that can be made again at another offset; implemented by generated code.
#[cfg_attr(not(feature = "_internal-semver"), doc(hidden))]
pub trait Paged:
    IntoFuture<IntoFuture = Sending<<Self as Paged>::Page>> + Clone + Send + Sync + Unpin + 'static
{
    /// The answer of one call.
    type Page: Send + Unpin + 'static;
    /// The item of the list.
    type Item: PartialEq + Clone + Send + Unpin + 'static;

    /// The same request at another offset.
    fn at(self, offset: i64) -> Self;
    /// The offset that the caller set, or 0.
    fn start(&self) -> i64;
    /// The items of a page.
    fn items(page: &Self::Page) -> &[Self::Item];
    /// The total number of items, if the page has it.
    fn total(page: &Self::Page) -> Option<i64>;
    /// The id of an item, if the items have one.
    fn id(_item: &Self::Item) -> Option<Cow<'_, str>> {
        None
    }
}

/// A stream of the pages of a list. Each page is fetched when it is needed and returned as the server
/// sent it. If the list changes in the meantime, an item may be on two pages.
///
/// # Where it ends
/// - at an empty page,
/// - when as many items have been received as the total of the page says. A total that is missing, not
///   above zero, or lower than the number of items received counts as unknown, and the next page is
///   fetched,
/// - when pages repeat because the server ignores the offset: at a page without new items while the
///   total stays the same, or at the second such page in a row. Items are compared by their ids; if
///   they have none, the page is compared with the previous one,
/// - at an error, which is the last value.
///
/// A short page is not the end, because a server may cap the limit. The first page is always returned;
/// a later page that is empty or has no new items is not.
///
/// # Number of requests
/// A list of n items in pages of p takes n/p requests, rounded up, and one more if pages have no
/// total. A total that is too high, or a server that repeats pages, costs at most two more. In any
/// case n different ids take at most 2n + 2 requests, and a list that never ends is stopped with an
/// error after 10,000 pages; see [`max_pages`](Self::max_pages).
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct Pages<R: Paged>(Walk<R>);

/// A stream of the items of a list, over all pages.
///
/// It ends where [`Pages`] ends, with as many requests. By default the next page is fetched when all
/// items of the current one have been returned; see [`read_ahead`](Self::read_ahead).
///
/// # If the list changes in the meantime
/// Pages are addressed by offset, and each request shows the current list.
///
/// - A new item may push others onto the next page. They are still returned only once: an item whose
///   id has been returned is skipped. For this a hash of each id is kept, which takes 10 to 20 bytes
///   per item. If items have no id, such as log entries, an item may be returned twice.
/// - A deleted item may pull another one onto a page that has already been read. That item is **not
///   returned**, and this cannot be detected. If more items than a page holds are inserted between two
///   requests, items after them may be missed, too.
///
/// To get every item, list again and merge the results by id until a run finds no new id. Larger pages
/// make a miss less likely, and a list that fits into one page has none.
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

    /// The maximum number of pages; more is an error. 10,000 by default.
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

    /// The maximum number of pages; more is an error. 10,000 by default.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.walk.max_pages = pages;
        self
    }

    /// Fetches the next page as soon as the first item of the current one is taken. Off by default.
    ///
    /// At most two pages are kept in memory. An error of the next page is returned after the items of
    /// the current one, and dropping the stream cancels the request. If you stop early, a page may have
    /// been fetched for nothing.
    ///
    /// Nothing runs in the background: the request makes progress whenever the next item is awaited. If
    /// processing an item takes longer than the attempt timeout (60 s by default, see
    /// [`attempt_timeout`](crate::SessionBuilder::attempt_timeout)), the request may time out.
    pub fn read_ahead(mut self) -> Self {
        self.read_ahead = true;
        self
    }

    /// The next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    /// Collects all remaining items.
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
