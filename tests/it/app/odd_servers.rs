//! Sign-ins at servers that are unusual, slow or half broken.

use std::sync::Arc;
use std::time::Duration;

use atproto_oauth::testing::{Endpoint, Fault, Seen, TestNetwork};

use crate::app::harness::person::*;
use crate::app::harness::site::*;
use crate::support::Ahead;

/// An application on a network of another shape.
async fn site(network: TestNetwork, clock: Ahead) -> Site {
    Site::on::<App>(network, &clock, |builder| builder, |oauth| app(&oauth)).await
}

/// One authorization server for several PDSes, as large providers have it: sign-in by handle, by the
/// address of a PDS, and by that of the entryway.
#[tokio::test]
async fn an_entryway_for_two_servers() {
    let clock = Ahead::default();
    let network = TestNetwork::builder()
        .pds(2)
        .entryway()
        .clock(Arc::new(clock.clone()));
    let site = site(network.start().await.unwrap(), clock).await;
    let inputs = [
        "bob.test",
        site.network.pds_at(0),
        site.network.pds_at(1),
        site.network.issuer(),
        &format!("{}/", site.network.issuer()),
    ];
    for input in inputs {
        let mut person = site.person();
        let url = person.start(input).await;
        assert!(url.starts_with(site.network.issuer()), "{input}: {url}");
        let address = site.network.approve(&url, "bob.test").await.unwrap();
        assert_eq!(person.come_back(&address).await.status, 303, "{input}");
        assert_eq!(person.read("/").await, "bob.test", "{input}");
    }
}

/// TK-17: a server without a revocation endpoint signs people in, and lets them go.
#[tokio::test]
async fn a_server_without_revocation_signs_in_and_out() {
    let site = Site::new().await;
    site.network.misbehave(Fault::missing(
        Endpoint::AuthorizationServer,
        "revocation_endpoint",
    ));
    let mut person = site.signed_in("alice.test").await;
    assert_eq!(person.read("/").await, "alice.test");
    assert_eq!(person.send(submit("/oauth/logout", &[])).await.status, 303);
    assert_eq!(person.read("/").await, "signed out");
    assert!(site.network.requests_to(Endpoint::Revocation).is_empty());
}

/// ID-10: an account whose handle does not resolve signs in with its DID, and is shown as that.
#[tokio::test]
async fn never_shut_out_because_a_handle_is_broken() {
    let site = Site::new().await;
    let did = site.did("alice.test").to_string();
    site.network
        .misbehave(Fault::status(Endpoint::ResolveHandle, 400));
    let mut person = site.person();
    let url = person.start(&did).await;
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    assert_eq!(person.come_back(&address).await.status, 303);
    assert_eq!(person.read("/").await, did);
}

/// A server that hangs keeps only those waiting who chose it.
#[tokio::test]
async fn a_server_that_hangs_delays_only_its_own_sign_ins() {
    let clock = Ahead::default();
    let network = TestNetwork::builder().pds(2).clock(Arc::new(clock.clone()));
    let site = site(network.start().await.unwrap(), clock).await;
    let slow = site.network.pds_at(1).to_owned();
    site.network
        .misbehave_at(&slow, Fault::Hang { at: Endpoint::Any });
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let (ask, router) = (
                submit("/oauth/login", &[("handle", &slow)]),
                site.router.clone(),
            );
            tokio::spawn(async move { ask.of(&router).await })
        })
        .collect();
    site.network
        .until(|seen| seen.iter().any(|seen| seen.server == slow))
        .await;
    let mut person = site.signed_in("alice.test").await;
    assert_eq!(person.read("/").await, "alice.test");
    assert_eq!(person.send(submit("/oauth/logout", &[])).await.status, 303);
    for one in waiting {
        assert!(!one.is_finished());
        one.abort();
    }
}

/// Scenario 42: the account moved. Once its person signs in at the new server, the old one is told that its session
/// is over, and nothing of what the new one issued.
#[tokio::test]
async fn an_account_that_moved_signs_in_anew_and_out_where_it_was() {
    let clock = Ahead::default();
    let network = TestNetwork::builder().pds(2).clock(Arc::new(clock.clone()));
    let site = site(network.start().await.unwrap(), clock).await;
    let mut person = site.signed_in("alice.test").await;
    site.network.move_account("alice.test", 1).unwrap();
    site.clock.by(Duration::from_hours(2));
    site.network.forget_requests();
    person.sign_in(&site.network, "alice.test").await;
    assert_eq!(person.read("/private").await, "private: alice.test");
    let both = |seen: &[Seen]| {
        let revoked = |one: &&Seen| one.endpoint == Endpoint::Revocation && one.status == Some(200);
        seen.iter().filter(revoked).count() == 2
    };
    site.network.until(both).await;
    let [old, new] = [0, 1].map(|n| site.network.issuer_at(n).to_owned());
    for seen in site.network.requests() {
        match seen.endpoint {
            Endpoint::Revocation => assert_eq!(seen.server, old),
            Endpoint::Exchange | Endpoint::PushedRequest => assert_eq!(seen.server, new),
            Endpoint::Refresh => panic!("{seen:?}"),
            _ => {}
        }
    }
}

/// One account on several devices: each has its own key and tokens (DP-12, TK-19).
#[tokio::test]
async fn never_another_device_signed_out_by_a_sign_in() {
    let site = Site::new().await;
    let mut devices = Vec::new();
    for _ in 0..3 {
        devices.push(site.signed_in("alice.test").await);
    }
    for device in &mut devices {
        assert_eq!(device.read("/private").await, "private: alice.test");
    }
    let exchanges = site.network.requests_to(Endpoint::Exchange);
    let keys = exchanges
        .iter()
        .map(|seen| seen.proof().unwrap().0["jwk"].to_string());
    let keys: std::collections::BTreeSet<_> = keys.collect();
    assert_eq!(keys.len(), 3);
    let did = site.did("alice.test");
    assert_eq!(site.client.sessions_of(&did).await.unwrap().len(), 3);
}

/// The account got another handle between start and end (scenario 7): the DID counts, and the handle
/// that is shown is one that points back.
#[tokio::test]
async fn a_handle_that_changes_meanwhile() {
    let site = Site::new().await;
    let (mut person, address) = site.approved("alice.test").await;
    site.network
        .set_handle("alice.test", "alicia.test")
        .unwrap();
    assert_eq!(person.come_back(&address).await.status, 303);
    assert_eq!(person.read("/").await, "alicia.test");
}
