//! The PDS: permissions, records, and what it passes on.

use serde_json::{Value, json};

use super::client::Client;
use super::web::{get, send};
use crate::testing::{Endpoint, TestNetwork};
use bytes::Bytes;
use http::Request;

const CREATE: &str = "com.atproto.repo.createRecord";

fn write(did: &str, collection: &str, rkey: &str) -> Value {
    json!({ "repo": did, "collection": collection, "rkey": rkey, "record": { "text": "hi" } })
}

/// SC-15: what a token does not allow is 403 without a challenge.
#[tokio::test]
async fn permissions_are_enforced() {
    let network = TestNetwork::start().await.unwrap();
    let scope = "atproto repo:app.test.note?action=create blob:image/* rpc:app.test.ask?aud=*";
    let mut client = Client::new(&network, scope);
    let tokens = client.sign_in("alice.test").await;
    let (access, did) = (tokens.text("access_token"), tokens.text("sub"));
    let bob = network.account("bob.test").unwrap().did;
    let note = write(&did, "app.test.note", "one");
    let cases = [
        (CREATE, note.clone(), 200, ""),
        (CREATE, note.clone(), 400, "InvalidRequest"),
        (
            CREATE,
            write(&did, "app.test.other", "one"),
            403,
            "ScopeMissingError",
        ),
        (
            CREATE,
            write(bob.as_str(), "app.test.note", "one"),
            400,
            "InvalidRequest",
        ),
        (
            "com.atproto.repo.putRecord",
            note.clone(),
            403,
            "ScopeMissingError",
        ),
        (
            "com.atproto.repo.deleteRecord",
            note,
            403,
            "ScopeMissingError",
        ),
        (
            "com.atproto.repo.uploadBlob",
            json!({}),
            403,
            "ScopeMissingError",
        ),
        (
            "com.atproto.server.unheardOf",
            json!({}),
            400,
            "MethodNotImplemented",
        ),
        ("app.test.ask", json!({}), 200, ""),
        ("app.test.tell", json!({}), 403, "ScopeMissingError"),
    ];
    for (method, body, status, error) in cases {
        let answer = client.xrpc(&access, "POST", method, body).await;
        assert_eq!(
            (answer.status, answer.error()),
            (status, error),
            "{method}: {answer:?}"
        );
        assert!(!answer.headers.contains_key("www-authenticate"), "{method}");
        assert!(answer.nonce().is_some(), "{method}");
    }
}

#[tokio::test]
async fn records_are_written_read_and_deleted() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto transition:generic transition:email");
    let tokens = client.sign_in("alice.test").await;
    let (access, did) = (tokens.text("access_token"), tokens.text("sub"));
    let read = format!(
        "{}/xrpc/com.atproto.repo.getRecord?repo={did}&collection=app.test.note&rkey=one",
        network.pds()
    );
    assert_eq!(get(&read).await.error(), "RecordNotFound");
    let note = write(&did, "app.test.note", "one");
    let put = client
        .xrpc(&access, "POST", "com.atproto.repo.putRecord", note.clone())
        .await;
    let found = get(&read).await;
    assert_eq!(found.body["cid"], put.body["cid"]);
    assert_eq!(found.body["uri"], format!("at://{did}/app.test.note/one"));
    assert!(found.text("cid").starts_with("bafyrei") && found.text("cid").len() == 59);
    let deleted = client
        .xrpc(&access, "POST", "com.atproto.repo.deleteRecord", note)
        .await;
    assert_eq!(deleted.status, 200);
    assert_eq!(get(&read).await.error(), "RecordNotFound");

    for _ in 0..3 {
        let mut note = write(&did, "app.test.note", "");
        note.as_object_mut().unwrap().remove("rkey");
        assert_eq!(client.xrpc(&access, "POST", CREATE, note).await.status, 200);
    }
    let list = format!(
        "{}/xrpc/com.atproto.repo.listRecords?repo=alice.test&collection=app.test.note&limit=2",
        network.pds()
    );
    let first = get(&list).await;
    assert_eq!(first.body["records"].as_array().unwrap().len(), 2);
    let rest = get(&format!("{list}&cursor={}", first.text("cursor"))).await;
    assert_eq!(rest.body["records"].as_array().unwrap().len(), 1);
    assert_eq!(rest.body.get("cursor"), None);

    let session = client
        .xrpc(&access, "GET", "com.atproto.server.getSession", json!({}))
        .await;
    assert_eq!(session.text("email"), "alice@test");
}

