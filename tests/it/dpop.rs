//! Proofs of possession: nonces, clocks and keys, over the life of a session.

use std::collections::HashSet;
use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault, TestNetwork};
use atproto_oauth::{AuthorizeOptions, ErrorKind};
use serde_json::json;

use crate::support::*;

/// DP-02, DP-03, DP-05, DP-12, AR-09: over everything two people do.
#[tokio::test]
async fn every_attempt_has_a_proof_of_its_own_and_every_session_a_key_of_its_own() {
    let (network, client, clock) = ahead().await;
    let mut keys = HashSet::new();
    for handle in ["alice.test", "bob.test", "alice.test"] {
        network.forget_requests();
        network.rotate_nonce();
        let session = sign_in(&network, &client, handle).await;
        network.rotate_nonce();
        let parameters = json!({ "actor": "alice.test" });
        let _ = session
            .query::<serde_json::Value>("com.atproto.repo.describeRepo", &parameters)
            .await;
        clock.by(Duration::from_hours(2));
        me(&session).await.unwrap();
        session.revoke().await.unwrap();

        let with_proof: Vec<_> = network
            .requests()
            .into_iter()
            .filter(|s| s.proof().is_some())
            .collect();
        let jtis: HashSet<_> = with_proof
            .iter()
            .map(|s| claim(s, "jti").unwrap())
            .collect();
        assert_eq!(jtis.len(), with_proof.len(), "a `jti` was used twice");
        assert!(jtis.iter().all(|jti| jti.len() >= 43));
        let session_keys: HashSet<_> = with_proof
            .iter()
            .map(|s| s.proof().unwrap().0["jwk"].to_string())
            .collect();
        assert_eq!(session_keys.len(), 1);
        keys.extend(session_keys);
        for seen in &with_proof {
            let htu = format!("{}{}", seen.server, seen.uri.path());
            assert_eq!(claim(seen, "htu"), Some(htu));
            assert_eq!(claim(seen, "htm").as_deref(), Some(seen.method.as_str()));
        }
        let repeated = with_proof
            .iter()
            .filter(|s| s.status == Some(400) || s.status == Some(401));
        assert!(
            repeated.count() >= 2,
            "this test needs nonces that are asked for"
        );
    }
    assert_eq!(keys.len(), 3);
}

/// DP-08: the newest nonce counts, whichever answer brought it, and costs no second request.
#[tokio::test]
async fn the_newest_nonce_is_used_next() {
    let (network, client, session) = signed_in().await;
    me(&session).await.unwrap();
    let requests = async |nonce: &str| {
        network.forget_requests();
        me(&session).await.unwrap();
        let seen = network.requests_to(Endpoint::Xrpc);
        assert_eq!(seen.len(), 1);
        assert_ne!(claim(&seen[0], "nonce").as_deref(), Some(nonce));
    };
    requests("").await;
    network.forget_requests();
    network.rotate_nonce();
    me(&session).await.unwrap();
    let seen = network.requests_to(Endpoint::Xrpc);
    assert_eq!(seen.len(), 2, "the old one is tried, then the new one");
    let (old, new) = (
        claim(&seen[0], "nonce").unwrap(),
        claim(&seen[1], "nonce").unwrap(),
    );
    assert_ne!(old, new);
    requests(&old).await;
    // Another session of the same server starts with what is known.
    let other = sign_in(&network, &client, "bob.test").await;
    network.forget_requests();
    me(&other).await.unwrap();
    assert_eq!(count(&network, Endpoint::Xrpc), 1);

    // From a refusal, too, and from one that has nothing to do with nonces.
    let at = Endpoint::Xrpc;
    let refusal = Fault::json(at, 404, &json!({ "error": "NotFound" }));
    network.misbehave_times(1, refusal.with_header("dpop-nonce", "from-a-refusal"));
    me(&session).await.unwrap_err();
    network.forget_requests();
    me(&session).await.unwrap();
    let first = &network.requests_to(at)[0];
    assert_eq!(claim(first, "nonce").as_deref(), Some("from-a-refusal"));
}

