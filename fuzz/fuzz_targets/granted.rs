//! What a server says it granted.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| atproto_oauth_fuzz::list(text));
