//! SS-08: what a request looks like on the wire, and what it never carries.

use futures_util::stream;

use super::support::{
    Authority, LIMITS, Server, built, causes, development, fetch, get, ok, request,
};
use crate::transport::{Body, Guarded, Problem, Transport, TransportError};

fn chunks(list: &[&'static str]) -> Body {
    let list: Vec<_> = list.iter().map(|chunk| Ok((*chunk).into())).collect();
    Body::stream(stream::iter(list))
}

/// SS-08: all of it.
#[tokio::test]
async fn on_the_wire() {
    let server = Server::start(|_| ok("set-cookie: a=b\r\n", "{}")).await;
    let transport = development();
    fetch(&transport, get(&server.url("/xrpc/x?a=%20b")), LIMITS)
        .await
        .expect("an answer");
    let post = request("POST", &server.url("/par"), "a=b".into());
    fetch(&transport, post, LIMITS).await.expect("an answer");
    let empty = request("POST", &server.url("/empty"), Body::empty());
    fetch(&transport, empty, LIMITS).await.expect("an answer");

    let common = format!(
        "accept: */*\r\nuser-agent: atproto-oauth/{}\r\naccept-encoding: gzip,br\r\nhost: {}\r\n",
        env!("CARGO_PKG_VERSION"),
        server.address
    );
    let heads: Vec<_> = server.seen().into_iter().map(|seen| seen.head).collect();
    assert_eq!(
        heads[0],
        format!("GET /xrpc/x?a=%20b HTTP/1.1\r\n{common}\r\n")
    );
    assert_eq!(
        heads[1],
        format!("POST /par HTTP/1.1\r\n{common}content-length: 3\r\n\r\n")
    );
    assert_eq!(
        heads[2],
        format!("POST /empty HTTP/1.1\r\ncontent-length: 0\r\n{common}\r\n")
    );
    assert_eq!(server.seen()[1].body, "a=b");
    assert_eq!(server.connections(), 1, "one connection is used again");
}

/// Headers of another connection or of another body are not passed on; the caller's others are.
#[tokio::test]
async fn headers_of_connections_are_our_own() {
    let server = Server::start(|_| ok("", "")).await;
    let mut post = request("POST", &server.url("/"), "a=b".into());
    let headers = [
        ("host", "evil.test"),
        ("content-length", "9999"),
        ("transfer-encoding", "chunked"),
        ("connection", "upgrade"),
        ("upgrade", "h2c"),
        ("te", "trailers"),
        ("expect", "100-continue"),
        ("proxy-authorization", "Basic secret"),
        ("user-agent", "mine/1"),
        ("dpop", "proof"),
    ];
    for (name, value) in headers {
        post.headers_mut()
            .append(name, value.parse().expect("a value"));
    }
    fetch(&development(), post, LIMITS)
        .await
        .expect("an answer");
    let head = &server.seen()[0].head;
    for line in ["content-length: 3", "user-agent: mine/1", "dpop: proof"] {
        assert!(head.contains(&format!("{line}\r\n")), "{head}");
    }
    assert!(
        head.contains(&format!("host: {}\r\n", server.address)),
        "{head}"
    );
    for name in [
        "evil", "9999", "chunked", "upgrade", "te:", "expect", "secret",
    ] {
        assert!(!head.contains(name), "{name} in {head}");
    }
}

#[tokio::test]
async fn streams_are_streamed() {
    let server = Server::start(|_| ok("", "")).await;
    let transport = development();
    let post = request("POST", &server.url("/"), chunks(&["abc", "de"]));
    fetch(&transport, post, LIMITS).await.expect("an answer");
    let mut post = request("POST", &server.url("/"), chunks(&["abc", "de"]));
    post.headers_mut().insert("content-length", 5.into());
    fetch(&transport, post, LIMITS).await.expect("an answer");
    let seen = server.seen();
    assert!(seen[0].head.contains("transfer-encoding: chunked\r\n"));
    assert_eq!(seen[0].body, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    assert!(seen[1].head.contains("content-length: 5\r\n"));
    assert_eq!(seen[1].body, "abcde");
}

/// The rest of a body is never read as another request.
#[tokio::test]
async fn a_stream_has_the_length_it_said() {
    for (length, reason) in [(2, "longer"), (4, "longer"), (6, "shorter")] {
        let server = Server::start(|_| ok("", "")).await;
        let mut post = request("POST", &server.url("/"), chunks(&["abc", "de"]));
        post.headers_mut().insert("content-length", length.into());
        let error = development().send(post, LIMITS).await.expect_err(reason);
        assert_eq!(error.problem(), Problem::Broken);
        assert!(causes(&error).contains(reason), "{}", causes(&error));
        assert!(server.seen().is_empty());
    }
}

/// A body that breaks half-way was sent in part, whatever broke it.
#[tokio::test]
async fn a_broken_stream_is_not_never_sent() {
    let server = Server::start(|_| ok("", "")).await;
    let inner = TransportError::new("elsewhere", Problem::Refused);
    let body = Body::stream(stream::iter([Ok("abc".into()), Err(inner)]));
    let error = development()
        .send(request("POST", &server.url("/"), body), LIMITS)
        .await;
    let error = error.expect_err("broken");
    assert_eq!(error.problem(), Problem::Broken);
    assert!(causes(&error).contains("elsewhere"), "{}", causes(&error));
}

/// SS-08: the environment has no say. Runs itself once more with every proxy variable set.
#[tokio::test]
async fn never_uses_a_proxy_of_the_environment() {
    const CHILD: &str = "GUARDED_PROXY_CHILD";
    let name = "transport::tests::requests::never_uses_a_proxy_of_the_environment";
    if std::env::var_os(CHILD).is_some() {
        return directly().await;
    }
    let proxy = Server::start(|_| ok("", "proxied")).await;
    let mut child = std::process::Command::new(std::env::current_exe().expect("this test"));
    child
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, "1")
        .env_remove("NO_PROXY");
    for variable in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        child.env(variable, proxy.url("/"));
    }
    let output = tokio::task::spawn_blocking(move || child.env_remove("no_proxy").output());
    let output = output.await.expect("no panic").expect("a child");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    assert_eq!(proxy.connections(), 0);
}

async fn directly() {
    assert!(std::env::var_os("HTTPS_PROXY").is_some());
    let authority = Authority::new();
    let tls = Some(authority.acceptor(&["pds.test"]));
    let secure = Server::listen("127.0.0.1:0", tls, |_| ok("", "direct")).await;
    let plain = Server::start(|_| ok("", "direct")).await;
    let transport = built(
        Guarded::builder()
            .allow_loopback(true)
            .no_dns()
            .overrides(
                format!("pds.test:443={}", secure.address)
                    .parse()
                    .expect("overrides"),
            )
            .root_certificates(authority.pem()),
    );
    for url in [
        "https://pds.test/",
        &plain.url("/"),
        &plain.url("/").replace("127.0.0.1", "localhost"),
    ] {
        assert_eq!(
            fetch(&transport, get(url), LIMITS).await.expect(url).1,
            "direct"
        );
    }
}
