//! An extractor of one hook in another hook: the compiler accepts it, so the answer and the log name the repair.

use atproto_oauth::prelude::*;

use crate::app::harness::person::*;
use crate::app::harness::site::{builder, network};
use crate::support::{Ahead, Logs};

#[atproto_oauth(callback = takes_logged_out, logout = takes_login)]
#[derive(Clone)]
struct Swapped {
    oauth: OAuthClient,
}

async fn takes_logged_out(_: LoggedOut<Swapped>) {}

async fn takes_login(_: Login<Swapped>) {}

#[atproto_oauth(callback = takes_error)]
#[derive(Clone)]
struct Worried {
    oauth: OAuthClient,
}

async fn takes_error(_: OAuthError) {}

#[tokio::test]
async fn the_other_hooks_argument_is_named_with_the_repair() {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let logs = Logs::listen();

    let oauth = builder::<Swapped>(&network, &clock).build().await.unwrap();
    let mut person = Person::new(&Swapped::oauth_routes().with_state(Swapped { oauth }));
    let answer = person.try_sign_in(&network, "alice.test").await;
    assert_eq!(answer.status, 500);
    assert!(answer.page().contains("configuration"));
    let said = "`LoggedOut` was asked for outside the `logout` hook; take it there only";
    assert!(logs.text().contains(said), "{}", logs.text());

    // Who was signed in by then can sign out, and is told as well.
    let answer = person.send(submit("/oauth/logout", &[])).await;
    assert_eq!(answer.status, 500);
    assert!(answer.page().contains("configuration"));
    let said = "`Login` was asked for outside the `callback` hook; take it there only";
    assert!(logs.text().contains(said), "{}", logs.text());

    let oauth = builder::<Worried>(&network, &clock).build().await.unwrap();
    let mut person = Person::new(&Worried::oauth_routes().with_state(Worried { oauth }));
    let answer = person.try_sign_in(&network, "alice.test").await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("on our side"), "{}", answer.body);
    let said = "`OAuthError` was asked for outside the `error` hook; take it there only";
    assert!(logs.text().contains(said), "{}", logs.text());
}
