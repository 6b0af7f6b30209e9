//! Sessions: several of them, restarts, and what they say about themselves.

use std::collections::HashSet;
use std::time::Duration;

use atproto_oauth::store::{Kind, RowKey};
use atproto_oauth::testing::{Endpoint, TestNetwork};
use atproto_oauth::{AuthorizeOptions, Did, ErrorKind, Session, SessionKey, Store};
use secrecy::ExposeSecret;

use crate::support::*;

/// TK-19, DP-12, scenario 50: two devices, each with tokens and a key of its own.
#[tokio::test]
async fn never_one_device_signed_out_by_another() {
    let (network, client) = network_and_client().await;
    let (laptop, phone) = (
        sign_in(&network, &client, "alice.test").await,
        sign_in(&network, &client, "alice.test").await,
    );
    assert_ne!(laptop.key(), phone.key());
    let (a, b) = (
        record(&client, &laptop.key()).await,
        record(&client, &phone.key()).await,
    );
    assert_ne!(
        a.access_token.expose_secret(),
        b.access_token.expose_secret()
    );
    assert_ne!(
        a.dpop_key.public().thumbprint(),
        b.dpop_key.public().thumbprint()
    );
    let sessions = client.sessions_of(laptop.did()).await.unwrap();
    let keys: HashSet<_> = sessions.iter().map(|info| info.key.clone()).collect();
    assert_eq!(keys, HashSet::from([laptop.key(), phone.key()]));
    laptop.revoke().await.unwrap();
    me(&phone).await.unwrap();
    assert_eq!(client.sessions_of(phone.did()).await.unwrap().len(), 1);
    assert_eq!(network.sessions_of(phone.did()), 1);
}

/// More sessions than fit on one page.
#[tokio::test]
async fn every_session_of_an_account_is_listed() {
    let (network, client, session) = signed_in().await;
    let template = record(&client, &session.key()).await;
    for n in 0..250_u8 {
        let mut copy = template.clone();
        copy.random_id = [n; 32];
        let change = client.vault().put(&copy, None).unwrap();
        let _ = client.vault().commit(vec![change]).await.unwrap();
    }
    let sessions = client.sessions_of(session.did()).await.unwrap();
    let keys: HashSet<_> = sessions.iter().map(|info| info.key.to_string()).collect();
    assert_eq!((sessions.len(), keys.len()), (251, 251));
    let bob: Did = network.account("bob.test").unwrap().did;
    assert_eq!(client.sessions_of(&bob).await.unwrap().len(), 0);
}

/// The default store: a session outlives the process, with its key and its tokens.
#[tokio::test]
async fn a_session_outlives_the_process() {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    let folder = tempfile::tempdir().unwrap();
    let build = async || {
        let url = format!("file:{}", folder.path().join("store.redb").display());
        eventually("the file to be let go", async || {
            let builder = builder(&network).clock(clock.clone()).store_url(&url);
            match builder.build().await {
                Ok(client) => Some(client),
                Err(error) => {
                    assert!(error.to_string().contains("in use"), "{error}");
                    None
                }
            }
        })
        .await
    };
    let client = build().await;
    let session = sign_in(&network, &client, "alice.test").await;
    me(&session).await.unwrap();
    let key: String = session.key().to_string();
    let proof_key = network.requests_to(Endpoint::Xrpc)[0].proof().unwrap().0["jwk"].clone();
    drop((session, client));

    for _ in 0..2 {
        let client = build().await;
        network.forget_requests();
        let session: Session = client
            .session(&key.parse::<SessionKey>().unwrap())
            .await
            .unwrap();
        assert_eq!(network.requests().len(), 0, "restoring sends no request");
        assert_eq!(session.display_name(), "alice.test");
        me(&session).await.unwrap();
        let seen = network.requests_to(Endpoint::Xrpc).pop().unwrap();
        assert_eq!(seen.proof().unwrap().0["jwk"], proof_key);
        clock.by(Duration::from_hours(2));
        me(&session).await.unwrap();
        assert_eq!(done(&network, Endpoint::Refresh), 1);
        drop((session, client));
    }
}

/// A sign-in that was started before a restart is finished after it.
#[tokio::test]
async fn a_sign_in_outlives_the_process() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let build = || process(&network, &store, &clock);
    let before = build().await;
    let (authorization, address) = approved(&network, &before, "alice.test").await;
    drop(before);
    let after = build().await;
    let signed_in = finish(&after, &authorization, &address).await.unwrap();
    me(signed_in.session()).await.unwrap();
}

