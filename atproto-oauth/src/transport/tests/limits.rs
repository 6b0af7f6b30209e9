//! SS-05 and SS-06, scenario 8: size after decompression, time in total, and how an exchange can fail.

use std::io::Write;
use std::time::{Duration, Instant};

use futures_util::StreamExt;

use super::support::{
    Act, Dns, LIMITS, Reply, Server, built, causes, development, fetch, get, ok, redirect,
};
use crate::transport::{Guarded, Limits, Problem, Transport};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
/// Four mebibytes of zeros.
const BROTLI_BOMB: [u8; 14] = [
    0x9b, 0xff, 0xff, 0x3f, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x07,
];

fn chunked(more: &str) -> Vec<u8> {
    format!("{HEAD}{more}transfer-encoding: chunked\r\n\r\n").into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

async fn problem(server: &Server, limits: Limits) -> Problem {
    let error = fetch(&development(), get(&server.url("/")), limits).await;
    error.expect_err("refused").problem()
}

/// SS-05: what is announced as too large is not even read.
#[tokio::test]
async fn an_announced_size_counts() {
    let server = Server::start(|_| {
        Act::Answer(format!("{HEAD}content-length: 5000000\r\n\r\n").into_bytes())
    })
    .await;
    let answer = development().send(get(&server.url("/")), LIMITS).await;
    assert_eq!(answer.expect_err("5 MB").problem(), Problem::TooLarge);
    server.ended(1).await;
}

/// SS-05, to the byte.
#[tokio::test]
async fn the_size_is_exact() {
    let server = Server::start(|_| ok("", [b'x'; 1000])).await;
    let limit = |max_bytes| Limits {
        max_bytes,
        ..LIMITS
    };
    let (_, body) = fetch(&development(), get(&server.url("/")), limit(1000))
        .await
        .expect("fits");
    assert_eq!(body.len(), 1000);
    assert_eq!(problem(&server, limit(999)).await, Problem::TooLarge);
}

/// SS-05
#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let server = Server::start(|_| Act::Endless(chunked(""), b"4\r\nzzzz\r\n".repeat(500))).await;
    assert_eq!(problem(&server, LIMITS).await, Problem::TooLarge);
    server.ended(1).await;
}

/// SS-05
#[tokio::test]
async fn compressed_answers_are_decoded() {
    let server = Server::start(|_| ok("content-encoding: gzip\r\n", gzip(b"{\"a\":1}"))).await;
    let (_, body) = fetch(&development(), get(&server.url("/")), LIMITS)
        .await
        .expect("decoded");
    assert_eq!(body, "{\"a\":1}");
}

/// SS-05: the size counts after decompression.
#[tokio::test]
async fn bombs_are_cut_off() {
    let zeros = vec![0; 4 << 20];
    let bomb = gzip(&zeros);
    assert!((bomb.len() as u64) < LIMITS.max_bytes && !bomb.is_empty());
    let server = Server::start(move |_| ok("content-encoding: gzip\r\n", &bomb)).await;
    assert_eq!(problem(&server, LIMITS).await, Problem::TooLarge);

    let server = Server::start(|_| ok("content-encoding: br\r\n", BROTLI_BOMB)).await;
    assert_eq!(problem(&server, LIMITS).await, Problem::TooLarge);
    let roomy = Limits {
        max_bytes: 4 << 20,
        ..LIMITS
    };
    let (_, body) = fetch(&development(), get(&server.url("/")), roomy)
        .await
        .expect("fits");
    assert_eq!(body.len(), 4 << 20);
}

/// SS-06: a byte now and then does not help, neither in the head nor in the body.
#[tokio::test]
async fn slow_answers_end_at_the_deadline() {
    let heads = [
        b"HTTP/1.1 200 ".to_vec(),
        format!("{HEAD}x-slow: ").into_bytes(),
        format!("{HEAD}content-length: 50000\r\n\r\n").into_bytes(),
    ];
    for head in heads {
        let server = Server::start(move |_| Act::Drip(head.clone())).await;
        let limits = Limits {
            deadline: Duration::from_secs(1),
            ..LIMITS
        };
        let started = Instant::now();
        assert_eq!(problem(&server, limits).await, Problem::Timeout);
        assert!(started.elapsed() >= limits.deadline);
        server.ended(1).await;
    }
}

/// SS-06: the deadline is one for the whole chain of redirects.
#[tokio::test]
async fn redirects_share_one_deadline() {
    let slow = Server::start(|_| Act::Drip(HEAD.into())).await;
    let to = slow.url("/");
    let server = Server::start(move |_| redirect(302, &to)).await;
    let limits = Limits {
        deadline: Duration::from_secs(1),
        ..LIMITS
    }
    .redirects(3);
    assert_eq!(problem(&server, limits).await, Problem::Timeout);
}

/// SS-06: names belong to it too.
#[tokio::test]
async fn a_silent_name_server_ends_at_the_deadline() {
    let dns = Dns::start(|_, _| Reply::Silence).await;
    let transport = built(Guarded::builder().nameserver(dns.address));
    let limits = Limits {
        deadline: Duration::from_secs(1),
        ..LIMITS
    };
    let error = transport.send(get("https://pds.test/"), limits).await;
    assert_eq!(error.expect_err("silence").problem(), Problem::Timeout);
    assert!(!dns.asked().is_empty());
}

/// A consumer that is slow itself does not hold a connection for ever.
#[tokio::test]
async fn the_deadline_covers_reading() {
    let server = Server::start(|_| Act::Endless(chunked(""), b"4\r\nzzzz\r\n".to_vec())).await;
    let limits = Limits::new(Duration::from_secs(1), u64::MAX);
    let answer = development()
        .send(get(&server.url("/")), limits)
        .await
        .expect("an answer");
    let mut chunks = answer.into_body().into_stream();
    let last = loop {
        match chunks.next().await.expect("an error before the end") {
            Ok(_) => {}
            Err(e) => break e,
        }
    };
    assert_eq!(last.problem(), Problem::Timeout);
    assert!(chunks.next().await.is_none());
    drop(chunks);
    server.ended(1).await;
}

/// What broke after the request left is not called "never sent".
#[tokio::test]
async fn broken_answers() {
    let answers: [Vec<u8>; 6] = [
        Vec::new(),
        b"HTTP/1.1 20".to_vec(),
        b"nonsense\r\n\r\n".to_vec(),
        format!("{HEAD}content-length: 10\r\n\r\n12345").into_bytes(),
        [chunked(""), b"4\r\nabcd\r\n".to_vec()].concat(),
        format!("{HEAD}content-encoding: gzip\r\ncontent-length: 5\r\n\r\n12345").into_bytes(),
    ];
    for bytes in answers {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let server = Server::start(move |_| Act::Cut(bytes.clone())).await;
        let error = fetch(&development(), get(&server.url("/?code=secret")), LIMITS).await;
        let error = error.expect_err(&text);
        assert_eq!(error.problem(), Problem::Broken, "{text}");
        assert!(!error.never_sent());
        assert!(!causes(&error).contains("secret"), "{}", causes(&error));
    }
}

/// SS-10: no server listens there, and the operator can see so.
#[tokio::test]
async fn a_closed_port_is_never_sent() {
    // Bound, so that no other program gets the port, and without a listener.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any).expect("a free port");
    let address = socket.local_addr().expect("an address");
    let error = fetch(&development(), get(&format!("http://{address}/")), LIMITS).await;
    let error = error.expect_err("no server listens");
    assert_eq!(error.problem(), Problem::Unreachable);
    assert!(error.never_sent());
    assert!(causes(&error).contains("connect"), "{}", causes(&error));
}
