//! What a refresh waits for, and for how long.

use tokio::time::timeout;

use super::*;
use crate::OAuthClient;
use crate::client::testing::session;
use crate::store::{Commit, MemoryStore, SessionRecord};
use crate::types::Timestamp;
use crate::{Did, SessionKey};

/// A client and a session of its whose access token is over.
async fn expired() -> (OAuthClient, Arc<Live>) {
    let builder = OAuthClient::builder().base_url("http://127.0.0.1:3000");
    let client = builder.store(MemoryStore::new()).build().await.unwrap();
    let did: Did = "did:plc:ewvi7nxzyoun6zhxrhs64oiz".parse().unwrap();
    let issued = Timestamp(client.now().0 - 7_200);
    let mut record = session(&SessionKey::new(did, [7; 32]), issued);
    record.refresh_token = Some("spent by others".into());
    record.access_expires_at = Some(issued.plus(Duration::from_hours(1)));
    let live = client.0.store_session(record).await.unwrap();
    (client, live)
}

async fn gives_up(client: &OAuthClient, live: &Arc<Live>) {
    let start = Instant::now();
    let usable = timeout(Duration::from_hours(1), client.0.usable(live, None));
    let Err(error) = usable.await.expect("an end") else {
        panic!("nobody renewed it");
    };
    assert!(error.is_transient() && !error.needs_login(), "{error}");
    assert!(start.elapsed() >= PATIENCE, "{:?}", start.elapsed());
    assert!(start.elapsed() < PATIENCE + LEASE, "{:?}", start.elapsed());
}

/// One after the other is about to spend the token, in other processes.
#[tokio::test(start_paused = true)]
async fn never_an_endless_wait_for_others() {
    let (client, live) = expired().await;
    let (others, id) = (client.clone(), live.key.to_string());
    tokio::spawn(async move {
        let vault = others.vault();
        for holder in 0.. {
            let stored = vault.get::<SessionRecord>(&id).await.unwrap().unwrap();
            let mut record = stored.record;
            record.refreshing = Some(Intent {
                holder: [holder; 16],
                deadline: Timestamp(u64::from(u32::MAX)),
            });
            let change = vault.put(&record, Some(stored.version)).unwrap();
            assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
            tokio::time::sleep(LEASE / 2).await;
        }
    });
    tokio::task::yield_now().await;
    gives_up(&client, &live).await;
}

/// Somebody here has the turn and does not come back. However many wait, none waits for another one's time.
#[tokio::test(start_paused = true)]
async fn never_an_endless_wait_for_ones_turn() {
    let (client, live) = expired().await;
    let turn = live.turn.lock().await;
    let waiting = (0..3).map(|_| gives_up(&client, &live));
    futures_util::future::join_all(waiting).await;
    drop(turn);
}
