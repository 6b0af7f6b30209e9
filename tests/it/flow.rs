//! The whole flow on the client floor: start, yes, session, requests, sign-out.

use atproto_oauth::testing::Endpoint;
use atproto_oauth::{AuthorizeOptions, ErrorKind};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_person_signs_in_writes_and_signs_out() {
    let (network, client) = network_and_client().await;
    let options = || {
        AuthorizeOptions::new()
            .return_to("/notes")
            .app_state("mine")
    };
    let authorization = client.authorize("@Alice.test ", options()).await.unwrap();
    let address = network
        .approve(authorization.url(), "alice.test")
        .await
        .unwrap();
    let signed_in = finish(&client, &authorization, &address).await.unwrap();
    assert_eq!(signed_in.return_to(), Some("/notes"));
    assert_eq!(signed_in.app_state(), Some("mine"));
    assert_eq!(signed_in.missing(), &[] as &[String]);

    let session = signed_in.into_session();
    assert_eq!(session.display_name(), "alice.test");
    assert_eq!(
        session.did().as_str(),
        network.account("alice.test").unwrap().did.as_str()
    );
    let me: Value = session
        .query("com.atproto.server.getSession", &())
        .await
        .unwrap();
    assert_eq!(me["handle"], "alice.test");
    let written = session
        .create_record("com.example.note", &json!({ "text": "hi" }))
        .await
        .unwrap();
    let rkey = written.uri.rsplit('/').next().unwrap();
    let query = json!({ "repo": session.did(), "collection": "com.example.note", "rkey": rkey });
    let read: Value = session
        .query("com.atproto.repo.getRecord", &query)
        .await
        .unwrap();
    assert_eq!(read["value"]["text"], "hi");
    let blob = session.upload_blob("text/plain", "hello").await.unwrap();
    assert_eq!(
        serde_json::to_value(&blob).unwrap()["mimeType"],
        "text/plain"
    );

    let key = session.key();
    client.revoke(&key).await.unwrap();
    assert_eq!(
        client.session(&key).await.unwrap_err().kind(),
        ErrorKind::SessionNotFound
    );
    let error = session
        .query::<Value>("com.atproto.server.getSession", &())
        .await
        .unwrap_err();
    assert!(error.needs_login());
    // The refresh token first, then the access token (TK-16).
    let hints: Vec<_> = network.requests_to(Endpoint::Revocation);
    assert!(
        hints
            .iter()
            .any(|seen| seen.form("token_type_hint") == Some("refresh_token"))
    );
    assert_eq!(network.sessions_of(session.did()), 0);
}

/// ID-01, ID-22, ID-23: a DID and a server's address start a flow too, each with its own hint.
#[tokio::test]
async fn a_did_or_a_server_starts_a_flow() {
    let (network, client) = network_and_client().await;
    let did = network.account("alice.test").unwrap().did;
    for (input, hint) in [
        (did.to_string(), Some(did.to_string())),
        (network.pds().to_owned(), None),
        (format!("{}/", network.pds()), None),
    ] {
        network.forget_requests();
        let authorization = client
            .authorize(&input, AuthorizeOptions::default())
            .await
            .unwrap();
        let pushed = network.requests_to(Endpoint::PushedRequest);
        assert_eq!(
            pushed.last().unwrap().form("login_hint"),
            hint.as_deref(),
            "{input}"
        );
        let address = network
            .approve(authorization.url(), "alice.test")
            .await
            .unwrap();
        let session = finish(&client, &authorization, &address)
            .await
            .unwrap()
            .into_session();
        assert_eq!(session.did().as_str(), did.as_str());
        assert_eq!(session.display_name(), "alice.test");
    }
}
