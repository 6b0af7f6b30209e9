//! What a refresh waits for, and for how long.

use tokio::time::timeout;

use super::*;
use crate::client::testing::session;
use crate::client::{OAuthClient, SessionKey};
use crate::store::{Commit, MemoryStore, SessionRecord};
use crate::types::{Did, Timestamp};

/// A client and a session of its whose access token is over.
async fn expired() -> (OAuthClient, Arc<SessionState>) {
    let builder = OAuthClient::builder().base_url("http://127.0.0.1:3000");
    let client = builder.store(MemoryStore::new()).build().await.unwrap();
    let did: Did = "did:plc:ewvi7nxzyoun6zhxrhs64oiz".parse().unwrap();
    let issued = Timestamp(client.now().0 - 7_200);
    let mut record = session(&SessionKey::new(did, [7; 32]), issued);
    record.refresh_token = Some("spent by others".into());
    record.access_expires_at = Some(issued.plus(Duration::from_hours(1)));
    let state = client.0.sessions.insert(record).await.unwrap();
    (client, state)
}

async fn gives_up(client: &OAuthClient, state: &Arc<SessionState>) {
    let start = Instant::now();
    let usable = timeout(
        Duration::from_hours(1),
        client.0.refresher.usable(state, None),
    );
    let Err(error) = usable.await.expect("an end") else {
        panic!("no process refreshed it");
    };
    assert!(error.is_transient() && !error.needs_login(), "{error}");
    assert!(start.elapsed() >= REFRESH_WAIT, "{:?}", start.elapsed());
    assert!(
        start.elapsed() < REFRESH_WAIT + REFRESH_LEASE,
        "{:?}",
        start.elapsed()
    );
}

/// Other processes take the lease one after the other.
#[tokio::test(start_paused = true)]
async fn never_an_endless_wait_for_others() {
    let (client, state) = expired().await;
    let (others, id) = (client.clone(), state.key.to_string());
    tokio::spawn(async move {
        let vault = others.vault();
        for holder in 0.. {
            let stored = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
            let mut record = stored.record;
            record.refreshing = Some(RefreshLease {
                holder: [holder; 16],
                deadline: Timestamp(u64::from(u32::MAX)),
            });
            let change = vault.put(&record, Some(stored.version)).unwrap();
            assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
            tokio::time::sleep(REFRESH_LEASE / 2).await;
        }
    });
    tokio::task::yield_now().await;
    gives_up(&client, &state).await;
}

/// A task here has the turn and does not come back. However many wait, none waits for the time of another.
#[tokio::test(start_paused = true)]
async fn never_an_endless_wait_for_ones_turn() {
    let (client, state) = expired().await;
    let turn = state.refresh_turn.lock().await;
    let waiting = (0..3).map(|_| gives_up(&client, &state));
    futures_util::future::join_all(waiting).await;
    drop(turn);
}
