// mistakes: 8
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod another_only {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["repo:app.bsky.feed.post"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod empty {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = [])]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod beside_a_mistake {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["repo:app.bsky.*"])]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod atproto_with_parameter {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto?aud=*"])]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod upper_case {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["ATPROTO"])]
    #[derive(Clone)]
    struct App(OAuthClient);
}

fn main() {}
