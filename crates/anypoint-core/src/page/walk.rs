//! The way through the pages of a list: which page is next, and whether there is one.
//!
//! It must not know who asks for pages and who for items.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::id::Seen;
use super::{MAX_PAGES, Paged};
use crate::error::{Error, ErrorKind};
use crate::response::Response;

type Fetched<P> = Result<Response<P>, Error>;

/// A page on its way. Boxed here, in generic code, so that only crates that page compile it.
type Fetch<P> = Pin<Box<dyn Future<Output = Fetched<P>> + Send>>;

/// A list on its way through its pages.
pub(super) struct Walk<R: Paged> {
    request: R,
    offset: i64,
    /// How many pages have been asked for, and how many may be.
    asked: u32,
    pub(super) max_pages: u32,
    ended: bool,
    /// The next page: on its way, or here before anyone wants it.
    fetching: Option<Fetch<R::Page>>,
    fetched: Option<Fetched<R::Page>>,
    /// The items of the last page that brought something, and what it said of the total.
    items: Vec<R::Item>,
    total: Option<i64>,
    /// Which of `items` are new and have not been taken.
    fresh: VecDeque<usize>,
    seen: Seen,
    /// Whether the page before brought nothing new.
    stale: bool,
}

impl<R: Paged> Walk<R> {
    pub(super) fn new(request: R) -> Self {
        Self {
            offset: request.start(),
            request,
            asked: 0,
            max_pages: MAX_PAGES,
            ended: false,
            fetching: None,
            fetched: None,
            items: Vec::new(),
            total: None,
            fresh: VecDeque::new(),
            seen: Seen::default(),
            stale: false,
        }
    }

    /// The next item of the current page that has not been shown before.
    pub(super) fn item(&mut self) -> Option<R::Item> {
        // The items stay, as the next page is compared with them; so each one is cloned.
        let index = self.fresh.pop_front()?;
        self.items.get(index).cloned()
    }

    /// The next page that brings something, with its items left for [`Self::item`].
    pub(super) fn page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<R::Page, Error>>> {
        while !self.ended {
            let fetched = match self.fetched.take() {
                Some(fetched) => fetched,
                None => ready!(self.fetch(context)),
            };
            if let Some(page) = self.accept(fetched) {
                return Poll::Ready(Some(page));
            }
        }
        Poll::Ready(None)
    }

    /// Lets the next page come without waiting for it.
    pub(super) fn prepare(&mut self, context: &mut Context<'_>) {
        if !self.ended
            && self.fetched.is_none()
            && let Poll::Ready(fetched) = self.fetch(context)
        {
            self.fetched = Some(fetched);
        }
    }

    fn fetch(&mut self, context: &mut Context<'_>) -> Poll<Fetched<R::Page>> {
        if self.fetching.is_none() {
            if self.asked >= self.max_pages {
                return Poll::Ready(Err(endless(self.asked)));
            }
            self.asked += 1;
        }
        let (request, offset) = (&self.request, self.offset);
        let fetching = self
            .fetching
            .get_or_insert_with(|| Box::pin(request.clone().at(offset).fetch()));
        let fetched = ready!(fetching.as_mut().poll(context));
        self.fetching = None;
        Poll::Ready(fetched)
    }

    /// `None` for a page that brings nothing.
    fn accept(&mut self, fetched: Fetched<R::Page>) -> Option<Result<R::Page, Error>> {
        let page = match fetched {
            Ok(page) => page.into_value(),
            Err(error) => {
                self.ended = true;
                return Some(Err(error));
            }
        };
        let items = R::items(&page);
        let first = self.asked == 1;
        if items.is_empty() {
            self.ended = true;
            return first.then_some(Ok(page));
        }
        self.offset = self.offset.saturating_add(items.len() as i64);
        // A total of 0 beside items is one that the server left out; a negative one says nothing.
        let total = R::total(&page).filter(|total| *total > 0);
        // A total that is lower than what has been shown is wrong, and only an empty page is sure.
        self.ended = total == Some(self.offset);
        let fresh = self.fresh(items);
        if fresh.is_empty() || items == self.items {
            self.ended |= self.stale || !self.may_have_shifted(&fresh, total);
            self.stale = true;
            return None;
        }
        (self.fresh, self.total, self.stale) = (fresh, total, false);
        self.items = items.to_vec();
        Some(Ok(page))
    }

    fn fresh(&mut self, items: &[R::Item]) -> VecDeque<usize> {
        let indexes = items.iter().enumerate();
        indexes
            .filter(|(_, item)| self.seen.is_new(R::id(item)))
            .map(|(index, _)| index)
            .collect()
    }

    /// Whether a page that brings nothing new may come of items that were inserted before it,
    /// rather than of a server that ignores the offset.
    fn may_have_shifted(&self, fresh: &VecDeque<usize>, total: Option<i64>) -> bool {
        match (total, self.total) {
            (Some(now), Some(before)) => now > before,
            // Without ids one more page could only be told from this one by luck.
            _ => fresh.is_empty(),
        }
    }
}

/// A list that goes on and on.
fn endless(pages: u32) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("the list has not ended after {pages} pages"),
    )
    .with_hint("ask for larger pages, or allow more of them with `max_pages`")
}
