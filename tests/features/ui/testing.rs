// mistakes: 1
use atproto_oauth::testing::TestNetwork;

fn main() {
    let _ = TestNetwork::start();
}
