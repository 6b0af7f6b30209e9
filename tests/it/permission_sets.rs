//! From an `include:` to what it stands for, on the public internet as a test tells it.

use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault};
use atproto_oauth::transport::Problem;
use atproto_oauth::{Error, ErrorKind, OAuthClient, ScopeSet};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::*;

const DID: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb";
const SET: &str = "com.example.feed.authBasic";
const TXT: &str = "_lexicon.feed.example.com.";
const DOCUMENT: &str = "https://plc.example.com/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const RECORD: &str = "https://lexicons.example.com/xrpc/com.atproto.repo.getRecord\
                      ?repo=did%3Aplc%3Aaaaaaaaaaaaaaaaaaaaaaaaa\
                      &collection=com.atproto.lexicon.schema&rkey=com.example.feed.authBasic";

/// A domain, the account it names, and that account's PDS with one permission set.
struct World {
    internet: Scripted,
    client: OAuthClient,
    clock: Ahead,
}

impl World {
    async fn new() -> Self {
        let (internet, clock) = (Scripted::new(), Ahead::default());
        let client = OAuthClient::builder()
            .base_url("http://127.0.0.1:3000")
            .store_url("memory:")
            .plc_url("https://plc.example.com")
            .transport(internet.clone())
            .clock(clock.clone());
        let world = Self {
            client: client.build().await.unwrap(),
            internet,
            clock,
        };
        world.txt(&[&format!("did={DID}")]);
        world
            .internet
            .json(DOCUMENT, &document("https://lexicons.example.com"));
        world.internet.json(RECORD, &record());
        world
    }

    fn txt(&self, records: &[&str]) {
        self.internet.records(TXT, Ok(records));
    }

    async fn expand(&self, scopes: &str) -> Result<String, Error> {
        self.internet.forget();
        let expanded = self.client.expand(&scopes.parse()?).await;
        expanded.map(|expanded| expanded.to_string())
    }

    /// Refused with these words; an hour later everything is asked again.
    async fn refused(&self, kind: ErrorKind, part: &str) {
        let error = self
            .expand(&format!("include:{SET}"))
            .await
            .expect_err(part);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(part), "{part}: {error}");
        let asked = self.internet.asked();
        let foreign = |name: &&String| name.starts_with("TXT ") && !name.ends_with(TXT);
        assert_eq!(asked.iter().find(foreign), None);
        self.clock.by(Duration::from_hours(1));
    }
}

fn document(pds: &str) -> Value {
    let service = json!({
        "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": pds,
    });
    json!({ "id": DID, "alsoKnownAs": [], "service": [service] })
}

fn record() -> Value {
    json!({
        "uri": format!("at://{DID}/com.atproto.lexicon.schema/{SET}"),
        "cid": "bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae",
        "value": {
            "$type": "com.atproto.lexicon.schema",
            "lexicon": 1,
            "id": SET,
            "defs": { "main": {
                "type": "permission-set",
                "title": "Basics",
                "permissions": [
                    { "type": "permission", "resource": "repo", "collection": ["com.example.feed.post"] },
                    { "type": "permission", "resource": "rpc", "lxm": ["com.example.feed.get"], "inheritAud": true },
                    { "type": "permission", "resource": "repo", "collection": ["*"] },
                    { "type": "permission", "resource": "repo", "collection": ["org.other.post"] },
                    { "type": "permission", "resource": "blob", "accept": ["*/*"] },
                ],
            } },
        },
    })
}

/// SC-10, SC-11: the domain names the account, its document the PDS, and that has the record.
#[tokio::test]
async fn sc_11_a_set_is_found_by_its_namespace() {
    let world = World::new().await;
    let set = world.client.permission_set(SET).await.unwrap();
    assert_eq!((set.nsid(), set.title()), (SET, Some("Basics")));
    assert_eq!(
        world.internet.asked(),
        [&format!("TXT {TXT}"), DOCUMENT, RECORD]
    );
    for (scopes, expanded) in [
        (
            "atproto include:com.example.feed.authBasic new:thing?x=1 blob:*/*",
            "atproto repo:com.example.feed.post new:thing?x=1 blob:*/*",
        ),
        (
            "include:com.example.feed.authBasic?aud=did:web:a.example%23s repo:com.example.feed.post",
            "repo:com.example.feed.post rpc:com.example.feed.get?aud=did:web:a.example%23s",
        ),
        ("atproto", "atproto"),
    ] {
        let scopes = ScopeSet::parse_granted(scopes).unwrap();
        let found = world.client.expand(&scopes).await.unwrap();
        assert_eq!(found.to_string(), expanded);
    }
}

