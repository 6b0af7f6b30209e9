//! A request's or an answer's body: bytes, or a stream of them.

use std::fmt;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

use super::{Problem, TransportError};

/// Bytes at hand, or a stream of chunks.
pub struct Body(Inner);

enum Inner {
    Bytes(Bytes),
    Stream(Chunks),
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

impl Body {
    /// No bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self(Inner::Bytes(Bytes::new()))
    }

    /// A stream of chunks. A streamed request cannot be sent twice, so it cannot answer a challenge.
    pub fn stream(
        chunks: impl Stream<Item = Result<Bytes, TransportError>> + Send + 'static,
    ) -> Self {
        Self(Inner::Stream(Box::pin(chunks)))
    }

    /// The bytes, unless it is a stream.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Bytes(bytes) => Some(bytes),
            Inner::Stream(_) => None,
        }
    }

    /// The whole body, refused beyond `max` bytes.
    ///
    /// # Errors
    /// [`Problem::TooLarge`], or whatever broke the stream.
    pub async fn bytes(self, max: u64) -> Result<Bytes, TransportError> {
        let too_large = || TransportError::new("body", Problem::TooLarge);
        match self.0 {
            Inner::Bytes(bytes) if bytes.len() as u64 > max => Err(too_large()),
            Inner::Bytes(bytes) => Ok(bytes),
            Inner::Stream(mut chunks) => {
                let mut all = BytesMut::new();
                while let Some(chunk) = chunks.next().await {
                    let chunk = chunk?;
                    if (all.len() + chunk.len()) as u64 > max {
                        return Err(too_large());
                    }
                    all.extend_from_slice(&chunk);
                }
                Ok(all.freeze())
            }
        }
    }

    /// The chunks, one by one.
    #[must_use]
    pub fn into_stream(self) -> Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>> {
        match self.0 {
            Inner::Bytes(bytes) => Box::pin(futures_util::stream::iter(Some(Ok(bytes)))),
            Inner::Stream(chunks) => chunks,
        }
    }
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(bytes: B) -> Self {
        Self(Inner::Bytes(bytes.into()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Inner::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}
