//! What an honest client can do.

use serde_json::{Value, json};

use super::client::Client;
use super::web::{get, parameter};
use crate::testing::{Endpoint, TestNetwork};

#[tokio::test]
async fn a_public_client_signs_in_writes_refreshes_and_signs_out() {
    let network = TestNetwork::start().await.unwrap();
    let alice = network.account("alice.test").unwrap();
    let mut client = Client::new(&network, "atproto repo:app.test.note");

    let url = client.start().await;
    let callback = network.approve(&url, "alice.test").await.unwrap();
    assert_eq!(parameter(&callback, "iss").unwrap(), network.issuer());
    assert_eq!(parameter(&callback, "state").unwrap(), client.state);
    let tokens = client.redeem(&parameter(&callback, "code").unwrap()).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    assert_eq!(tokens.body["sub"], alice.did.as_str());
    assert_eq!(tokens.body["token_type"], "DPoP");
    assert_eq!(tokens.body["scope"], "atproto repo:app.test.note");
    assert_eq!(tokens.body["expires_in"], 3600);
    assert_eq!(tokens.headers["cache-control"], "no-store");

    let access = tokens.text("access_token");
    let session = "com.atproto.server.getSession";
    let answer = client.xrpc(&access, "GET", session, json!({})).await;
    assert_eq!(answer.body["handle"], "alice.test", "{answer:?}");
    assert_eq!(answer.body.get("email"), None);

    let note = json!({
        "repo": alice.did.as_str(),
        "collection": "app.test.note",
        "record": { "text": "hello" },
    });
    let create = "com.atproto.repo.createRecord";
    let written = client.xrpc(&access, "POST", create, note).await;
    assert_eq!(written.status, 200, "{written:?}");
    let list = format!(
        "{}/xrpc/com.atproto.repo.listRecords?repo=alice.test&collection=app.test.note",
        network.pds()
    );
    let listed = get(&list).await;
    assert_eq!(listed.body["records"][0]["value"]["text"], "hello");
    assert_eq!(listed.body["records"][0]["uri"], written.body["uri"]);

    let fresh = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    let old = client.xrpc(&access, "GET", session, json!({})).await;
    assert_eq!((old.status, old.error()), (401, "invalid_token"));
    let access = fresh.text("access_token");
    assert_eq!(
        client.xrpc(&access, "GET", session, json!({})).await.status,
        200
    );

    assert_eq!(network.sessions_of(&alice.did), 1);
    let revoked = client.revoke(&fresh.text("refresh_token")).await;
    assert_eq!((revoked.status, revoked.body), (200, json!({})));
    assert_eq!(network.sessions_of(&alice.did), 0);
    let gone = client.xrpc(&access, "GET", session, json!({})).await;
    assert_eq!((gone.status, gone.error()), (401, "invalid_token"));
    let gone = client.refresh(&fresh.text("refresh_token")).await;
    assert_eq!((gone.status, gone.error()), (400, "invalid_grant"));
    assert_eq!(network.requests_to(Endpoint::Exchange).len(), 1);
}

#[tokio::test]
async fn a_confidential_client_signs_in_and_refreshes() {
    let network = TestNetwork::start().await.unwrap();
    let mut client = Client::web(&network, "atproto");
    let tokens = client.sign_in("bob.test").await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let fresh = client.refresh(&tokens.text("refresh_token")).await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    assert_eq!(
        fresh.body["sub"],
        network.account("bob.test").unwrap().did.as_str()
    );
}

#[tokio::test]
async fn discovery_leads_from_the_handle_to_the_authorization_server() {
    let network = TestNetwork::builder().entryway().start().await.unwrap();
    let alice = network.account("alice.test").unwrap();
    let resolver = network.handle_resolver();
    let url = format!("{resolver}/xrpc/com.atproto.identity.resolveHandle?handle=alice.test");
    assert_eq!(get(&url).await.body["did"], alice.did.as_str());
    let document = get(&format!("{}/{}", network.plc_url(), alice.did)).await;
    assert_eq!(document.body["alsoKnownAs"], json!(["at://alice.test"]));
    assert_eq!(
        document.body["service"][0]["serviceEndpoint"],
        network.pds()
    );
    let resource = "/.well-known/oauth-protected-resource";
    let resource = get(&format!("{}{resource}", network.pds())).await;
    assert_eq!(resource.body["resource"], network.pds());
    assert_eq!(
        resource.body["authorization_servers"],
        json!([network.issuer()])
    );
    assert_ne!(network.issuer(), network.pds());
    let server = "/.well-known/oauth-authorization-server";
    let server = get(&format!("{}{server}", network.issuer())).await;
    assert_eq!(server.body["issuer"], network.issuer());
    assert_eq!(server.body["protected_resources"], json!([network.pds()]));
    let unknown = get(&format!(
        "{}/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
        network.plc_url()
    ))
    .await;
    assert_eq!(unknown.status, 404);

    let mut client = Client::new(&network, "atproto");
    let tokens = client.sign_in("alice.test").await;
    let session = "com.atproto.server.getSession";
    let access = tokens.text("access_token");
    let answer = client.xrpc(&access, "GET", session, Value::Null).await;
    assert_eq!(answer.body["did"], alice.did.as_str());
}
