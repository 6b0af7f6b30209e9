use atproto_oauth::prelude::*;
use axum::response::{Html, Redirect};
use axum::routing::get;

#[atproto_oauth(callback = back, logout = back, scopes = ["atproto", "repo:com.example.hello"])]
#[derive(Clone)]
struct App(OAuthClient);

async fn back() -> Redirect {
    Redirect::to("/")
}

async fn home(session: Option<AppSession>) -> Html<String> {
    let write = "<form method=post><button>Write it down</button></form>";
    Html(match session {
        Some(s) => format!("hello, {} {write} {}", s.display_name(), s.logout_form()),
        None => "<a href=\"/oauth/login\">Sign in</a>".into(),
    })
}

async fn write(s: AppSession) -> Result<Redirect, XrpcError> {
    s.create_record("com.example.hello", &json!({})).await?;
    Ok(back().await)
}

#[tokio::main]
async fn main() -> Result<(), atproto_oauth::Error> {
    let app = App(App::oauth_from_env().await?);
    serve(App::oauth_routes().route("/", get(home).post(write)), app).await
}
