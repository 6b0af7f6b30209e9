//! Extractors of one's own: what `#[derive(SessionExtractor)]` gives to handlers.

mod kinds;

use std::sync::Arc;

use atproto_oauth::prelude::*;
use atproto_oauth::testing::{Endpoint, TestNetwork, Visitor};
use atproto_oauth::types::SystemClock;
use atproto_oauth::web::session_extractor::{self, NotMade};
use atproto_oauth::{ErrorKind, SessionInfo, SessionRejection};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;

use crate::app::harness::wire::{self, *};
use crate::support::{self, Faulty};

#[atproto_oauth(
    callback = back,
    state = Site,
    optional_scopes = ["repo:com.example.note", "blob:*/*"]
)]
struct App {
    oauth: OAuthClient,
    refuses: bool,
}

/// A state that is larger than the application.
#[derive(Clone)]
struct Site {
    app: Arc<App>,
}

impl HasOAuth<App> for Site {
    fn app(&self) -> &App {
        &self.app
    }
}

async fn back(login: Login<App>) -> Redirect {
    Redirect::to(login.return_to())
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Person {
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

async fn person(person: Person) -> String {
    let Person {
        did,
        handle,
        certain,
        session,
        key,
        info,
        granted,
        first,
        second,
    } = person;
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
    author.map_or_else(|| "nobody writes".into(), |author| author.1)
}

async fn painter(_: Painter) -> &'static str {
    "somebody paints"
}

async fn site(network: &TestNetwork, store: Option<Faulty>, refuses: bool) -> Router {
    let builder = support::builder(network).app::<App>();
    let builder = match store {
        Some(store) => builder.secret(support::SECRET).store(store),
        None => builder,
    };
    let oauth = builder.build().await.unwrap();
    let app = Arc::new(App { oauth, refuses });
    App::oauth_routes()
        .route("/person", get(person))
        .route("/author", get(author))
        .route("/maybe", get(maybe))
        .route("/painter", get(painter))
        .route("/undeclared", get(wrong::<false, false>))
        .route("/undeclared/optional", get(wrong::<false, true>))
        .route("/malformed", get(wrong::<true, false>))
        .with_state(Site { app })
}

#[tokio::test]
async fn the_fields_are_filled_by_type_and_by_loader() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network, None, false).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let did = network.account("alice.test").unwrap().did;
    let page = visitor.get("/person").await.unwrap();
    assert_eq!(text(&page), format!("first of alice.test, second of {did}"));
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in_and_a_program_is_told() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network, None, false).await;
    for path in ["/person", "/author"] {
        let sent = wire::get(&app, path, OWN_CLICK).await;
        let location = format!("/oauth/login?return_to=%2F{}", &path[1..]);
        assert_see_other(&sent, &location);
        let told = wire::get(&app, path, &[]).await;
        assert_error(&told, StatusCode::UNAUTHORIZED, "not_signed_in");
    }
    assert_eq!(
        text(&wire::get(&app, "/maybe", OWN_CLICK).await),
        "nobody writes"
    );
    assert_eq!(
        text(&wire::get(&app, "/painter", OWN_CLICK).await),
        "who paints?"
    );
}

/// SC-15, SC-18: what is required leads through consent and back; what is optional asks for nothing.
#[tokio::test]
async fn what_is_required_is_asked_for_and_the_page_comes_back() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network, None, false).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    assert_eq!(text(&visitor.get("/maybe").await.unwrap()), "nobody writes");
    assert_eq!(
        text(&visitor.get("/painter").await.unwrap()),
        "paint is missing"
    );
    let cookie = visitor.cookies();
    let told = wire::get(&app, "/author", &[("cookie", &cookie)]).await;
    assert_error(&told, StatusCode::FORBIDDEN, "insufficient_scope");

    assert_eq!(allow(&mut visitor, "/author").await, "/author");
    let pushed = network.requests_to(Endpoint::PushedRequest);
    let asked = pushed.last().unwrap().form("scope");
    assert_eq!(asked, Some("atproto repo:com.example.note"));
    let page = visitor.get("/author").await.unwrap();
    assert_eq!(text(&page), "alice.test writes, first of alice.test");
    assert_eq!(
        text(&visitor.get("/maybe").await.unwrap()),
        "first of alice.test"
    );
}

/// Opens a page that needs more, allows it, and gives the page that is led back to.
async fn allow(visitor: &mut Visitor, page: &str) -> String {
    let sent = visitor.get(page).await.unwrap();
    let start = visitor.get(header(&sent, "location")).await.unwrap();
    let url = header(&start, "location").to_owned();
    let back = visitor.browser().approve(&url, "alice.test").await.unwrap();
    let done = visitor.callback(&back).await.unwrap();
    header(&done, "location").to_owned()
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
    State(site): State<Site>,
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
async fn never_insufficient_or_none_because_nobody_declared_it() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network, None, false).await;
    let none = wire::get(&app, "/undeclared/optional", &[]).await;
    assert_eq!(text(&none), "none", "nobody is signed in");
    let cookie = network.sign_in(&app, "alice.test").await.unwrap();
    for path in ["/undeclared", "/undeclared/optional"] {
        let told = wire::get(&app, path, &[("cookie", &cookie)]).await;
        assert_eq!(header(&told, "x-kind"), "Some(Configuration)", "{path}");
        assert_error(&told, StatusCode::INTERNAL_SERVER_ERROR, "configuration");
    }
}

/// Where the compiler proves nothing, developers are told the same.
#[tokio::test]
async fn never_told_to_declare_what_is_no_permission() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network, None, false).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let page = text(&visitor.get("/malformed").await.unwrap());
    assert!(page.contains("must be a whole NSID"), "{page}");
    let page = text(&visitor.get("/undeclared").await.unwrap());
    assert!(page.contains("the application does not declare"), "{page}");
}

/// A loader runs only with the permissions, the first that refuses answers, and its answer stands for
/// optional values too: the page would show too little and not say so.
#[tokio::test]
async fn a_loader_that_refuses_answers() {
    let network = TestNetwork::start().await.unwrap();
    let app = site(&network, None, true).await;
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let page = visitor.get("/person").await.unwrap();
    assert_eq!(
        (page.status(), text(&page)),
        (StatusCode::IM_A_TEAPOT, "the first".to_owned())
    );
    let cookie = visitor.cookies();
    let told = wire::get(&app, "/author", &[("cookie", &cookie)]).await;
    assert_error(&told, StatusCode::FORBIDDEN, "insufficient_scope");
    assert_eq!(text(&visitor.get("/maybe").await.unwrap()), "nobody writes");

    allow(&mut visitor, "/author").await;
    for path in ["/author", "/maybe"] {
        let page = visitor.get(path).await.unwrap();
        assert_eq!(
            (page.status(), text(&page)),
            (StatusCode::IM_A_TEAPOT, "the first".to_owned()),
            "{path}"
        );
    }
}

/// Nobody is sent to sign in because a store is down.
#[tokio::test]
async fn never_none_because_the_store_is_down() {
    let network = TestNetwork::start().await.unwrap();
    let store = Faulty::shared(SystemClock);
    let app = site(&network, Some(store.clone()), false).await;
    let cookie = network.sign_in(&app, "alice.test").await.unwrap();
    let again = site(&network, Some(store.clone()), false).await;
    store.reads_fail();
    for path in ["/person", "/author", "/maybe", "/painter"] {
        let told = wire::get(&again, path, &[("cookie", &cookie)]).await;
        assert_error(
            &told,
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
        );
    }
}
