//! The walk through the pages of a list: which page is next, and whether there is one.
//!
//! It must not know whether the caller reads pages or items.

use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

use super::id::Seen;
use super::{MAX_PAGES, Paged};
use crate::error::{Error, ErrorKind};
use crate::response::{Response, Sending};

type Fetched<P> = Result<Response<P>, Error>;

/// A list that is read page by page.
pub(super) struct Walk<R: Paged> {
    request: R,
    offset: i64,
    /// How many pages were requested, and the maximum.
    asked: u32,
    pub(super) max_pages: u32,
    ended: bool,
    /// The next page, which was requested or received early.
    fetching: Option<Sending<R::Page>>,
    fetched: Option<Fetched<R::Page>>,
    /// The last page with new items, and its total.
    last: Last<R>,
    total: Option<i64>,
    /// Which of its items are new and were not returned yet.
    fresh: VecDeque<usize>,
    seen: Seen,
    /// Whether the previous page had no new items.
    stale: bool,
}

/// A page with which the next one is compared.
enum Last<R: Paged> {
    /// A page whose items are returned one by one.
    Page(R::Page),
    /// The items of a page that was returned, if they have no ids.
    Items(Vec<R::Item>),
}

impl<R: Paged> Last<R> {
    fn items(&self) -> &[R::Item] {
        match self {
            Self::Page(page) => R::items(page),
            Self::Items(items) => items,
        }
    }
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
            last: Last::Items(Vec::new()),
            total: None,
            fresh: VecDeque::new(),
            seen: Seen::default(),
            stale: false,
        }
    }

    /// The next new item of the current page.
    pub(super) fn item(&mut self) -> Option<R::Item> {
        // Items are cloned, because the next page is compared with them.
        let index = self.fresh.pop_front()?;
        self.last.items().get(index).cloned()
    }

    /// Moves to the next page with new items, which [`Self::item`] returns. False at the end.
    pub(super) fn advance(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        let page = ready!(self.next(context)).transpose()?;
        let is_more = page.is_some();
        if let Some(page) = page {
            self.last = Last::Page(page);
        }
        Poll::Ready(Ok(is_more))
    }

    /// The next page with new items.
    pub(super) fn page(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<R::Page, Error>>> {
        let page = ready!(self.next(context));
        if let Some(Ok(page)) = &page {
            let items = R::items(page);
            let tells = items.iter().all(|item| R::id(item).is_some());
            // A repeated page has no new id.
            self.last = Last::Items(if tells { Vec::new() } else { items.to_vec() });
        }
        Poll::Ready(page)
    }

    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Page, Error>>> {
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

    /// Polls the request for the next page without waiting for it.
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
            .get_or_insert_with(|| request.clone().at(offset).into_future());
        let fetched = ready!(fetching.as_mut().poll(context));
        self.fetching = None;
        Poll::Ready(fetched)
    }

    /// `None` for a page without new items.
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
        // If there are items, a total of 0 means that the server left it out; a negative total means nothing.
        let total = R::total(&page).filter(|total| *total > 0);
        // A total below the number of returned items is wrong; then only an empty page is the end.
        self.ended = total == Some(self.offset);
        let fresh = self.fresh(items);
        if fresh.is_empty() || items == self.last.items() {
            self.ended |= self.stale || !self.may_have_shifted(&fresh, total);
            self.stale = true;
            return None;
        }
        (self.fresh, self.total, self.stale) = (fresh, total, false);
        Some(Ok(page))
    }

    fn fresh(&mut self, items: &[R::Item]) -> VecDeque<usize> {
        let indexes = items.iter().enumerate();
        indexes
            .filter(|(_, item)| self.seen.is_new(R::id(item)))
            .map(|(index, _)| index)
            .collect()
    }

    /// Whether a page without new items may be caused by items that were inserted before it, and not by a
    /// server that ignores the offset.
    fn may_have_shifted(&self, fresh: &VecDeque<usize>, total: Option<i64>) -> bool {
        match (total, self.total) {
            (Some(now), Some(before)) => now > before,
            // Without ids another page could not be distinguished from this one.
            _ => fresh.is_empty(),
        }
    }
}

/// The error of a list that does not end.
fn endless(pages: u32) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("the list has not ended after {pages} pages"),
    )
    .with_hint("ask for larger pages, or allow more of them with `max_pages`")
}
