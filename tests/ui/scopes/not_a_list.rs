// mistakes: 7
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod constant_list {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = SCOPES)]
    #[derive(Clone)]
    struct App(OAuthClient);

    const SCOPES: &[&str] = &["atproto"];
    uses_app!();
}

mod tuple {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = ("atproto", "blob:image/*"))]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod one_string {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = "atproto repo:app.bsky.feed.post")]
    #[derive(Clone)]
    struct App(OAuthClient);
}

mod reference {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = &["atproto"])]
    #[derive(Clone)]
    struct App(OAuthClient);
    uses_app!();
}

mod vec {
    use super::*;
    #[atproto_oauth(callback = signed_in, scopes = vec!["atproto", POST])]
    #[derive(Clone)]
    struct App(OAuthClient);

    const POST: &str = "repo:app.bsky.feed.post";
    uses_app!();
}

mod optional_constant_list {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scopes = OPTIONAL)]
    #[derive(Clone)]
    struct App(OAuthClient);

    const OPTIONAL: &[&str] = &["blob:image/*"];
    uses_app!();
}

mod optional_one_string {
    use super::*;
    #[atproto_oauth(callback = signed_in, optional_scopes = "blob:image/*")]
    #[derive(Clone)]
    struct App(OAuthClient);
}

fn main() {}
