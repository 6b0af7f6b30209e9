//! `examples/statusphere` in Chromium against the reference server: a permission is asked for when
//! the person gets to it.

use atproto_oauth::prelude::*;
use atproto_oauth::{DeclaredScopes, Paths};
use serde_json::Value;

use crate::support::{Browser, Network, Program};

const STATUS: &str = "repo:xyz.statusphere.status?action=create";

/// SC-18.
#[tokio::test]
#[ignore = "left out: needs the reference server and Chromium; `tests/run` brings them"]
async fn sc_18_setting_a_status_asks_for_the_permission_first() {
    let network = Network::boot(&["--accounts", "alice"]);
    let alice = network.account("alice");
    let folder = tempfile::tempdir().unwrap();
    let store = format!("file:{}", folder.path().join("store.redb").display());
    let settings = [
        ("ATPROTO_PLC_URL", network.ready.plc.as_str()),
        ("ATPROTO_HANDLE_RESOLVER", &network.pds(0).url),
        ("ATPROTO_ALLOW_LOOPBACK", "1"),
        ("ATPROTO_STORE", &store),
    ];
    let program = Program::start("statusphere", &[], &settings);
    let origin = program.origin.clone();
    let mut browser = Browser::open(&network).await;

    browser.goto(&origin).await;
    browser.click("text=Sign in").await;
    browser.fill("input[name=handle]", &alice.handle).await;
    browser.click("button.main").await;
    browser.allow(alice).await;
    browser.wait_for_url(&format!("{origin}/")).await;
    assert_eq!(browser.text("h1").await, alice.handle);
    assert!(browser.text("main").await.contains("Nothing yet."));

    // The form asks before anybody has chosen anything.
    browser.click("text=Set your status").await;
    browser.wait_for_url("**/oauth/authorize?*").await;
    browser.allow(alice).await;
    browser.wait_for_url(&format!("{origin}/status")).await;
    browser.follow("text=🦋").await;
    browser.wait_for_url(&format!("{origin}/")).await;
    assert!(browser.text("li").await.starts_with("🦋"));
    // And not again.
    browser.click("text=Set your status").await;
    browser.wait_for_url(&format!("{origin}/status")).await;
    assert_eq!(browser.complaints().await, [] as [String; 0]);
    browser.close().await;

    drop(program);
    let client = OAuthClient::builder()
        .base_url(&*origin)
        .paths(Paths::new("/oauth"))
        .declared_scopes(DeclaredScopes::new(&["atproto"], &[STATUS]))
        .store_url(&*store)
        .build()
        .await
        .unwrap();
    let did: Did = alice.did.parse().unwrap();
    let sessions = client.sessions_of(&did).await.unwrap();
    let scopes: Vec<_> = sessions.iter().map(|session| &*session.scope).collect();
    assert_eq!(scopes, [format!("atproto {STATUS}")]);
    // The old session is gone at the server, too.
    let left = network
        .control("revoke-sessions", json!({ "did": alice.did }))
        .await;
    assert_eq!(left["deleted"], 1, "{left}");
    let list = format!(
        "{}/xrpc/com.atproto.repo.listRecords?repo={did}&collection=xyz.statusphere.status",
        network.pds(0).url
    );
    let records: Value = network.json(&list).await;
    assert_eq!(records["records"][0]["value"]["status"], "🦋", "{records}");
}
