//! Every row of a kind, and what sessions are counted by.

use std::collections::BTreeMap;

use super::*;
use crate::jose::DpopKey;
use crate::store::{ClientAuth, RefreshLease, SessionCounts, SessionRecord};
use crate::types::Issuer;

/// A session of the account `n`, made with the client key `kid`.
pub(super) fn session(n: u8, kid: Option<&str>) -> SessionRecord {
    let issuer = Issuer::parse("https://as.example").unwrap();
    SessionRecord {
        did: format!("did:web:a{n}.example").parse().unwrap(),
        random_id: [n; 32],
        handle: None,
        handle_checked_at: Timestamp(1),
        pds: issuer.origin().clone(),
        issuer,
        requested: "atproto".into(),
        granted: "atproto".into(),
        access_token: "a token".into(),
        refresh_token: Some("another".into()),
        access_expires_at: None,
        dpop_key: Arc::new(DpopKey::generate().unwrap()),
        auth: kid.map_or(ClientAuth::None, |kid| ClientAuth::PrivateKeyJwt {
            kid: kid.into(),
            thumbprint: [n; 32],
        }),
        issuer_nonce: None,
        pds_nonce: None,
        created_at: Timestamp(1),
        refreshed_at: Timestamp(1),
        refreshing: None::<RefreshLease>,
        used_at: None,
        expanded: Vec::new(),
        expires_at: Some(Timestamp(1_000)),
    }
}

pub(super) async fn add<R: Record>(vault: &Vault, record: &R) {
    let change = vault.put(record, None).unwrap();
    assert_eq!(vault.commit(vec![change]).await.unwrap(), Commit::Done);
}

/// Every step until the end.
async fn all(vault: &Vault, limit: usize) -> (Vec<Stored<SessionRecord>>, usize) {
    let (mut items, mut unreadable, mut from) = (Vec::new(), 0, None::<String>);
    loop {
        let step = vault.scan(from.as_deref(), limit).await.unwrap();
        items.extend(step.items);
        unreadable += step.unreadable;
        from = step.next;
        if from.is_none() {
            return (items, unreadable);
        }
    }
}

/// CA-07: which key has how many sessions, of this client and of those that still live.
#[tokio::test]
async fn sessions_are_counted_by_their_key() {
    let bench = Bench::new();
    let (ours, theirs) = (bench.vault("c"), bench.vault("d"));
    for n in 0..250 {
        let kid = [None, Some("old"), Some("new"), Some("old")][usize::from(n % 4)];
        add(&ours, &session(n, kid)).await;
        add(&theirs, &session(n, Some("theirs"))).await;
    }
    let mut over = session(251, Some("old"));
    over.expires_at = Some(Timestamp(5));
    add(&ours, &over).await;
    bench.clock.0.store(10, Ordering::SeqCst);
    let count = ours.sessions_by_kid().await.unwrap();
    let expected = [(None, 63), (Some("new"), 62), (Some("old"), 125)];
    let expected = expected.map(|(kid, count)| (kid.map(String::from), count));
    assert_eq!(count.by_kid, BTreeMap::from(expected));
    assert_eq!(count.unreadable, 0);
    let none = bench.vault("e").sessions_by_kid().await.unwrap();
    assert_eq!(none, SessionCounts::default());
}

#[tokio::test]
async fn a_pass_shows_what_is_readable_and_counts_the_rest() {
    let bench = Bench::new();
    let vault = bench.vault("c");
    for n in 0..20 {
        add(&vault, &session(n, None)).await;
    }
    for limit in [0, 1, 7, 20, 21] {
        let (items, unreadable) = all(&vault, limit).await;
        assert_eq!((items.len(), unreadable), (20, 0), "{limit}");
        assert!(items.iter().all(|stored| stored.version == 1));
    }
    let elsewhere = Bench {
        secrets: Secrets::generate().unwrap(),
        store: Arc::clone(&bench.store),
        clock: Arc::clone(&bench.clock),
    };
    let (items, unreadable) = all(&elsewhere.vault("c"), 7).await;
    assert_eq!((items.len(), unreadable), (0, 20));
}

/// A row that is older than it was is none, and looking at all rows forgets nothing about the others.
#[tokio::test]
async fn a_pass_does_not_believe_a_rolled_back_row() {
    let bench = Bench::new();
    let vault = bench.vault("c");
    let record = session(1, None);
    add(&vault, &record).await;
    let key = vault.key::<SessionRecord>(&record.id());
    let old = bench.store.get(&key).await.unwrap().unwrap();
    let next = vault.put(&record, Some(1)).unwrap();
    assert_eq!(vault.commit(vec![next]).await.unwrap(), Commit::Done);
    let delete = vec![Change::Delete(key.clone(), None)];
    let _ = bench.store.commit(delete).await.unwrap();
    let back = vec![Change::Put(key, old)];
    let _ = bench.store.commit(back).await.unwrap();
    let (items, unreadable) = all(&vault, 7).await;
    assert_eq!((items.len(), unreadable), (0, 1));
}
