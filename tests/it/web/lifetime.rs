//! How long a browser is known.

use std::time::Duration;

use atproto_oauth::testing::{TestNetwork, Visitor};

use super::app::App;
use super::wire::*;

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
