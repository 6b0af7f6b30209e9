//! How often the store is asked: the numbers of `docs/scaling.md`.

use std::time::Duration;

use atproto_oauth::Session;

use crate::app::harness::two_accounts::App;
use crate::app::harness::wire::*;
use crate::support::{Ahead, Faulty};

/// Calls since last asked: (reads, commits).
struct Calls(Faulty, usize, usize);

impl Calls {
    fn since(&mut self) -> (usize, usize) {
        let now = (self.0.reads(), self.0.commits());
        let spent = (now.0 - self.1, now.1 - self.2);
        (self.1, self.2) = now;
        spent
    }
}

#[tokio::test]
async fn what_a_sign_in_and_a_request_ask_of_the_store() {
    let clock = Ahead::default();
    let network = crate::support::network_at(&clock).await;
    let store = Faulty::shared(clock.clone());
    let builder = crate::support::builder(&network).app::<App>();
    let client = builder.clock(clock.clone()).store(store.clone());
    let oauth = client.build().await.unwrap();
    let app = App {
        oauth: oauth.clone(),
    }
    .router();
    let mut calls = Calls(store, 0, 0);
    calls.since();
    let mut visitor = network.visitor(&app);
    visitor.sign_in("alice.test").await.unwrap();
    assert_eq!(calls.since(), (3, 4), "a sign-in");
    let cookie = visitor.cookies();
    let me = async || text(&get(&app, "/", &[("cookie", &cookie)]).await);
    assert_eq!(me().await, "alice.test");
    calls.since();
    for _ in 0..100 {
        me().await;
    }
    assert_eq!(
        calls.since(),
        (0, 0),
        "hundred requests within five seconds"
    );
    clock.by(Duration::from_secs(5));
    me().await;
    assert_eq!(calls.since(), (2, 0), "a request after five seconds");
    // As a worker does, which knows the key.
    let did = network.account("alice.test").unwrap().did;
    let sessions = oauth.sessions_of(&did).await.unwrap();
    let session: Session = oauth.session(&sessions[0].key).await.unwrap();
    clock.by(Duration::from_hours(1));
    calls.since();
    crate::support::me(&session).await.unwrap();
    assert_eq!(calls.since(), (1, 2), "a refresh");
    session.revoke().await.unwrap();
    assert_eq!(calls.since(), (1, 2), "a sign-out");
}
