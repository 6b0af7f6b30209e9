//! The application that most of these tests visit.

use atproto_oauth::prelude::*;
use atproto_oauth::testing::TestNetwork;
use atproto_oauth::{ErrorKind, Store};
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::support;

#[atproto_oauth(
    callback = signed_in,
    logout = signed_out,
    scopes = ["atproto", "repo:com.example.note"],
    optional_scopes = ["blob:*/*"],
    accounts = 2,
)]
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) oauth: OAuthClient,
}

async fn signed_in(login: Login<App>, session: AppSession) -> Redirect {
    assert_eq!(
        login.session().key(),
        session.key(),
        "the session in the hook is the new one"
    );
    Redirect::to(login.return_to())
}

/// Says who left and who is active, where a redirect would not.
async fn signed_out(gone: LoggedOut<App>) -> Response {
    let name =
        |key: Option<&AppSessionKey>| key.map_or("nobody".into(), |key| key.did().to_string());
    let body = format!(
        "{} left, {} is active",
        name(gone.accounts().first()),
        name(gone.active())
    );
    ([("x-left", gone.accounts().len().to_string())], body).into_response()
}

/// Who is signed in, as an optional session tells.
async fn home(session: Option<AppSession>) -> String {
    session.map_or("nobody".into(), |session| session.display_name().to_owned())
}

async fn me(session: AppSession) -> String {
    session.display_name().to_owned()
}

async fn form(session: AppSession) -> String {
    session.logout_form()
}

async fn list(accounts: Accounts<App>) -> String {
    let active = accounts.active();
    let line = |key: &AppSessionKey| {
        format!(
            "{} {key}\n",
            if Some(key) == active.as_ref() {
                "*"
            } else {
                "-"
            }
        )
    };
    accounts.list().iter().map(line).collect()
}

async fn revoke(accounts: Accounts<App>, Path(key): Path<AppSessionKey>) -> String {
    match accounts.revoke(&key).await {
        Ok(()) => format!("ok, {} left", accounts.list().len()),
        Err(error) => error.code().into(),
    }
}

async fn switch(accounts: Accounts<App>, Path(key): Path<AppSessionKey>) -> String {
    accounts
        .switch(&key)
        .await
        .map_or_else(|error| error.code().into(), |()| "ok".into())
}

async fn remove(accounts: Accounts<App>, Path(key): Path<AppSessionKey>) -> String {
    accounts
        .remove(&key)
        .await
        .map_or_else(|error| error.code().into(), |()| "ok".into())
}

async fn fails() -> Result<String, XrpcError> {
    Err(Error::new(
        ErrorKind::TemporarilyUnavailable,
        "the server is away; try again",
    )
    .into())
}

impl App {
    pub(crate) fn router(self) -> Router {
        Self::oauth_routes()
            .route("/", get(home))
            .route("/me", get(me).post(me))
            .route("/form", get(form))
            .route("/list", get(list))
            .route("/revoke/{key}", get(revoke))
            .route("/switch/{key}", get(switch))
            .route("/remove/{key}", get(remove))
            .route("/fails", get(fails))
            .with_state(self)
    }
}

pub(crate) async fn app(network: &TestNetwork) -> (Router, OAuthClient) {
    app_with(network, atproto_oauth::store::MemoryStore::new()).await
}

/// What is at hand hides nothing of the store.
pub(crate) async fn app_with(network: &TestNetwork, store: impl Store) -> (Router, OAuthClient) {
    let client = support::builder(network)
        .app::<App>()
        .store(store)
        .store_staleness(std::time::Duration::ZERO)
        .build()
        .await
        .unwrap();
    (
        App {
            oauth: client.clone(),
        }
        .router(),
        client,
    )
}

/// Without a network: for what is refused before anybody is asked.
pub(crate) async fn lonely(base_url: &str) -> Router {
    App {
        oauth: lonely_client(base_url).await,
    }
    .router()
}

pub(crate) async fn lonely_client(base_url: &str) -> OAuthClient {
    let secret = "2oh+wDW2twMIQq82SEBXld1itOkf2tb6A4by79N5KyU=";
    let builder = App::oauth_builder()
        .base_url(base_url)
        .secret(secret)
        .store_url("memory:");
    builder.build().await.unwrap()
}
