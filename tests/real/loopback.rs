//! The loopback client of development against the reference server, over plain HTTP.

use atproto_oauth::protocol::dpop::Proof;
use atproto_oauth::store::SessionRecord;
use atproto_oauth::transport::{Body, Guarded, Limits, Transport};
use atproto_oauth::{
    Authorization, AuthorizeOptions, CreatedRecord, Error, ErrorKind, OAuthClient, Session,
    SignedIn,
};
use http::{Method, Request, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

use crate::support::{Account, Ahead, Decision, Network, User};

const NOTE: &str = "com.example.note";

async fn client(network: &Network, clock: Ahead) -> OAuthClient {
    OAuthClient::builder()
        .base_url("http://127.0.0.1:4998")
        .scopes([
            "atproto",
            "repo:com.example.note",
            "blob:*/*",
            "account:email",
        ])
        .store_url("memory:")
        .plc_url(&network.ready.plc)
        .handle_resolver(&network.pds(0).url)
        .allow_loopback(true)
        .clock(clock)
        .build()
        .await
        .unwrap()
}

async fn finish(
    client: &OAuthClient,
    authorization: &Authorization,
    back: &Url,
) -> Result<SignedIn, Error> {
    let binding = authorization.binding();
    client
        .callback(back.query().unwrap_or_default(), Some(binding))
        .await
}

async fn start(client: &OAuthClient, account: &Account) -> Authorization {
    client
        .authorize(&account.handle, AuthorizeOptions::default())
        .await
        .unwrap()
}

async fn sign_in(network: &Network, client: &OAuthClient, account: &Account) -> Session {
    let authorization = start(client, account).await;
    let mut user = User::new(network);
    let back = user
        .authorize(authorization.url(), Decision::Allow(account))
        .await
        .unwrap();
    finish(client, &authorization, &back)
        .await
        .unwrap()
        .into_session()
}

async fn write(session: &Session) -> CreatedRecord {
    session
        .create_record(NOTE, &json!({ "text": "hi" }))
        .await
        .unwrap()
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn a_whole_life() {
    let network = Network::boot(&["--accounts", "alice,bob"]);
    network
        .control("token-max-age", json!({ "ms": 60_000 }))
        .await;
    let clock = Ahead::default();
    let client = client(&network, clock.clone()).await;
    let alice = network.account("alice");
    let session = sign_in(&network, &client, alice).await;
    assert_eq!(session.display_name(), alice.handle);
    assert_eq!(session.did().as_str(), alice.did);
    assert_eq!(session.missing(), [] as [String; 0]);
    let me: Value = session
        .query("com.atproto.server.getSession", &())
        .await
        .unwrap();
    assert_eq!(me["email"], "alice@example.com");
    write(&session).await;

    // DP-08, DP-10: new nonces at the server cost one more attempt and nothing else.
    network.control("rotate-dpop-nonce", json!({})).await;
    write(&session).await;
    let blob = session.upload_blob("text/plain", "hello").await.unwrap();
    assert_eq!(serde_json::to_value(&blob).unwrap()["size"], 5);

    // TK-01: the token is about to expire by our clock, so it is refreshed before the request.
    let before = session.access_token_expires_at().unwrap();
    clock.by(Duration::from_secs(58));
    write(&session).await;
    assert!(session.access_token_expires_at().unwrap() > before);

    // TK-16: after the sign-out the server refuses what it accepted before.
    let id = session.key().to_string();
    let record = client
        .vault()
        .get::<SessionRecord>(&id)
        .await
        .unwrap()
        .unwrap()
        .record;
    assert_eq!(
        get_session(network.pds(0).url.as_str(), &record).await,
        StatusCode::OK
    );
    client.revoke(&session.key()).await.unwrap();
    assert_eq!(
        get_session(network.pds(0).url.as_str(), &record).await,
        StatusCode::UNAUTHORIZED
    );
    let error = session
        .query::<Value>("com.atproto.server.getSession", &())
        .await
        .unwrap_err();
    assert!(error.needs_login(), "{error}");
}

/// A request with a stored session's own token and key, past the library's session.
async fn get_session(pds: &str, record: &SessionRecord) -> StatusCode {
    let transport = Guarded::builder().allow_loopback(true).build().unwrap();
    let url: Url = format!("{pds}/xrpc/com.atproto.server.getSession")
        .parse()
        .unwrap();
    let mut nonce: Option<String> = None;
    loop {
        let proof = Proof {
            method: &Method::GET,
            url: &url,
            nonce: nonce.as_deref(),
            access_token: Some(&record.access_token),
            now: std::time::SystemTime::now().into(),
        };
        let token = format!("DPoP {}", record.access_token.expose_secret());
        let request = Request::get(url.as_str())
            .header("authorization", token)
            .header("dpop", proof.sign(&record.dpop_key).unwrap())
            .body(Body::empty())
            .unwrap();
        let limits = Limits::new(Duration::from_secs(10), 64 * 1024);
        let response = transport.send(request, limits).await.unwrap();
        let newest = response
            .headers()
            .get("dpop-nonce")
            .map(|v| v.to_str().unwrap().to_owned());
        if response.status() == StatusCode::UNAUTHORIZED && nonce.is_none() && newest.is_some() {
            nonce = newest;
            continue;
        }
        return response.status();
    }
}

#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn cancelled_and_expired_requests_are_told_apart() {
    let network = Network::boot(&["--accounts", "alice"]);
    let client = client(&network, Ahead::default()).await;
    let alice = network.account("alice");

    let authorization = start(&client, alice).await;
    let mut user = User::new(&network);
    let back = user
        .authorize(authorization.url(), Decision::Deny)
        .await
        .unwrap();
    let error = finish(&client, &authorization, &back).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");

    let authorization = start(&client, alice).await;
    network.control("expire-requests", json!({})).await;
    let back = user
        .authorize(authorization.url(), Decision::Allow(alice))
        .await
        .unwrap();
    let error = finish(&client, &authorization, &back).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCallbackRequest, "{error:?}");

    // The same answer a second time is refused before anything is sent (CB-02).
    let error = finish(&client, &authorization, &back).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidCallbackRequest);
}

