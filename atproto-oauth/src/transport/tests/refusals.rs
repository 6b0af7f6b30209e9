//! SS-01, SS-02, SS-07: what is never connected to.

use std::net::IpAddr;

use super::support::{
    Authority, Dns, LIMITS, Reply, Server, built, causes, fetch, get, hang_up, ok,
};
use crate::transport::egress::EgressPolicy;
use crate::transport::{Guarded, Problem, TransportError};

async fn refusal(transport: &Guarded, url: &str) -> TransportError {
    let error = fetch(transport, get(url), LIMITS.redirects(3)).await;
    let error = error.expect_err(url);
    assert_eq!(
        error.problem(),
        Problem::Refused,
        "{url}: {}",
        causes(&error)
    );
    assert!(error.never_sent());
    error
}

/// A loopback address that tests call public.
const PUBLIC: &str = "127.0.0.2";

fn judge(ip: IpAddr) -> bool {
    ip.to_string() == PUBLIC
}

/// SS-01: nothing is sent, not even a connection is made.
#[tokio::test]
async fn never_sends_a_byte_over_http() {
    let server = Server::start(|_| ok("", "plain")).await;
    let port = server.address.port();
    let transport = built(
        Guarded::builder().no_dns().allow_port(port).overrides(
            format!("pds.test:{port}=127.0.0.1:{port}")
                .parse()
                .expect("overrides"),
        ),
    );
    for host in [
        "pds.test",
        "127.0.0.1",
        "localhost",
        "[::1]",
        "pds.example.com",
    ] {
        refusal(&transport, &format!("http://{host}:{port}/")).await;
    }
    assert_eq!(server.connections(), 0);
}

/// SS-01, SS-02, SS-07, scenarios 4 and 11: no name is even asked for.
#[tokio::test]
async fn refused_before_resolution() {
    let dns = Dns::start(|_, _| Reply::Addresses(vec!["1.1.1.1"])).await;
    let transport = built(Guarded::builder().nameserver(dns.address));
    let urls = [
        "http://pds.test/",
        "ftp://pds.test/",
        "https://1.1.1.1/",
        "https://10.0.0.1/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f.0.0.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[2606:4700:4700::1111]/",
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST/",
        "https://pds.localhost/",
        "https://metadata.google.internal/",
        "https://printer.local/",
        "https://1.0.0.127.in-addr.arpa/",
        "https://abc.onion/",
        "https://pds.test:80/",
        "https://pds.test:8443/",
        "https://pds.test:0/",
        "https://alice@pds.test/",
        "https://alice:secret@pds.test/",
        "/relative",
    ];
    for url in urls {
        refusal(&transport, url).await;
    }
    assert_eq!(dns.asked(), Vec::<String>::new());
}

/// SS-02 and SS-10: one private address among public ones is enough.
#[tokio::test]
async fn private_answers_are_refused() {
    let answers: [&'static [&'static str]; 6] = [
        &["10.0.0.1"],
        &["1.1.1.1", "127.0.0.1"],
        &["192.168.0.1", "1.1.1.1"],
        &["1.1.1.1", "::1"],
        &["1.1.1.1", "2606:4700::1", "fd00::1"],
        &["64:ff9b::7f00:1"],
    ];
    for answer in answers {
        let dns = Dns::start(move |_, _| Reply::Addresses(answer.to_vec())).await;
        let transport = built(Guarded::builder().nameserver(dns.address));
        let error = refusal(&transport, "https://pds.test/").await;
        assert!(
            causes(&error).contains("is not a public address"),
            "{}",
            causes(&error)
        );
        let mut asked = dns.asked();
        asked.sort();
        assert_eq!(
            asked,
            ["pds.test. 1", "pds.test. 28"],
            "once, without a search list"
        );
    }
}

