//! The life of client keys: published, active, retired, missing, compromised.

use std::collections::BTreeMap;
use std::time::Duration;

use atproto_oauth::jose::{ClientKey, PrivateKey};
use atproto_oauth::store::{ClientKeyRecord, Kind};
use atproto_oauth::testing::{Endpoint, TestNetwork};
use atproto_oauth::{ErrorKind, KeyState, OAuthClient, OAuthClientBuilder, Session};
use futures_util::future::join_all;

use crate::support::*;

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// A network, and one store for every process.
struct World {
    network: TestNetwork,
    store: Faulty,
    clock: Ahead,
}

impl World {
    async fn new() -> Self {
        let clock = Ahead::default();
        Self {
            network: network_at(&clock).await,
            store: Faulty::shared(clock.clone()),
            clock,
        }
    }

    fn settings(&self) -> impl Fn(OAuthClientBuilder) -> OAuthClientBuilder {
        let (clock, store) = (self.clock.clone(), self.store.clone());
        move |builder| builder.clock(clock.clone()).store(store.clone())
    }

    /// A process that starts with these keys.
    async fn start(&self, keys: &[&ClientKey]) -> OAuthClient {
        confidential(&self.network, keys, self.settings()).await
    }

    /// The key that a new sign-in is pinned to.
    async fn signs(&self, client: &OAuthClient) -> String {
        let session = sign_in(&self.network, client, "alice.test").await;
        session.info().client_key.unwrap()
    }

    /// Waits for the background, which writes what it finds to the store.
    #[track_caller]
    fn until<T>(&self, found: impl AsyncFn() -> Option<T>) -> impl Future<Output = T> {
        soon("what the background writes", async move {
            loop {
                let commits = self.store.commits();
                if let Some(found) = found().await {
                    return found;
                }
                self.store.until(commits + 1).await;
            }
        })
    }
}

async fn states(client: &OAuthClient) -> Vec<(String, KeyState)> {
    let keys = client.client_keys().await.unwrap();
    keys.into_iter().map(|key| (key.kid, key.state)).collect()
}

fn named(all: &[(&ClientKey, KeyState)]) -> Vec<(String, KeyState)> {
    let name = |(key, state): &(&ClientKey, KeyState)| (key.kid().to_owned(), *state);
    all.iter().map(name).collect()
}

async fn by_kid(client: &OAuthClient) -> BTreeMap<Option<String>, u64> {
    client.sessions_by_kid().await.unwrap().by_kid
}

/// CA-07, CM-20: a new key signs when every server can know it, not before, and without a restart.
#[tokio::test]
async fn a_new_key_signs_when_every_server_can_know_it() {
    let world = World::new().await;
    let (old, new) = (client_key(), client_key());
    let before = world.start(&[&old]).await;
    assert_eq!(
        world.signs(&before).await,
        old.kid(),
        "the first start does not wait"
    );
    assert_eq!(states(&before).await, named(&[(&old, KeyState::Active)]));
    world.clock.by(60 * MINUTE);

    let client = world.start(&[&new, &old]).await;
    // The servers believe what they fetched a moment ago.
    publish(&world.network, &before);
    let expected = named(&[(&new, KeyState::Published), (&old, KeyState::Active)]);
    assert_eq!(states(&client).await, expected);
    assert_eq!(world.signs(&client).await, old.kid());
    world.clock.by(9 * MINUTE);
    assert_eq!(world.signs(&client).await, old.kid());
    world.clock.by(MINUTE);
    publish(&world.network, &client);
    assert_eq!(world.signs(&client).await, new.kid());
    let expected = named(&[(&new, KeyState::Active), (&old, KeyState::Retired)]);
    assert_eq!(states(&client).await, expected);
    let keys = client.client_keys().await.unwrap();
    assert_eq!(keys[0].first_seen.until(keys[0].known_from), 10 * MINUTE);
    // The clock goes on while the test runs.
    let apart = keys[1].first_seen.until(keys[0].first_seen);
    assert!((60 * MINUTE..61 * MINUTE).contains(&apart), "{apart:?}");
    let expected = [(&new, 1), (&old, 3)].map(|(key, n)| (Some(key.kid().to_owned()), n));
    assert_eq!(by_kid(&client).await, BTreeMap::from(expected));
}

