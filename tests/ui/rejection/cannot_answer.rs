// mistakes: 4
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

mod neither {
    use super::*;
    struct ApiError;

    #[derive(SessionExtractor)]
    #[session(app = App, rejection = ApiError)]
    struct Author {
        did: Did,
    }
    uses_authors!(App, Author);
}

mod not_a_response {
    use super::*;
    struct ApiError;

    impl From<atproto_oauth::SessionRejection> for ApiError {
        fn from(_: atproto_oauth::SessionRejection) -> Self {
            Self
        }
    }

    #[derive(SessionExtractor)]
    #[session(app = App, rejection = ApiError)]
    struct Author {
        did: Did,
    }
    uses_authors!(App, Author);
}

mod without_from {
    use super::*;
    struct ApiError;

    impl axum::response::IntoResponse for ApiError {
        fn into_response(self) -> axum::response::Response {
            ().into_response()
        }
    }

    #[derive(SessionExtractor)]
    #[session(app = App, rejection = ApiError)]
    struct Author {
        did: Did,
    }
    uses_authors!(App, Author);
}

fn main() {}
