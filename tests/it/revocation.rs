//! Signing out: gone at once, then revoked, now or later.

use std::time::Duration;

use atproto_oauth::store::{Commit, RevocationRecord, SessionRecord};
use atproto_oauth::testing::{Endpoint, Fault, Seen, TestNetwork};
use atproto_oauth::{AuthorizeOptions, Error, ErrorKind, OAuthClient, Session, SessionKey};
use futures_util::future::join_all;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::support::*;

/// Waits for the last request of a task in the background.
#[track_caller]
fn until_revoked(network: &TestNetwork, times: usize) -> impl Future<Output = ()> {
    let done = |seen: &Seen| seen.endpoint == Endpoint::Revocation && seen.status == Some(200);
    network.until(move |all| all.iter().filter(|seen| done(seen)).count() >= times)
}

/// TK-16, DP-12: both tokens, the refresh token first, with the session's key; nothing is left.
#[tokio::test]
async fn signing_out_revokes_both_tokens() {
    let (network, client, session) = signed_in().await;
    let key = session.key();
    client.revoke(&key).await.unwrap();
    assert_eq!(revoked(&network), BOTH);
    assert_eq!(network.sessions_of(key.did()), 0);
    assert_eq!(queued(&client).await, 0);
    assert_eq!(client.sessions_of(key.did()).await.unwrap().len(), 0);
    let error = client.session(&key).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionNotFound);
    // Who still holds it sends nothing more.
    network.forget_requests();
    assert!(me(&session).await.unwrap_err().needs_login());
    let elsewhere = session.for_app::<()>();
    assert!(me(&elsewhere).await.unwrap_err().needs_login());
    assert_eq!(network.requests().len(), 0);
}

/// Servers that do not answer for long are told of, by the process that works the queue.
#[tokio::test]
async fn a_queue_that_waits_for_long_is_logged() {
    let logs = Logs::listen();
    let (network, store, clock) = network_and_store(Faulty::shared).await;
    let client = process(&network, &store, &clock).await;
    let key = sign_in(&network, &client, "alice.test").await.key();
    network.misbehave(Fault::status(Endpoint::Revocation, 503));
    client.revoke(&key).await.unwrap();
    for (hours, is_told) in [(0, false), (2, true)] {
        clock.by(Duration::from_hours(hours));
        let asked = count(&network, Endpoint::Revocation);
        clock.by(Duration::from_mins(2));
        let _next = process(&network, &store, &clock).await;
        let again = |seen: &[Seen]| {
            let at = |one: &&Seen| one.endpoint == Endpoint::Revocation;
            seen.iter().filter(at).count() > asked
        };
        network.until(again).await;
        let told = || {
            logs.text()
                .contains("wait for their servers waiting=1 oldest_secs=7")
        };
        if is_told {
            eventually("a warning", async || told().then_some(())).await;
        }
        assert_eq!(told(), is_told, "{}", logs.text());
    }
}

/// TK-16: an entry of the queue that another process changed while it was worked holds other tokens, which wait for
/// their turn.
#[tokio::test]
async fn a_changed_entry_of_the_queue_stays() {
    let (network, client) = network_and_client().await;
    let key = sign_in(&network, &client, "alice.test").await.key();
    let at = Endpoint::Revocation;
    let hold = network.hold(at);
    let change = async {
        network
            .until(|seen| seen.iter().any(|one| one.endpoint == at))
            .await;
        let (vault, id) = (client.vault(), key.to_string());
        let stored = vault.get::<RevocationRecord>(&id).await.unwrap().unwrap();
        let mut record = stored.record;
        record.access_token = "fresher".into();
        let change = vault.put(&record, Some(stored.version)).unwrap();
        assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
        hold.release();
    };
    let (answer, ()) = tokio::join!(client.revoke(&key), change);
    answer.unwrap();
    assert_eq!(revoked(&network), BOTH);
    let queue = RevocationRecord::QUEUE;
    let left = client.vault().list::<RevocationRecord>(queue, None, 9);
    let left = left.await.unwrap().items;
    let tokens: Vec<_> = left
        .iter()
        .map(|one| one.record.access_token.expose_secret())
        .collect();
    assert_eq!(tokens, ["fresher"]);
}

