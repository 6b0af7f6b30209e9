//! Signing in from a terminal program: the client floor alone, no web framework.
//!
//! `cargo run -p headless -- alice.example.com` prints an address, waits for the browser to come back
//! to a listener of its own, and says who signed in.

use std::io::Write;

use atproto_oauth::{AuthorizeOptions, Error, ErrorKind, OAuthClient, Paths, Session};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// Longest head of a request that is read, in bytes.
const MAX_HEAD: u64 = 64 * 1024;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let who = std::env::args().nth(1).unwrap_or_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(network)?;
    let port = listener.local_addr().map_err(network)?.port();
    let client = OAuthClient::builder()
        .base_url(format!("http://127.0.0.1:{port}"))
        .paths(Paths::new("/oauth"))
        .store_url("memory:")
        .env()?
        .build()
        .await?;

    let authorization = client.authorize(&who, AuthorizeOptions::default()).await?;
    say(&format!(
        "open this address and say yes:\n\n  {}\n",
        authorization.url()
    ));
    let query = callback_query(&listener).await.map_err(network)?;
    let signed_in = client
        .callback(&query, Some(authorization.binding()))
        .await?;

    let session: &Session = signed_in.session();
    say(&format!(
        "hello, {} ({})",
        session.display_name(),
        session.did()
    ));
    let me: Result<serde_json::Value, _> =
        session.query("com.atproto.server.getSession", &()).await;
    match me {
        Ok(me) => say(&format!("your server says: {me}")),
        Err(error) => say(&format!("your server does not say more: {error}")),
    }
    session.revoke().await?;
    say("signed out");
    Ok(())
}

/// Waits for the one request that is the callback, answers it, and gives its query string.
async fn callback_query(listener: &TcpListener) -> std::io::Result<String> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let mut reader = BufReader::new(&mut stream).take(MAX_HEAD);
        let (mut target, mut line) = (String::new(), String::new());
        // To the end of the head, or the browser takes our answer for a broken connection.
        while reader.read_line(&mut line).await? > 2 {
            if target.is_empty() {
                target = line.split(' ').nth(1).unwrap_or("/").to_owned();
            }
            line.clear();
        }
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let found = path == "/oauth/callback";
        let (status, text) = if found {
            ("200 OK", "You can close this window.")
        } else {
            ("404 Not Found", "")
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\
             referrer-policy: no-referrer\r\ncache-control: no-store\r\nconnection: close\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        if found {
            return Ok(query.to_owned());
        }
    }
}

fn say(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}

fn network(error: std::io::Error) -> Error {
    Error::new(
        ErrorKind::TemporarilyUnavailable,
        "the local listener failed; try again",
    )
    .with_source(error)
}
