//! The reference network itself: what the tests of the client rest on.

use serde_json::json;

use crate::support::Network;

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn every_account_resolves_in_both_directions() {
    let network = Network::shared();
    for account in &network.pds(0).accounts {
        let url = &network.pds(0).url;
        let found = network
            .json(&format!(
                "{url}/xrpc/com.atproto.identity.resolveHandle?handle={}",
                account.handle
            ))
            .await;
        assert_eq!(found, json!({ "did": account.did }));

        let document = network
            .json(&format!("{}/{}", network.ready.plc, account.did))
            .await;
        assert_eq!(
            document["alsoKnownAs"],
            json!([format!("at://{}", account.handle)])
        );
        assert_eq!(document["service"][0]["serviceEndpoint"], json!(url));
    }
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn several_servers_are_several_issuers() {
    let network = Network::boot(&["--pds", "2", "--accounts", "alice"]);
    let [first, second] = [network.pds(0), network.pds(1)];
    assert_ne!(first.issuer, second.issuer);
    for pds in [first, second] {
        let metadata = network
            .json(&format!(
                "{}/.well-known/oauth-authorization-server",
                pds.url
            ))
            .await;
        assert_eq!(metadata["issuer"], json!(pds.issuer));
    }
    assert_eq!(second.accounts[0].handle, "alice.pds1.test");
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn with_tls_the_names_are_those_of_production() {
    let network = Network::boot(&["--tls"]);
    let alice = network.account("alice");
    let (handle, did) = (&alice.handle, &alice.did);
    assert_eq!(handle, "alice.pds0.realnet.dev");

    let url = format!("https://{handle}/.well-known/atproto-did");
    let named = network
        .http()
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(named, *did);
    let document = network
        .json(&format!("https://plc.realnet.dev/{did}"))
        .await;
    assert_eq!(
        document["service"][0]["serviceEndpoint"],
        json!("https://pds0.realnet.dev")
    );
    let metadata = network
        .json("https://pds0.realnet.dev/.well-known/oauth-authorization-server")
        .await;
    assert_eq!(metadata["issuer"], json!("https://pds0.realnet.dev"));
    assert_eq!(metadata["issuer"], json!(network.pds(0).issuer));
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn with_tls_a_mapped_application_is_behind_the_same_listener() {
    let network = Network::boot(&["--tls"]);
    let name = format!("app.{}", network.tls().app_domain);
    let url = format!("https://{name}/xrpc/_health");

    let response = network.http().get(&url).send().await.unwrap();
    assert_eq!(response.status(), 421);
    // Any loopback server will do for an application.
    let target = network.ready.control.clone();
    network.control("map", json!({ name: target })).await;
    let response = network.http().get(&url).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("no such action"));
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn an_account_can_be_added() {
    let network = Network::boot(&["--accounts", ""]);
    let dave = network
        .control("create-account", json!({ "name": "dave" }))
        .await;
    let document = network
        .json(&format!(
            "{}/{}",
            network.ready.plc,
            dave["did"].as_str().unwrap()
        ))
        .await;
    assert_eq!(document["alsoKnownAs"], json!(["at://dave.test"]));
}
