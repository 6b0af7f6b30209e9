//! Three lists, one on each line: what one covers, misses and has more than another.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    atproto_oauth_fuzz::lists(line(), line(), line());
});
