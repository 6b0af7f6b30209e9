// mistakes: 23
use atproto_oauth::prelude::*;

async fn signed_in() {}

#[atproto_oauth(callback = signed_in, scopes = ["atproto", concat!("repo:", "app.bsky.*")])]
#[derive(Clone)]
struct Concatenated(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", POST])]
#[derive(Clone)]
struct Constant(OAuthClient);

const POST: &str = "repo:app.bsky.*";

#[atproto_oauth(callback = signed_in, scopes = ["atproto", ""])]
#[derive(Clone)]
struct EmptyString(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:app.bsky.*"])]
#[derive(Clone)]
struct GenericApp<D> {
    oauth: OAuthClient,
    database: D,
}

mod in_macro_rules {
    use super::*;
    macro_rules! app {
        ($name:ident, $callback:path, $scope:literal, $client:ty) => {
            #[atproto_oauth(callback = $callback, scopes = ["atproto", $scope])]
            #[derive(Clone)]
            struct $name {
                oauth: $client,
            }
        };
    }

    app!(Good, signed_in, "blob:*/*", OAuthClient);
    app!(Bad, signed_in, "blob:*/png", OAuthClient);
}

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "include:"])]
#[derive(Clone)]
struct IncludeWithoutName(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", " blob:image/*"])]
#[derive(Clone)]
struct LeadingSpace(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:app.bsky.*"])]
#[derive(Clone)]
struct WildcardCollection(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:föö"])]
#[derive(Clone)]
struct NotAscii(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "rpc:app.bsky.feed.getTimeline"])]
#[derive(Clone)]
struct RpcWithoutAudience(OAuthClient);

#[atproto_oauth(
    callback = signed_in,
    scopes = [
        "atproto",
        "repo:app.bsky.*",
        "rpc:*?aud=*",
        "blob:*/png",
        "repo:%ZZ",
        "account:status",
    ],
    optional_scopes = ["repo:x y"],
)]
#[derive(Clone)]
struct Several(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "transition:everything"])]
#[derive(Clone)]
struct TransitionUnknown(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "blob:image/* repo:app.bsky.feed.post"])]
#[derive(Clone)]
struct TwoInOneString(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:app.bsky.feed.post?action=write"])]
#[derive(Clone)]
struct UnknownAction(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "repo:app.bsky.feed.post?actions=create"])]
#[derive(Clone)]
struct UnknownParameter(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "records:app.bsky.feed.post"])]
#[derive(Clone)]
struct UnknownResource(OAuthClient);

#[atproto_oauth(callback = signed_in, scopes = ["atproto", "identity:all"])]
#[derive(Clone)]
struct WildcardIdentity(OAuthClient);

#[atproto_oauth(callback = signed_in, optional_scopes = ["blob:*/png"])]
#[derive(Clone)]
struct Optional(OAuthClient);

fn main() {}
