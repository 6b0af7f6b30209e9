//! What handlers get: a session, `None`, or a refusal, also when the session, the server or the store is in trouble.

use std::time::Duration;

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, Fault};
use axum::extract::Path;
use axum::routing::{get as page, post};
use serde_json::Value;

use crate::app::harness::person::*;
use crate::app::harness::site::*;
use crate::app::harness::two_accounts::TwoAccounts;

async fn write(session: AppSession) -> Result<String, XrpcError> {
    let written = session
        .create_record("com.example.note", &json!({ "text": "hi" }))
        .await?;
    Ok(written.uri)
}

/// Writes where the application may not.
async fn overreach(session: AppSession) -> Result<String, XrpcError> {
    let written = session
        .create_record("com.example.other", &json!({}))
        .await?;
    Ok(written.uri)
}

/// A handler that trusts its input too much.
async fn ask(session: AppSession, Path(nsid): Path<String>) -> Result<String, XrpcError> {
    let answer: Value = session.query(&nsid, &()).await?;
    Ok(answer.to_string())
}

async fn allowed(session: AppSession, Path(scope): Path<String>) -> String {
    session.allows(&scope).to_string()
}

async fn site() -> Site {
    let site = Site::new().await;
    let own = axum::Router::new()
        .route("/write", post(write))
        .route("/overreach", post(overreach))
        .route("/ask/{*nsid}", page(ask))
        .route("/allowed/{*scope}", page(allowed))
        .with_state(App {
            oauth: site.client.clone(),
        });
    Site {
        router: site.router.clone().merge(own),
        ..site
    }
}

/// Who is sent to sign in, and who is told: only a person's own loading of a page can come back to it.
#[tokio::test]
async fn only_a_persons_navigation_is_sent_to_sign_in() {
    let site = site().await;
    for ask in [
        click("/private?a=b%20c&d"),
        navigate("none", "/private?a=b%20c&d"),
        navigate("cross-site", "/private?a=b%20c&d"),
        get("/private?a=b%20c&d").header("accept", "text/html"),
    ] {
        let answer = ask.of(&site.router).await;
        assert_eq!(answer.status, 303);
        assert_eq!(
            answer.location(),
            "/oauth/login?return_to=%2Fprivate%3Fa%3Db%2520c%26d"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for (ask, is_page) in [
        (get("/private"), false),
        (api("/private"), false),
        (api("/private").method("POST"), false),
        (click("/private").header("sec-purpose", "prefetch"), true),
        (click("/private").replace("sec-fetch-dest", "iframe"), true),
        (
            api("/private")
                .header("sec-fetch-mode", "cors")
                .header("sec-fetch-dest", "empty"),
            false,
        ),
        (submit("/private", &[]), true),
    ] {
        let answer = ask.clone().of(&site.router).await;
        assert_eq!(answer.status, 401, "{ask:?}");
        if is_page {
            assert!(answer.page().contains("not_signed_in"), "{ask:?}");
        } else {
            assert_eq!(answer.code(), "not_signed_in", "{ask:?}");
        }
    }
    // The way back is kept over the whole flow.
    let mut person = site.person();
    let answer = person.send(click("/private")).await;
    let page = person.send(click(answer.location())).await;
    assert!(
        page.page()
            .contains("name=\"return_to\" value=\"/private\"")
    );
    let fields = [("handle", "alice.test"), ("return_to", "/private")];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = site
        .network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    let answer = person.come_back(&address).await;
    assert_eq!(answer.location(), "/private");
    assert_eq!(person.read("/private").await, "private: alice.test");
}

/// The session ended at its server: 401 once, then the way to sign in, and never a circle.
#[tokio::test]
async fn never_a_circle_for_a_dead_session() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    site.network.revoke_sessions(site.did("alice.test"));
    site.clock.by(Duration::from_mins(5));
    // Not noticed yet: extractors ask no server.
    assert_eq!(person.read("/private").await, "private: alice.test");
    let answer = person
        .send(api("/write").method("POST").header("origin", "x"))
        .await;
    assert_eq!(
        (answer.status, &*answer.code()),
        (401, "session_ended"),
        "{answer:?}"
    );
    assert_eq!(person.read("/").await, "signed out");
    let answer = person.send(click("/private")).await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/oauth/login?return_to=%2Fprivate")
    );
    let path = answer.location().to_owned();
    assert_eq!(person.send(click(&path)).await.status, 200);
    let answer = person.send(api("/private")).await;
    assert_eq!((answer.status, &*answer.code()), (401, "session_ended"));
    person.sign_in(&site.network, "alice.test").await;
    assert_eq!(person.read("/private").await, "private: alice.test");
    assert_eq!(person.read("/held").await.lines().count(), 1);
}

