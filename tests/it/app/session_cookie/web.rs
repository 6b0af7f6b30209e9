//! How long a browser is known.

use std::time::Duration;

use atproto_oauth::testing::{TestNetwork, Visitor};
use http::StatusCode;

use crate::app::harness::two_accounts::App;
use crate::app::harness::wire::*;

/// The id before a sign-in ends soon after it.
#[tokio::test]
async fn the_old_id_ends_after_30_seconds() {
    let network = TestNetwork::start().await.unwrap();
    let clock = crate::support::Ahead::default();
    let builder = crate::support::builder(&network).app::<App>();
    let oauth = builder.clock(clock.clone()).build().await.unwrap();
    let app = App { oauth }.router();
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let old = visitor.cookies();
    visitor.sign_in("bob.test").await.unwrap();
    let me = async |cookie: &str| text(&get(&app, "/", &[("cookie", cookie)]).await);
    clock.by(Duration::from_secs(25));
    assert_eq!(me(&old).await, "alice.test");
    clock.by(Duration::from_secs(10));
    assert_eq!(me(&old).await, "nobody");
    assert_eq!(me(&visitor.cookies()).await, "bob.test");
}

/// 30 days without a visit; a year after signing in, however often.
#[tokio::test]
async fn a_browser_is_forgotten_in_the_end() {
    let network = TestNetwork::start().await.unwrap();
    let clock = crate::support::Ahead::default();
    let client = crate::support::builder(&network)
        .app::<App>()
        .clock(clock.clone());
    let app = App {
        oauth: client.build().await.unwrap(),
    }
    .router();
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let count =
        async |visitor: &mut Visitor| text(&visitor.get("/list").await.unwrap()).lines().count();
    clock.by(Duration::from_hours(24 * 29));
    assert_eq!(count(&mut visitor).await, 1);
    // The visit is written down by a task, which runs when this one waits.
    tokio::task::yield_now().await;
    clock.by(Duration::from_hours(24 * 29));
    assert_eq!(count(&mut visitor).await, 1);
    tokio::task::yield_now().await;
    clock.by(Duration::from_hours(24 * 31));
    assert_eq!(count(&mut visitor).await, 0);
}

/// A store that is down for a moment is nobody's affair; for longer, it is said that something is wrong.
#[tokio::test]
async fn a_browser_seen_a_minute_ago_is_served_without_a_store() {
    let clock = crate::support::Ahead::default();
    let network = crate::support::network_at(&clock).await;
    let store = crate::support::Faulty::shared(clock.clone());
    let builder = crate::support::builder(&network).app::<App>();
    let client = builder.clock(clock.clone()).store(store.clone());
    let app = App {
        oauth: client.build().await.unwrap(),
    }
    .router();
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    let cookie = visitor.cookies();
    let me = async || get(&app, "/", &[("cookie", &cookie)]).await;
    assert_eq!(text(&me().await), "alice.test");
    store.reads_fail();
    clock.by(Duration::from_secs(50));
    assert_eq!(text(&me().await), "alice.test");
    clock.by(Duration::from_secs(15));
    assert_error(
        &me().await,
        StatusCode::SERVICE_UNAVAILABLE,
        "temporarily_unavailable",
    );
    store.works();
    assert_eq!(text(&me().await), "alice.test");
}
