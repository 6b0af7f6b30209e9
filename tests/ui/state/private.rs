// mistakes: 1
use atproto_oauth::prelude::*;
use std::sync::Arc;

#[atproto_oauth(callback = done, state = Shared)]
pub struct App {
    oauth: OAuthClient,
}

#[derive(Clone)]
struct Shared(Arc<App>);

impl HasOAuth<App> for Shared {
    fn app(&self) -> &App {
        &self.0
    }
}

async fn done() {}

fn main() {
    let _: axum::Router<Shared> = App::oauth_routes();
}
