//! What people and programs are told when servers refuse, break, or lie.

use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault};
use serde_json::json;

use crate::app::harness::person::*;
use crate::app::harness::site::Site;

/// Each way a start can fail: the code, the status, and no cookie.
#[tokio::test]
async fn a_start_that_fails_says_why() {
    use Endpoint as E;
    let table = [
        (
            Fault::edit(E::ResolveHandle, "did", "did:plc:eeeeeeeeeeeeeeeeeeeeeeee"),
            "invalid_handle",
            400,
        ),
        (
            Fault::missing(E::DidDocument, "alsoKnownAs"),
            "invalid_handle",
            400,
        ),
        (
            Fault::status(E::ResolveHandle, 500),
            "temporarily_unavailable",
            503,
        ),
        (
            Fault::Drop { at: E::DidDocument },
            "temporarily_unavailable",
            503,
        ),
        (
            Fault::edit(E::ProtectedResource, "authorization_servers", json!([])),
            "authorization_server_metadata_failed",
            502,
        ),
        (
            Fault::foreign_issuer("http://localhost:1"),
            "authorization_server_metadata_failed",
            502,
        ),
        (
            Fault::html(E::AuthorizationServer),
            "authorization_server_metadata_failed",
            502,
        ),
        (
            Fault::status(E::AuthorizationServer, 503),
            "temporarily_unavailable",
            503,
        ),
        (
            Fault::json(E::PushedRequest, 400, &json!({ "error": "invalid_scope" })),
            "authorization_url_failed",
            502,
        ),
        (
            Fault::missing(E::PushedRequest, "request_uri"),
            "authorization_url_failed",
            502,
        ),
        (
            Fault::no_nonce(E::PushedRequest),
            "authorization_url_failed",
            502,
        ),
        (
            Fault::EndlessNonces {
                at: E::PushedRequest,
            },
            "authorization_url_failed",
            502,
        ),
        (
            Fault::status(E::PushedRequest, 500),
            "temporarily_unavailable",
            503,
        ),
        (
            Fault::Drop {
                at: E::PushedRequest,
            },
            "temporarily_unavailable",
            503,
        ),
    ];
    for (fault, code, status) in table {
        let site = Site::new().await;
        site.network.misbehave(fault.clone());
        let answer = api("/oauth/login?handle=alice.test").of(&site.router).await;
        assert_eq!(
            (answer.status, &*answer.code()),
            (status, code),
            "{fault:?}: {answer:?}"
        );
        let answer = submit("/oauth/login", &[("handle", "alice.test")])
            .of(&site.router)
            .await;
        assert_eq!(answer.status, status, "{fault:?}");
        answer.page();
        assert!(answer.set_cookies().is_empty(), "{fault:?}");
    }
}

/// Each way a callback can fail: no session begins, and no token outlives it (CB-13).
#[tokio::test]
async fn a_callback_that_fails_says_why() {
    use Endpoint as E;
    let table = [
        (
            Fault::edit(E::Exchange, "token_type", "Bearer"),
            "token_validation_failed",
            502,
        ),
        (
            Fault::missing(E::Exchange, "scope"),
            "token_validation_failed",
            502,
        ),
        (
            Fault::edit(E::Exchange, "scope", "atproto2"),
            "token_validation_failed",
            502,
        ),
        (
            Fault::missing(E::Exchange, "sub"),
            "token_validation_failed",
            502,
        ),
        (
            Fault::edit(E::Exchange, "sub", "alice.test"),
            "token_validation_failed",
            502,
        ),
        (Fault::html(E::Exchange), "token_validation_failed", 502),
        (Fault::huge(E::Exchange, 1 << 20), "_failed", 502),
        (
            Fault::json(E::Exchange, 400, &json!({ "error": "invalid_client" })),
            "token_validation_failed",
            502,
        ),
        (
            Fault::status(E::Exchange, 503),
            "temporarily_unavailable",
            503,
        ),
        (
            Fault::Drop { at: E::Exchange },
            "temporarily_unavailable",
            503,
        ),
    ];
    for (fault, code, status) in table {
        let site = Site::new().await;
        site.network.misbehave(fault.clone());
        let mut person = site.person();
        let answer = person.try_sign_in(&site.network, "alice.test").await;
        assert_eq!(answer.status, status, "{code}: {answer:?}");
        assert!(answer.page().contains(code), "{code}: {answer:?}");
        answer.assert_private();
        assert_eq!(person.session_cookie(), None);
        assert_eq!(person.read("/").await, "signed out");
        let sent = site.network.requests_to(E::Exchange);
        // CB-08: never again after an answer, or after none.
        assert!(
            sent.iter().filter(|seen| seen.status != Some(400)).count() <= 1,
            "{sent:?}"
        );
    }
}

/// ID-17, scenario 22, and ID-18, scenario 23.
#[tokio::test]
async fn never_another_account_than_the_one_that_was_asked_for() {
    let site = Site::new().await;
    let mut person = site.person();
    let url = person.start("alice.test").await;
    let address = site.network.approve(&url, "bob.test").await.unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 400);
    assert!(answer.page().contains("subject_mismatch"), "{answer:?}");
    answer.assert_private();
    assert_eq!(person.session_cookie(), None);
    assert_eq!(site.network.sessions_of(site.did("bob.test")), 0);
    let revoked = site.network.requests_to(Endpoint::Revocation);
    assert!(
        revoked
            .iter()
            .any(|seen| seen.form("token_type_hint") == Some("refresh_token"))
    );

    // Begun with a server, ended with an account of another person.
    let mut person = site.person();
    let url = person.start(site.network.pds()).await;
    let address = site.network.approve(&url, "bob.test").await.unwrap();
    let elsewhere = json!(["http://localhost:1"]);
    let fault = Fault::edit(
        Endpoint::ProtectedResource,
        "authorization_servers",
        elsewhere,
    );
    site.network.misbehave(fault);
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 400);
    assert!(answer.page().contains("issuer_mismatch"), "{answer:?}");
    assert_eq!(person.session_cookie(), None);
    assert_eq!(site.network.sessions_of(site.did("bob.test")), 0);
}

/// What a server says about waiting is passed on.
#[tokio::test]
async fn retry_after_is_passed_on() {
    let site = Site::new().await;
    let busy = Fault::status(Endpoint::PushedRequest, 429).with_header("retry-after", "7");
    site.network.misbehave(busy);
    let answer = api("/oauth/login?handle=alice.test").of(&site.router).await;
    assert_eq!(
        (answer.status, &*answer.code()),
        (503, "temporarily_unavailable")
    );
    assert_eq!(answer.header("retry-after"), "7");
    let answer = submit("/oauth/login", &[("handle", "alice.test")])
        .of(&site.router)
        .await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "7"));
    assert!(answer.page().contains("about 7 seconds"));
    site.network.behave();
    assert_eq!(
        api("/oauth/login?handle=alice.test")
            .of(&site.router)
            .await
            .status,
        303
    );
}

/// Scenario 24: a request that expired at its server; a new start works.
#[tokio::test]
async fn a_request_that_expired_at_its_server() {
    let site = Site::new().await;
    let (mut person, address) = site.approved("alice.test").await;
    site.network.expire_requests();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.status, 502);
    assert!(
        answer.page().contains("token_validation_failed"),
        "{answer:?}"
    );
    site.clock.by(Duration::from_secs(1));
    person.sign_in(&site.network, "alice.test").await;
    assert_eq!(person.read("/").await, "alice.test");
}
