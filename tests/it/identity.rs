//! From a handle or a DID to an account, on the public internet as a test tells it.

use std::time::Duration;

use atproto_oauth::testing::TestNetwork;
use atproto_oauth::transport::Problem;
use atproto_oauth::{Authorization, AuthorizeOptions, Error, ErrorKind, OAuthClient};
use serde_json::{Value, json};

use crate::support::*;

const DID: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb";
const HANDLE: &str = "alice.example.com";
const TXT: &str = "_atproto.alice.example.com.";
const WELL_KNOWN: &str = "https://alice.example.com/.well-known/atproto-did";

/// A directory with two accounts on the first PDS of a network, and no handle resolver.
struct World {
    network: TestNetwork,
    internet: Scripted,
    client: OAuthClient,
    clock: Ahead,
}

impl World {
    async fn new() -> Self {
        let clock = Ahead::default();
        let network = network_at(&clock).await;
        let internet = Scripted::new();
        let client = OAuthClient::builder()
            .base_url("http://127.0.0.1:3000")
            .store_url("memory:")
            .plc_url("https://plc.example.com")
            .allow_loopback(true)
            .transport(internet.clone())
            .clock(clock.clone())
            .build();
        let client = client.await.unwrap();
        let world = Self {
            network,
            internet,
            client,
            clock,
        };
        world.document(DID, &[HANDLE]);
        world.document(OTHER, &["other.example.com"]);
        world
    }

    fn document(&self, did: &str, handles: &[&str]) {
        let url = format!("https://plc.example.com/{did}");
        self.internet
            .json(&url, &document(did, handles, self.network.pds()));
    }

    async fn authorize(&self, input: &str) -> Result<Authorization, Error> {
        self.internet.forget();
        self.client.authorize(input, AuthorizeOptions::new()).await
    }

    async fn refused(&self, input: &str) -> Error {
        let error = self.authorize(input).await.expect_err(input);
        let asked = self.internet.asked();
        assert!(
            !asked.iter().any(|url| url.ends_with("/oauth/par")),
            "{input}: {asked:?}"
        );
        error
    }

    /// Refused, and no server was asked.
    async fn refused_at_once(&self, input: &str) -> Error {
        let error = self.refused(input).await;
        assert_eq!(self.internet.asked(), [""; 0], "{input}");
        error
    }
}

fn document(did: &str, handles: &[&str], pds: &str) -> Value {
    let aliases: Vec<_> = handles
        .iter()
        .map(|handle| format!("at://{handle}"))
        .collect();
    let service = json!({
        "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": pds,
    });
    json!({ "id": did, "alsoKnownAs": aliases, "service": [service] })
}

/// ID-03, ID-12, scenarios 4 and 5.
#[tokio::test]
async fn never_a_request_for_what_cannot_be_on_the_public_internet() {
    let world = World::new().await;
    for input in [
        "laptop.local",
        "x.onion",
        "ALICE.LocalHost",
        "a.internal",
        "a.arpa",
        "a.alt",
        "a.example",
        "a.invalid",
        "@laptop.local",
        "did:web:10.0.0.1",
        "did:web:[::1]",
        "did:web:x%2Fy",
        "did:web:example.com:path",
        "did:web:example.com%3A8080",
        "did:web:host.internal",
        "did:web:metadata",
        "did:key:zQ3shunBKsXixLxKtC5qeSG9E4J5RkGN57im31pcTzbNQnm5w",
        "did:plc:short",
        "did:plc:AAAAAAAAAAAAAAAAAAAAAAAA",
        "http://example.com",
        "https://example.com/path",
        "https://user@example.com",
        "https://10.0.0.1",
        "https://[::ffff:127.0.0.1]",
        "https://metadata.google.internal",
        "ftp://example.com",
        "javascript://example.com",
        "file:///etc/passwd",
        "alice example.com",
        "alice",
        "a..b",
        "аlice.example.com\u{441}",
        &format!("{}.com", "a".repeat(300)),
        &"a.".repeat(5_000),
    ] {
        let error = world.refused_at_once(input).await;
        assert_eq!(error.kind(), ErrorKind::InvalidHandle, "{input}: {error}");
    }
    for empty in ["", " ", "@", "\u{200b}\u{202e}"] {
        let error = world.refused_at_once(empty).await;
        assert_eq!(error.kind(), ErrorKind::MissingHandle, "{empty:?}");
    }
}

