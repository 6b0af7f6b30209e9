//! What handlers get: sessions, none, or an answer in their place.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atproto_oauth::Store;
use atproto_oauth::prelude::*;
use atproto_oauth::store::{Change, Commit, Kind, MemoryStore, Row, RowKey, StoreError};
use atproto_oauth::testing::{Endpoint, TestNetwork};
use atproto_oauth::types::Timestamp;
use axum::Router;
use axum::routing::get;
use futures_util::future::BoxFuture;
use http::StatusCode;

use crate::app::harness::two_accounts::{App, app, app_with};
use crate::app::harness::wire::{self, *};

#[tokio::test]
async fn a_person_is_sent_to_sign_in_and_a_program_is_told() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    for headers in [
        OWN_CLICK,
        FOREIGN_CLICK,
        &[("accept", "text/html,*/*;q=0.8")],
    ] {
        let sent = wire::get(&app, "/me?a=b&c=%20", headers).await;
        assert_see_other(&sent, "/oauth/login?return_to=%2Fme%3Fa%3Db%26c%3D%2520");
    }
    let fetch = with(
        &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
        &[("accept", "*/*")],
    );
    for headers in [&[][..], &[("accept", "application/json")], &fetch] {
        let told = wire::get(&app, "/me", headers).await;
        assert_error(&told, StatusCode::UNAUTHORIZED, "not_signed_in");
    }
    // A form cannot come back; the page offers to sign in.
    let page = ask(&app, "POST", "/me", OWN_CLICK, "").await;
    assert_page(&page, StatusCode::UNAUTHORIZED);
}

/// `never_dead_session_redirect_loop`, and `never_a_json_500_for_an_expired_session`.
#[tokio::test]
async fn never_dead_session_redirect_loop() {
    let network = TestNetwork::start().await.unwrap();
    let (app, client) = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    visitor.sign_in("bob.test").await.unwrap();
    let bob = network.account("bob.test").unwrap().did;
    client
        .revoke_all(&bob.as_str().parse().unwrap())
        .await
        .unwrap();

    // Never Alice instead: Bob would post in her name.
    assert_eq!(text(&visitor.get("/").await.unwrap()), "nobody");
    let sent = visitor.get("/me").await.unwrap();
    assert_see_other(&sent, "/oauth/login?return_to=%2Fme");
    let page = visitor.get(header(&sent, "location")).await.unwrap();
    assert_page(&page, StatusCode::OK);
    let told = wire::get(&app, "/me", &[("cookie", &visitor.cookies())]).await;
    assert_error(&told, StatusCode::UNAUTHORIZED, "session_ended");
    // The chooser shows both, and choosing the other one is somebody's own decision.
    assert_page(
        &visitor.get("/oauth/accounts").await.unwrap(),
        StatusCode::OK,
    );
    let keys = text(&visitor.get("/list").await.unwrap());
    let bobs = keys
        .lines()
        .next()
        .unwrap()
        .split_once(' ')
        .unwrap()
        .1
        .to_owned();
    let back = visitor
        .post("/oauth/switch", &[("session", &bobs)])
        .await
        .unwrap();
    assert!(header(&back, "location").starts_with("/oauth/login?handle=did%3Aplc%3A"));

    visitor.sign_in("bob.test").await.unwrap();
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
    assert_eq!(
        text(&visitor.get("/list").await.unwrap()).lines().count(),
        2
    );
}

#[tokio::test]
async fn extractors_never_call_the_network() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    network.forget_requests();
    for path in ["/", "/me", "/list", "/form", "/oauth/accounts"] {
        assert_eq!(
            visitor.get(path).await.unwrap().status(),
            StatusCode::OK,
            "{path}"
        );
    }
    assert!(network.requests().is_empty());
}

#[tokio::test]
async fn a_cookie_that_is_not_ours_is_nobody() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let did = network.account("alice.test").unwrap().did;
    for value in ["", "x", &"A".repeat(43), did.as_str(), "../../x", "%00"] {
        let cookie = format!("oauth+3000+session={value}");
        assert_eq!(
            text(&wire::get(&app, "/", &[("cookie", &cookie)]).await),
            "nobody"
        );
    }
    // `never_an_unsigned_header_accepted_as_a_session`
    for name in ["authorization", "x-did", "x-session", "x-user"] {
        assert_eq!(
            text(&wire::get(&app, "/", &[(name, did.as_str())]).await),
            "nobody"
        );
    }
}

