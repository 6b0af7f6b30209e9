// mistakes: 11
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod boolean {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto", true])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod bytes {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = [b"atproto"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod nested {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = [["atproto", "blob:image/*"]])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod number {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto", 5])]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod unquoted {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = [atproto])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod unquoted_permission {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto", repo:app.bsky.feed.post?action=create])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod several {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ["atproto", 5, repo:a, "x" "y"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod optional_number {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scopes = [5])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod optional_unquoted {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scopes = [repo:app.bsky.feed.post])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

fn main() {}
