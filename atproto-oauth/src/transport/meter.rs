//! Bodies under watch: what comes in within its limits, what goes out as long as it said.

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::reqwest_error::failure;
use super::{Body, Problem, TransportError};

/// An answer's chunks until `deadline` and `max` bytes; after an error there is nothing more.
pub(super) fn incoming(
    host: String,
    chunks: impl Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
    deadline: Instant,
    max: u64,
) -> Body {
    let state = Some((Box::pin(chunks), host, max));
    Body::stream(stream::unfold(state, move |state| async move {
        let (mut chunks, host, left) = state?;
        let next = timeout_at(deadline, chunks.next()).await;
        // A server that is always ready would never let the timer have its turn.
        let next = next.ok().filter(|_| Instant::now() < deadline);
        let chunk = match next {
            None => Err(TransportError::new(&host, Problem::Timeout)),
            Some(None) => return None,
            Some(Some(Err(e))) => Err(failure(&host, e)),
            Some(Some(Ok(chunk))) => Ok(chunk),
        };
        let chunk = chunk.and_then(|chunk| match left.checked_sub(chunk.len() as u64) {
            Some(left) => Ok((chunk, left)),
            None => Err(TransportError::new(&host, Problem::TooLarge)),
        });
        match chunk {
            Ok((chunk, left)) => Some((Ok(chunk), Some((chunks, host, left)))),
            Err(error) => Some((Err(error), None)),
        }
    }))
}

/// A request's body. A stream that was announced with `length` has to have exactly that length: over
/// HTTP/1.1 the rest would be read as another request, over HTTP/2 it is a protocol error.
pub(super) fn outgoing(host: &str, body: Body, length: Option<u64>) -> reqwest::Body {
    if let Some(bytes) = body.as_bytes() {
        return reqwest::Body::from(bytes.clone());
    }
    let state = Some((body.into_stream(), host.to_owned(), length));
    reqwest::Body::wrap_stream(stream::unfold(state, |state| async move {
        let (mut chunks, host, left) = state?;
        let broken = |source: Box<dyn std::error::Error + Send + Sync>| {
            // Part of it may have been sent, whatever the caller's stream says.
            Some((
                Err(TransportError::new(&host, Problem::Broken).with_source(source)),
                None,
            ))
        };
        let chunk = match chunks.next().await {
            None if left.is_none_or(|left| left == 0) => return None,
            None => return broken("the body is shorter than its `content-length`".into()),
            Some(Err(e)) => return broken(Box::new(e)),
            Some(Ok(chunk)) => chunk,
        };
        let left = match left.map(|left| left.checked_sub(chunk.len() as u64)) {
            Some(None) => return broken("the body is longer than its `content-length`".into()),
            Some(left) => left,
            None => None,
        };
        Some((Ok(chunk), Some((chunks, host, left))))
    }))
}
