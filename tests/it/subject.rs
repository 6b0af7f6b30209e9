//! The tokens are for the account that was asked for, and its own server issued them.

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{AuthorizeOptions, ErrorKind};

use crate::support::*;

/// ID-17, scenario 22: another account of the same, honest server.
#[tokio::test]
async fn never_another_account_than_the_one_that_was_asked_for() {
    let (network, client) = network_and_client().await;
    let did = network.account("alice.test").unwrap().did;
    for input in ["alice.test", did.as_str()] {
        network.forget_requests();
        let options = AuthorizeOptions::new().app_state("mine");
        let authorization = client.authorize(input, options).await.unwrap();
        let address = network
            .approve(authorization.url(), "bob.test")
            .await
            .unwrap();
        let error = finish(&client, &authorization, &address).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SubjectMismatch);
        assert_eq!(error.app_state(), Some("mine"));
        assert_eq!(revoked(&network), BOTH);
        assert_eq!(
            network.sessions_of(network.account("bob.test").unwrap().did),
            0
        );
    }
}

/// ID-18, scenario 23: a server names an account that it does not host.
#[tokio::test]
async fn never_an_account_of_another_server() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let client = client(&network).await;
    let bob = network.account("bob.test").unwrap().did;
    assert_eq!(network.account("bob.test").unwrap().pds, network.pds_at(1));
    network.misbehave_at(
        network.pds_at(0),
        Fault::edit(Endpoint::Exchange, "sub", bob.as_str()),
    );
    let pds = network.pds_at(0).to_owned();
    let authorization = client
        .authorize(&pds, AuthorizeOptions::new())
        .await
        .unwrap();
    let address = network
        .approve(authorization.url(), "alice.test")
        .await
        .unwrap();
    let error = finish(&client, &authorization, &address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IssuerMismatch);
    assert_eq!(revoked(&network), BOTH);
    assert_eq!(client.sessions_of(&bob).await.unwrap().len(), 0);
}

/// ID-16, ID-19: what was remembered at the start is not good enough at the end.
#[tokio::test]
async fn never_an_account_that_moved_away_meanwhile() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let client = client(&network).await;
    let (authorization, address) = approved(&network, &client, "alice.test").await;
    network.forget_requests();
    network.move_account("alice.test", 1).unwrap();
    let error = finish(&client, &authorization, &address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IssuerMismatch);
    assert_eq!(revoked(&network), BOTH);
    for asked in [Endpoint::DidDocument, Endpoint::ProtectedResource] {
        assert_eq!(count(&network, asked), 1, "{asked:?}");
    }
}

/// CB-12: if the account cannot be checked now, there is no session, and no tokens that live on.
#[tokio::test]
async fn never_a_session_that_could_not_be_checked() {
    let (network, client) = network_and_client().await;
    let unavailable = ErrorKind::TemporarilyUnavailable;
    let metadata = ErrorKind::AuthorizationServerMetadataFailed;
    let evil = "https://evil.example.com";
    for (fault, kind) in [
        (Fault::status(Endpoint::DidDocument, 503), unavailable),
        (
            Fault::status(Endpoint::DidDocument, 404),
            ErrorKind::InvalidHandle,
        ),
        (
            Fault::edit(
                Endpoint::DidDocument,
                "id",
                "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa",
            ),
            ErrorKind::InvalidHandle,
        ),
        (
            Fault::Drop {
                at: Endpoint::ProtectedResource,
            },
            unavailable,
        ),
        (
            Fault::edit(Endpoint::ProtectedResource, "resource", evil),
            metadata,
        ),
        (
            Fault::status(Endpoint::AuthorizationServer, 500),
            unavailable,
        ),
        (Fault::foreign_issuer(evil), metadata),
    ] {
        for input in ["alice.test".to_owned(), network.pds().to_owned()] {
            let authorization = client
                .authorize(&input, AuthorizeOptions::new())
                .await
                .unwrap();
            let address = network
                .approve(authorization.url(), "alice.test")
                .await
                .unwrap();
            network.forget_requests();
            network.misbehave(fault.clone());
            let error = finish(&client, &authorization, &address).await.unwrap_err();
            network.behave();
            assert_eq!(error.kind(), kind, "{fault:?}");
            assert_eq!(revoked(&network), BOTH, "{fault:?}");
        }
    }
    assert_eq!(
        network.sessions_of(network.account("alice.test").unwrap().did),
        0
    );
}

