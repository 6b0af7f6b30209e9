//! One permission: parsed, printed, canonical, stored.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| atproto_oauth_fuzz::one(text));
