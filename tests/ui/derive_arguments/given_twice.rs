// mistakes: 3
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
#[session(app = App, app = App)]
struct AppArgument {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, crate = ::atproto_oauth, crate = ::atproto_oauth)]
struct Runtime {
    did: Did,
}

async fn loader(_: &AppSession, _: &App) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Loader {
    #[session(with = loader, with = loader)]
    profile: Profile,
}

uses_authors!(App, AppArgument, Runtime, Loader);

fn main() {}