/// TK-16: signed out while older tokens of the session wait in the queue: the newer ones take their place, so
/// that they are revoked even if the server is down now.
#[tokio::test]
async fn never_older_tokens_in_the_queue_for_newer_ones() {
    let (network, client) = network_and_client().await;
    let key = sign_in(&network, &client, "alice.test").await.key();
    let (vault, id) = (client.vault(), key.to_string());
    let session = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
    let now = client.now();
    let (soon, end) = (Duration::from_mins(5), Duration::from_hours(1));
    let mut older = RevocationRecord::of(&session.record, now, now.plus(end));
    older.access_token = "older".into();
    older.next_at = now.plus(soon);
    let change = vault.put(&older, None).unwrap();
    assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
    network.misbehave(Fault::status(Endpoint::Revocation, 503));
    client.revoke(&key).await.unwrap();
    let left = vault.get::<RevocationRecord>(&id).await.unwrap().unwrap();
    assert_eq!(
        left.record.access_token.expose_secret(),
        session.record.access_token.expose_secret()
    );
    network.behave();
}

/// Scenario 48: twice, and at the same time.
#[tokio::test]
async fn signing_out_twice_is_signing_out_once() {
    let (network, client, session) = signed_in().await;
    let results = join_all((0..10).map(|_| async { client.revoke(&session.key()).await })).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let refused = |result: &Result<(), Error>| {
        result
            .as_ref()
            .is_err_and(|e| e.kind() == ErrorKind::SessionNotFound)
    };
    assert_eq!(results.iter().filter(|result| refused(result)).count(), 9);
    assert_eq!(revoked(&network), BOTH);
    let unknown: SessionKey =
        "did:plc:ewvi7nxzyoun6zhxrhs64oiz:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            .parse()
            .unwrap();
    let error = client.revoke(&unknown).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SessionNotFound);
}

/// TK-17, TK-18: a server without the endpoint, and one that does not know the tokens any more. Whether the
/// tokens live on at their server makes no difference: this client does not use them.
#[tokio::test]
async fn never_signed_in_because_a_server_cannot_revoke() {
    let (network, client, clock) = ahead().await;
    let at = Endpoint::AuthorizationServer;
    network.misbehave(Fault::missing(at, "revocation_endpoint"));
    let session = sign_in(&network, &client, "alice.test").await;
    session.revoke().await.unwrap();
    assert_eq!(count(&network, Endpoint::Revocation), 0);
    assert_eq!(queued(&client).await, 0);
    assert_eq!(network.sessions_of(session.did()), 1, "it lives on there");
    let asked = count(&network, Endpoint::Xrpc);
    assert!(me(&session).await.unwrap_err().needs_login());
    assert_eq!(count(&network, Endpoint::Xrpc), asked);
    network.behave();
    clock.by(Duration::from_mins(2));

    let session = sign_in(&network, &client, "alice.test").await;
    network.revoke_sessions(session.did());
    session.revoke().await.unwrap();
    assert_eq!(queued(&client).await, 0);
}

/// TK-16, scenario 48: whatever the server does, the person is signed out, soon, and it is tried again.
#[tokio::test]
async fn never_signed_in_because_a_server_is_down() {
    let at = Endpoint::Revocation;
    let metadata = Endpoint::AuthorizationServer;
    for fault in [
        Fault::status(at, 500),
        Fault::status(at, 503),
        Fault::html(at).with_header("x", "y"),
        Fault::Drop { at },
        Fault::EndlessNonces { at },
        Fault::json(at, 400, &json!({ "error": "invalid_client" })),
        Fault::redirect(at, "https://evil.example.com"),
        Fault::status(metadata, 503),
        Fault::html(metadata),
    ] {
        let (network, client, clock, session) = ahead_signed_in().await;
        clock.by(Duration::from_mins(2));
        network.misbehave(fault.clone());
        session
            .revoke()
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert!(
            client
                .session(&session.key())
                .await
                .unwrap_err()
                .needs_login()
        );
        assert_eq!(client.sessions_of(session.did()).await.unwrap().len(), 0);
        let html = matches!(
            fault,
            Fault::Answer {
                at: Endpoint::Revocation,
                status: 200,
                ..
            }
        );
        assert_eq!(queued(&client).await, usize::from(!html), "{fault:?}");
    }
}

/// TK-16: a person who signs out does not wait for a server that hangs.
#[tokio::test]
async fn a_sign_out_does_not_wait_for_a_server_that_hangs() {
    let (network, client) = network_and_client().await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(sign_in(&network, &client, "alice.test").await);
    }
    network.misbehave(Fault::Hang {
        at: Endpoint::Revocation,
    });
    // The clock of the timers jumps to the next one whenever all tasks wait, so this does not depend on the machine.
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    assert_eq!(client.revoke_all(sessions[0].did()).await.unwrap(), 3);
    let took = start.elapsed();
    tokio::time::resume();
    // Not one after the other.
    assert!(took < Duration::from_secs(9), "{took:?}");
    for session in &sessions {
        assert!(
            client
                .session(&session.key())
                .await
                .unwrap_err()
                .needs_login()
        );
    }
}