/// ID-03: `.test` is for development.
#[tokio::test]
async fn a_deployed_client_does_not_ask_for_test_handles() {
    let internet = Scripted::new();
    let client = OAuthClient::builder()
        .base_url("https://app.example.com")
        .store_url("memory:");
    let client = client.transport(internet.clone()).build().await.unwrap();
    let error = client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidHandle);
    for local in [
        "did:web:localhost%3A8080",
        "http://localhost:2583",
        "http://127.0.0.1:2583",
    ] {
        let error = client
            .authorize(local, AuthorizeOptions::new())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidHandle, "{local}");
    }
    assert_eq!(internet.asked(), [""; 0]);
}

/// ID-05, ID-07, scenario 3: DNS and HTTPS are asked, DNS wins, and DNS that contradicts itself is
/// the end of it.
#[tokio::test]
async fn dns_wins_over_https() {
    let world = World::new().await;
    let dns = |records: &[&str]| world.internet.records(TXT, Ok(records));
    let https = |text: &str| world.internet.page(WELL_KNOWN, 200, "text/html", text);
    let did = format!("did={DID}");
    let other = format!("did={OTHER}");

    dns(&[&did]);
    https(OTHER);
    world.authorize(HANDLE).await.unwrap();
    let asked = world.internet.asked();
    assert!(asked.contains(&format!("TXT {TXT}")) && asked.contains(&WELL_KNOWN.to_owned()));

    dns(&["v=spf1 -all", &did, &did, "did"]);
    world.authorize(HANDLE).await.unwrap();

    // HTTPS would be right, and is not asked for help.
    https(DID);
    for wrong in [&[&*did, &other] as &[&str], &["did=x"], &["did="]] {
        dns(wrong);
        let error = world.refused(HANDLE).await;
        assert_eq!(error.kind(), ErrorKind::InvalidHandle, "{wrong:?}");
    }
    dns(&[]);
    https(&format!("  {DID}\r\n"));
    world.authorize(HANDLE).await.unwrap();
    for wrong in ["", "alice", "did:plc:short", &format!("{DID}\n{OTHER}")] {
        https(wrong);
        assert_eq!(
            world.refused(HANDLE).await.kind(),
            ErrorKind::InvalidHandle,
            "{wrong}"
        );
    }
}

/// ID-08.
#[tokio::test]
async fn a_long_handle_is_not_looked_for_in_dns() {
    let world = World::new().await;
    let label = "a".repeat(60);
    let long = format!("{label}.{label}.{label}.{}.com", "a".repeat(58));
    assert!(long.len() > 244 && long.len() <= 253);
    assert_eq!(world.refused(&long).await.kind(), ErrorKind::InvalidHandle);
    assert_eq!(
        world.internet.asked(),
        [format!("https://{long}/.well-known/atproto-did")]
    );
}

/// Scenario 6: a handle that does not exist, and one that cannot be looked up now.
#[tokio::test]
async fn what_is_not_there_is_not_what_cannot_be_asked() {
    let world = World::new().await;
    let (invalid, later) = (ErrorKind::InvalidHandle, ErrorKind::TemporarilyUnavailable);
    for (dns, https, kind) in [
        (None, Problem::Unreachable, invalid),
        (None, Problem::Refused, invalid),
        (None, Problem::Redirected, invalid),
        (None, Problem::TooLarge, invalid),
        (None, Problem::Timeout, later),
        (None, Problem::Broken, later),
        (Some(Problem::Timeout), Problem::Unreachable, later),
        (Some(Problem::Timeout), Problem::Refused, invalid),
    ] {
        world.internet.records(TXT, dns.map_or(Ok(&[]), Err));
        world.internet.broken(WELL_KNOWN, https);
        assert_eq!(
            world.refused(HANDLE).await.kind(),
            kind,
            "{dns:?} {https:?}"
        );
    }
    world.internet.records(TXT, Ok(&[]));
    for (status, kind) in [(404, invalid), (403, invalid), (500, later), (503, later)] {
        world.internet.page(WELL_KNOWN, status, "text/plain", DID);
        assert_eq!(world.refused(HANDLE).await.kind(), kind, "{status}");
    }
    let directory = format!("https://plc.example.com/{DID}");
    for (status, kind) in [
        (404, invalid),
        (410, invalid),
        (429, later),
        (500, later),
        (502, later),
    ] {
        world
            .internet
            .page(&directory, status, "application/json", "{}");
        assert_eq!(world.refused(DID).await.kind(), kind, "{status}");
    }
    world.internet.broken(&directory, Problem::Timeout);
    assert_eq!(world.refused(DID).await.kind(), later);
}

