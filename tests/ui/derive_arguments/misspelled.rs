// mistakes: 5
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
#[session(apps = App)]
struct Apps {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, carte = ::atproto_oauth)]
struct Carte {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, require = ["repo:com.example.note?action=create"])]
struct Require {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, require = ["repo:com.example.note?action=create"])]
struct RequireAfterApp {
    did: Did,
}

async fn wiht(_: &AppSession, _: &App) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Wiht {
    #[session(wiht = wiht)]
    profile: Profile,
}

uses_authors!(App, Apps, Carte, Require, RequireAfterApp, Wiht);

fn main() {}
