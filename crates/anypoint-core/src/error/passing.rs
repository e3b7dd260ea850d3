//! Which failed polls are repeated by waits and followers.
//!
//! It must not know how often or how long they poll.

use super::{Error, ErrorKind};

impl Error {
    /// Whether the next poll may succeed: after a failure of the network or the server, throttling, or a
    /// success whose body is not JSON (an HTML page, or a truncated answer).
    ///
    /// Complete JSON of a wrong form is not temporary, because the next answer has the same form.
    pub(crate) fn is_passing(&self) -> bool {
        self.is_retryable() || self.is_throttled() || self.0.garbled
    }

    /// Whether the server answered 404 or 410. Servers also do so for a resource that was just created, so
    /// it counts only if it lasts.
    pub(crate) fn is_missing(&self) -> bool {
        self.0.kind == ErrorKind::Status && matches!(self.0.status, Some(404 | 410))
    }

    /// The error and its hint, for another error that mentions it.
    pub(crate) fn without_hint(mut self) -> (Self, Option<String>) {
        let hint = self.0.hint.take();
        (self, hint)
    }

    /// Marks a body that is not JSON.
    pub(crate) fn garbled(mut self, garbled: bool) -> Self {
        self.0.garbled = garbled;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_told_from_what_stays() {
        let decode = || Error::new(ErrorKind::Decode, "unreadable");
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(Error::from_status(status).is_passing(), "{status}");
        }
        for status in [302, 400, 401, 403, 404, 410, 409, 501] {
            assert!(!Error::from_status(status).is_passing(), "{status}");
        }
        assert!(Error::new(ErrorKind::Interrupted, "cut").is_passing());
        assert!(decode().garbled(true).is_passing());
        assert!(!decode().is_passing());
    }

    #[test]
    fn only_an_answer_says_that_something_is_missing() {
        assert!(Error::from_status(404).is_missing());
        assert!(Error::from_status(410).is_missing());
        let login = Error::from_status(404).with_kind(ErrorKind::Authentication);
        assert!(!login.is_missing());
        assert!(!Error::from_status(403).is_missing());
    }
}
