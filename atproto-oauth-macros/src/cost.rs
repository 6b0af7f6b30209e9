//! Prints how long one expansion takes, and asserts nothing about it:
//! `cargo test -p atproto-oauth-macros --lib cost -- --ignored --nocapture`.

use std::time::Instant;

use proc_macro2::TokenStream;

use crate::{attribute, derive};

const TIMES: u32 = 1000;

#[test]
#[ignore = "prints a measurement"]
fn time_of_one_expansion() {
    let arguments: TokenStream = "callback = signed_in, logout = signed_out".parse().unwrap();
    let app: TokenStream = "#[derive(Clone)] struct App { oauth: OAuthClient }"
        .parse()
        .unwrap();
    let author: TokenStream = r#"
        #[session(app = App, requires = ["repo:app.bsky.feed.post?action=create"])]
        struct Author {
            did: Did,
            handle: Option<Handle>,
            session: AppSession,
            #[session(with = load_profile)]
            profile: Profile,
        }
    "#
    .parse()
    .unwrap();
    measure("the attribute of `examples/hello`", || {
        attribute::expand(arguments.clone(), app.clone())
    });
    measure("the derive with four fields", || {
        derive::expand(author.clone())
    });
}

#[expect(clippy::print_stdout, reason = "prints a measurement")]
fn measure(name: &str, once: impl Fn() -> TokenStream) {
    assert!(!once().to_string().contains("compile_error"));
    let start = Instant::now();
    for _ in 0..TIMES {
        assert!(!std::hint::black_box(once()).is_empty());
    }
    let each = start.elapsed() / TIMES;
    println!("{name}: {} µs", each.as_micros());
}
