//! `#[derive(SessionExtractor)]`: what it gives to handlers.

mod kinds;

use std::sync::Arc;

use atproto_oauth::OAuthClientBuilder;
use atproto_oauth::prelude::*;
use atproto_oauth::testing::Endpoint;
use atproto_oauth::web::session_extractor::{self, NotMade};
use atproto_oauth::{ErrorKind, SessionInfo, SessionRejection};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;

use crate::app::harness::person::{self, *};
use crate::app::harness::site::{Site, builder};
use crate::support::{Ahead, Faulty, SECRET};

#[atproto_oauth(
    callback = back,
    state = Larger,
    optional_scopes = ["repo:com.example.note", "blob:*/*"]
)]
struct App {
    oauth: OAuthClient,
    refuses: bool,
}

/// A state that is larger than the application.
#[derive(Clone)]
struct Larger {
    app: Arc<App>,
}

impl HasOAuth<App> for Larger {
    fn app(&self) -> &App {
        &self.app
    }
}

async fn back(login: Login<App>) -> Redirect {
    Redirect::to(login.return_to())
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Reader {
    did: Did,
    handle: Option<Handle>,
    certain: Handle,
    session: AppSession,
    key: AppSessionKey,
    info: SessionInfo,
    granted: ScopeSet,
    #[session(with = first)]
    first: String,
    #[session(with = second)]
    second: String,
}

/// The first loader is the one that answers, so they run in the order of the fields.
async fn first(session: &AppSession, app: &App) -> Result<String, (StatusCode, &'static str)> {
    if app.refuses {
        return Err((StatusCode::IM_A_TEAPOT, "the first"));
    }
    Ok(format!("first of {}", session.display_name()))
}

async fn second(session: &AppSession, app: &App) -> Result<String, Redirect> {
    if app.refuses {
        return Err(Redirect::to("/second"));
    }
    Ok(format!("second of {}", session.did()))
}

#[derive(SessionExtractor)]
#[session(app = App, requires = ["repo:com.example.note?action=create"])]
struct Author(AppSession, #[session(with = first)] String);

#[derive(SessionExtractor)]
#[session(app = App, requires = ["blob:image/*"], rejection = Plain)]
struct Painter;

struct Plain(Response);

impl From<SessionRejection> for Plain {
    fn from(rejection: SessionRejection) -> Self {
        Self(match rejection.kind() {
            Some(ErrorKind::InsufficientScope) => "paint is missing".into_response(),
            Some(ErrorKind::NotSignedIn) => "who paints?".into_response(),
            _ => rejection.into_response(),
        })
    }
}

impl IntoResponse for Plain {
    fn into_response(self) -> Response {
        self.0
    }
}

async fn reader(reader: Reader) -> String {
    let Reader {
        did,
        handle,
        certain,
        session,
        key,
        info,
        granted,
        first,
        second,
    } = reader;
    assert_eq!((&did, handle.as_ref()), (session.did(), session.handle()));
    assert_eq!((handle, &key), (Some(certain), &session.key()));
    assert_eq!(info.key.to_string(), key.to_string());
    assert_eq!(granted, session.scopes());
    format!("{first}, {second}")
}

async fn author(author: Author) -> String {
    format!("{} writes, {}", author.0.display_name(), author.1)
}

async fn maybe(author: Option<Author>) -> String {
    author.map_or_else(|| "no author".into(), |author| author.1)
}

async fn painter(_: Painter) -> &'static str {
    "paints"
}

async fn site(refuses: bool) -> Site {
    let router = |oauth| router(oauth, refuses);
    Site::of::<App>(&Ahead::default(), |builder| builder, router).await
}

fn router(oauth: OAuthClient, refuses: bool) -> axum::Router {
    let app = Arc::new(App { oauth, refuses });
    App::oauth_routes()
        .route("/reader", get(reader))
        .route("/author", get(author))
        .route("/maybe", get(maybe))
        .route("/painter", get(painter))
        .route("/undeclared", get(wrong::<false, false>))
        .route("/undeclared/optional", get(wrong::<false, true>))
        .route("/malformed", get(wrong::<true, false>))
        .with_state(Larger { app })
}

#[tokio::test]
async fn the_fields_are_filled_by_type_and_by_loader() {
    let site = site(false).await;
    let mut person = site.signed_in("alice.test").await;
    let did = site.did("alice.test");
    let page = person.send(click("/reader")).await;
    assert_eq!(page.body, format!("first of alice.test, second of {did}"));
}

#[tokio::test]
async fn a_signed_out_person_is_sent_to_sign_in_and_a_program_is_told() {
    let site = site(false).await;
    for path in ["/reader", "/author"] {
        let sent = click(path).of(&site.router).await;
        let location = format!("/oauth/login?return_to=%2F{}", &path[1..]);
        sent.assert_see_other(&location);
        let told = person::get(path).of(&site.router).await;
        told.assert_error(401, "not_signed_in");
    }
    assert_eq!(click("/maybe").of(&site.router).await.body, "no author");
    assert_eq!(click("/painter").of(&site.router).await.body, "who paints?");
}

/// SC-15, SC-18: what is required leads through consent and back; what is optional asks for nothing.
#[tokio::test]
async fn what_is_required_is_asked_for_and_the_page_comes_back() {
    let site = site(false).await;
    let mut person = site.signed_in("alice.test").await;
    assert_eq!(person.read("/maybe").await, "no author");
    assert_eq!(person.read("/painter").await, "paint is missing");
    let cookie = person.cookies();
    let told = person::get("/author")
        .header("cookie", &cookie)
        .of(&site.router)
        .await;
    told.assert_error(403, "insufficient_scope");

    assert_eq!(allow(&site, &mut person, "/author").await, "/author");
    let pushed = site.network.requests_to(Endpoint::PushedRequest);
    let asked = pushed.last().unwrap().form("scope");
    assert_eq!(asked, Some("atproto repo:com.example.note"));
    let page = person.send(click("/author")).await;
    assert_eq!(page.body, "alice.test writes, first of alice.test");
    assert_eq!(person.read("/maybe").await, "first of alice.test");
}

/// Opens a page that needs more, allows it, and gives the page that is led back to.
async fn allow(site: &Site, person: &mut Person, page: &str) -> String {
    let sent = person.send(click(page)).await;
    let start = person.send(click(sent.header("location"))).await;
    let url = start.header("location").to_owned();
    let back = site.network.approve(&url, "alice.test").await.unwrap();
    let done = person.come_back(&back).await;
    done.header("location").to_owned()
}

/// By hand, where the compiler proves nothing.
struct Wrong<const MALFORMED: bool>;

impl<const MALFORMED: bool> SessionExtractor for Wrong<MALFORMED> {
    type App = App;
    type Rejection = SessionRejection;
    const REQUIRES: &'static [&'static str] = if MALFORMED {
        &["repo:com.example.*"]
    } else {
        &["account:email"]
    };

    async fn from_session(_: &AppSession, _: &App) -> Result<Self, NotMade> {
        Ok(Self)
    }
}

