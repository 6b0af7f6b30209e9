//! TLS: whom it trusts and what it offers.

use rustls::server::Acceptor;
use tokio::io::AsyncReadExt;

use super::support::{Authority, LIMITS, Server, built, causes, fetch, get, ok};
use crate::error::ErrorKind;
use crate::transport::{Guarded, Problem, Transport};

fn trusting(server: &Server, pem: &str) -> Guarded {
    let overrides = format!("*.pds.test:443={0},pds.test:443={0}", server.address);
    let builder = Guarded::builder()
        .no_dns()
        .overrides(overrides.parse().expect("overrides"));
    built(builder.root_certificates(pem))
}

#[tokio::test]
async fn extra_root_certificates_are_trusted() {
    let (one, other) = (Authority::new(), Authority::new());
    let tls = Some(one.acceptor(&["pds.test"]));
    let server = Server::listen("127.0.0.1:0", tls, |_| ok("", "trusted")).await;
    let both = format!("# comment\n{}\n{}", other.pem(), one.pem());
    for pem in [one.pem(), both] {
        let answer = fetch(&trusting(&server, &pem), get("https://pds.test/"), LIMITS).await;
        assert_eq!(answer.expect("trusted").1, "trusted");
    }
}

/// SS-10: nothing is sent to a server that cannot prove its name, and the operator can read why.
#[tokio::test]
async fn never_sends_to_an_unproven_server() {
    let (one, other) = (Authority::new(), Authority::new());
    let tls = Some(one.acceptor(&["pds.test"]));
    let server = Server::listen("127.0.0.1:0", tls, |_| ok("", "leaked")).await;
    let cases = [
        (&other, "https://pds.test/", "invalid peer certificate"),
        (&one, "https://evil.pds.test/", "not valid for name"),
    ];
    for (authority, url, reason) in cases {
        let error = fetch(&trusting(&server, &authority.pem()), get(url), LIMITS).await;
        let error = error.expect_err(url);
        assert_eq!(error.problem(), Problem::Unreachable);
        assert!(error.never_sent());
        assert!(causes(&error).contains(reason), "{}", causes(&error));
    }
    assert!(server.seen().is_empty());
}

#[test]
fn unreadable_certificates_are_a_mistake_in_the_configuration() {
    let pems = [
        "",
        "garbage",
        "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ];
    for pem in pems {
        let error = Guarded::builder()
            .root_certificates(pem)
            .build()
            .expect_err(pem);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

/// HTTP/2 first, the name in the clear, no process-wide provider.
#[tokio::test]
async fn the_hello() {
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a listener");
    let address = listener.local_addr().expect("an address");
    let overrides = format!("pds.test:443={address}")
        .parse()
        .expect("overrides");
    let transport = built(Guarded::builder().no_dns().overrides(overrides));
    let hello = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut acceptor = Acceptor::default();
        loop {
            let mut bytes = [0; 4096];
            let size = stream.read(&mut bytes).await.expect("a hello");
            acceptor.read_tls(&mut &bytes[..size]).expect("in memory");
            if let Some(accepted) = acceptor.accept().expect("a hello") {
                let hello = accepted.client_hello();
                let alpn = hello
                    .alpn()
                    .expect("some")
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>();
                return (hello.server_name().map(str::to_owned), alpn);
            }
        }
    };
    let (error, (name, alpn)) =
        tokio::join!(transport.send(get("https://pds.test/"), LIMITS), hello);
    assert!(error.expect_err("hung up").never_sent());
    assert_eq!(name.as_deref(), Some("pds.test"));
    assert_eq!(alpn, [b"h2".to_vec(), b"http/1.1".to_vec()]);
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
