//! How often the store is asked: the numbers of `docs/scaling.md`.

use std::time::Duration;

use atproto_oauth::{OAuthClientBuilder, Session};

use crate::app::harness::person::*;
use crate::app::harness::site::Site;
use crate::app::harness::two_accounts::TwoAccounts;
use crate::support::{Ahead, Faulty, SECRET};

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
    let store = Faulty::shared(clock.clone());
    let change = |builder: OAuthClientBuilder| builder.store(store.clone()).secret(SECRET);
    let site = Site::of::<TwoAccounts>(&clock, change, TwoAccounts::router).await;
    let mut calls = Calls(store, 0, 0);
    calls.since();
    let person = site.signed_in("alice.test").await;
    assert_eq!(calls.since(), (3, 4), "a sign-in");
    let cookie = person.cookies();
    let me = async || {
        get("/")
            .header("cookie", &cookie)
            .of(&site.router)
            .await
            .body
    };
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
    let did = site.did("alice.test");
    let sessions = site.client.sessions_of(&did).await.unwrap();
    let session: Session = site.client.session(&sessions[0].key).await.unwrap();
    clock.by(Duration::from_hours(1));
    calls.since();
    crate::support::me(&session).await.unwrap();
    assert_eq!(calls.since(), (1, 2), "a refresh");
    session.revoke().await.unwrap();
    assert_eq!(calls.since(), (1, 2), "a sign-out");
}
