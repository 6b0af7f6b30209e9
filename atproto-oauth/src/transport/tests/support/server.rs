//! An HTTP/1.1 server that records what it saw and does as it is told.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// What to do with a request.
pub(crate) enum Act {
    /// Writes this and keeps the connection open.
    Answer(Vec<u8>),
    /// Writes this and closes the connection.
    Cut(Vec<u8>),
    /// Writes the first, then the second again and again, until the client goes away.
    Endless(Vec<u8>, Vec<u8>),
    /// Writes the first, then one byte every few milliseconds, until the client goes away.
    Drip(Vec<u8>),
}

/// One request as it was on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    record: Arc<Record>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Record {
    seen: Mutex<Vec<Seen>>,
    /// Opened and ended connections.
    opened: watch::Sender<usize>,
    ended: watch::Sender<usize>,
}

type Acts = dyn Fn(&Seen) -> Act + Send + Sync;

impl Server {
    pub(crate) async fn start(act: impl Fn(&Seen) -> Act + Send + Sync + 'static) -> Self {
        Self::listen("127.0.0.1:0", None, act).await
    }

    pub(crate) async fn listen(
        address: &str,
        tls: Option<TlsAcceptor>,
        act: impl Fn(&Seen) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.expect("a listener");
        let address = listener.local_addr().expect("an address");
        let record = Arc::new(Record::default());
        let (seen, act): (_, Arc<Acts>) = (Arc::clone(&record), Arc::new(act));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                seen.opened.send_modify(|n| *n += 1);
                let (seen, act, tls) = (Arc::clone(&seen), Arc::clone(&act), tls.clone());
                tokio::spawn(async move {
                    // How a connection ends is the client's business.
                    let _ = match tls {
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &seen, &*act).await,
                            Err(e) => Err(e),
                        },
                        None => serve(stream, &seen, &*act).await,
                    };
                    seen.ended.send_modify(|n| *n += 1);
                });
            }
        });
        Self {
            address,
            record,
            task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.record.seen.lock().expect("not poisoned").clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.record.opened.borrow()
    }

    /// Waits until the client has gone away from `n` connections.
    pub(crate) async fn ended(&self, n: usize) {
        let mut ended = self.record.ended.subscribe();
        let waited = ended.wait_for(|ended| *ended >= n);
        let waited = tokio::time::timeout(Duration::from_mins(1), waited).await;
        waited.expect("the client goes away").expect("a server");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer and the end of the connection.
pub(crate) fn hang_up(body: &str) -> Act {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n", body.len());
    Act::Cut(format!("{head}connection: close\r\n\r\n{body}").into_bytes())
}

/// A complete answer.
pub(crate) fn ok(headers: &str, body: impl AsRef<[u8]>) -> Act {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    Act::Answer([head.as_bytes(), body].concat())
}

pub(crate) fn redirect(status: u16, location: &str) -> Act {
    let head = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\n");
    Act::Answer(format!("{head}content-length: 4\r\n\r\nmove").into_bytes())
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    record: &Record,
    act: &Acts,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(seen) = read(&mut stream, &mut buffer).await? {
        record.seen.lock().expect("not poisoned").push(seen.clone());
        match act(&seen) {
            Act::Answer(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Act::Cut(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Act::Endless(head, chunk) => {
                stream.write_all(&head).await?;
                loop {
                    stream.write_all(&chunk).await?;
                }
            }
            Act::Drip(head) => {
                stream.write_all(&head).await?;
                let mut tick = tokio::time::interval(Duration::from_millis(5));
                loop {
                    tick.tick().await;
                    stream.write_all(b"x").await?;
                    stream.flush().await?;
                }
            }
        }
    }
    Ok(())
}

/// The next request, or nothing at the end of the connection.
async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Seen>> {
    let end = loop {
        if let Some(at) = find(buffer, b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    let complete = |buffer: &[u8]| match header("content-length:") {
        Some(length) => Some(length.parse::<usize>().ok()?).filter(|n| buffer.len() >= *n),
        None if header("transfer-encoding:").is_some() => {
            find(buffer, b"0\r\n\r\n").map(|at| at + 5)
        }
        None => Some(0),
    };
    let end = loop {
        if let Some(end) = complete(buffer) {
            break end;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let body = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    Ok(Some(Seen { head, body }))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
