use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in, state = Site)]
struct App {
    oauth: OAuthClient,
}

async fn signed_in() {}

struct Site {
    app: App,
}

impl HasOAuth<App> for Site {
    fn app(&self) -> &App {
        &self.app
    }
}

fn main() {}
