//! Sessions that were granted permission sets: what they allow, and that a sign-in never waits for a set.

use std::time::{Duration, Instant};

use atproto_oauth::store::Expanded;
use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{OAuthClient, Session, SignedIn};
use serde_json::{Value, json};

use crate::support::*;

const SET: &str = "com.example.authBasic";
const INCLUDE: &str = "include:com.example.authBasic?aud=did:web:api.example.com%23svc";
const HELD: &str = "repo:com.example.post rpc:com.example.get?aud=did:web:api.example.com%23svc";

/// A network with a permission set, and a client that asks for it.
async fn world() -> (TestNetwork, OAuthClient, Ahead) {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    publish(
        &network,
        &[
            "repo:com.example.post",
            "rpc:com.example.get?aud=did:web:api.example.com%23svc",
        ],
    );
    let client = client(&network, &clock).await;
    (network, client, clock)
}

fn publish(network: &TestNetwork, permissions: &[&str]) {
    network.publish_permission_set(SET, permissions);
}

async fn client(network: &TestNetwork, clock: &Ahead) -> OAuthClient {
    let client = builder(network)
        .scopes(["atproto", INCLUDE])
        .clock(clock.clone());
    client.build().await.unwrap()
}

async fn signed_in(network: &TestNetwork, client: &OAuthClient) -> SignedIn {
    try_sign_in(network, client, "alice.test").await.unwrap()
}

async fn expanded(client: &OAuthClient, session: &Session) -> Vec<Expanded> {
    record(client, &session.key()).await.expanded
}

/// How often the record of a set was looked for.
fn looked(network: &TestNetwork) -> usize {
    network.requests_to(Endpoint::Xrpc).len()
}

/// SC-10, SC-11, SC-16: what a set holds is stored with the session, and no server is asked again.
#[tokio::test]
async fn sc_11_a_session_knows_what_its_sets_hold() {
    let (network, client, _) = world().await;
    let signed_in = signed_in(&network, &client).await;
    assert_eq!(signed_in.missing(), [""; 0]);
    let session = signed_in.into_session();
    let [known] = &*expanded(&client, &session).await else {
        panic!("one set");
    };
    assert_eq!((&*known.include, &*known.permissions), (INCLUDE, HELD));
    assert_eq!(looked(&network), 1);

    network.forget_requests();
    for (scope, allowed) in [
        (INCLUDE, true),
        (
            "include:com.example.authBasic?aud=did:web:api.example.com#svc",
            true,
        ),
        ("repo:com.example.post?action=create", true),
        (
            "rpc:com.example.get?aud=did:web:api.example.com%23svc",
            true,
        ),
        ("include:com.example.authBasic", true),
        ("include:com.example.authFull", false),
        ("repo:com.example.other", false),
        ("rpc:com.example.get?aud=*", false),
        (
            "rpc:com.example.get?aud=did:web:other.example.com%23svc",
            false,
        ),
        ("blob:image/png", false),
    ] {
        assert_eq!(session.allows(scope), allowed, "{scope}");
    }
    assert_eq!(session.missing(), [""; 0]);
    assert_eq!(
        network.requests().len(),
        0,
        "extractors never call the network"
    );

    // The next sign-in knows the set already.
    sign_in(&network, &client, "bob.test").await;
    assert_eq!(looked(&network), 0);
}

/// SC-16: a part that was left out makes the whole set missing.
#[tokio::test]
async fn sc_16_never_a_set_that_was_granted_in_part() {
    let (network, client, _) = world().await;
    for granted in [
        "atproto",
        "atproto repo:com.example.post",
        "atproto repo:com.example.post?action=create rpc:com.example.get?aud=*",
    ] {
        network.misbehave(Fault::edit(Endpoint::Exchange, "scope", granted));
        let signed_in = signed_in(&network, &client).await;
        assert_eq!(signed_in.missing(), [INCLUDE], "{granted}");
        assert!(!signed_in.session().allows(INCLUDE), "{granted}");
        network.behave();
    }
    network.misbehave(Fault::edit(
        Endpoint::Exchange,
        "scope",
        format!("atproto {INCLUDE}"),
    ));
    let signed_in = signed_in(&network, &client).await;
    assert!(
        signed_in.session().allows(INCLUDE),
        "a server may as well grant the set itself"
    );
}

