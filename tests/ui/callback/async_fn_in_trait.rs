use atproto_oauth::prelude::*;
use axum::extract::State;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct App<D: Database> {
    oauth: OAuthClient,
    database: D,
}

trait Database: Clone + Send + Sync + 'static {
    async fn greeting(&self) -> String;
}

async fn signed_in<D: Database>(State(app): State<App<D>>) -> String {
    app.database.greeting().await
}

fn main() {}