/// DP-07: the issuer and the PDS are two servers, and a nonce goes back to where it came from.
#[tokio::test]
async fn never_the_nonce_of_one_server_sent_to_another() {
    let (network, client, clock) = ahead_on(TestNetwork::builder().pds(2).entryway()).await;
    for (server, nonce) in [
        (network.issuer(), "of-the-issuer"),
        (network.pds_at(0), "of-pds-0"),
        (network.pds_at(1), "of-pds-1"),
    ] {
        for endpoint in [
            Endpoint::Xrpc,
            Endpoint::PushedRequest,
            Endpoint::Exchange,
            Endpoint::Refresh,
            Endpoint::Revocation,
        ] {
            network.misbehave_at(
                server,
                Fault::Header {
                    at: endpoint,
                    name: "dpop-nonce".into(),
                    value: Some(nonce.into()),
                },
            );
        }
    }
    let check = |network: &TestNetwork| {
        let mut with_nonce = 0;
        for seen in network.requests() {
            let allowed = match &seen.server {
                server if *server == network.issuer() => "of-the-issuer",
                server if *server == network.pds_at(0) => "of-pds-0",
                _ => "of-pds-1",
            };
            if let Some(nonce) = claim(&seen, "nonce") {
                assert_eq!(nonce, allowed, "{seen:?}");
                with_nonce += 1;
            }
        }
        with_nonce
    };
    // With such nonces no request succeeds, but the log shows what is sent where.
    for handle in ["alice.test", "bob.test"] {
        let error = client
            .authorize(handle, AuthorizeOptions::new())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AuthorizationUrlFailed);
    }
    assert!(check(&network) >= 2);
    network.behave();
    network.forget_requests();
    let alice = sign_in(&network, &client, "alice.test").await;
    me(&alice).await.unwrap();
    let nonces = |server: &str| -> HashSet<String> {
        let seen = network
            .requests()
            .into_iter()
            .filter(|seen| seen.server == server);
        seen.filter_map(|seen| claim(&seen, "nonce")).collect()
    };
    assert!(nonces(network.issuer()).is_disjoint(&nonces(network.pds_at(0))));
    // The account moves to another PDS of the same issuer; its nonce stays behind.
    network.move_account("alice.test", 1).unwrap();
    clock.by(Duration::from_hours(2));
    me(&alice).await.unwrap();
    let new = nonces(network.pds_at(1));
    assert!(!new.is_empty() && new.is_disjoint(&nonces(network.pds_at(0))));
    assert!(new.is_disjoint(&nonces(network.issuer())));
}

/// DP-07, with endpoints of one issuer on several hosts.
#[tokio::test]
async fn never_the_nonce_of_one_endpoint_sent_to_another_host() {
    let network = TestNetwork::builder().pds(2).start().await.unwrap();
    let elsewhere = format!("{}/oauth/token", network.pds_at(1));
    network.misbehave_at(
        network.pds_at(0),
        Fault::edit(Endpoint::AuthorizationServer, "token_endpoint", elsewhere),
    );
    let client = client(&network).await;
    // The other host does not know the code, of course.
    try_sign_in(&network, &client, "alice.test")
        .await
        .unwrap_err();
    let exchanges = network.requests_to(Endpoint::Exchange);
    assert!(
        exchanges
            .iter()
            .all(|seen| seen.server == network.pds_at(1))
    );
    assert_eq!(
        claim(&exchanges[0], "nonce"),
        None,
        "it has not given one yet"
    );
    assert!(claim(&exchanges[1], "nonce").is_some());
}

