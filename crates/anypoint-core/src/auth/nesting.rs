//! Detects a token source that calls the session that it serves.
//!
//! Such a call would wait for the login that waits for it. A source that calls from a task of its own is
//! not noticed: those calls end by their total timeout.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::token::TokenCache;
use crate::error::{Error, ErrorKind};

thread_local! {
    /// The addresses of the caches whose sources are polled on this thread, the innermost last.
    static POLLED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Polls a source in the name of the cache that it serves.
pub(super) struct Serving<'a, F> {
    cache: &'a TokenCache,
    source: Pin<Box<F>>,
}

impl<'a, F: Future> Serving<'a, F> {
    pub(super) fn new(cache: &'a TokenCache, source: F) -> Self {
        let source = Box::pin(source);
        Self { cache, source }
    }
}

impl<F: Future> Future for Serving<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        POLLED.with_borrow_mut(|polled| polled.push(address(self.cache)));
        // A source that panics is left, too.
        let _left = Left;
        self.source.as_mut().poll(task)
    }
}

struct Left;

impl Drop for Left {
    fn drop(&mut self) {
        POLLED.with_borrow_mut(Vec::pop);
    }
}

/// An error when the caller is the source that the cache waits for.
pub(super) fn check(cache: &TokenCache) -> Result<(), Error> {
    let nested = POLLED.with_borrow(|polled| polled.contains(&address(cache)));
    match nested {
        true => Err(Error::new(
            ErrorKind::Configuration,
            "the token source calls the session that it serves, which waits for its token",
        )
        .with_hint("give the token source a session of its own")),
        false => Ok(()),
    }
}

fn address(cache: &TokenCache) -> usize {
    std::ptr::from_ref(cache).addr()
}