/// The authority is one domain: none above or below it is asked, and one that contradicts itself is none.
#[tokio::test]
async fn never_a_set_of_another_authority() {
    let world = World::new().await;
    let invalid = ErrorKind::InvalidRequest;
    let (ours, other) = (format!("did={DID}"), format!("did={OTHER}"));
    for name in [
        "_lexicon.example.com.",
        "_lexicon.com.",
        "_lexicon.authBasic.feed.example.com.",
    ] {
        world.internet.records(name, Ok(&[&ours]));
    }
    for (records, part) in [
        (&[] as &[&str], "name no account"),
        (&["v=spf1 -all"], "name no account"),
        (&[&ours, &other], "several accounts"),
        (&["did=feed.example.com"], "do not hold a DID"),
    ] {
        world.txt(records);
        world.refused(invalid, part).await;
        assert_eq!(world.internet.asked(), [format!("TXT {TXT}")]);
    }
    world.txt(&[&ours]);
    for (pointer, value, part) in [
        (
            "/uri",
            json!(format!("at://{OTHER}/com.atproto.lexicon.schema/{SET}")),
            "`uri`",
        ),
        ("/value/$type", json!("com.example.feed.post"), "`$type`"),
        ("/value/id", json!("com.example.feed.authFull"), "`id`"),
        ("/value/lexicon", json!(2), "version"),
        ("/value/defs/main/type", json!("record"), "does not define"),
        ("/value", json!(null), "`$type`"),
    ] {
        let mut record = record();
        *record.pointer_mut(pointer).unwrap() = value;
        world.internet.json(RECORD, &record);
        world.refused(invalid, part).await;
    }
}

/// Servers that are no servers, on every step of the way.
#[tokio::test]
async fn never_a_set_from_a_server_that_may_not_be_asked() {
    let world = World::new().await;
    let (invalid, later) = (ErrorKind::InvalidRequest, ErrorKind::TemporarilyUnavailable);
    world
        .internet
        .page(RECORD, 200, "application/json", "x".repeat(300 * 1024));
    world.refused(invalid, "cannot be accepted").await;
    world.internet.page(RECORD, 200, "text/html", record());
    world.refused(invalid, "application/json").await;
    for (status, kind) in [
        (400, invalid),
        (404, invalid),
        (307, invalid),
        (429, later),
        (503, later),
    ] {
        world.internet.page(
            RECORD,
            status,
            "application/json",
            json!({ "error": "RecordNotFound" }),
        );
        world.refused(kind, "lexicon").await;
    }
    for (problem, kind) in [
        (Problem::Timeout, later),
        (Problem::Broken, later),
        (Problem::Unreachable, later),
        (Problem::Refused, invalid),
        (Problem::Redirected, invalid),
    ] {
        world.internet.broken(RECORD, problem);
        world.refused(kind, "lexicon").await;
        world.internet.records(TXT, Err(problem));
        world.refused(kind, "lexicon").await;
        world.txt(&[&format!("did={DID}")]);
    }
    for pds in [
        "http://lexicons.example.com",
        "https://10.0.0.1",
        "https://metadata.google.internal",
        "file:///",
    ] {
        world.internet.json(DOCUMENT, &document(pds));
        world.refused(invalid, "cannot be used").await;
    }
    world.internet.page(DOCUMENT, 404, "application/json", "{}");
    world.refused(invalid, "cannot be used").await;
    world.internet.broken(DOCUMENT, Problem::Timeout);
    world.refused(later, "directory").await;
}

/// What cannot be a published name is looked up nowhere.
#[tokio::test]
async fn what_is_no_name_is_not_looked_up() {
    let world = World::new().await;
    for nsid in [
        "",
        "com.example",
        "com.example.*",
        "com..auth",
        "local.laptop.auth",
        "internal.host.auth",
        "../auth.x.y",
    ] {
        let error = world.client.permission_set(nsid).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{nsid}: {error}");
    }
    let many: Vec<_> = (0..33)
        .map(|n| format!("include:com.example.feed.auth{n}x"))
        .collect();
    let error = world.expand(&many.join(" ")).await.unwrap_err();
    assert!(error.to_string().contains("32"), "{error}");
    assert_eq!(world.internet.asked(), [""; 0]);
}

