//! TXT records, and names that do not resolve.

use std::sync::Arc;
use std::time::Duration;

use super::support::{Dns, LIMITS, Reply, built, causes, fetch, get};
use crate::transport::dns::{Resolver, system};
use crate::transport::{Guarded, Problem, Transport};

const LONG: Duration = Duration::from_secs(20);

async fn txt(
    reply: impl Fn(&str, usize) -> Reply + Send + Sync + 'static,
) -> Result<Vec<String>, Problem> {
    let dns = Dns::start(reply).await;
    let transport = built(Guarded::builder().nameserver(dns.address));
    let answer = transport.txt("_atproto.alice.test", LONG).await;
    assert_eq!(dns.asked()[0], "_atproto.alice.test. 16");
    answer.map_err(|e| e.problem())
}

/// Character-strings of one record belong together, records do not.
#[tokio::test]
async fn txt_records() {
    let answer = txt(|_, _| {
        Reply::Texts(vec![
            vec![b"did=did:plc:".to_vec(), b"abc".to_vec()],
            vec![b"v=spf1 -all".to_vec()],
            vec![vec![]],
            vec![b"\xff\xfe".to_vec()],
        ])
    })
    .await
    .expect("records");
    assert_eq!(
        answer,
        ["did=did:plc:abc", "v=spf1 -all", "", "\u{fffd}\u{fffd}"]
    );
}

#[tokio::test]
async fn no_txt_records_are_an_empty_list() {
    for code in [0, 3] {
        assert_eq!(txt(move |_, _| Reply::Code(code)).await, Ok(vec![]));
    }
}

/// "Cannot say" is not "there is none".
#[tokio::test]
async fn failing_name_servers_are_errors() {
    for code in [2, 5] {
        assert_eq!(
            txt(move |_, _| Reply::Code(code)).await,
            Err(Problem::Unreachable)
        );
    }
    let dns = Dns::start(|_, _| Reply::Silence).await;
    let transport = built(Guarded::builder().nameserver(dns.address));
    let error = transport
        .txt("_atproto.alice.test", Duration::from_millis(100))
        .await;
    assert_eq!(error.expect_err("silence").problem(), Problem::Timeout);
}

/// A list that is cut would hide a second, different DID.
#[tokio::test]
async fn too_many_txt_records_are_an_error() {
    let records = |count: usize, strings: usize| {
        move |_: &str, _: usize| Reply::Texts(vec![vec![vec![b'x'; 128]; strings]; count])
    };
    let lengths = |answer: Vec<String>| answer.iter().map(String::len).collect::<Vec<_>>();
    assert_eq!(txt(records(64, 2)).await.map(lengths), Ok(vec![256; 64]));
    assert_eq!(txt(records(65, 1)).await, Err(Problem::TooLarge));
    assert_eq!(txt(records(2, 65)).await, Err(Problem::TooLarge));
}

#[tokio::test]
async fn names_that_are_none() {
    let dns = Dns::start(|_, _| Reply::Code(3)).await;
    let transport = built(Guarded::builder().nameserver(dns.address));
    let (label, name) = ("a".repeat(64), "a.".repeat(200));
    for name in [
        "", ".", "a..b", &label, &name, "a\0b", "a b", "é.test", "a\\",
    ] {
        let error = transport.txt(name, LONG).await.expect_err(name);
        assert_eq!(error.problem(), Problem::Refused, "{name:?}");
    }
    assert_eq!(dns.asked(), Vec::<String>::new());
}

/// SS-10
#[tokio::test]
async fn unknown_names_are_unreachable() {
    for code in [0, 2, 3] {
        let dns = Dns::start(move |_, _| Reply::Code(code)).await;
        let transport = built(Guarded::builder().nameserver(dns.address));
        let error = fetch(&transport, get("https://pds.test/"), LIMITS).await;
        let error = error.expect_err("no such name");
        assert_eq!(error.problem(), Problem::Unreachable);
        assert!(error.never_sent());
        assert!(causes(&error).contains("pds.test"), "{}", causes(&error));
    }
}

#[tokio::test]
async fn without_dns() {
    let transport = built(Guarded::builder().no_dns());
    assert_eq!(
        transport
            .txt("_atproto.alice.test", LONG)
            .await
            .expect("empty"),
        [""; 0]
    );
    let error = fetch(&transport, get("https://pds.test/"), LIMITS)
        .await
        .expect_err("no DNS");
    assert_eq!(error.problem(), Problem::Unreachable);
}

/// A missing `/etc/resolv.conf` is not a failure at start-up, and "cannot say" afterwards.
#[tokio::test]
async fn without_a_system_configuration() {
    let dns = system(Err("no such file".into()))
        .build()
        .expect("a resolver");
    let resolver = Resolver {
        policy: Arc::default(),
        dns: Some(dns),
    };
    let error = resolver
        .addresses("pds.test")
        .await
        .expect_err("no server to ask");
    assert_eq!(error.problem(), Problem::Unreachable);
    let error = resolver
        .txt("_atproto.alice.test")
        .await
        .expect_err("no server to ask");
    assert_eq!(error.problem(), Problem::Unreachable);
}
