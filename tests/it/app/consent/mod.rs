//! Pages that need a permission: how it is asked for, and what becomes of the session.

mod accounts;
mod circles;
mod failed;
mod permission_set;
mod refused;

use atproto_oauth::prelude::*;
use atproto_oauth::testing::Endpoint;
use atproto_oauth::web::require;
use axum::RequestPartsExt;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use http::request::Parts;

use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::support::{self, Ahead};

#[atproto_oauth(
    callback = back,
    scopes = ["atproto"],
    optional_scopes = ["repo:com.example.note", "repo:com.example.other", "blob:*/*"],
    accounts = 3,
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn back(login: Login<App>) -> Response {
    assert_ne!(login.return_to(), "/panic", "the hook panics");
    let missing = [("x-missing", login.missing().join(" "))];
    (missing, Redirect::to(login.return_to())).into_response()
}

/// What the derive writes, by hand.
struct Author(AppSession);

impl FromRequestParts<App> for Author {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let session: AppSession = parts.extract_with_state(app).await?;
        let required = match parts.uri.path() {
            "/upload" => "blob:image/png",
            "/undeclared" => "account:email",
            _ => "repo:com.example.note?action=create",
        };
        require(parts, app, &session, &[required]).await?;
        Ok(Self(session))
    }
}

async fn write(author: Author) -> String {
    format!("{} may", author.0.display_name())
}

/// The session, and what it lacks.
async fn me(session: AppSession) -> String {
    let missing = session.missing().join(" ");
    format!("{} {missing}", session.key())
}

/// The accounts, the active one marked.
async fn held(accounts: Accounts<App>) -> String {
    let active = accounts.active();
    let mark = |key: &AppSessionKey| {
        if Some(key) == active.as_ref() {
            "*"
        } else {
            ""
        }
    };
    let list = accounts.list();
    list.iter()
        .map(|key| format!("{}{key}\n", mark(key)))
        .collect()
}

async fn site() -> Site {
    let router = |oauth| {
        App::oauth_routes()
            .route("/me", get(me))
            .route("/held", get(held))
            .route("/list", get("the notes"))
            .fallback(any(write))
            .with_state(App { oauth })
    };
    Site::of::<App>(&Ahead::default(), |builder| builder, router).await
}

/// The permissions that were asked for last.
fn asked(site: &Site) -> String {
    let pushed = site.network.requests_to(Endpoint::PushedRequest);
    pushed.last().unwrap().form("scope").unwrap().to_owned()
}

/// Follows our own redirect, or a link to it, up to the authorization server.
async fn follow(person: &mut Person, to: &str) -> String {
    assert!(to.starts_with("/oauth/login?handle=did%3Aplc%3A"), "{to}");
    let start = person.send(click(to)).await;
    assert_eq!(start.status, 303, "{start:?}");
    start.location().to_owned()
}

/// Opens a page that leads to consent.
async fn led(person: &mut Person, path: &str) -> String {
    let answer = person.send(click(path)).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    follow(person, answer.location()).await
}

/// Opens a page that leads to consent, allows everything, and comes back.
async fn upgrade(site: &Site, person: &mut Person, handle: &str, path: &str) -> Answer {
    let url = led(person, path).await;
    let address = site.network.approve(&url, handle).await.unwrap();
    person.come_back(&address).await
}