/// TK-07: a server in trouble is no reason to end a session.
#[tokio::test]
async fn never_signed_out_by_a_server_in_trouble() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    site.clock.by(Duration::from_mins(61));
    let faults = [
        Fault::status(Endpoint::Refresh, 500),
        Fault::status(Endpoint::Refresh, 429).with_header("retry-after", "7"),
        Fault::html(Endpoint::Refresh),
        Fault::Drop {
            at: Endpoint::Refresh,
        },
        Fault::status(Endpoint::Xrpc, 503),
    ];
    for fault in faults {
        site.network.misbehave(fault.clone());
        let answer = person
            .send(submit("/write", &[]).replace("accept", "application/json"))
            .await;
        assert!([502, 503].contains(&answer.status), "{fault:?}: {answer:?}");
        site.network.behave();
        assert_eq!(
            person.read("/private").await,
            "private: alice.test",
            "{fault:?}"
        );
        site.clock.by(Duration::from_mins(5));
    }
    let answer = person.send(submit("/write", &[])).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// A public client's session is over after two weeks; the person signs in again.
#[tokio::test]
async fn a_session_is_over_after_its_time() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    site.clock.by(Duration::from_hours(24 * 15));
    assert_eq!(person.read("/").await, "signed out");
    let answer = person.send(click("/private")).await;
    assert_eq!(answer.location(), "/oauth/login?return_to=%2Fprivate");
    let answer = person.send(api("/private")).await;
    assert_eq!((answer.status, &*answer.code()), (401, "session_ended"));
    person.sign_in(&site.network, "alice.test").await;
    assert_eq!(person.read("/private").await, "private: alice.test");
}

/// `XrpcError` as the result of a handler: whose fault it is, and not a word of the server's own.
#[tokio::test]
async fn a_refusal_of_the_accounts_server() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let answer = person.send(api("/overreach").method("POST")).await;
    assert_eq!(answer.status, 502, "{answer:?}");
    let secret = "<b>secret words of the server</b>";
    let refused = json!({ "error": "InvalidSwap", "message": secret });
    site.network
        .misbehave(Fault::json(Endpoint::Xrpc, 400, &refused));
    let answer = person.send(api("/write").method("POST")).await;
    assert_eq!((answer.status, &*answer.code()), (502, "InvalidSwap"));
    assert!(!answer.body.contains("secret"), "{answer:?}");
    let hostile = json!({ "error": "<script>", "message": secret });
    site.network.behave();
    site.network
        .misbehave(Fault::json(Endpoint::Xrpc, 400, &hostile));
    let answer = person.send(api("/write").method("POST")).await;
    assert_eq!((answer.status, &*answer.code()), (502, "invalid_request"));
    // The resource server's word alone ends no session.
    site.network.behave();
    site.network.misbehave(Fault::unauthorized_for_ever());
    let answer = person.send(api("/write").method("POST")).await;
    assert!(answer.status >= 400);
    site.network.behave();
    assert_eq!(person.read("/private").await, "private: alice.test");
}

/// DP-16, scenario 45: a request goes to the account's own server, whatever a caller writes.
#[tokio::test]
async fn never_a_token_for_another_server() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let ok = person.send(api("/ask/com.atproto.server.getSession")).await;
    assert_eq!(ok.status, 200, "{ok:?}");
    site.network.forget_requests();
    for nsid in [
        "https://evil.example/x",
        "//evil.example/x",
        "%5C%5Cevil.example",
        "..%2F..%2Foauth%2Ftoken",
        "..",
        "@evil.example",
        "com.atproto.server.getSession%3Fx%3Dy",
        "com.atproto.server.getSession%23",
        "com.atproto.server.getSession%2F..%2F..",
        "a%0D%0Ab",
    ] {
        let answer = person.send(api(&format!("/ask/{nsid}"))).await;
        assert!([400, 502].contains(&answer.status), "{nsid}: {answer:?}");
    }
    assert!(
        site.network.requests().is_empty(),
        "{:?}",
        site.network.requests()
    );
}