/// TK-16: what could not be revoked is revoked after a restart, from the file.
#[tokio::test]
async fn the_queue_outlives_the_process() {
    let clock = Ahead::default();
    let network = network_at(&clock).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.redb");
    let build = || {
        let url = format!("file:{}", path.display());
        builder(&network)
            .clock(clock.clone())
            .store_url(url)
            .build()
    };
    let client = build().await.unwrap();
    let session = sign_in(&network, &client, "alice.test").await;
    network.misbehave(Fault::status(Endpoint::Revocation, 503));
    client.revoke(&session.key()).await.unwrap();
    assert_eq!(queued(&client).await, 1);
    assert_eq!(network.sessions_of(session.did()), 1);
    let did = session.did().clone();
    drop((session, client));
    network.behave();
    clock.by(Duration::from_mins(2));
    let client = reopened(build).await;
    until_revoked(&network, 2).await;
    assert_eq!(revoked(&network), BOTH);
    assert_eq!(network.sessions_of(&did), 0);
    drop(client);
}

/// Opens the file as soon as the client before has let go of it.
async fn reopened<F: Future<Output = Result<OAuthClient, Error>>>(
    build: impl Fn() -> F,
) -> OAuthClient {
    eventually("the file to be let go", async || match build().await {
        Ok(client) => Some(client),
        Err(error) => {
            assert!(error.to_string().contains("in use"), "{error}");
            None
        }
    })
    .await
}

/// The queue is worked to its end, even where many entries are not due yet.
#[tokio::test]
async fn the_queue_is_worked_to_its_end() {
    let (network, store, clock) = network_and_store(Faulty::new).await;
    let build = || process(&network, &store, &clock);
    let client = build().await;
    let session = sign_in(&network, &client, "alice.test").await;
    network.misbehave(Fault::status(Endpoint::Revocation, 503));
    client.revoke(&session.key()).await.unwrap();
    let page = client
        .vault()
        .list::<RevocationRecord>(RevocationRecord::QUEUE, None, 1)
        .await;
    let real = page.unwrap().items.remove(0).record;
    // Two hundred that come before it, and not before tomorrow.
    for n in 0..200_u8 {
        let mut other = real.clone();
        let mut nonce = [0; 32];
        nonce[0] = n;
        other.id = format!(
            "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa:{}",
            atproto_oauth::jose::base64url::encode(&nonce)
        );
        other.next_at = client.now().plus(Duration::from_hours(24));
        let change = client.vault().put(&other, None).unwrap();
        let _ = client.vault().commit(vec![change]).await.unwrap();
    }
    assert_eq!(queued(&client).await, 201);
    network.behave();
    clock.by(Duration::from_mins(2));
    let next = build().await;
    until_revoked(&network, 2).await;
    assert_eq!(network.sessions_of(session.did()), 0);
    drop(next);
}

/// TK-16: several processes work one queue. Each entry is one process's at a time, by a claim in its row
/// that runs out; so each is revoked once, and a process that dies holds nothing up for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_entry_is_revoked_by_one_process() {
    const SESSIONS: usize = 30;
    let (network, store, clock) = network_and_store(Faulty::shared).await;
    let build = || process(&network, &store, &clock);
    let client = build().await;
    let mut keys = Vec::new();
    for _ in 0..SESSIONS {
        keys.push(sign_in(&network, &client, "alice.test").await.key());
    }
    network.misbehave(Fault::status(Endpoint::Revocation, 503));
    assert_eq!(client.revoke_all(keys[0].did()).await.unwrap(), SESSIONS);
    assert_eq!(queued(&client).await, SESSIONS);
    network.behave();
    clock.by(Duration::from_mins(2));
    network.forget_requests();

    // Each looks at the queue as soon as it starts.
    let clients = join_all((0..4).map(|_| build())).await;
    until_revoked(&network, 2 * SESSIONS).await;
    eventually("an empty queue", async || {
        (queued(&client).await == 0).then_some(())
    })
    .await;
    let mut tokens = std::collections::BTreeMap::<String, usize>::new();
    for seen in network.requests_to(Endpoint::Revocation) {
        if seen.status == Some(200) {
            *tokens
                .entry(seen.form("token").unwrap().to_owned())
                .or_default() += 1;
        }
    }
    assert_eq!(tokens.len(), 2 * SESSIONS);
    assert!(tokens.values().all(|times| *times == 1), "{tokens:?}");
    assert_eq!(network.sessions_of(keys[0].did()), 0);
    drop(clients);
}