/// SS-02, scenario 12: the address that was checked is the one that is connected to.
#[tokio::test]
async fn rebinding_gains_nothing() {
    let authority = Authority::new();
    let tls = || Some(authority.acceptor(&["pds.test"]));
    let public = Server::listen("127.0.0.2:0", tls(), |_| hang_up("public")).await;
    let port = public.address.port();
    let inside = format!("127.0.0.1:{port}");
    let private = Server::listen(&inside, tls(), |_| ok("", "private")).await;
    let dns = Dns::start(|_, before| {
        Reply::Addresses(vec![if before == 0 { PUBLIC } else { "127.0.0.1" }])
    });
    let dns = dns.await;
    let transport = built(
        Guarded::builder()
            .nameserver(dns.address)
            .allow_port(port)
            .root_certificates(authority.pem())
            .judge(judge),
    );
    let url = format!("https://pds.test:{port}/");
    let answer = fetch(&transport, get(&url), LIMITS)
        .await
        .expect("the public one");
    assert_eq!(answer, (200, "public".into()));
    assert_eq!(dns.asked().len(), 2, "A and AAAA, once");

    // The connection was closed, so the name is resolved again, and now it has moved inside.
    public.ended(1).await;
    let error = refusal(&transport, &url).await;
    assert!(causes(&error).contains("127.0.0.1 is not a public address"));
    assert_eq!(private.connections(), 0);
}

/// SS-07: only what the operator allowed.
#[tokio::test]
async fn ports_are_allowed_one_by_one() {
    let dns = Dns::start(|_, _| Reply::Addresses(vec!["127.0.0.1"])).await;
    let transport = built(Guarded::builder().nameserver(dns.address).allow_port(8443));
    for (port, resolved) in [(8443, true), (443, true), (8444, false), (80, false)] {
        let error = refusal(&transport, &format!("https://pds.test:{port}/")).await;
        let expected = if resolved { "public address" } else { "port" };
        assert!(
            causes(&error).contains(expected),
            "{port}: {}",
            causes(&error)
        );
    }
}

/// `allow_loopback` is for three names and nothing else.
#[tokio::test]
async fn loopback_is_exact() {
    let server = Server::start(|_| ok("", "here")).await;
    let port = server.address.port();
    let dns = Dns::start(|_, _| Reply::Addresses(vec!["127.0.0.1"])).await;
    let transport = built(
        Guarded::builder()
            .allow_loopback(true)
            .nameserver(dns.address)
            .allow_port(port),
    );
    let policy = EgressPolicy {
        loopback: true,
        ..EgressPolicy::default()
    };
    assert!(policy.check("http://[::1]:3000/").is_ok() && policy.check("https://[::1]/").is_ok());
    for host in ["localhost", "127.0.0.1", "LocalHost"] {
        let url = format!("http://{host}:{port}/");
        let answer = fetch(&transport, get(&url), LIMITS).await.expect(host);
        assert_eq!(answer.1, "here");
    }
    let connections = server.connections();
    for host in [
        "127.0.0.2",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "localhost.",
        "pds.localhost",
        "pds.test",
        "10.0.0.1",
    ] {
        refusal(&transport, &format!("http://{host}:{port}/")).await;
        refusal(&transport, &format!("https://{host}:{port}/")).await;
    }
    assert_eq!(server.connections(), connections);
}

/// A listed name is reachable on its listed port alone.
#[tokio::test]
async fn overrides_are_exact() {
    let authority = Authority::new();
    let tls = Some(authority.acceptor(&["pds.example.dev", "example.dev"]));
    let server = Server::listen("127.0.0.1:0", tls, |_| ok("", "mapped")).await;
    let dns = Dns::start(|_, _| Reply::Addresses(vec!["127.0.0.1"])).await;
    let port = server.address.port();
    let transport = built(
        Guarded::builder()
            .nameserver(dns.address)
            .overrides(
                format!("*.example.dev:443={}", server.address)
                    .parse()
                    .expect("overrides"),
            )
            .root_certificates(authority.pem())
            .allow_port(port),
    );
    let url = "https://pds.example.dev/";
    let answer = fetch(&transport, get(url), LIMITS).await.expect("mapped");
    assert_eq!(answer.1, "mapped");
    assert_eq!(dns.asked(), Vec::<String>::new());
    assert_eq!(server.connections(), 1);

    for url in [
        "https://example.dev/",
        "http://pds.example.dev/",
        &format!("https://pds.example.dev:{port}/"),
        "https://pds.example.dev.evil.test/",
    ] {
        refusal(&transport, url).await;
    }
    assert_eq!(server.connections(), 1);
}
