//! HTTP/2: one connection, and what goes wrong on one stream leaves the others alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{Request, Response};
use tokio::net::TcpListener;

use super::support::{Authority, LIMITS, built, causes, fetch, get, request};
use crate::transport::{Body, Guarded, Limits, Problem};

/// `/echo`, `/endless`, `/silent`, `/reset`; counts its connections.
async fn server(authority: &Authority) -> (Guarded, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    let tls = authority.speaking(&["pds.test"], b"h2");
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let stream = tls.accept(stream).await.expect("TLS");
            let mut connection = h2::server::handshake(stream).await.expect("HTTP/2");
            tokio::spawn(async move {
                while let Some(Ok((request, respond))) = connection.accept().await {
                    tokio::spawn(answer(request, respond));
                }
            });
        }
    });
    let overrides = format!("pds.test:443={address}")
        .parse()
        .expect("overrides");
    let builder = Guarded::builder().no_dns().overrides(overrides);
    (built(builder.root_certificates(authority.pem())), opened)
}

async fn answer(mut request: Request<RecvStream>, mut respond: SendResponse<bytes::Bytes>) {
    match request.uri().path() {
        "/silent" => std::future::pending().await,
        "/reset" => respond.send_reset(Reason::INTERNAL_ERROR),
        path => {
            let endless = path == "/endless";
            let mut echo = String::new();
            while let Some(chunk) = request.body_mut().data().await {
                // A stream that the client breaks off is no request.
                let Ok(chunk) = chunk else { return };
                echo += &String::from_utf8_lossy(&chunk);
            }
            let mut body = respond
                .send_response(Response::new(()), false)
                .expect("sent");
            if !endless {
                body.send_data(echo.into(), true).expect("sent");
                return;
            }
            loop {
                body.reserve_capacity(16_384);
                let granted = std::future::poll_fn(|cx| body.poll_capacity(cx)).await;
                let Some(Ok(granted)) = granted else { return };
                let sent = body.send_data(vec![b'z'; granted].into(), false);
                sent.expect("the capacity was granted");
            }
        }
    }
}

fn post(chunks: &[&'static str], length: Option<u64>) -> Request<Body> {
    let chunks: Vec<_> = chunks.iter().map(|chunk| Ok((*chunk).into())).collect();
    let body = Body::stream(stream::iter(chunks));
    let mut post = request("POST", "https://pds.test/echo", body);
    if let Some(length) = length {
        post.headers_mut().insert("content-length", length.into());
    }
    post
}

#[tokio::test]
async fn one_connection_for_many_requests() {
    let authority = Authority::new();
    let (transport, opened) = server(&authority).await;
    let first = fetch(&transport, post(&["a", "b"], None), LIMITS)
        .await
        .expect("an answer");
    assert_eq!(first.1, "ab");
    let one = fetch(&transport, get("https://pds.test/echo"), LIMITS);
    let two = fetch(&transport, post(&["abc", "de"], Some(5)), LIMITS);
    let full = request("POST", "https://pds.test/echo", "full".into());
    let (one, two, three) = tokio::join!(one, two, fetch(&transport, full, LIMITS));
    assert_eq!(
        [one, two, three].map(|answer| answer.expect("an answer").1),
        ["", "abcde", "full"]
    );
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

/// SS-05, SS-06 and bodies of the wrong length, each on a stream of its own.
#[tokio::test]
async fn a_bad_stream_leaves_the_connection_alone() {
    let authority = Authority::new();
    let (transport, opened) = server(&authority).await;
    let hasty = Limits {
        deadline: Duration::from_secs(1),
        ..LIMITS
    };
    let cases = [
        (get("https://pds.test/endless"), LIMITS, Problem::TooLarge),
        (get("https://pds.test/reset"), LIMITS, Problem::Broken),
        (post(&["abc", "de"], Some(4)), LIMITS, Problem::Broken),
        (post(&["abc", "de"], Some(6)), LIMITS, Problem::Broken),
        (get("https://pds.test/silent"), hasty, Problem::Timeout),
    ];
    // The handshake is not a part of the short deadline.
    fetch(&transport, get("https://pds.test/echo"), LIMITS)
        .await
        .expect("an answer");
    for (request, limits, problem) in cases {
        let asked = format!("{request:?}");
        let error = fetch(&transport, request, limits).await.expect_err(&asked);
        assert_eq!(error.problem(), problem, "{asked}: {}", causes(&error));
        assert!(!error.never_sent());
        let after = fetch(&transport, get("https://pds.test/echo"), LIMITS).await;
        after.expect("the connection still works");
    }
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}
