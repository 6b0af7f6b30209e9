//! A very small HTTP/1.1 client for loopback: for the scripted user, and for the authorization server
//! that reads client metadata.

use std::io;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::policy::{FETCH_DEADLINE, MAX_FETCHED};

/// Sends `request` to `addr` and reads the whole answer.
pub(super) async fn send(addr: SocketAddr, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
    tokio::time::timeout(FETCH_DEADLINE, exchange(addr, request))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

async fn exchange(addr: SocketAddr, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    stream.write_all(&encode(request)).await?;
    let mut answer = Vec::new();
    stream.take(MAX_FETCHED).read_to_end(&mut answer).await?;
    decode(&answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn encode(request: Request<Bytes>) -> Vec<u8> {
    let (mut parts, body) = request.into_parts();
    if !parts.headers.contains_key(HOST) {
        let host = parts.uri.authority().map_or("localhost", |a| a.as_str());
        if let Ok(host) = HeaderValue::from_str(host) {
            parts.headers.insert(HOST, host);
        }
    }
    parts
        .headers
        .insert(CONNECTION, HeaderValue::from_static("close"));
    parts.headers.insert(CONTENT_LENGTH, body.len().into());
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let mut bytes = format!("{} {target} HTTP/1.1\r\n", parts.method).into_bytes();
    for (name, value) in &parts.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

fn decode(answer: &[u8]) -> Option<Response<Bytes>> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = answer.split_at_checked(end + 4)?;
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_bytes(status.as_bytes()).ok()?;
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::try_from(name).ok()?;
        let value = HeaderValue::try_from(value.trim()).ok()?;
        response.headers_mut().append(name, value);
    }
    let chunked = response.headers().get(TRANSFER_ENCODING);
    *response.body_mut() = if chunked.is_some_and(|coding| coding == "chunked") {
        unchunk(body)?
    } else {
        Bytes::copy_from_slice(body)
    };
    Some(response)
}

fn unchunk(mut body: &[u8]) -> Option<Bytes> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(body.get(..end)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole.into());
        }
        let start = end + 2;
        let stop = start.checked_add(size)?;
        whole.extend(body.get(start..stop)?);
        body = body.get(stop + 2..)?;
    }
}
