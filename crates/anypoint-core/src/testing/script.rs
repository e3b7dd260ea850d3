//! Which request gets which reply, and what was asked.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;

use super::Reply;
use crate::http::{Headers, Method};

/// A request that a [`FakeHttp`](super::FakeHttp) has received.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recorded {
    /// The operation, such as `list_assets`; `log_in` for a login.
    pub operation: String,
    /// The method.
    pub method: Method,
    /// Scheme, host and port.
    pub origin: String,
    /// The path, percent-encoded.
    pub path: String,
    /// The query, percent-encoded and without `?`; empty if there is none.
    pub query: String,
    /// The headers. `Debug` hides those that are secret.
    pub headers: Headers,
    /// The whole body.
    pub body: Bytes,
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path, self.operation)
    }
}

type Closure = Box<dyn FnMut(&Recorded) -> Option<Reply> + Send>;

/// What was expected, and what came.
#[derive(Default)]
pub(super) struct Script {
    entries: Vec<Entry>,
    closures: Vec<Closure>,
    pub(super) in_order: bool,
    pub(super) recorded: Vec<Recorded>,
    unexpected: Vec<String>,
}

/// The replies to one kind of request.
struct Entry {
    wanted: String,
    replies: VecDeque<Reply>,
}

impl Entry {
    fn fits(&self, request: &Recorded) -> bool {
        match self.wanted.split_once(' ') {
            Some((method, path)) => request.method.as_str() == method && request.path == path,
            None => request.operation == self.wanted,
        }
    }
}

impl Script {
    pub(super) fn expect(&mut self, wanted: String, replies: VecDeque<Reply>) {
        self.entries.push(Entry { wanted, replies });
    }

    pub(super) fn ask(&mut self, closure: Closure) {
        self.closures.push(closure);
    }

    /// The reply to a request, which is recorded; nothing if it was not expected.
    pub(super) fn reply(&mut self, request: Recorded) -> Option<Reply> {
        let scripted = self.scripted(&request);
        let asked = || self.closures.iter_mut().find_map(|ask| ask(&request));
        let reply = scripted.or_else(asked);
        if reply.is_none() {
            self.unexpected.push(request.to_string());
        }
        self.recorded.push(request);
        reply
    }

    fn scripted(&mut self, request: &Recorded) -> Option<Reply> {
        let mut left = self
            .entries
            .iter_mut()
            .filter(|entry| !entry.replies.is_empty());
        let entry = match self.in_order {
            true => left.next().filter(|entry| entry.fits(request)),
            false => left.find(|entry| entry.fits(request)),
        };
        entry?.replies.pop_front()
    }

    /// What did not go as the script says, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        let mut problems: Vec<String> = Vec::new();
        for request in &self.unexpected {
            problems.push(format!("{request} was not expected"));
        }
        for entry in self
            .entries
            .iter()
            .filter(|entry| !entry.replies.is_empty())
        {
            problems.push(format!(
                "{} was expected {} more times",
                entry.wanted,
                entry.replies.len()
            ));
        }
        (!problems.is_empty()).then(|| problems.join("; "))
    }
}
