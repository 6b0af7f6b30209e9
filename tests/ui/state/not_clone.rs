// mistakes: 2
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = app_argument)]
struct AppArgument(OAuthClient);

async fn app_argument(_: Login<AppArgument>) {}

#[atproto_oauth(callback = signed_in, state = Site)]
struct Itself(OAuthClient);

struct Site {
    app: Itself,
}

impl HasOAuth<Itself> for Site {
    fn app(&self) -> &Itself {
        &self.app
    }
}

fn main() {}