/// ID-09, scenarios 1 and 2: a handle and a document that do not point at each other.
#[tokio::test]
async fn never_a_handle_that_the_account_does_not_claim() {
    let world = World::new().await;
    world.internet.records(TXT, Ok(&[&format!("did={OTHER}")]));
    assert_eq!(world.refused(HANDLE).await.kind(), ErrorKind::InvalidHandle);
    // The first that is a handle counts, and no other.
    world.document(OTHER, &["bad_", HANDLE, "other.example.com"]);
    world.authorize(HANDLE).await.unwrap();
    world.document(OTHER, &["other.example.com", HANDLE]);
    world.clock.by(Duration::from_mins(6));
    assert_eq!(world.refused(HANDLE).await.kind(), ErrorKind::InvalidHandle);
}

/// ID-14, ID-15, scenario 2.
#[tokio::test]
async fn never_a_document_of_another_account_or_a_pds_that_is_none() {
    let world = World::new().await;
    let url = format!("https://plc.example.com/{DID}");
    let pds = world.network.pds();
    let with = |pointer: &str, value: Value| {
        let mut document = document(DID, &[HANDLE], pds);
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    let service = |id: &str, pds: &str| json!({ "id": id, "type": "AtprotoPersonalDataServer", "serviceEndpoint": pds });
    let endpoint = |value: &str| with("/service/0/serviceEndpoint", json!(value));
    for bad in [
        with("/id", json!(OTHER)),
        with("/id", Value::Null),
        with("/service", json!([])),
        with(
            "/service",
            json!([service("#atproto_pds", pds), service("#atproto_pds", pds)]),
        ),
        with("/service/0/id", json!(format!("{OTHER}#atproto_pds"))),
        with("/service/0/type", json!("Other")),
        with("/service/0/serviceEndpoint", json!({ "uri": pds })),
        endpoint("http://pds.example.com"),
        endpoint("https://pds.example.com/path"),
        endpoint("https://user@pds.example.com"),
        endpoint("https://10.0.0.1"),
        endpoint("https://pds.internal"),
        endpoint("file:///etc/passwd"),
        endpoint("javascript:alert(1)"),
        endpoint(""),
    ] {
        world.internet.json(&url, &bad);
        assert_eq!(
            world.refused(DID).await.kind(),
            ErrorKind::InvalidHandle,
            "{bad}"
        );
    }
    world.internet.page(&url, 200, "text/html", "<html>");
    assert_eq!(world.refused(DID).await.kind(), ErrorKind::InvalidHandle);
    world.internet.json(
        &url,
        &with("/service/0/serviceEndpoint", json!(format!("{pds}/"))),
    );
    world.authorize(DID).await.unwrap();
}

/// ID-16: minutes, by the client's clock.
#[tokio::test]
async fn an_identity_is_remembered_for_minutes_only() {
    let world = World::new().await;
    let directory = format!("https://plc.example.com/{DID}");
    world.authorize(DID).await.unwrap();
    assert!(world.internet.asked().contains(&directory));
    world.clock.by(Duration::from_mins(4));
    world.authorize(DID).await.unwrap();
    assert!(!world.internet.asked().contains(&directory));
    world.clock.by(Duration::from_mins(6));
    world.authorize(DID).await.unwrap();
    assert!(world.internet.asked().contains(&directory));
}

/// ID-11, ID-12: a `did:web` is asked at its own host.
#[tokio::test]
async fn an_account_with_a_host_of_its_own() {
    let world = World::new().await;
    let did = "did:web:carol.example.com";
    let document = document(did, &["carol.example.com"], world.network.pds());
    let url = "https://carol.example.com/.well-known/did.json";
    world.internet.json(url, &document);
    world.authorize(did).await.unwrap();
    assert!(world.internet.asked().contains(&url.to_owned()));
    assert!(
        !world
            .internet
            .asked()
            .iter()
            .any(|url| url.contains("plc.example.com"))
    );
}