/// TK-16: a process that died with an entry in its hands. Another takes it over when its time is up, and not
/// before.
#[tokio::test]
async fn an_entry_of_a_process_that_died_is_taken_over() {
    let (network, store, clock) = network_and_store(Faulty::shared).await;
    let build = || process(&network, &store, &clock);
    let client = build().await;
    let session = sign_in(&network, &client, "alice.test").await;
    network.misbehave(Fault::status(Endpoint::Revocation, 503));
    client.revoke(&session.key()).await.unwrap();
    network.behave();
    clock.by(Duration::from_mins(2));
    // What a process does that claims it and is killed before it sends anything.
    let page = client
        .vault()
        .list::<RevocationRecord>(RevocationRecord::QUEUE, None, 1)
        .await;
    let mut claimed = page.unwrap().items.remove(0);
    claimed.record.next_at = client.now().plus(Duration::from_mins(4));
    let change = client.vault().put(&claimed.record, Some(claimed.version));
    let _ = client.vault().commit(vec![change.unwrap()]).await.unwrap();
    network.forget_requests();
    for (minutes, revoked) in [(3, 0), (1, 2)] {
        clock.by(Duration::from_mins(minutes));
        let next = build().await;
        until_revoked(&network, revoked).await;
        drop(next);
        assert_eq!(done(&network, Endpoint::Revocation), revoked);
    }
}

/// `never_…` of the field: several accounts and devices, each revoked, none orphaned.
#[tokio::test]
async fn signing_out_everywhere_ends_every_session_of_that_account_and_no_other() {
    let (network, client) = network_and_client().await;
    let bob = sign_in(&network, &client, "bob.test").await;
    let mut alices = Vec::new();
    for _ in 0..5 {
        alices.push(sign_in(&network, &client, "alice.test").await);
    }
    let alice = alices[0].did().clone();
    assert_eq!(client.revoke_all(&alice).await.unwrap(), 5);
    assert_eq!(network.sessions_of(&alice), 0);
    assert_eq!(revoked(&network).len(), 10);
    for session in &alices {
        assert!(me(session).await.unwrap_err().needs_login());
    }
    me(&bob).await.unwrap();
    assert_eq!(client.revoke_all(&alice).await.unwrap(), 0);
}

/// SC-18: the session that is replaced ends once the new one is stored, and not before.
#[tokio::test]
async fn a_session_is_replaced_only_by_one_that_is_there() {
    let network = TestNetwork::start().await.unwrap();
    let client = builder(&network)
        .optional_scopes(["account:email"])
        .build()
        .await
        .unwrap();
    let old = sign_in(&network, &client, "alice.test").await;
    let more = || {
        AuthorizeOptions::new()
            .scope("atproto account:email")
            .replaces(&old.key())
    };
    let authorization = client.authorize("alice.test", more()).await.unwrap();
    let address = network.deny(authorization.url()).await.unwrap();
    let error = finish(&client, &authorization, &address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    me(&old).await.unwrap();

    let authorization = client.authorize("alice.test", more()).await.unwrap();
    let address = network
        .approve(authorization.url(), "alice.test")
        .await
        .unwrap();
    network.misbehave(Fault::edit(Endpoint::Exchange, "token_type", "Bearer"));
    finish(&client, &authorization, &address).await.unwrap_err();
    network.behave();
    me(&old).await.unwrap();

    let authorization = client.authorize("alice.test", more()).await.unwrap();
    let address = network
        .approve(authorization.url(), "alice.test")
        .await
        .unwrap();
    let new = finish(&client, &authorization, &address)
        .await
        .unwrap()
        .into_session();
    assert!(new.allows("account:email"));
    assert!(me(&old).await.unwrap_err().needs_login());
    until_revoked(&network, 4).await;
    assert_eq!(network.sessions_of(new.did()), 1);
    me(&new).await.unwrap();
    let sessions = client.sessions_of(new.did()).await.unwrap();
    assert_eq!(sessions.len(), 1);
    let _: Session = client.session(&sessions[0].key).await.unwrap();
}