/// The link of the page that leads to consent.
fn link(page: &str) -> String {
    let (_, rest) = page.split_once("<a class=\"button main\" href=\"").unwrap();
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

/// The page that says what is missing.
#[track_caller]
fn assert_permission_page(answer: &Answer) -> String {
    assert_eq!(answer.status, 403, "{answer:?}");
    let page = answer.page();
    assert!(page.contains("Permission needed"), "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(
        answer
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    link(page)
}

/// The session key that a person's cookie stands for.
async fn key(person: &mut Person) -> String {
    person
        .read("/me")
        .await
        .split(' ')
        .next()
        .unwrap()
        .to_owned()
}

/// SC-18: asked for where it is needed and nowhere else; the old session makes way.
#[tokio::test]
async fn sc_18_a_missing_permission_is_asked_for_and_the_page_comes_back() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    assert_eq!(asked(&site), "atproto", "at an ordinary sign-in");
    let old = key(&mut person).await;
    let answer = upgrade(&site, &mut person, "alice.test", "/write?x=1").await;
    assert_eq!(asked(&site), "atproto repo:com.example.note");
    assert_eq!((answer.status, answer.location()), (303, "/write?x=1"));
    assert_eq!(person.read("/write?x=1").await, "alice.test may");
    assert_ne!(key(&mut person).await, old);
    let old: SessionKey = old.parse().unwrap();
    assert!(site.client.session(&old).await.unwrap_err().needs_login());
    site.network
        .until(|_| site.network.sessions_of(old.did()) == 1)
        .await;
    assert_eq!(site.sessions("alice.test").await, (1, 1));

    // What is there already is asked for again, so that it stays.
    let answer = upgrade(&site, &mut person, "alice.test", "/upload").await;
    assert_eq!(asked(&site), "atproto repo:com.example.note blob:*/*");
    assert_eq!(answer.location(), "/upload");
    for path in ["/upload", "/write"] {
        assert_eq!(person.read(path).await, "alice.test may", "{path}");
    }
    // An ordinary sign-in asks for no more than it did.
    person.send(submit("/oauth/logout", &[])).await;
    person.start("alice.test").await;
    assert_eq!(asked(&site), "atproto");
}

/// SC-16: what was asked for and not granted is known, at once and later.
#[tokio::test]
async fn sc_16_what_was_left_out_is_known() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let url = led(&mut person, "/write").await;
    let mut browser = site.network.browser();
    let only = browser.approve_with(&url, "alice.test", &["atproto"]);
    let answer = person.come_back(&only.await.unwrap()).await;
    assert_eq!(answer.header("x-missing"), "repo:com.example.note");
    let me = person.read("/me").await;
    assert!(me.ends_with(" repo:com.example.note"), "{me}");
    let session: SessionKey = key(&mut person).await.parse().unwrap();
    let session: Session = site.client.session(&session).await.unwrap();
    // SC-15, without a browser: a typed error.
    let error = session.require("repo:com.example.note?action=create");
    let error = error.unwrap_err();
    assert_eq!(error.code(), "insufficient_scope");
    assert!(!error.needs_login() && !error.is_transient());
    session.require("atproto").unwrap();
}

/// A person who is not signed in signs in first, and then allows more on a page that says what.
#[tokio::test]
async fn a_person_who_is_not_signed_in_signs_in_first() {
    let site = site().await;
    let mut person = Person::new(&site.router);
    let answer = person.send(click("/write")).await;
    assert_eq!(answer.location(), "/oauth/login?return_to=%2Fwrite");
    let fields = [("handle", "alice.test"), ("return_to", "/write")];
    let answer = person.send(submit("/oauth/login", &fields)).await;
    assert_eq!(asked(&site), "atproto");
    let address = site.network.approve(answer.location(), "alice.test");
    let answer = person.come_back(&address.await.unwrap()).await;
    assert_eq!(answer.location(), "/write");
    // Browsers say of such a redirect that another site led here.
    let answer = person.send(navigate("cross-site", "/write")).await;
    let consent = assert_permission_page(&answer);
    assert!(!answer.page().contains("tried before"));
    let url = follow(&mut person, &consent).await;
    let address = site.network.approve(&url, "alice.test").await.unwrap();
    assert_eq!(person.come_back(&address).await.location(), "/write");
    assert_eq!(person.read("/write").await, "alice.test may");
}

/// Two pages in two tabs: the second to be allowed takes nothing away from the first, and no link grows with
/// what is granted.
#[tokio::test]
async fn sc_18_two_tabs_keep_what_both_were_allowed() {
    let site = site().await;
    let mut person = site.signed_in("alice.test").await;
    let mut links = Vec::new();
    for path in ["/write", "/upload"] {
        let answer = person.send(navigate("cross-site", path)).await;
        links.push(assert_permission_page(&answer));
    }
    for (link, path) in links.iter().zip(["/write", "/upload"]) {
        let url = follow(&mut person, link).await;
        let address = site.network.approve(&url, "alice.test").await.unwrap();
        assert_eq!(person.come_back(&address).await.location(), path);
    }
    assert_eq!(asked(&site), "atproto repo:com.example.note blob:*/*");
    for path in ["/upload", "/write"] {
        assert_eq!(person.read(path).await, "alice.test may", "{path}");
    }
    person.send(submit("/oauth/logout", &[])).await;
    person.sign_in(&site.network, "alice.test").await;
    upgrade(&site, &mut person, "alice.test", "/write").await;
    let answer = person.send(click("/upload")).await;
    let link = answer.location();
    assert!(link.contains("&scope=atproto+blob%3A*%2F*&"), "{link}");
    // What is asked for is remembered all the same, so no person is led there twice.
    let url = follow(&mut person, link).await;
    let address = site.network.deny(&url).await.unwrap();
    let refused = person.come_back(&address).await;
    let again = assert_permission_page(&person.send(click("/upload")).await);
    assert_eq!(again, link, "{refused:?}");
}
