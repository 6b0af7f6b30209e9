// mistakes: 6
use atproto_oauth::prelude::*;

include!("../uses.rs");

#[atproto_oauth(callback = done, scopes = ["atproto", "repo:com.example.note?action=create"])]
#[derive(Clone)]
struct App {
    oauth: OAuthClient,
}

async fn done() {}

const DELETE: &str = "repo:com.example.note?action=delete";

#[derive(SessionExtractor)]
#[session(app = App, requires = [DELETE])]
struct Constant {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(app = App, requires = ["include:com.example.authFull"])]
struct IncludeNotDeclared {
    did: Did,
}

mod manage_where_read_is_declared {
    use super::*;
    #[atproto_oauth(callback = done, scopes = ["atproto", "account:repo"])]
    #[derive(Clone)]
    struct App(OAuthClient);

    async fn done() {}

    #[derive(SessionExtractor)]
    #[session(app = App, requires = ["account:repo?action=manage"])]
    struct Author {
        did: Did,
    }
    uses_authors!(App, Author);
}

#[derive(SessionExtractor)]
#[session(app = App, requires = ["repo:com.example.note?action=delete"])]
struct AnotherAction {
    did: Did,
}

#[derive(SessionExtractor)]
#[session(
    app = App,
    requires = [
        "blob:image/*",
        "repo:com.example.note?action=create",
        "repo:com.example.other",
    ],
)]
struct TwoOfThree {
    did: Did,
}

uses_authors!(App, Constant, IncludeNotDeclared, AnotherAction, TwoOfThree);

fn main() {}