/// DP-10, scenario 30: hostile nonces, each of them at the PDS.
#[tokio::test]
async fn never_more_than_one_retry_for_a_nonce() {
    let (network, _client, session) = signed_in().await;
    me(&session).await.unwrap();
    let at = Endpoint::Xrpc;
    let demand = |nonce: Option<&str>| {
        let fault = Fault::json(at, 401, &json!({ "error": "use_dpop_nonce" }));
        let fault = fault.with_header("www-authenticate", r#"DPoP error="use_dpop_nonce""#);
        match nonce {
            Some(nonce) => fault.with_header("dpop-nonce", nonce),
            None => fault,
        }
    };
    for fault in [
        Fault::EndlessNonces { at },
        demand(Some("always-the-same")),
        demand(Some(&"x".repeat(10_000))),
        demand(Some("two words")),
        demand(Some("\"quoted\"")),
        demand(None),
    ] {
        network.forget_requests();
        network.misbehave(fault.clone());
        let error = me(&session).await.unwrap_err();
        network.behave();
        assert!(!error.needs_login(), "{fault:?}");
        assert_eq!(count(&network, at), 2, "{fault:?}");
        for seen in network.requests_to(at) {
            let nonce = claim(&seen, "nonce").unwrap_or_default();
            assert!(nonce.len() <= 512 && !nonce.contains([' ', '"']), "{nonce}");
        }
        assert_eq!(count(&network, Endpoint::Refresh), 0);
    }
    me(&session).await.unwrap();
}

/// DP-14, scenario 33: a clock that is five minutes off is found out and corrected, at both servers, at every step.
#[tokio::test]
async fn a_clock_that_differs_is_corrected() {
    for (ours, theirs) in [(300, 0), (0, 300), (0, 20_000)] {
        let (our_clock, their_clock) = (Ahead::default(), Ahead::default());
        our_clock.by(Duration::from_secs(ours));
        their_clock.by(Duration::from_secs(theirs));
        let network = network_at(&their_clock).await;
        let key = client_key();
        let clock = our_clock.clone();
        let client = confidential(&network, &[&key], |builder| builder.clock(clock)).await;
        let session = sign_in(&network, &client, "alice.test").await;
        me(&session).await.unwrap();
        network.forget_requests();
        me(&session).await.unwrap();
        assert_eq!(network.requests().len(), 1, "it is remembered");
        our_clock.by(Duration::from_hours(2));
        their_clock.by(Duration::from_hours(2));
        me(&session).await.unwrap();
        session.revoke().await.unwrap();
        assert_eq!(revoked(&network).len(), 2);
    }
}

/// DP-14, scenario 33: once per request, and only if the clock explains it.
#[tokio::test]
async fn a_server_that_always_complains_about_the_time_is_asked_twice_at_most() {
    let (network, _client, session) = signed_in().await;
    me(&session).await.unwrap();
    let body = json!({ "error": "invalid_dpop_proof", "message": "iat is in the future" });
    let challenge = r#"DPoP error="invalid_dpop_proof", error_description="iat""#;
    let fault = Fault::json(Endpoint::Xrpc, 401, &body).with_header("www-authenticate", challenge);
    network.misbehave(fault);
    network.forget_requests();
    me(&session).await.unwrap_err();
    assert_eq!(count(&network, Endpoint::Xrpc), 1, "both clocks agree");
    let lies = [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Tue, 01 Jan 2999 00:00:00 GMT",
        "now",
    ];
    for date in lies {
        network.misbehave(Fault::Header {
            at: Endpoint::Xrpc,
            name: "date".into(),
            value: Some(date.into()),
        });
        network.forget_requests();
        me(&session).await.unwrap_err();
        assert_eq!(count(&network, Endpoint::Xrpc), 1, "{date}");
    }
    network.behave();
    me(&session).await.unwrap();
}

/// DP-15: a store that is down does not fail a request that needs nothing of it.
#[tokio::test]
async fn nonces_do_not_need_the_store() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::new(Ahead::default());
    let client = client_with(&network, store.clone()).await;
    let session = sign_in(&network, &client, "alice.test").await;
    me(&session).await.unwrap();
    store.reads_fail();
    store.fails(None, Fails::Before);
    let written = store.written().len();
    for _ in 0..3 {
        network.rotate_nonce();
        me(&session).await.unwrap();
    }
    assert_eq!(store.written().len(), written);
    let again = client.session(&session.key()).await.unwrap();
    me(&again).await.unwrap();
}
