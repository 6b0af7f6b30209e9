//! Shapes of structs that derive `SessionExtractor`.

use std::marker::PhantomData;
use std::sync::Arc;

use atproto_oauth::prelude::*;
use atproto_oauth::{SessionInfo, SessionRejection};
use axum::Router;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

#[atproto_oauth(
    callback = done,
    scopes = ["atproto", "repo:com.example.note"],
    optional_scopes = ["blob:*/*", "include:com.example.authFull"],
)]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

const IMAGES: &str = "blob:image/*";

#[derive(SessionExtractor)]
#[session(
    app = App,
    requires = ["repo:com.example.note?action=create", IMAGES, "include:com.example.authFull"],
    rejection = ApiError,
)]
struct Everything {
    did: Did,
    handle: Option<Handle>,
    certain: Handle,
    session: AppSession,
    key: AppSessionKey,
    info: SessionInfo,
    granted: ScopeSet,
    #[session(with = load)]
    loaded: u8,
    #[session(with = loaders::second)]
    second: Result<u8, String>,
}

async fn load(_: &AppSession, _: &App) -> Result<u8, (StatusCode, String)> {
    Ok(1)
}

mod loaders {
    pub(crate) async fn second(
        _: &super::AppSession,
        _: &super::App,
    ) -> Result<Result<u8, String>, axum::response::Response> {
        Ok(Ok(2))
    }
}

struct ApiError(SessionRejection);

impl From<SessionRejection> for ApiError {
    fn from(rejection: SessionRejection) -> Self {
        Self(rejection)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

#[derive(SessionExtractor)]
#[session(app = App, requires = ["blob:image/png"])]
struct Tuple(Did, Option<Handle>, #[session(with = load)] u8);

#[derive(SessionExtractor)]
#[session(app = App)]
struct Unit;

#[derive(SessionExtractor)]
#[session(app = App)]
struct Generic<T: Default, const N: usize>
where
    [T; N]: Send,
{
    did: Did,
    #[session(with = load_many)]
    many: [T; N],
    nothing: PhantomData<T>,
}

async fn load_many<T: Default, const N: usize>(
    _: &AppSession,
    _: &App,
) -> Result<[T; N], StatusCode> {
    Ok(std::array::from_fn(|_| T::default()))
}

#[atproto_oauth(callback = done, state = Arc<Site<D>>, optional_scopes = ["repo:com.example.note"])]
struct Site<D> {
    client: OAuthClient,
    data: D,
}

#[derive(SessionExtractor)]
#[session(app = Site<D>, requires = ["repo:com.example.note?action=create"])]
struct OfSite<D: Send + Sync + 'static> {
    session: SiteSession<D>,
    #[session(with = site_data)]
    data: u8,
}

async fn site_data<D>(_: &SiteSession<D>, site: &Site<D>) -> Result<u8, StatusCode> {
    let _ = &site.data;
    Ok(1)
}

async fn everything(all: Everything, Form(_): Form<()>) -> String {
    let Everything {
        did,
        handle,
        certain,
        session,
        key,
        info,
        granted,
        loaded,
        second,
    } = all;
    format!("{did} {handle:?} {certain} {session:?} {key} {info:?} {granted} {loaded} {second:?}")
}

async fn optional(tuple: Option<Tuple>, _: Unit, generic: Generic<u8, 3>) -> String {
    let shown = tuple.map(|Tuple(did, handle, n)| format!("{did} {handle:?} {n}"));
    format!(
        "{shown:?} {} {:?} {:?}",
        generic.did, generic.many, generic.nothing
    )
}

async fn of_site(value: OfSite<u8>) -> String {
    format!("{:?} {}", value.session, value.data)
}

#[test]
fn compiles() {
    macro_rules! declare {
        ($name:ident, $app:ty, $scope:expr, $loader:path) => {
            #[derive(SessionExtractor)]
            #[session(app = $app, requires = [$scope])]
            struct $name(#[session(with = $loader)] u8);
        };
    }
    declare!(Declared, App, "repo:com.example.note?action=delete", load);
    async fn declared(value: Declared) -> String {
        value.0.to_string()
    }
    let _: Router<App> = App::oauth_routes()
        .route("/", get(optional).post(everything))
        .route("/declared", get(declared));
    let _: Router<Arc<Site<u8>>> = Site::oauth_routes().route("/of-site", post(of_site));
}