/// TK-21: the session of one key is never found under another, whatever the store does.
#[tokio::test]
async fn a_session_is_found_only_under_its_own_key() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let build = || process(&network, &store, &clock);
    let client = build().await;
    let alice = sign_in(&network, &client, "alice.test").await;
    let bob = sign_in(&network, &client, "bob.test").await;
    // An attacker with the database puts Bob's row where Alice's was.
    let rows = store.written();
    let of = |session: &Session| {
        rows.iter()
            .find(|row| row.group.ends_with(session.did().as_str()))
            .unwrap()
            .clone()
    };
    let namespace = of(&alice).group.split('/').next().unwrap().to_owned();
    let key = |session: &Session| RowKey {
        kind: Kind::Session,
        id: format!("{namespace}/{}", session.key()),
    };
    assert!(store.get(&key(&alice)).await.unwrap().is_some());
    let mut swapped = of(&bob);
    swapped.version = 2;
    let change = atproto_oauth::store::Change::Put(key(&alice), swapped);
    let _ = store.commit(vec![change]).await.unwrap();
    let fresh = build().await;
    let error = fresh.session(&alice.key()).await.unwrap_err();
    assert!(error.is_transient(), "in doubt first: {error}");
    clock.by(Duration::from_mins(1));
    let error = fresh.session(&alice.key()).await.unwrap_err();
    assert!(error.needs_login(), "{error}");
    let _: Session = fresh.session(&bob.key()).await.unwrap();
    assert_eq!(fresh.sessions_of(alice.did()).await.unwrap().len(), 0);
}

/// SC-15, SC-16, CB-14, CB-15, scenario 29: what was granted, what is missing, and nothing that was not asked for.
#[tokio::test]
async fn a_session_allows_what_was_asked_for_and_granted() {
    let network = TestNetwork::start().await.unwrap();
    network.publish_permission_set(
        "com.example.authBasic",
        &["repo:com.example.post", "rpc:com.example.getPosts?aud=*"],
    );
    let client = builder(&network)
        .optional_scopes(["include:com.example.authBasic", "account:email"])
        .build()
        .await
        .unwrap();
    let start = async |scope: &str, left: Option<&[&str]>| {
        let options = AuthorizeOptions::new().scope(scope);
        let authorization = client.authorize("alice.test", options).await.unwrap();
        let url = authorization.url();
        let address = match left {
            Some(scopes) => network.approve_with(url, "alice.test", scopes).await,
            None => network.approve(url, "alice.test").await,
        };
        finish(&client, &authorization, &address.unwrap())
            .await
            .unwrap()
    };
    // The person leaves one out.
    let signed_in = start(
        "atproto repo:com.example.note account:email",
        Some(&["atproto", "repo:com.example.note"]),
    )
    .await;
    assert_eq!(signed_in.missing(), ["account:email"]);
    let session = signed_in.into_session();
    assert!(session.allows("repo:com.example.note?action=create"));
    assert!(!session.allows("account:email"));
    assert!(!session.allows("not a scope"));
    assert_eq!(session.missing(), ["account:email"]);
    assert!(session.scopes().contains("atproto"));

    // A set comes back as what is in it.
    let signed_in = start("atproto include:com.example.authBasic", None).await;
    assert_eq!(signed_in.missing(), [""; 0]);
    let session = signed_in.into_session();
    assert!(session.allows("repo:com.example.post"));
    assert!(session.allows("rpc:com.example.getPosts?aud=*"));
    assert!(
        !session.allows("repo:com.example.note"),
        "the set does not have it"
    );

    // The server grants more than was asked for: with a set, and without.
    let grant = "atproto repo:* blob:*/* account:email";
    network.misbehave(atproto_oauth::testing::Fault::edit(
        Endpoint::Exchange,
        "scope",
        grant,
    ));
    let logs = Logs::listen();
    let session = start("atproto repo:com.example.note", None)
        .await
        .into_session();
    assert!(logs.text().contains("granted more"), "{}", logs.text());
    assert!(session.allows("repo:com.example.note"));
    for more in [
        "repo:com.example.other",
        "repo:*",
        "blob:image/png",
        "account:email",
    ] {
        assert!(!session.allows(more), "{more}");
    }
    let session = start("atproto include:com.example.authBasic", None)
        .await
        .into_session();
    assert!(session.allows("repo:com.example.post"));
    for more in [
        "repo:org.other.post",
        "repo:*",
        "blob:image/png",
        "account:email",
    ] {
        assert!(!session.allows(more), "{more}");
    }
}

/// What a session says of itself, and that copies of it are the same session.
#[tokio::test]
async fn a_session_knows_itself() {
    let (network, client, clock, session) = ahead_signed_in().await;
    let info = session.info();
    assert_eq!(info.key, session.key());
    assert_eq!(info.client_key, None);
    assert_eq!(info.created_at, info.refreshed_at);
    assert_eq!(info.scope, client.default_scope());
    assert_eq!(session.client().client_id(), client.client_id());
    let expires = session.access_token_expires_at().unwrap();
    assert_eq!(info.created_at.until(expires), Duration::from_hours(1));
    let copy = session.clone();
    clock.by(Duration::from_hours(2));
    me(&copy).await.unwrap();
    me(&session).await.unwrap();
    assert_eq!(done(&network, Endpoint::Refresh), 1);
    assert!(session.access_token_expires_at().unwrap() > expires);
    assert_eq!(session.did(), copy.did());
    let unknown: SessionKey = format!("{}:{}", session.did(), "A".repeat(43))
        .parse()
        .unwrap();
    let error = client.session(&unknown).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionNotFound);
}

