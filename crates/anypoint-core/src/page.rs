//! Streams over all pages of a list.
//!
//! It must not know an API: the emitted code says how a page is fetched and where its items
//! are.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::error::Error;
use crate::response::Response;

/// A list request that can be made again at another offset; implemented by emitted code.
pub trait Paged: Clone + Send + Sync + Unpin + 'static {
    /// What one call returns.
    type Page: Send + 'static;
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
}

/// A stream of the pages of a list, each fetched when it is asked for.
///
/// It ends when a page is empty, when the total is reached, or when a server that ignores the
/// offset repeats a page. The first page is always yielded, an empty later one never. An error
/// ends the stream.
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct Pages<R: Paged>(Walk<R>);

/// A stream of the items of a list, over all pages.
///
/// It ends as [`Pages`] does.
#[must_use = "a stream does nothing until it is asked for its next value"]
pub struct Items<R: Paged> {
    walk: Walk<R>,
    /// How many items of the current page have been yielded.
    yielded: usize,
}

impl<R: Paged> Pages<R> {
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        Self(Walk::new(request))
    }

    /// The next page, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<R::Page, Error>> {
        std::future::poll_fn(|context| self.0.poll(context)).await
    }
}

impl<R: Paged> Items<R> {
    #[doc(hidden)]
    pub fn new(request: R) -> Self {
        Self {
            walk: Walk::new(request),
            yielded: 0,
        }
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
            // The items stay in the walk, where the next page is compared with them; so each
            // item is cloned on its way out and pages are not.
            if let Some(item) = self.walk.items.get(self.yielded) {
                self.yielded += 1;
                return Poll::Ready(Some(Ok(item.clone())));
            }
            match ready!(self.walk.poll(context)) {
                Some(Ok(_)) => self.yielded = 0,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<R: Paged> Stream for Pages<R> {
    type Item = Result<R::Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(context)
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

/// A page on its way. Boxed here, in generic code, so that only crates that page compile it.
type Fetch<P> = Pin<Box<dyn Future<Output = Result<Response<P>, Error>> + Send>>;

/// A list on its way through its pages.
struct Walk<R: Paged> {
    request: R,
    offset: i64,
    first: bool,
    done: bool,
    fetching: Option<Fetch<R::Page>>,
    /// The items of the page before, to notice a server that repeats it.
    items: Vec<R::Item>,
}

impl<R: Paged> Walk<R> {
    fn new(request: R) -> Self {
        Self {
            offset: request.start(),
            request,
            first: true,
            done: false,
            fetching: None,
            items: Vec::new(),
        }
    }

    /// The next page, with its items left in `items`.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Page, Error>>> {
        if self.done {
            return Poll::Ready(None);
        }
        let (request, offset) = (&self.request, self.offset);
        let fetching = self
            .fetching
            .get_or_insert_with(|| Box::pin(request.clone().at(offset).fetch()));
        let result = ready!(fetching.as_mut().poll(context));
        self.fetching = None;
        Poll::Ready(self.accept(result))
    }

    fn accept(
        &mut self,
        result: Result<Response<R::Page>, Error>,
    ) -> Option<Result<R::Page, Error>> {
        let page = match result {
            Ok(page) => page.into_value(),
            Err(error) => {
                self.done = true;
                return Some(Err(error));
            }
        };
        let items = R::items(&page);
        let first = std::mem::replace(&mut self.first, false);
        if !first && (items.is_empty() || items == self.items) {
            self.done = true;
            return None;
        }
        self.offset = self.offset.saturating_add(items.len() as i64);
        // A total of 0 beside items is one that the server left out.
        let total = R::total(&page).filter(|total| *total > 0);
        self.done = items.is_empty() || total.is_some_and(|total| self.offset >= total);
        self.items = items.to_vec();
        Some(Ok(page))
    }
}
