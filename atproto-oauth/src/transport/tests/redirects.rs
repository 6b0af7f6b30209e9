//! SS-04 and scenario 13: redirects.

use super::support::{Act, LIMITS, Server, causes, development, fetch, get, ok, redirect, request};
use super::support::{Authority, built};
use crate::transport::{Guarded, Problem, Transport};

async fn hopping() -> Server {
    Server::start(|seen| match seen.head.split(' ').nth(1) {
        Some("/end") => ok("", "did:plc:abc"),
        Some("/2") => redirect(302, "/end"),
        Some("/1") => redirect(301, "/2"),
        Some("/nowhere") => {
            Act::Answer(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_vec())
        }
        _ => redirect(308, "/loop"),
    })
    .await
}

/// SS-04
#[tokio::test]
async fn redirects_are_refused_unless_allowed() {
    for status in [301, 302, 303, 307, 308] {
        let target = Server::start(|_| ok("", "followed")).await;
        let to = target.url("/?code=secret");
        let server = Server::start(move |_| redirect(status, &to)).await;
        let error = fetch(&development(), get(&server.url("/")), LIMITS).await;
        let error = error.expect_err("refused");
        assert_eq!(error.problem(), Problem::Redirected);
        assert!(!error.never_sent());
        let leads = format!("it leads to `http://{}`", target.address);
        assert!(causes(&error).ends_with(&leads), "{}", causes(&error));
        assert_eq!(target.connections(), 0);
    }
}

/// SS-04: bounded.
#[tokio::test]
async fn redirects_are_followed_as_far_as_allowed() {
    let server = hopping().await;
    let transport = development();
    let limit = |n| LIMITS.redirects(n);
    let url = server.url("/1");
    let followed = fetch(&transport, get(&url), limit(2))
        .await
        .expect("followed");
    assert_eq!(followed, (200, "did:plc:abc".into()));
    let error = fetch(&transport, get(&url), limit(1))
        .await
        .expect_err("one too many");
    assert_eq!(error.problem(), Problem::Redirected);

    let before = server.seen().len();
    let error = fetch(&transport, get(&server.url("/loop")), limit(5)).await;
    assert_eq!(error.expect_err("endless").problem(), Problem::Redirected);
    assert_eq!(server.seen().len() - before, 6);
}

#[tokio::test]
async fn a_redirect_has_to_say_where_to() {
    let server = hopping().await;
    let error = fetch(
        &development(),
        get(&server.url("/nowhere")),
        LIMITS.redirects(3),
    )
    .await;
    assert_eq!(error.expect_err("nowhere").problem(), Problem::Redirected);
}

/// SS-04, SS-10, scenario 13: each hop is checked like a first request.
#[tokio::test]
async fn every_hop_is_checked() {
    let refused = [
        ("http://169.254.169.254/latest/meta-data", "only `https`"),
        ("https://169.254.169.254/latest/meta-data", "an address"),
        ("//10.0.0.1/", "only `https`"),
        ("https://[::ffff:127.0.0.1]/", "an address"),
        (
            "https://metadata.google.internal/",
            "not part of the public internet",
        ),
        ("https://pds.test:8443/", "port"),
        ("https://alice:secret@pds.test/", "credentials"),
        ("file:///etc/passwd", "only `https`"),
        ("javascript:alert(1)", "only `https`"),
        ("https://", "empty host"),
    ];
    for (location, reason) in refused {
        let server = Server::start(move |_| redirect(302, location)).await;
        let error = fetch(&development(), get(&server.url("/")), LIMITS.redirects(3)).await;
        let error = error.expect_err(location);
        assert_eq!(error.problem(), Problem::Redirected, "{location}");
        assert!(causes(&error).contains(reason), "{}", causes(&error));
        assert!(!causes(&error).contains("secret"));
    }
}

/// Scenario 13: a token request is not sent to another place, and never twice.
#[tokio::test]
async fn never_repeats_a_post_elsewhere() {
    for status in [301, 302, 303, 307, 308] {
        let attacker = Server::start(|_| ok("", "thanks")).await;
        let to = attacker.url("/token");
        let server = Server::start(move |_| redirect(status, &to)).await;
        let post = request("POST", &server.url("/token"), "refresh_token=secret".into());
        let error = fetch(&development(), post, LIMITS.redirects(3)).await;
        assert_eq!(error.expect_err("refused").problem(), Problem::Redirected);
        assert_eq!(attacker.connections(), 0);
        assert_eq!(server.seen().len(), 1);
    }
}

/// Scenario 46 and SS-08: what was meant for one server stays there.
#[tokio::test]
async fn never_forwards_credentials() {
    let target = Server::start(|_| ok("", "")).await;
    let to = target.url("/");
    let server = Server::start(move |_| redirect(302, &to)).await;
    let mut asked = get(&server.url("/"));
    for name in ["authorization", "cookie", "dpop", "x-secret"] {
        asked
            .headers_mut()
            .insert(name, "secret".parse().expect("a value"));
    }
    asked
        .headers_mut()
        .insert("accept", "text/plain".parse().expect("a value"));
    let answer = development().send(asked, LIMITS.redirects(1)).await;
    assert_eq!(answer.expect("an answer").status(), 200);
    let head = &target.seen()[0].head;
    assert!(!head.contains("secret"), "{head}");
    assert!(head.contains("accept: text/plain\r\n"), "{head}");
    assert!(!head.contains("referer"), "{head}");
    assert!(server.seen()[0].head.contains("authorization: secret\r\n"));
}

/// In development too, strangers cannot aim at this machine.
#[tokio::test]
async fn never_redirects_from_elsewhere_to_loopback() {
    let local = Server::start(|_| ok("", "private")).await;
    let authority = Authority::new();
    let to = local.url("/");
    let tls = Some(authority.acceptor(&["pds.test"]));
    let public = Server::listen("127.0.0.1:0", tls, move |_| redirect(302, &to)).await;
    let overrides = format!("pds.test:443={}", public.address);
    let transport = built(
        Guarded::builder()
            .allow_loopback(true)
            .no_dns()
            .overrides(overrides.parse().expect("overrides"))
            .root_certificates(authority.pem()),
    );
    let error = fetch(&transport, get("https://pds.test/"), LIMITS.redirects(3)).await;
    let error = error.expect_err("refused");
    assert!(
        causes(&error).contains("to this machine"),
        "{}",
        causes(&error)
    );
    assert_eq!(public.seen().len(), 1);
    assert_eq!(local.connections(), 0);
}
