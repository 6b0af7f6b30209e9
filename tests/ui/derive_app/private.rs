// mistakes: 2
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

#[derive(SessionExtractor)]
#[session(app = App)]
pub struct AppArgument {
    pub did: Did,
}

mod rejection {
    use super::*;
    #[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
    #[derive(Clone)]
    pub struct App(OAuthClient);

    async fn done() {}

    struct ApiError;

    impl From<atproto_oauth::SessionRejection> for ApiError {
        fn from(_: atproto_oauth::SessionRejection) -> Self {
            Self
        }
    }

    impl axum::response::IntoResponse for ApiError {
        fn into_response(self) -> axum::response::Response {
            ().into_response()
        }
    }

    #[derive(SessionExtractor)]
    #[session(app = App, rejection = ApiError)]
    pub struct Author {
        pub did: Did,
    }
    uses_authors!(App, Author);
}

uses_authors!(App, AppArgument);

fn main() {}
