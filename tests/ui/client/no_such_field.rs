// mistakes: 5
use atproto_oauth::prelude::*;

include!("../uses.rs");

async fn signed_in() {}

mod no_number_to_name {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = 1)]
    #[derive(Clone)]
    struct App(String);
    uses_app!();
}

mod no_such_field {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = auth)]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }
    uses_app!();
}

mod no_such_number {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = 2)]
    #[derive(Clone)]
    struct App(u8, OAuthClient);
    uses_app!();
}

mod nothing_to_name {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = oauth)]
    #[derive(Clone)]
    struct App {
        name: String,
    }
    uses_app!();
}

mod number_of_named_field {
    use super::*;
    #[atproto_oauth(callback = signed_in, client = 0)]
    #[derive(Clone)]
    struct App {
        oauth: OAuthClient,
    }
    uses_app!();
}

fn main() {}