/// ID-10, ID-20, scenario 7: the sign-in goes on for the account, and a handle is shown only if it is
/// still that account's.
#[tokio::test]
async fn a_handle_that_changed_hands_meanwhile_is_not_shown() {
    let (network, client) = network_and_client().await;
    let did = network.account("alice.test").unwrap().did;
    // The account has another handle now.
    let (authorization, address) = approved(&network, &client, "alice.test").await;
    network.set_handle(did.as_str(), "alicia.test").unwrap();
    let signed_in = finish(&client, &authorization, &address).await.unwrap();
    assert_eq!(signed_in.session().display_name(), "alicia.test");
    network.set_handle(did.as_str(), "alice.test").unwrap();

    // The account claims it still, and it leads to another account.
    let bob = network.account("bob.test").unwrap().did;
    let (authorization, address) = approved(&network, &client, "alice.test").await;
    network.misbehave(Fault::edit(Endpoint::ResolveHandle, "did", bob.as_str()));
    let signed_in = finish(&client, &authorization, &address).await.unwrap();
    network.behave();
    assert_eq!(signed_in.session().handle(), None);
    assert_eq!(signed_in.session().display_name(), did.as_str());

    // No server can tell now; it was verified minutes ago.
    let (authorization, address) = approved(&network, &client, "alice.test").await;
    network.misbehave(Fault::status(Endpoint::ResolveHandle, 503));
    let signed_in = finish(&client, &authorization, &address).await.unwrap();
    network.behave();
    assert_eq!(signed_in.session().display_name(), "alice.test");

    // ID-10: started with a DID, it never was.
    let authorization = client
        .authorize(did.as_str(), AuthorizeOptions::new())
        .await
        .unwrap();
    let address = network
        .approve(authorization.url(), "alice.test")
        .await
        .unwrap();
    network.misbehave(Fault::json(
        Endpoint::ResolveHandle,
        400,
        &serde_json::json!({}),
    ));
    let signed_in = finish(&client, &authorization, &address).await.unwrap();
    assert_eq!(signed_in.session().handle(), None);
}

/// ID-21: before the tokens no server learns which account was typed.
#[tokio::test]
async fn no_identity_is_sent_before_the_tokens() {
    let (network, client) = network_and_client().await;
    let authorization = client
        .authorize("alice.test", AuthorizeOptions::new())
        .await
        .unwrap();
    let alice = network
        .account("alice.test")
        .unwrap()
        .did
        .as_str()
        .to_owned();
    assert!(!format!("{authorization:?}").contains(&alice));
    let did = alice.parse().unwrap();
    assert_eq!(client.sessions_of(&did).await.unwrap().len(), 0);
}

/// SC-18: a session makes way for one of the same account, and for no other.
#[tokio::test]
async fn sc_18_never_a_session_replaced_by_another_account() {
    let (network, client) = network_and_client().await;
    let alice = sign_in(&network, &client, "alice.test").await;
    let replacing = || AuthorizeOptions::new().replaces(&alice.key());

    let error = client.authorize("bob.test", replacing()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);

    // Who signs in at a server is not known before; who may, is.
    let server = network.pds_at(0).to_owned();
    let authorization = client.authorize(&server, replacing()).await.unwrap();
    let address = network.approve(authorization.url(), "bob.test").await;
    let error = finish(&client, &authorization, &address.unwrap()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::SubjectMismatch);
    me(&alice).await.unwrap();

    let authorization = client.authorize(&server, replacing()).await.unwrap();
    let address = network.approve(authorization.url(), "alice.test").await;
    let signed_in = finish(&client, &authorization, &address.unwrap()).await;
    assert_eq!(signed_in.unwrap().session().did(), alice.did());
    assert!(me(&alice).await.unwrap_err().needs_login());
}