/// CA-07: of processes that start at the same moment, all say the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_start_together_agree() {
    let world = World::new().await;
    let (old, new) = (client_key(), client_key());
    let starts = (0..12).map(|n| {
        let (network, settings) = (&world.network, world.settings());
        let (old, new, clock) = (&old, &new, &world.clock);
        async move {
            if n % 3 == 0 {
                clock.by(Duration::from_secs(1));
            }
            confidential(network, &[new, old], settings).await
        }
    });
    let clients = join_all(starts).await;
    let first = clients[0].client_keys().await.unwrap();
    assert_eq!(first.len(), 2);
    for client in &clients {
        assert_eq!(client.client_keys().await.unwrap(), first);
        assert_eq!(world.signs(client).await, first[0].kid);
    }
    let stored = clients[0]
        .vault()
        .list::<ClientKeyRecord>("keys", None, 9)
        .await;
    assert_eq!(stored.unwrap().items.len(), 2);
}

/// CA-07: as long as one process does not have the key, the document that servers fetch may lack it.
#[tokio::test]
async fn a_long_roll_out_is_waited_out() {
    let world = World::new().await;
    let (old, new) = (client_key(), client_key());
    world.start(&[&old]).await;
    let client = world.start(&[&new, &old]).await;
    world.clock.by(9 * MINUTE);
    // One of the last with the earlier settings starts once more, and then with the new ones.
    world.start(&[&old]).await;
    world.clock.by(MINUTE);
    let last = world.start(&[&new, &old]).await;
    for (minutes, signs) in [(0, &old), (9, &old), (1, &new)] {
        world.clock.by(minutes * MINUTE);
        assert_eq!(world.signs(&last).await, signs.kid());
    }
    drop(client);
}

/// CA-07: a key that was away is new again: servers have forgotten it.
#[tokio::test]
async fn a_key_that_comes_back_is_new_again() {
    let world = World::new().await;
    let (one, two) = (client_key(), client_key());
    world.start(&[&one]).await;
    world.clock.by(60 * MINUTE);
    world.start(&[&two]).await;
    world.clock.by(60 * MINUTE);
    let back = world.start(&[&one, &two]).await;
    assert_eq!(world.signs(&back).await, two.kid());
    world.clock.by(10 * MINUTE);
    assert_eq!(world.signs(&back).await, one.kid());
}

/// A name is for one key, whatever became of it; nothing changes for the one that has it.
#[tokio::test]
async fn a_name_stays_with_its_key() {
    let world = World::new().await;
    let old = client_key();
    let before = world.start(&[&old]).await;
    let key = sign_in(&world.network, &before, "alice.test").await.key();
    let records = before.client_keys().await.unwrap();
    let other = ClientKey::new(old.kid(), PrivateKey::generate().unwrap()).unwrap();
    for keys in [vec![&other], vec![&other, &old]] {
        let builder = OAuthClient::builder()
            .base_url("https://app.example.com")
            .secret(SECRET);
        let builder = world.settings()(builder);
        let add = |builder: OAuthClientBuilder, key: &&ClientKey| builder.client_key(copy(key));
        let error = keys.iter().fold(builder, add).build().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(text.contains("kid") && text.contains(old.kid()), "{text}");
    }
    assert_eq!(before.client_keys().await.unwrap(), records);
    let again = world.start(&[&old]).await;
    let session: Session = again.session(&key).await.unwrap();
    world.clock.by(120 * MINUTE);
    me(&session).await.unwrap();
}