/// TK-13, TK-19: what a person sees who looks at their sessions: since when, until when, when it was last
/// used, with which key it was made, and what it may do.
#[tokio::test]
async fn every_session_is_described() {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    let key = client_key();
    let client = confidential(&network, &[&key], |b| b.clock(clock.clone())).await;
    let first = sign_in(&network, &client, "alice.test").await;
    clock.by(HOUR);
    let options = AuthorizeOptions::new().scope("atproto blob:*/*");
    let authorization = client.authorize("alice.test", options).await.unwrap();
    let url = authorization.url();
    let address = network.approve(url, "alice.test").await.unwrap();
    let second = finish(&client, &authorization, &address).await.unwrap();
    let second = second.into_session();
    clock.by(HOUR);
    me(&first).await.unwrap();

    let sessions = client.sessions_of(first.did()).await.unwrap();
    let of = |session: &Session| {
        let found = sessions.iter().find(|info| info.key == session.key());
        found.unwrap().clone()
    };
    let (one, two) = (of(&first), of(&second));
    // The clock goes on meanwhile.
    let is_about = |time: Duration, wanted: Duration| {
        assert!(
            (wanted..wanted + Duration::from_mins(1)).contains(&time),
            "{time:?}"
        );
    };
    is_about(one.created_at.until(two.created_at), HOUR);
    // It was refreshed.
    is_about(one.created_at.until(one.last_used), 2 * HOUR);
    assert_eq!(one.last_used, one.refreshed_at);
    assert_eq!(two.last_used, two.created_at);
    for info in [&one, &two] {
        assert_eq!(info.client_key.as_deref(), Some(key.kid()));
        let end = info.expires_at.unwrap();
        assert_eq!(info.refreshed_at.until(end), 180 * 24 * HOUR);
    }
    assert_eq!(two.scope, "atproto blob:*/*");
    assert_eq!(one.scope, client.default_scope());
    // What a session says of itself is what the list says.
    assert_eq!(first.info().last_used, one.last_used);
    second.revoke().await.unwrap();
    let left = client.sessions_of(first.did()).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(client.revoke_all(first.did()).await.unwrap(), 1);
}

/// The last use costs no write per request: a session that is only looked at is written down once a day, and
/// a refresh does it by the way.
#[tokio::test]
async fn the_last_use_is_written_once_a_day() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let client = process(&network, &store, &clock).await;
    let key = sign_in(&network, &client, "alice.test").await.key();
    let look = async || -> Session { client.session(&key).await.unwrap() };
    let last_used = async || client.sessions_of(key.did()).await.unwrap()[0].last_used;
    let created = look().await.info().created_at;

    clock.by(23 * HOUR);
    let commits = store.commits();
    for _ in 0..100 {
        look().await;
    }
    tokio::task::yield_now().await;
    assert_eq!((store.commits(), last_used().await), (commits, created));
    clock.by(HOUR);
    for _ in 0..100 {
        look().await;
    }
    store.until(commits + 1).await;
    for _ in 0..100 {
        look().await;
        tokio::task::yield_now().await;
    }
    assert_eq!(store.commits(), commits + 1);
    let used = last_used().await;
    assert!(created.until(used) >= 24 * HOUR);
    assert_eq!(look().await.info().last_used, used);

    // A refresh has the newest row, writes twice as ever, and counts as use.
    let session = look().await;
    me(&session).await.unwrap();
    assert_eq!(store.commits(), commits + 3);
    assert_eq!(done(&network, Endpoint::Refresh), 1);
    assert_eq!(last_used().await, session.info().refreshed_at);
    // Nothing is written where the store fails, and the request succeeds all the same.
    clock.by(24 * HOUR);
    store.fails(None, Fails::Before);
    look().await;
    tokio::task::yield_now().await;
    store.works();
    look().await;
}

/// Sign-ins that were begun and never finished, and sessions that are over, leave the store by themselves.
#[tokio::test]
async fn what_is_over_is_swept() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let build = || process(&network, &store, &clock);
    let client = build().await;
    for _ in 0..3 {
        client
            .authorize("alice.test", AuthorizeOptions::new())
            .await
            .unwrap();
    }
    let session = sign_in(&network, &client, "alice.test").await;
    let rows = async || {
        let mut counts = Vec::new();
        for kind in [Kind::Pending, Kind::Session] {
            let all = store.scan(kind, None, 100).await.unwrap();
            counts.push(all.rows.len());
        }
        counts
    };
    assert_eq!(rows().await, [3, 1]);
    for (hours, left) in [(1, [0, 1]), (14 * 24, [0, 0])] {
        clock.by(hours * HOUR);
        // A sweep is the first thing that a process does.
        let next = build().await;
        eventually("a sweep", async || (rows().await == left).then_some(())).await;
        drop(next);
    }
    assert!(
        client
            .session(&session.key())
            .await
            .unwrap_err()
            .needs_login()
    );
}
