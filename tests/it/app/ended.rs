//! A process that serves gets SIGTERM, as in a deploy.

use std::process::{Command, Stdio};
use std::time::Duration;

use atproto_oauth::prelude::*;
use atproto_oauth::store::SessionRecord;
use atproto_oauth::testing::{Endpoint, Fault, Seen};
use axum::routing::get;
use secrecy::ExposeSecret;
use tokio::signal::unix::{SignalKind, signal};

use super::serving::{ask, until_served};
use crate::app::harness::site::{App, builder, network};
use crate::support::{Ahead, Faulty, SECRET, ended, free_ports, lines, me, sign_in, soon};

const ROLE: &str = "SERVES_UNTIL_IT_IS_ASKED_TO_END";

fn say(line: &str) {
    println!("{line}");
}

/// The request that it was in the middle of is answered, and the refresh that this began is written, before the
/// process ends, and it ends well.
#[test]
fn a_deploy_breaks_nothing_off() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "app::ended::child_serves_until_asked_to_end"])
        .args(["--ignored", "--nocapture"])
        .env(ROLE, "")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    for line in lines("the process that serves", child.stdout.take().unwrap()) {
        if line == "asked" {
            let id = child.id().to_string();
            let sent = Command::new("kill").args(["-TERM", &id]).status();
            assert!(sent.unwrap().success());
        }
        said.push(line);
    }
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let place = |words: &str| said.iter().position(|line| *line == words);
    assert!(place("asked").is_some(), "{said:#?}");
    assert!(
        place("answered: served") < place("ended: refreshed"),
        "{said:#?}"
    );
    assert!(place("answered: served").is_some(), "{said:#?}");
    let ended = ended("the process that served", &mut child);
    assert!(ended.is_some_and(|ended| ended.success()), "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a child of a_deploy_breaks_nothing_off"]
async fn child_serves_until_asked_to_end() {
    if std::env::var_os(ROLE).is_none() {
        return;
    }
    for port in free_ports() {
        if serves_until_asked_to_end(port).await {
            return;
        }
    }
    panic!("other programs take every port");
}

/// Whether it could serve there: another program may have taken the port.
async fn serves_until_asked_to_end(port: u16) -> bool {
    let clock = Ahead::default();
    let network = network(&clock, &["alice.test"]).await;
    let store = Faulty::new(clock.clone());
    let own = format!("127.0.0.1:{port}");
    let oauth = builder::<App>(&network, &clock).base_url(format!("http://{own}"));
    let oauth = oauth.secret(SECRET).store(store.clone());
    let oauth = oauth.build().await.unwrap();
    let session = sign_in(&network, &oauth, "alice.test").await;
    let stored = async || {
        let id = session.key().to_string();
        let stored = oauth.vault().get::<SessionRecord>(&id).await;
        stored.unwrap().unwrap().record.access_token
    };
    let before = stored().await;
    clock.by(Duration::from_hours(2));
    let by = Duration::from_millis(300);
    network.misbehave(Fault::Delay {
        at: Endpoint::Refresh,
        by,
    });

    // Begins a refresh once the process is asked to end, and does not wait for it.
    let refreshing = (session.clone(), network.clone());
    let slow = async move || {
        let mut asked = signal(SignalKind::terminate()).unwrap();
        say("asked");
        soon("the signal to end", asked.recv()).await;
        let (session, network) = refreshing;
        tokio::spawn(async move { me(&session).await });
        let sent = |seen: &[Seen]| seen.iter().any(|one| one.endpoint == Endpoint::Refresh);
        network.until(sent).await;
        "served"
    };
    let router = App::oauth_routes().route("/slow", get(slow));
    let client = oauth.clone();
    let serving = tokio::spawn(serve(router, App { oauth: client }));
    let Some(serving) = until_served(&own, serving).await else {
        return false;
    };
    let (_, answer) = ask(&own, "/slow", &[("host", &own)]).await;
    say(&format!("answered: {answer}"));
    soon("the end of serving", serving).await.unwrap().unwrap();
    let refreshed = stored().await.expose_secret() != before.expose_secret();
    say(if refreshed {
        "ended: refreshed"
    } else {
        "ended: lost"
    });
    true
}
