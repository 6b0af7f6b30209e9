use atproto_oauth::prelude::*;

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

async fn signed_in() {}

fn main() {}