#[tokio::test]
async fn a_blob_is_described() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto blob:text/plain");
    let access = client.sign_in("alice.test").await.text("access_token");
    let url = format!("{}/xrpc/com.atproto.repo.uploadBlob", network.pds());
    let request = Request::post(&url)
        .header("content-type", "text/plain")
        .header("authorization", format!("DPoP {access}"))
        .header("dpop", client.proof("POST", &url, Some(&access)));
    let answer = client.send(request, Bytes::from("hello")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let blob = &answer.body["blob"];
    assert_eq!(
        (&blob["mimeType"], &blob["size"]),
        (&json!("text/plain"), &json!(5))
    );
    // Known from other implementations: the content id of these five bytes.
    let cid = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";
    assert_eq!(blob["ref"]["$link"], cid);
}

#[tokio::test]
async fn an_expired_token_is_told_by_a_challenge() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    network.expire_access_tokens();
    let session = "com.atproto.server.getSession";
    let answer = client
        .xrpc(&tokens.text("access_token"), "GET", session, Value::Null)
        .await;
    assert_eq!(answer.status, 401);
    let challenge = answer.headers["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains(r#"error="invalid_token""#),
        "{challenge}"
    );
    assert_eq!(
        client.refresh(&tokens.text("refresh_token")).await.status,
        200
    );
    network.revoke_sessions(tokens.text("sub"));
    assert_eq!(network.sessions_of(tokens.text("sub")), 0);
}

#[tokio::test]
async fn a_token_sent_as_bearer_is_refused_without_a_challenge() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::new(&network, "atproto");
    let access = client.sign_in("alice.test").await.text("access_token");
    let url = format!("{}/xrpc/com.atproto.server.getSession", network.pds());
    let request = Request::get(&url)
        .header("authorization", format!("Bearer {access}"))
        .body(Bytes::new());
    let response = send(request.unwrap()).await;
    assert_eq!(response.status(), 400);
    assert!(!response.headers().contains_key("www-authenticate"));
    let request = Request::get(&url).body(Bytes::new());
    assert_eq!(send(request.unwrap()).await.status(), 401);
}

#[tokio::test]
async fn a_proxied_request_names_its_service() {
    let network = TestNetwork::start().await.unwrap();
    let scope = "atproto rpc:app.bsky.actor.getProfile?aud=did:web:api.bsky.app%23bsky_appview";
    let mut client = Client::new(&network, scope);
    let access = client.sign_in("alice.test").await.text("access_token");
    let path = "app.bsky.actor.getProfile?actor=bob.test";
    let answer = client.xrpc(&access, "GET", path, Value::Null).await;
    assert_eq!(answer.text("displayName"), "bob", "{answer:?}");
    assert!(!network.requests_to(Endpoint::Proxied).is_empty());
    let url = format!("{}/xrpc/{path}", network.pds());
    let request = Request::get(&url)
        .header("authorization", format!("DPoP {access}"))
        .header("atproto-proxy", "did:web:other.dev#service")
        .header("dpop", client.proof("GET", &url, Some(&access)));
    let answer = client.send(request, Bytes::new()).await;
    assert_eq!(answer.error(), "ScopeMissingError", "{answer:?}");
}

#[tokio::test]
async fn handles_resolve_in_both_ways() {
    let network = TestNetwork::start().await.unwrap();
    let did = network.account("alice.test").unwrap().did;
    let ask = |host: &'static str| {
        let request = Request::get(format!("{}/.well-known/atproto-did", network.pds()));
        send(request.header("host", host).body(Bytes::new()).unwrap())
    };
    assert_eq!(
        ask("alice.test").await.body(),
        format!("{did}\n").as_bytes()
    );
    assert_eq!(ask("unknown.test").await.status(), 404);
    network.set_handle(did.as_str(), "alicia.test").unwrap();
    assert_eq!(ask("alice.test").await.status(), 404);
    let url = format!(
        "{}/xrpc/com.atproto.identity.resolveHandle?handle=",
        network.handle_resolver()
    );
    assert_eq!(
        get(&format!("{url}alicia.test")).await.text("did"),
        did.as_str()
    );
    assert_eq!(
        get(&format!("{url}alice.test")).await.error(),
        "HandleNotFound"
    );
}