#[tokio::test]
async fn a_handler_that_fails_answers_in_json_or_with_a_page() {
    let network = TestNetwork::start().await.unwrap();
    let (app, _) = app(&network).await;
    let json = wire::get(&app, "/fails", &[]).await;
    assert_error(
        &json,
        StatusCode::SERVICE_UNAVAILABLE,
        "temporarily_unavailable",
    );
}

/// The larger state and the `Arc`, with sub-routers of their own states.
#[tokio::test]
async fn any_state_that_holds_the_application_will_do() {
    #[derive(Clone)]
    struct Site {
        app: Arc<App>,
    }
    impl HasOAuth<App> for Site {
        fn app(&self) -> &App {
            &self.app
        }
    }
    async fn who(session: Option<AppSession>) -> String {
        session.map_or("nobody".into(), |session| session.display_name().to_owned())
    }
    async fn me(session: AppSession) -> String {
        session.did().to_string()
    }
    type AppSession = Session<App>;
    let network = TestNetwork::start().await.unwrap();
    let client = crate::support::builder(&network)
        .app::<App>()
        .build()
        .await
        .unwrap();
    let app = Arc::new(App { oauth: client });
    let router = Router::new()
        .merge(App::oauth_routes().with_state(App::clone(&app)))
        .merge(
            Router::new()
                .route("/site", get(who))
                .with_state(Site { app: app.clone() }),
        )
        .nest(
            "/in",
            Router::new()
                .route("/arc", get(who))
                .with_state(app.clone()),
        )
        .nest("/in", Router::new().route("/me", get(me)).with_state(app));
    let mut visitor = network.visitor(&router);
    let sent = visitor.get("/in/me?x=1").await.unwrap();
    assert_see_other(&sent, "/oauth/login?return_to=%2Fin%2Fme%3Fx%3D1");
    visitor.sign_in("alice.test").await.unwrap();
    for path in ["/site", "/in/arc"] {
        assert_eq!(text(&visitor.get(path).await.unwrap()), "alice.test");
    }
}

/// A store that can be switched off.
#[derive(Clone, Debug, Default)]
struct Flaky(Arc<(MemoryStore, AtomicBool)>);

impl Flaky {
    fn off(&self, off: bool) {
        self.0.1.store(off, Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), StoreError> {
        let off = self.0.1.load(Ordering::SeqCst);
        if off {
            Err(StoreError::down("switched off"))
        } else {
            Ok(())
        }
    }
}

impl Store for Flaky {
    fn get(&self, key: &RowKey) -> BoxFuture<'_, Result<Option<Row>, StoreError>> {
        let key = key.clone();
        Box::pin(async move {
            self.check()?;
            self.0.0.get(&key).await
        })
    }

    fn commit(&self, changes: Vec<Change>) -> BoxFuture<'_, Result<Commit, StoreError>> {
        Box::pin(async move {
            self.check()?;
            self.0.0.commit(changes).await
        })
    }

    fn list(
        &self,
        kind: Kind,
        group: &str,
        after: Option<&str>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(RowKey, Row)>, StoreError>> {
        self.0.0.list(kind, group, after, limit)
    }

    fn sweep(&self, now: Timestamp, limit: usize) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.0.0.sweep(now, limit)
    }

    fn describe(&self) -> String {
        "flaky".into()
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// `None` is an answer; "I do not know" is another.
#[tokio::test]
async fn a_store_that_is_down_is_503_and_signs_nobody_out() {
    let network = TestNetwork::start().await.unwrap();
    let store = Flaky::default();
    let (app, _) = app_with(&network, store.clone()).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let cookies = visitor.cookies();
    let url = visitor.start("bob.test").await.unwrap();
    let back = visitor.browser().approve(&url, "bob.test").await.unwrap();
    store.off(true);
    for path in ["/", "/me", "/list", "/oauth/accounts"] {
        let told = wire::get(&app, path, &[("cookie", &cookies)]).await;
        assert_error(
            &told,
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
        );
        let page = visitor.get(path).await.unwrap();
        assert_page(&page, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(set_cookies(&page), [""; 0]);
    }
    assert!(visitor.callback(&back).await.is_err());
    let kept = visitor.post("/oauth/logout", &[]).await.unwrap();
    assert_page(&kept, StatusCode::SERVICE_UNAVAILABLE);
    assert!(network.requests_to(Endpoint::Revocation).is_empty());
    store.off(false);
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "alice.test");
    // Loading the callback again works, as nothing was used up.
    visitor.callback(&back).await.unwrap();
    assert_eq!(text(&visitor.get("/me").await.unwrap()), "bob.test");
}