/// SC-16: the person took a permission out.
#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn a_deselected_permission_is_missing() {
    let network = Network::boot(&["--accounts", "alice"]);
    let client = client(&network, Ahead::default()).await;
    let alice = network.account("alice");
    let authorization = start(&client, alice).await;
    let decision = Decision::AllowOnly(alice, "atproto repo:com.example.note account:email");
    let back = User::new(&network)
        .authorize(authorization.url(), decision)
        .await
        .unwrap();
    let signed_in = finish(&client, &authorization, &back).await.unwrap();
    assert_eq!(signed_in.missing(), ["blob:*/*"]);
    let session = signed_in.session();
    assert!(session.allows("repo:com.example.note") && !session.allows("blob:image/png"));
    let error = session.upload_blob("text/plain", "x").await.unwrap_err();
    assert!(error.to_string().contains("ScopeMissingError"), "{error}");
}

/// TK-19, scenario 22: two accounts side by side; another account than the one asked for is refused.
#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn two_accounts_and_no_confusion() {
    let network = Network::boot(&["--accounts", "alice,bob"]);
    let client = client(&network, Ahead::default()).await;
    let (alice, bob) = (network.account("alice"), network.account("bob"));
    let first = sign_in(&network, &client, alice).await;
    let second = sign_in(&network, &client, alice).await;
    let other = sign_in(&network, &client, bob).await;
    assert_eq!(client.sessions_of(first.did()).await.unwrap().len(), 2);
    first.revoke().await.unwrap();
    write(&second).await;
    write(&other).await;

    let authorization = start(&client, alice).await;
    let mut user = User::new(&network);
    let back = user
        .authorize(authorization.url(), Decision::Allow(bob))
        .await
        .unwrap();
    let error = finish(&client, &authorization, &back).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SubjectMismatch, "{error:?}");
    assert_eq!(client.sessions_of(other.did()).await.unwrap().len(), 1);
}

/// TK-07: a session that its server forgot ends, with a clear word, once its token is refreshed.
#[tokio::test]
#[ignore = "left out: needs the reference server; `tests/run` brings it"]
async fn a_session_lost_on_the_server_ends() {
    let network = Network::boot(&["--accounts", "alice"]);
    let clock = Ahead::default();
    let client = client(&network, clock.clone()).await;
    let session = sign_in(&network, &client, network.account("alice")).await;
    network.control("revoke-sessions", json!({})).await;
    clock.by(Duration::from_secs(20));
    let error = session
        .query::<Value>("com.atproto.server.getSession", &())
        .await
        .unwrap_err();
    assert!(error.needs_login(), "{error}");
    assert!(
        client
            .session(&session.key())
            .await
            .unwrap_err()
            .needs_login()
    );
}