/// Why there is no value.
async fn wrong<const MALFORMED: bool, const OPTIONAL: bool>(
    State(site): State<Larger>,
    request: Request,
) -> Response {
    let mut parts = request.into_parts().0;
    let value = match OPTIONAL {
        false => session_extractor::extract(&mut parts, &site)
            .await
            .map(Some),
        true => session_extractor::extract_optional(&mut parts, &site).await,
    };
    match value {
        Ok(None::<Wrong<MALFORMED>>) => "none".into_response(),
        Ok(Some(_)) => "a value".into_response(),
        Err(rejection) => {
            let kind = [("x-kind", format!("{:?}", rejection.kind()))];
            (kind, rejection).into_response()
        }
    }
}

/// What is required and not declared can never be granted: that is no answer for the person, and not to
/// be taken for one who lacks a permission.
#[tokio::test]
async fn a_scope_that_is_not_declared_is_a_configuration_error() {
    let site = site(false).await;
    let none = person::get("/undeclared/optional").of(&site.router).await;
    assert_eq!(none.body, "none", "signed out");
    let cookie = site.signed_in("alice.test").await.cookies();
    for path in ["/undeclared", "/undeclared/optional"] {
        let told = person::get(path)
            .header("cookie", &cookie)
            .of(&site.router)
            .await;
        assert_eq!(told.header("x-kind"), "Some(Configuration)", "{path}");
        told.assert_error(500, "configuration");
    }
}

/// Where the compiler proves nothing, developers are told the same.
#[tokio::test]
async fn developers_are_told_what_is_wrong_with_a_scope() {
    let site = site(false).await;
    let mut person = site.signed_in("alice.test").await;
    let page = person.read("/malformed").await;
    assert!(page.contains("must be a whole NSID"), "{page}");
    let page = person.read("/undeclared").await;
    assert!(page.contains("the application does not declare"), "{page}");
}

/// A loader runs only with the permissions, the first that refuses answers, and its answer stands for
/// optional values too: the page would show too little and not say so.
#[tokio::test]
async fn a_loader_that_refuses_answers() {
    let site = site(true).await;
    let mut person = site.signed_in("alice.test").await;
    let page = person.send(click("/reader")).await;
    assert_eq!((page.status, &*page.body), (418, "the first"));
    let cookie = person.cookies();
    let told = person::get("/author")
        .header("cookie", &cookie)
        .of(&site.router)
        .await;
    told.assert_error(403, "insufficient_scope");
    assert_eq!(person.read("/maybe").await, "no author");

    allow(&site, &mut person, "/author").await;
    for path in ["/author", "/maybe"] {
        let page = person.send(click(path)).await;
        assert_eq!((page.status, &*page.body), (418, "the first"), "{path}");
    }
}

/// A store that is down sends no person to sign in.
#[tokio::test]
async fn a_store_that_is_down_is_503_and_not_none() {
    let clock = Ahead::default();
    let store = Faulty::shared(clock.clone());
    let change = |builder: OAuthClientBuilder| builder.store(store.clone()).secret(SECRET);
    let site = Site::of::<App>(&clock, change, |oauth| router(oauth, false)).await;
    let cookie = site.signed_in("alice.test").await.cookies();
    // Another process, which has read nothing yet.
    let again = change(builder::<App>(&site.network, &clock)).build().await;
    let again = router(again.unwrap(), false);
    store.reads_fail();
    for path in ["/reader", "/author", "/maybe", "/painter"] {
        let told = person::get(path).header("cookie", &cookie).of(&again).await;
        told.assert_error(503, "temporarily_unavailable");
    }
}
