// mistakes: 5
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, session = Person)]
#[derive(Clone)]
struct NameGivenToTwoApps(OAuthClient);

#[atproto_oauth(callback = signed_in, session = Person)]
#[derive(Clone)]
struct Other {
    oauth: OAuthClient,
}

#[atproto_oauth(callback = signed_in, session = Author)]
#[derive(Clone)]
struct ByAStruct(OAuthClient);

struct Author;

#[atproto_oauth(callback = signed_in, session_key = Key)]
#[derive(Clone)]
struct KeyByAnEnum(OAuthClient);

enum Key {}

struct DefaultNameSession;

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct DefaultName(OAuthClient);

#[atproto_oauth(callback = signed_in)]
#[derive(Clone)]
struct DefaultNameOfTheKey(OAuthClient);

struct DefaultNameOfTheKeySessionKey;

fn main() {}
