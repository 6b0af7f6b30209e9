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

async fn called(_: &AppSession, _: &App) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct Called {
    #[session(with = called())]
    profile: Profile,
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct ClosureOfTwo {
    #[session(with = |_: &AppSession, _: &App| async { Ok::<_, String>(1) })]
    number: u8,
}

async fn string(_: &AppSession, _: &App) -> Result<Profile, String> {
    Ok(Profile)
}

#[derive(SessionExtractor)]
#[session(app = App)]
struct String {
    #[session(with = "load")]
    profile: Profile,
}

uses_authors!(App, Called, ClosureOfTwo, String);

fn main() {}