/// CA-07: sessions of a key that was taken out too early are noticed, counted, and waited for.
#[tokio::test]
async fn never_a_key_with_sessions_dropped_silently() {
    let world = World::new().await;
    let (old, new) = (client_key(), client_key());
    let before = world.start(&[&old]).await;
    let mut keys = Vec::new();
    for _ in 0..3 {
        keys.push(sign_in(&world.network, &before, "alice.test").await.key());
    }
    drop(before);
    let logs = Logs::listen();
    let after = world.start(&[&new]).await;
    let counted = async || {
        let keys = after.client_keys().await.unwrap();
        let gone = keys.into_iter().find(|key| key.kid == old.kid()).unwrap();
        assert_eq!(gone.state, KeyState::Missing);
        gone.sessions
    };
    assert_eq!(world.until(counted).await, 3);
    let waits = |logs: &Logs| {
        let text = logs.text();
        let line = text
            .lines()
            .find(|line| line.contains("wait for a client key"));
        line.map(str::to_owned)
    };
    let line = waits(&logs).unwrap();
    assert!(
        line.starts_with("WARN") && line.contains("sessions=3"),
        "{line}"
    );
    assert!(line.contains(old.kid()), "{line}");
    // A process that starts later knows it without counting.
    let logs = Logs::listen();
    let commits = world.store.commits();
    let next = world.start(&[&new]).await;
    eventually("a warning", async || waits(&logs)).await;
    assert_eq!(world.store.commits(), commits);
    assert_eq!(by_kid(&next).await[&Some(old.kid().to_owned())], 3);

    // It comes back, and nothing is lost.
    let again = world.start(&[&new, &old]).await;
    world.clock.by(120 * MINUTE);
    for key in &keys {
        let session: Session = again.session(key).await.unwrap();
        me(&session).await.unwrap();
        session.revoke().await.unwrap();
    }
    world.clock.by(DAY);
    // Now it may go, and nothing is logged.
    let logs = Logs::listen();
    let last = world.start(&[&new]).await;
    let none_left = async || {
        let keys = last.client_keys().await.unwrap();
        let gone = keys.into_iter().find(|key| key.kid == old.kid());
        gone.unwrap().sessions
    };
    assert_eq!(world.until(none_left).await, 0);
    assert_eq!(waits(&logs), None);
}

/// The same for a client that gives all its keys up: confidential to public does not work (CA-10).
#[tokio::test]
async fn never_all_keys_dropped_silently() {
    let world = World::new().await;
    let key = client_key();
    let before = world.start(&[&key]).await;
    sign_in(&world.network, &before, "alice.test").await;
    let logs = Logs::listen();
    let after = world.start(&[]).await;
    let counted = async || after.client_keys().await.unwrap().pop()?.sessions;
    assert_eq!(world.until(counted).await, 1);
    assert!(
        logs.text().contains("wait for a client key"),
        "{}",
        logs.text()
    );
}

/// CA-07: a key that has been gone for a year and has no sessions is forgotten; one that leaked never is.
#[tokio::test]
async fn a_key_that_no_process_has_had_for_a_year_is_forgotten() {
    let world = World::new().await;
    let (old, leaked, new) = (client_key(), client_key(), client_key());
    world.start(&[&old, &leaked]).await;
    let says = |builder: OAuthClientBuilder| {
        world.settings()(builder).compromised_client_keys([leaked.kid()])
    };
    let client = confidential(&world.network, &[&new], says).await;
    let known = async |kid: &str| {
        let keys = client.client_keys().await.unwrap();
        keys.into_iter().find(|key| key.kid == kid)
    };
    for key in [&old, &leaked] {
        let none_left = async || known(key.kid()).await.unwrap().sessions;
        assert_eq!(world.until(none_left).await, 0);
    }
    world.clock.by(364 * DAY);
    let early = world.start(&[&new]).await;
    assert!(known(old.kid()).await.is_some());
    world.clock.by(DAY);
    let late = world.start(&[&new]).await;
    let is_gone = async || known(old.kid()).await.is_none().then_some(());
    world.until(is_gone).await;
    let state = known(leaked.kid()).await.unwrap().state;
    assert_eq!(state, KeyState::Compromised);
    // It may come back, as a new one.
    let again = world.start(&[&new, &old]).await;
    assert_eq!(
        states(&again).await[1],
        (old.kid().to_owned(), KeyState::Published)
    );
    drop((early, late));
}

