//! `examples/hello` without the macro: what `#[atproto_oauth]` writes is typed by hand here.

use atproto_oauth::prelude::*;
use atproto_oauth::{DeclaredScopes, Hook, Hooks, Paths};
use axum::response::{Html, Redirect};
use axum::routing::get;

#[derive(Clone)]
struct App(OAuthClient);

impl OAuthApp for App {
    type State = App;
    const PATHS: Paths = Paths::new("/oauth");
    const SCOPES: DeclaredScopes = DeclaredScopes::new(&["atproto", "repo:com.example.hello"], &[]);

    fn oauth(&self) -> &OAuthClient {
        &self.0
    }

    fn hooks() -> Hooks<Self> {
        Hooks::new(Hook::new(back)).logout(Hook::new(back))
    }
}

// The compiler checks the permissions, as it does for the attribute.
const _: () = App::SCOPES.check_atproto();
const _: () = App::SCOPES.check(0);
const _: () = App::SCOPES.check(1);

type AppSession = Session<App>;

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
    let app = App(atproto_oauth::oauth_from_env::<App>().await?);
    serve(
        atproto_oauth::routes::<App>().route("/", get(home).post(write)),
        app,
    )
    .await
}