/// Remembered for an hour; for a day where it cannot be had any more; a failure for a minute.
#[tokio::test]
async fn a_set_is_remembered() {
    let world = World::new().await;
    let include = format!("include:{SET}");
    let first = world.expand(&include).await.unwrap();
    assert_eq!(world.internet.asked().len(), 3);
    world.clock.by(Duration::from_mins(59));
    assert_eq!(world.expand(&include).await.unwrap(), first);
    assert_eq!(world.internet.asked(), [""; 0]);

    // An update is seen.
    world.clock.by(Duration::from_mins(2));
    let mut newer = record();
    newer["value"]["defs"]["main"]["permissions"][0]["collection"] =
        json!(["com.example.feed.like"]);
    world.internet.json(RECORD, &newer);
    assert_eq!(
        world.expand(&include).await.unwrap(),
        "repo:com.example.feed.like"
    );
    assert_eq!(world.internet.asked().len(), 3);

    // The authority is gone: what is known does, and it is asked again once a minute.
    world.txt(&[]);
    world.clock.by(Duration::from_mins(61));
    for asked in [1, 0] {
        assert_eq!(
            world.expand(&include).await.unwrap(),
            "repo:com.example.feed.like"
        );
        assert_eq!(world.internet.asked().len(), asked);
    }
    world.clock.by(Duration::from_mins(1));
    world.expand(&include).await.unwrap();
    assert_eq!(world.internet.asked().len(), 1);
    world.clock.by(Duration::from_hours(23));
    for asked in [1, 0] {
        let error = world.expand(&include).await.unwrap_err();
        assert!(error.to_string().contains("name no account"), "{error}");
        assert_eq!(world.internet.asked().len(), asked);
    }
    world.clock.by(Duration::from_mins(1));
    world.txt(&[&format!("did={DID}")]);
    assert_eq!(
        world.expand(&include).await.unwrap(),
        "repo:com.example.feed.like"
    );
}

/// Many at once ask once, also where there is no answer.
#[tokio::test]
async fn many_at_once_look_up_once() {
    let (network, client) = network_and_client().await;
    network.publish_permission_set(SET, &["repo:com.example.feed.post"]);
    for (nsid, is_there) in [(SET, true), ("com.example.feed.authFull", false)] {
        let all = join_all((0..50).map(|_| client.permission_set(nsid))).await;
        assert!(
            all.iter().all(|answer| answer.is_ok() == is_there),
            "{nsid}"
        );
        assert_eq!(count(&network, Endpoint::Xrpc), 1, "{nsid}");
        network.forget_requests();
    }
}

/// Where there is no DNS: one account has the sets of all namespaces.
#[tokio::test]
async fn a_network_can_have_one_authority() {
    let (network, client) = network_and_client().await;
    network.publish_permission_set(
        "test.app.feed.authBasic",
        &[
            "repo?collection=test.app.feed.a&collection=test.app.feed.b&action=create",
            "rpc:test.app.feed.get?aud=*",
        ],
    );
    let set = client
        .permission_set("test.app.feed.authBasic")
        .await
        .unwrap();
    assert_eq!(set.title(), Some("test.app.feed.authBasic"));
    let expanded = client
        .expand(&"include:test.app.feed.authBasic".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(
        expanded.to_string(),
        "repo?collection=test.app.feed.a&collection=test.app.feed.b&action=create \
         rpc:test.app.feed.get?aud=*"
    );
    let error = client
        .permission_set("test.app.feed.authFull")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("not published"), "{error}");
}

/// SS-05, SS-06: an answer that never ends is cut off, whatever it pretends to be.
#[tokio::test]
async fn never_an_endless_set() {
    let (network, client) = network_and_client().await;
    network.publish_permission_set(SET, &["repo:com.example.feed.post"]);
    for (fault, kind) in [
        (
            Fault::Endless { at: Endpoint::Xrpc },
            ErrorKind::InvalidRequest,
        ),
        (
            Fault::huge(Endpoint::Xrpc, 10 << 20),
            ErrorKind::InvalidRequest,
        ),
        (
            Fault::Drop { at: Endpoint::Xrpc },
            ErrorKind::TemporarilyUnavailable,
        ),
        (
            Fault::redirect(Endpoint::Xrpc, "http://10.0.0.1/"),
            ErrorKind::InvalidRequest,
        ),
    ] {
        let client = builder(&network).build().await.unwrap();
        network.misbehave(fault);
        let error = client.permission_set(SET).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        network.behave();
    }
    client.permission_set(SET).await.unwrap();
}
