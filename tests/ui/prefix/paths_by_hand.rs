// mistakes: 1
use atproto_oauth::Paths;

const PATHS: Paths = Paths::new("oauth/");

fn main() {}