/// CA-08: what was made with a key that leaked is deleted in the background, and the key stays burnt, also
/// when no process names it any more.
#[tokio::test]
async fn a_key_that_leaked_is_burnt_for_good() {
    let world = World::new().await;
    let (leaked, good) = (client_key(), client_key());
    let before = world.start(&[&leaked]).await;
    for _ in 0..3 {
        sign_in(&world.network, &before, "alice.test").await;
    }
    let held = sign_in(&world.network, &before, "bob.test").await;
    world.start(&[&good, &leaked]).await;
    world.clock.by(10 * MINUTE);
    let both = world.start(&[&good, &leaked]).await;
    let kept = sign_in(&world.network, &both, "alice.test").await;
    drop(before);
    world.network.forget_requests();

    let says = |builder: OAuthClientBuilder| {
        world.settings()(builder).compromised_client_keys([leaked.kid()])
    };
    let after = confidential(&world.network, &[&good], says).await;
    let states = states(&after).await;
    assert!(states.contains(&(leaked.kid().to_owned(), KeyState::Compromised)));
    let gone = async || {
        let count = by_kid(&after).await;
        (!count.contains_key(&Some(leaked.kid().to_owned()))).then_some(count)
    };
    let expected = BTreeMap::from([(Some(good.kid().to_owned()), 1)]);
    assert_eq!(world.until(gone).await, expected);
    let nothing_sent = [Endpoint::Refresh, Endpoint::Revocation];
    for endpoint in nothing_sent {
        assert_eq!(count(&world.network, endpoint), 0);
    }
    // A process that still holds one finds out: here another process, which reads the store again.
    world.clock.by(120 * MINUTE);
    assert!(me(&held).await.unwrap_err().needs_login());
    let session: Session = after.session(&kept.key()).await.unwrap();
    me(&session).await.unwrap();

    // An old process that starts again with the old settings.
    let builder = OAuthClient::builder()
        .base_url("https://app.example.com")
        .secret(SECRET);
    let builder = world.settings()(builder).client_key(copy(&leaked));
    let error = builder.build().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("ATPROTO_CLIENT_KEYS"), "{error}");
}

/// CA-08: a process that is running learns in the stated time that a key leaked, whatever it is asked first:
/// it publishes and uses the key no more, and sessions at hand are over.
#[tokio::test]
async fn every_process_gives_a_leaked_key_up_within_the_stated_time() {
    for first in ["a session", "a request", "a sign-in", "a sign-out"] {
        let world = World::new().await;
        let (leaked, good) = (client_key(), client_key());
        let running = world.start(&[&leaked, &good]).await;
        let held = sign_in(&world.network, &running, "alice.test").await;
        let other = sign_in(&world.network, &running, "bob.test").await;
        me(&held).await.unwrap();
        assert_eq!(held.info().client_key.unwrap(), leaked.kid());
        let says = |builder: OAuthClientBuilder| {
            world.settings()(builder).compromised_client_keys([leaked.kid()])
        };
        let after = confidential(&world.network, &[&good], says).await;
        let published = |client: &OAuthClient| {
            let set = client.key_set();
            let text = String::from_utf8_lossy(&set);
            [&leaked, &good].map(|key| text.contains(key.kid()))
        };
        assert_eq!(published(&after), [false, true]);
        world.network.forget_requests();
        world.clock.by(Duration::from_secs(5));
        match first {
            "a session" => {
                let error = running.session(&held.key()).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::SessionEnded);
            }
            "a request" => assert!(me(&held).await.unwrap_err().needs_login()),
            "a sign-in" => assert_eq!(world.signs(&running).await, good.kid()),
            // Its server ends it; no process signs with it then.
            _ => drop(other.revoke().await),
        }
        assert_eq!(published(&running), [false, true], "{first}");
        for session in [&held, &other] {
            assert!(me(session).await.unwrap_err().needs_login(), "{first}");
            let again: Result<Session, _> = running.session(&session.key()).await;
            assert!(again.unwrap_err().needs_login(), "{first}");
        }
        let signed = |seen: &atproto_oauth::testing::Seen| {
            let (header, _) = seen.assertion()?;
            Some(header["kid"] == leaked.kid())
        };
        let requests = world.network.requests();
        assert!(!requests.iter().filter_map(signed).any(|leaked| leaked));
        assert_eq!(count(&world.network, Endpoint::Refresh), 0);
        assert_eq!(count(&world.network, Endpoint::Xrpc), 0, "{first}");
    }
}