/// Nothing is looked up, and nothing stored, where the sign-in asks for no set.
#[tokio::test]
async fn sessions_without_sets_stay_as_they_are() {
    let network = TestNetwork::start().await.unwrap();
    let client = crate::support::client(&network).await;
    let session = sign_in(&network, &client, "alice.test").await;
    assert_eq!(expanded(&client, &session).await, []);
    assert_eq!(looked(&network), 0);
}

/// A lexicon authority that is dead, slow or lies neither fails nor delays a sign-in, and what it says
/// counts for nothing: then something of the namespace has to do.
#[tokio::test]
async fn a_sign_in_does_not_wait_for_an_authority() {
    let (network, _, clock) = world().await;
    let at = Endpoint::Xrpc;
    for fault in [
        Fault::Drop { at },
        Fault::Hang { at },
        Fault::Drip {
            at,
            every: Duration::from_millis(200),
        },
        Fault::Endless { at },
        Fault::huge(at, 10 << 20),
        Fault::status(at, 503),
        Fault::html(at),
        Fault::redirect(at, "http://10.0.0.1/"),
        Fault::edit(at, "/value/id", "com.example.authFull"),
        Fault::edit(
            at,
            "/uri",
            "at://did:web:other.example.com/com.atproto.lexicon.schema/com.example.authBasic",
        ),
        Fault::edit(at, "/value/defs/main/type", "record"),
    ] {
        let case = format!("{fault:?}");
        network.misbehave(fault);
        // One of a few times, if other programs keep the machine busy; a lookup that were waited for would take longer
        // each time.
        let mut attempts = 0;
        let (client, signed_in) = loop {
            let client = client(&network, &clock).await;
            let start = Instant::now();
            let signed_in = signed_in(&network, &client).await;
            if start.elapsed() < Duration::from_secs(4) {
                break (client, signed_in);
            }
            attempts += 1;
            assert!(attempts < 5, "{case}: {:?}", start.elapsed());
        };
        network.behave();
        assert_eq!(signed_in.missing(), [""; 0], "{case}");
        let session = signed_in.into_session();
        assert_eq!(expanded(&client, &session).await, [], "{case}");
        assert!(
            session.allows(INCLUDE) && session.allows("repo:com.example.post"),
            "{case}"
        );
        assert!(!session.allows("repo:com.example.other"), "{case}");
    }
}

/// SC-11: what a set should not hold is not expected of the server.
#[tokio::test]
async fn sc_11_never_missing_because_of_a_poisoned_set() {
    let (network, client, _) = world().await;
    let entries = json!([
        { "type": "permission", "resource": "repo", "collection": ["com.example.post"] },
        { "type": "permission", "resource": "repo", "collection": ["*"] },
        { "type": "permission", "resource": "repo", "collection": ["org.other.post"] },
        { "type": "permission", "resource": "rpc", "lxm": ["*"], "aud": "*" },
        { "type": "permission", "resource": "rpc", "lxm": ["com.example.get"], "aud": "did:web:evil.example.com#svc" },
        { "type": "permission", "resource": "blob", "accept": ["*/*"] },
        { "type": "permission", "resource": "account", "attr": "email", "action": "manage" },
        { "type": "permission", "resource": "identity", "attr": "*" },
        { "type": "permission", "resource": "repo", "collection": ["com.example.like"], "until": "tomorrow" },
    ]);
    let mut record: Value =
        json!({ "$type": "com.atproto.lexicon.schema", "lexicon": 1, "id": SET });
    record["defs"]["main"] = json!({ "type": "permission-set", "permissions": entries });
    network.publish_lexicon(SET, record);
    let session = signed_in(&network, &client).await.into_session();
    assert_eq!(
        &*expanded(&client, &session).await[0].permissions,
        "repo:com.example.post"
    );
    assert!(session.allows(INCLUDE));
}

