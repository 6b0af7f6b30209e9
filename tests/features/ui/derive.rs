// mistakes: 1
// errors: 2, as the compiler goes on to look for what the derive would bring
use atproto_oauth::{Did, SessionExtractor};

#[derive(SessionExtractor)]
#[session(app = App)]
struct Author {
    did: Did,
}

struct App;

fn main() {}
