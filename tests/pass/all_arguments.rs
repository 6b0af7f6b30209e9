use atproto_oauth::prelude::{
    Accounts, LoggedOut, Login, OAuthApp, OAuthClient, OAuthError, atproto_oauth,
};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::sync::Arc;

#[atproto_oauth(
    callback = signed_in,
    logout = signed_out,
    error = sorry,
    scopes = ["atproto", "repo:app.bsky.feed.post?action=create", POST],
    optional_scopes = ["blob:image/*"],
    prefix = "/sign-in",
    client = oauth,
    accounts = 1,
    session = Person,
    session_key = PersonKey,
    state = std::sync::Arc<App>,
    crate = ::atproto_oauth,
)]
struct App {
    oauth: OAuthClient,
    _other: Option<OAuthClient>,
}

const POST: &str = "repo:app.bsky.feed.like";

async fn signed_in(_: State<Arc<App>>, login: Login<App>, _: Request) -> Result<Redirect, Error> {
    Ok(Redirect::to(login.return_to()))
}

async fn signed_out(_: LoggedOut<App>) {}

async fn sorry(_: State<Arc<App>>, error: OAuthError) -> String {
    format!("{error:?}")
}

#[derive(Debug)]
struct Error;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        "sorry".into_response()
    }
}

async fn me(_: Option<Person>, _: Accounts<App>, person: Person) -> String {
    let key: PersonKey = person.key();
    key.to_string()
}

#[test]
fn compiles() {
    assert_eq!(App::PATHS.callback(), "/sign-in/callback");
    assert_eq!(App::ACCOUNTS, 1);
    let _: axum::Router<Arc<App>> = App::oauth_routes().route("/me", get(me));
}
