//! The body of a request or an answer.
//!
//! It must not buffer a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::HttpError;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, HttpError>> + Send>>;

/// The body of a request or an answer: bytes in memory, or a stream of bytes that ends with its first error.
#[derive(Default)]
pub struct Body {
    content: Content,
    /// In bytes, where it is known.
    length: Option<u64>,
}

enum Content {
    Bytes(Bytes),
    Chunks(Chunks),
}

impl Default for Content {
    fn default() -> Self {
        Self::Bytes(Bytes::new())
    }
}

impl Body {
    /// An empty body.
    pub fn empty() -> Self {
        Self::bytes(Bytes::new())
    }

    /// Bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            length: Some(bytes.len() as u64),
            content: Content::Bytes(bytes),
        }
    }

    /// A stream of bytes, with its total length if that is known.
    pub fn stream(
        chunks: impl Stream<Item = Result<Bytes, HttpError>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self {
            content: Content::Chunks(Box::pin(chunks)),
            length,
        }
    }

    /// The length in bytes, if it is known.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The rest of the body, if it is in memory.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            Content::Chunks(_) => None,
        }
    }

    /// The next chunk, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes, HttpError>> {
        std::future::poll_fn(|task| Pin::new(&mut *self).poll_next(task)).await
    }
}

impl Stream for Body {
    type Item = Result<Bytes, HttpError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = match &mut self.content {
            Content::Bytes(bytes) if bytes.is_empty() => None,
            Content::Bytes(bytes) => Some(Ok(std::mem::take(bytes))),
            Content::Chunks(chunks) => match chunks.as_mut().poll_next(task) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(chunk) => chunk,
            },
        };
        // Many a stream must not be polled after its end.
        if !matches!(chunk, Some(Ok(_))) {
            self.content = Content::default();
        }
        Poll::Ready(chunk)
    }
}

impl fmt::Debug for Body {
    /// Without the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;
    use crate::ErrorKind;

    #[tokio::test]
    async fn a_body_ends_with_its_last_chunk_or_first_error() {
        let mut bytes = Body::bytes("ab");
        assert_eq!(bytes.length(), Some(2));
        assert_eq!(bytes.next().await.unwrap().unwrap(), "ab");
        assert!(bytes.next().await.is_none() && bytes.next().await.is_none());

        let broken = HttpError::new(ErrorKind::Interrupted, "it broke");
        let chunks = [Ok(Bytes::from("a")), Err(broken), Ok(Bytes::from("b"))];
        let mut chunks = Body::stream(stream::iter(chunks), None);
        assert!(chunks.as_bytes().is_none());
        assert!(chunks.next().await.unwrap().is_ok());
        assert!(chunks.next().await.unwrap().is_err());
        assert!(chunks.next().await.is_none() && chunks.next().await.is_none());
    }
}
