// mistakes: 2
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

struct Profile;

#[derive(SessionExtractor)]
#[session(app = App)]
struct Unknown {
    #[session(with = load)]
    profile: Profile,
}

mod private {
    use super::*;
    struct Profile;

    mod loaders {
        async fn load(_: &super::AppSession, _: &super::App) -> Result<super::Profile, String> {
            Ok(super::Profile)
        }
    }

    #[derive(SessionExtractor)]
    #[session(app = App)]
    struct Author {
        #[session(with = loaders::load)]
        profile: Profile,
    }
    uses_authors!(App, Author);
}

uses_authors!(App, Unknown);

fn main() {}