/// CA-08: a store that lost the mark, or does not answer, brings no key back.
#[tokio::test]
async fn never_a_leaked_key_back_because_the_store_forgot() {
    let world = World::new().await;
    let (leaked, good) = (client_key(), client_key());
    let running = world.start(&[&leaked, &good]).await;
    let before = world.store.copy().await;
    let says = |builder: OAuthClientBuilder| {
        world.settings()(builder).compromised_client_keys([leaked.kid()])
    };
    drop(confidential(&world.network, &[&good], says).await);
    world.clock.by(Duration::from_secs(5));
    assert_eq!(world.signs(&running).await, good.kid());
    let is_gone = || !String::from_utf8_lossy(&running.key_set()).contains(leaked.kid());
    assert!(is_gone());
    world.store.put_back(&before).await;
    world.clock.by(Duration::from_secs(5));
    assert_eq!(world.signs(&running).await, good.kid());
    world.store.reads_fail();
    world.clock.by(Duration::from_secs(5));
    let unknown = unknown_session(&running).await;
    assert!(unknown.is_transient(), "{unknown}");
    assert!(is_gone());
}

/// The store is asked for a session that does not exist.
async fn unknown_session(client: &OAuthClient) -> atproto_oauth::Error {
    let key: atproto_oauth::SessionKey =
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            .parse()
            .unwrap();
    client.session(&key).await.unwrap_err()
}

/// CA-08: the first key that servers knew leaked, and the new one has to do at once.
#[tokio::test]
async fn after_a_leak_the_next_key_signs_at_once() {
    let world = World::new().await;
    let (leaked, good) = (client_key(), client_key());
    world.start(&[&leaked]).await;
    world.clock.by(60 * MINUTE);
    let says = |builder: OAuthClientBuilder| {
        world.settings()(builder).compromised_client_keys([leaked.kid()])
    };
    let after = confidential(&world.network, &[&good], says).await;
    assert_eq!(world.signs(&after).await, good.kid());
}

/// A store that cannot tell since when keys are published stops a start, and is no reason to guess.
#[tokio::test]
async fn a_store_that_cannot_be_read_stops_a_start() {
    let world = World::new().await;
    let key = client_key();
    let build = || {
        let builder = OAuthClient::builder()
            .base_url("https://app.example.com")
            .secret(SECRET);
        world.settings()(builder).client_key(copy(&key)).build()
    };
    world.store.reads_fail();
    assert!(build().await.unwrap_err().is_transient());
    world.store.works();
    world.store.fails(None, Fails::Before);
    assert!(build().await.unwrap_err().is_transient());
    world.store.works();
    build().await.unwrap();
}

/// What cannot be read may say that the key leaked: it is neither made anew nor started without.
#[tokio::test]
async fn a_record_that_cannot_be_read_is_left_as_it_is() {
    let world = World::new().await;
    let key = client_key();
    let running = world.start(&[&key]).await;
    let rows = async || {
        let mut all = world.store.of_kind(Kind::ClientKey).await;
        all.retain(|(row, _)| row.id.ends_with(&ClientKeyRecord::id_of(key.kid())));
        all
    };
    let build = || {
        let builder = OAuthClient::builder().base_url("https://app.example.com");
        world.settings()(builder.secret(SECRET)).client_key(copy(&key))
    };
    let refused = |result: Result<OAuthClient, atproto_oauth::Error>| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = format!("{error:?}");
        for part in [key.kid(), "ATPROTO_SECRET", "caused by: a stored row"] {
            assert!(text.contains(part), "{text}");
        }
    };
    // Sealed with a secret that is not here.
    let before = rows().await;
    let other = "q9r3nKJkZ0o8yq0xwB5kq3m2Vt1c6uHs7dEfGhIjKlM";
    refused(build().secret(other).build().await);
    assert_eq!(rows().await, before);
    // Changed: no process can read it, and it stays where it is.
    world.store.damage(Kind::ClientKey).await;
    let before = rows().await;
    refused(build().build().await);
    assert_eq!(rows().await, before);
    // Who was running goes on.
    assert_eq!(world.signs(&running).await, key.kid());
    // And so does who starts with another key.
    let new = client_key();
    let client = world.start(&[&new]).await;
    assert_eq!(world.signs(&client).await, new.kid());
    assert_eq!(rows().await, before);
}
