use atproto_oauth::prelude::*;

#[atproto_oauth(callback = signed_in)]
pub fn app() {}

fn main() {
    app();
}
