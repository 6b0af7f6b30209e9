//! A stream to a server that records whether it is open, and how many bytes of an answer have arrived.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::address::Address;
use crate::store::policy::REDIS_MAX_UNREAD;

/// State of a connection, shared with its callers.
#[derive(Default)]
pub(super) struct Health {
    closed: AtomicBool,
    /// Bytes that arrived since the last complete answer.
    unread: AtomicUsize,
}

impl Health {
    pub(super) fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Acquire)
    }

    /// Marks the connection as closed; it is not used again.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Resets the count of unread bytes: an answer is complete.
    pub(super) fn record_answer(&self) {
        self.unread.store(0, Ordering::Relaxed);
    }

    /// The server sent more than any answer has.
    pub(super) fn is_flooded(&self) -> bool {
        self.unread.load(Ordering::Relaxed) > REDIS_MAX_UNREAD
    }

    fn arrived(&self, bytes: usize) {
        self.unread.fetch_add(bytes, Ordering::Relaxed);
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// An open connection.
pub(super) struct WatchedStream {
    stream: Box<dyn Stream>,
    health: Arc<Health>,
}

impl WatchedStream {
    /// Connects; with `tls`, only to a server that proves its name.
    pub(super) async fn connect(address: &Address, tls: Option<&TlsConnector>) -> io::Result<Self> {
        let stream = TcpStream::connect((address.host.as_str(), address.port)).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from(address.host.clone());
                let name =
                    name.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
                Box::new(tls.connect(name, stream).await?)
            }
        };
        let health = Arc::default();
        Ok(Self { stream, health })
    }

    pub(super) fn health(&self) -> Arc<Health> {
        self.health.clone()
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        let bytes = buffer.filled().len() - before;
        self.health.arrived(bytes);
        if bytes == 0 || read.is_err() {
            self.health.close();
        }
        if self.health.is_flooded() {
            self.health.close();
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// However the connection ends, also when the task that serves it panics, its waiting callers are released.
impl Drop for WatchedStream {
    fn drop(&mut self) {
        self.health.close();
    }
}
