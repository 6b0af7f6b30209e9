//! A deployed application in Chromium: https, another site than the authorization server, a
//! confidential client, the generated routes.

use atproto_oauth::jose::{ClientKey, PrivateKey};
use atproto_oauth::prelude::*;
use atproto_oauth::store::Secrets;
use axum::response::{Html, Redirect};
use axum::routing::get;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::{Browser, Network};

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:com.example.note"])]
#[derive(Clone)]
struct Site {
    oauth: OAuthClient,
}

async fn signed_in(login: Login<Site>) -> Redirect {
    Redirect::to(login.return_to())
}

async fn home(session: Option<SiteSession>) -> Html<String> {
    Html(match session {
        Some(s) => format!("<h1>hello, {}</h1>{}", s.display_name(), s.logout_form()),
        None => "<h1>signed out</h1><a href=\"/oauth/login\">Sign in</a>".into(),
    })
}

async fn note(session: SiteSession) -> Result<String, XrpcError> {
    let written = session
        .create_record("com.example.note", &json!({ "text": "hi" }))
        .await?;
    Ok(format!("written: {:?}", written.uri))
}

/// Starts the site on a free port and lets the network find it under its public name.
async fn deploy(network: &Network) -> String {
    let tls = network.tls();
    let host = format!("notes.{}", tls.app_domain);
    let oauth = Site::oauth_builder()
        .base_url(format!("https://{host}"))
        .conventional_client_id(true)
        .client_name("Notes")
        .client_key(ClientKey::with_thumbprint(PrivateKey::generate().unwrap()))
        .secret(Secrets::generate_text().unwrap().as_str())
        .store_url("memory:")
        .plc_url(&network.ready.plc)
        .guard(|guard| {
            let fixed = format!("*.{}:443=127.0.0.1:{}", tls.domain, tls.port);
            guard
                .overrides(fixed.parse().unwrap())
                .root_certificates(tls.ca_pem.clone())
                .no_dns()
        })
        .build()
        .await
        .unwrap();
    let routes = Site::oauth_routes()
        .route("/", get(home))
        .route("/note", get(note));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = routes.with_state(Site { oauth });
    tokio::spawn(async move { axum::serve(listener, app).await });
    network
        .control("map", json!({ host.clone(): address }))
        .await;
    format!("https://{host}")
}

#[tokio::test]
#[ignore = "left out: needs the reference server and Chromium; `tests/run` brings them"]
async fn a_person_signs_in_from_another_site_and_out() {
    let network = Network::boot(&["--tls", "--accounts", "alice"]);
    let origin = deploy(&network).await;
    let alice = network.account("alice");
    let mut browser = Browser::open(&network).await;

    // A page for members leads to sign-in and back to itself.
    browser.goto(&format!("{origin}/note")).await;
    assert!(
        browser
            .url()
            .await
            .starts_with(&format!("{origin}/oauth/login?"))
    );
    browser.fill("input[name=handle]", &alice.handle).await;
    browser.click("button.main").await;
    browser.allow(alice).await;
    browser.wait_for_url(&format!("{origin}/note")).await;
    assert!(
        browser
            .text("body")
            .await
            .starts_with("written: \"at://did:plc:")
    );

    // AR-14, CB-18: one cookie, and scripts, subdomains and other sites do not get it.
    let cookies: Value = browser.call("cookies", json!([])).await;
    let own = |cookie: &&Value| origin.ends_with(cookie["domain"].as_str().unwrap());
    let ours: Vec<_> = cookies.as_array().unwrap().iter().filter(own).collect();
    let [cookie] = ours[..] else {
        panic!("{ours:?}")
    };
    assert!(
        cookie["name"].as_str().unwrap().starts_with("__Host-"),
        "{cookie}"
    );
    assert_eq!(
        (
            &cookie["httpOnly"],
            &cookie["secure"],
            &cookie["sameSite"],
            &cookie["path"]
        ),
        (&json!(true), &json!(true), &json!("Lax"), &json!("/"))
    );

    browser.goto(&origin).await;
    assert_eq!(browser.text("h1").await, format!("hello, {}", alice.handle));
    browser.follow("button:has-text('Sign out')").await;
    browser.wait_for_url(&format!("{origin}/")).await;
    assert_eq!(browser.text("h1").await, "signed out");
    assert_eq!(browser.complaints().await, [] as [String; 0]);
    browser.close().await;
}