/// SC-16: where every entry is ignored, a newer server may understand them, so a person who refused the set has
/// not got it.
#[tokio::test]
async fn sc_16_never_granted_because_nothing_of_it_is_understood() {
    let (network, client, clock) = world().await;
    let entries = json!([
        { "type": "permission", "resource": "repo", "collection": ["com.example.post"], "new": true },
    ]);
    let mut record: Value =
        json!({ "$type": "com.atproto.lexicon.schema", "lexicon": 1, "id": SET });
    record["defs"]["main"] = json!({ "type": "permission-set", "permissions": entries });
    network.publish_lexicon(SET, record);
    network.misbehave(Fault::edit(Endpoint::Exchange, "scope", "atproto"));
    let session = signed_in(&network, &client).await.into_session();
    assert_eq!(looked(&network), 1);
    assert!(!session.allows(INCLUDE));
    assert_eq!(session.missing(), [INCLUDE]);

    // A refresh waits for no set, and goes by what was known.
    network.misbehave(Fault::edit(Endpoint::Refresh, "scope", "atproto"));
    clock.by(Duration::from_mins(61));
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 1);
    let session: Session = client.session(&session.key()).await.unwrap();
    assert!(!session.allows(INCLUDE));
    assert_eq!(expanded(&client, &session).await, []);
}

/// SC-17: the answer follows the grant of each refresh, and a set that changed is looked at again.
#[tokio::test]
async fn sc_17_a_refresh_may_change_what_a_set_gives() {
    let (network, client, clock) = world().await;
    let session = signed_in(&network, &client).await.into_session();
    let again = async || -> Session { client.session(&session.key()).await.unwrap() };

    // The server takes a part away.
    network.misbehave(Fault::edit(
        Endpoint::Refresh,
        "scope",
        "atproto repo:com.example.post",
    ));
    clock.by(Duration::from_mins(61));
    me(&session).await.unwrap();
    let smaller = again().await;
    assert!(!smaller.allows(INCLUDE) && smaller.allows("repo:com.example.post"));
    assert_eq!(smaller.missing(), [INCLUDE]);
    network.behave();

    // The set is another one by now, and the server grants that.
    publish(&network, &["repo:com.example.newer"]);
    network.misbehave(Fault::edit(
        Endpoint::Refresh,
        "scope",
        "atproto repo:com.example.newer",
    ));
    clock.by(Duration::from_mins(61));
    client.permission_set(SET).await.unwrap();
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 2);
    let newer = again().await;
    assert!(newer.allows(INCLUDE) && newer.allows("repo:com.example.newer"));
    assert!(!newer.allows("repo:com.example.post"));
    assert_eq!(newer.missing(), [""; 0]);
    assert_eq!(
        &*expanded(&client, &session).await[0].permissions,
        "repo:com.example.newer"
    );
}

/// What is known of a set is in the store: another process answers without asking.
#[tokio::test]
async fn another_process_knows_the_sets_too() {
    let network = TestNetwork::start().await.unwrap();
    publish(
        &network,
        &["repo:com.example.post", "repo:com.example.like"],
    );
    let folder = tempfile::tempdir().unwrap();
    let build = async || {
        let store = format!("file:{}", folder.path().join("store.redb").display());
        let client = builder(&network).scopes(["atproto", "include:com.example.authBasic"]);
        client
            .store_url(store)
            .secret(SECRET)
            .build()
            .await
            .unwrap()
    };
    let first = build().await;
    network.misbehave(Fault::edit(
        Endpoint::Exchange,
        "scope",
        "atproto repo:com.example.post",
    ));
    let key = signed_in(&network, &first).await.into_session().key();
    drop(first);
    network.forget_requests();
    let second = build().await;
    let session: Session = second.session(&key).await.unwrap();
    assert_eq!(session.missing(), ["include:com.example.authBasic"]);
    assert_eq!(network.requests().len(), 0);
}
