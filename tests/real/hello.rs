//! `examples/hello` in Chromium: the README's first command, and the same program with the reference
//! server.

use serde_json::Value;

use crate::support::{Account, Browser, Network, Program};

/// From the home page to the authorization server.
async fn start(browser: &mut Browser, origin: &str, handle: &str) {
    assert_eq!(browser.goto(origin).await, 200);
    browser.click("text=Sign in").await;
    browser.fill("input[name=handle]", handle).await;
    browser.click("button.main").await;
    browser.wait_for_url("**/oauth/authorize?*").await;
}

/// From the greeting to the door: writes a record, signs out.
async fn write_and_leave(browser: &mut Browser, origin: &str) {
    browser.follow("text=Write it down").await;
    assert!(browser.text("body").await.starts_with("hello, alice.test"));
    browser.follow("button:has-text('Sign out')").await;
    browser.wait_for_url(&format!("{origin}/")).await;
    assert_eq!(browser.text("body").await, "Sign in");
    assert_eq!(browser.complaints().await, [] as [String; 0]);
}

#[tokio::test]
#[ignore = "left out: needs Chromium and its driver; `tests/run` brings them"]
async fn devnet_shows_the_whole_flow() {
    for scripts in [true, false] {
        let program = Program::start("hello", &["--devnet"], &[]);
        let network = Network::shared();
        let mut browser = match scripts {
            true => Browser::open(network).await,
            false => Browser::without_scripts(network).await,
        };
        start(&mut browser, &program.origin, "alice.test").await;
        browser.fill("input[type=password]", "alice-pass").await;
        browser.click("button[value=sign-in]").await;
        browser.click("button[value=allow]").await;
        browser.wait_for_url(&format!("{}/", program.origin)).await;
        assert!(browser.text("body").await.starts_with("hello, alice.test"));
        write_and_leave(&mut browser, &program.origin).await;
        browser.close().await;
    }
}

#[tokio::test]
#[ignore = "left out: needs the reference server and Chromium; `tests/run` brings them"]
async fn the_reference_server_knows_it_too_and_a_restart_signs_no_account_out() {
    let network = Network::boot(&["--accounts", "alice"]);
    let alice: &Account = network.account("alice");
    let folder = tempfile::tempdir().unwrap();
    let store = format!("file:{}", folder.path().join("store.redb").display());
    let settings = [
        ("ATPROTO_PLC_URL", network.ready.plc.as_str()),
        ("ATPROTO_HANDLE_RESOLVER", &network.pds(0).url),
        ("ATPROTO_ALLOW_LOOPBACK", "1"),
        ("ATPROTO_STORE", &store),
    ];
    let program = Program::start("hello", &[], &settings);
    let mut browser = Browser::open(&network).await;

    // They may well say no first.
    start(&mut browser, &program.origin, &alice.handle).await;
    browser.deny(alice).await;
    browser.wait_for_url("**/oauth/callback?*").await;
    assert!(browser.text("h1").await.to_lowercase().contains("cancel"));
    let [status] = &browser.complaints().await[..] else {
        panic!("the page is fine but for its status")
    };
    assert!(status.contains("403"), "{status}");

    start(&mut browser, &program.origin, &alice.handle).await;
    browser.allow(alice).await;
    browser.wait_for_url(&format!("{}/", program.origin)).await;
    assert!(browser.text("body").await.starts_with("hello, alice.test"));

    let program = program.restart("hello", &[], &settings);
    assert_eq!(browser.goto(&program.origin).await, 200);
    assert!(browser.text("body").await.starts_with("hello, alice.test"));
    write_and_leave(&mut browser, &program.origin).await;
    browser.close().await;

    let list = format!(
        "{}/xrpc/com.atproto.repo.listRecords?repo={}&collection=com.example.hello",
        network.pds(0).url,
        alice.did
    );
    let records: Value = network.json(&list).await;
    assert_eq!(records["records"].as_array().unwrap().len(), 1, "{records}");
}
