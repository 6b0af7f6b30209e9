// mistakes: 1
use atproto_oauth::prelude::*;

fn needs<A: OAuthApp>() {}

fn main() {
    needs::<u8>();
}