/// SC-15: what was granted is known to handlers, in the grammar's own sense.
#[tokio::test]
async fn sc_15_handlers_know_what_was_granted() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    for (scope, expected) in [
        ("atproto", "true"),
        ("repo:com.example.note", "true"),
        ("repo:com.example.note%3Faction=create", "true"),
        ("repo:com.example.other", "false"),
        ("repo:*", "false"),
        ("blob:image/png", "false"),
        ("transition:generic", "false"),
        ("nonsense%20", "false"),
    ] {
        assert_eq!(
            person.read(&format!("/allowed/{scope}")).await,
            expected,
            "{scope}"
        );
    }
    // A page that needs more asks for more; the new session has it.
    let fields = [
        ("handle", "alice.test"),
        ("scope", "repo:com.example.note blob:*/*"),
    ];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    let address = site
        .network
        .approve(answer.location(), "alice.test")
        .await
        .unwrap();
    person.come_back(&address).await;
    assert_eq!(person.read("/allowed/blob:image/png").await, "true");
}

#[tokio::test]
async fn a_person_is_sent_to_sign_in_and_a_program_is_told() {
    let site = TwoAccounts::site().await;
    let path = "/me?a=b&c=%20";
    for ask in [
        click(path),
        navigate("cross-site", path),
        get(path).header("accept", "text/html,*/*;q=0.8"),
    ] {
        let sent = ask.of(&site.router).await;
        sent.assert_see_other("/oauth/login?return_to=%2Fme%3Fa%3Db%26c%3D%2520");
    }
    let fetch = [
        ("accept", "*/*"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "empty"),
    ];
    for ask in [get("/me"), api("/me"), get("/me").headers(&fetch)] {
        let told = ask.of(&site.router).await;
        told.assert_error(401, "not_signed_in");
    }
    // A form cannot come back; the page offers to sign in.
    let page = click("/me").method("POST").of(&site.router).await;
    page.assert_page(401);
}

/// `never_dead_session_redirect_loop`, and `never_a_json_500_for_an_expired_session`.
#[tokio::test]
async fn never_dead_session_redirect_loop() {
    let site = TwoAccounts::site().await;
    let mut person = site.holding(&["alice.test", "bob.test"]).await;
    let bob = site.did("bob.test");
    site.client.revoke_all(&bob).await.unwrap();

    // Never Alice instead: Bob would post in her name.
    assert_eq!(person.read("/").await, "signed out");
    let sent = person.send(click("/me")).await;
    sent.assert_see_other("/oauth/login?return_to=%2Fme");
    let page = person.send(click(sent.header("location"))).await;
    page.assert_page(200);
    let told = get("/me")
        .header("cookie", &person.cookies())
        .of(&site.router)
        .await;
    told.assert_error(401, "session_ended");
    // The chooser shows both, and choosing the other one is the person's own decision.
    person.send(click("/oauth/accounts")).await.assert_page(200);
    let keys = person.read("/list").await;
    let bobs = keys
        .lines()
        .next()
        .unwrap()
        .split_once(' ')
        .unwrap()
        .1
        .to_owned();
    let back = person
        .send(submit("/oauth/switch", &[("session", &bobs)]))
        .await;
    assert!(
        back.header("location")
            .starts_with("/oauth/login?handle=did%3Aplc%3A")
    );

    person.sign_in(&site.network, "bob.test").await;
    assert_eq!(person.read("/me").await, "bob.test");
    assert_eq!(person.read("/list").await.lines().count(), 2);
}

#[tokio::test]
async fn extractors_never_call_the_network() {
    let site = TwoAccounts::site().await;
    let mut person = site.signed_in("alice.test").await;
    site.network.forget_requests();
    for path in ["/", "/me", "/list", "/form", "/oauth/accounts"] {
        assert_eq!(person.send(click(path)).await.status, 200, "{path}");
    }
    assert!(site.network.requests().is_empty());
}

#[tokio::test]
async fn a_cookie_that_is_not_ours_is_no_session() {
    let site = TwoAccounts::site().await;
    let did = site.did("alice.test");
    for value in ["", "x", &"A".repeat(43), did.as_str(), "../../x", "%00"] {
        let cookie = format!("oauth+3000+session={value}");
        assert_eq!(
            get("/")
                .header("cookie", &cookie)
                .of(&site.router)
                .await
                .body,
            "signed out"
        );
    }
    // `never_an_unsigned_header_accepted_as_a_session`
    for name in ["authorization", "x-did", "x-session", "x-user"] {
        assert_eq!(
            get("/")
                .header(name, did.as_str())
                .of(&site.router)
                .await
                .body,
            "signed out"
        );
    }
}

#[tokio::test]
async fn a_handler_that_fails_answers_in_json_or_with_a_page() {
    let site = TwoAccounts::site().await;
    let json = get("/fails").of(&site.router).await;
    json.assert_error(503, "temporarily_unavailable");
}
