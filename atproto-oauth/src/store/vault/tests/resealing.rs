//! Rows under a new secret.

use super::passes::{add, session};
use super::*;
use crate::store::vault::open::label;
use crate::store::{Label, RefreshLease, Resealed, RevocationRecord, SessionRecord};

/// One store, and vaults with the old secret, with both, and with the new one.
pub(super) struct Rotation {
    store: Arc<dyn Store>,
    clock: Arc<TestClock>,
    pub(super) old: Secrets,
    pub(super) both: Secrets,
    /// Both, as before the last step of the roll-out.
    pub(super) reversed: Secrets,
    pub(super) new: Secrets,
}

impl Rotation {
    pub(super) fn new() -> Self {
        let clock = Arc::new(TestClock::default());
        let store = Arc::new(MemoryStore::with_clock(Arc::clone(&clock) as _));
        Self::over(store, clock)
    }

    pub(super) fn over(store: Arc<dyn Store>, clock: Arc<TestClock>) -> Self {
        let text = || Secrets::generate_text().unwrap();
        let (old, new) = (text(), text());
        let parse = |text: &str| Secrets::parse(text).unwrap();
        Self {
            store,
            clock,
            both: parse(&format!("{} {}", *new, *old)),
            reversed: parse(&format!("{} {}", *old, *new)),
            old: parse(&old),
            new: parse(&new),
        }
    }

    pub(super) fn vault(&self, secrets: &Secrets) -> Vault {
        let clock = Arc::clone(&self.clock) as _;
        Vault::new(Arc::clone(&self.store), secrets, "c", clock)
    }

    /// All rows, as they are stored.
    async fn rows(&self) -> Vec<(RowKey, Row)> {
        let mut rows = Vec::new();
        for &kind in Kind::ALL {
            rows.extend(self.store.scan(kind, None, 10_000).await.unwrap().rows);
        }
        rows
    }
}

/// A whole pass; every step is as long as it may be.
pub(super) async fn pass(vault: &Vault, limit: usize) -> Resealed {
    let (mut sum, mut from) = (Resealed::default(), None::<String>);
    loop {
        let step = vault.reseal(from.as_deref(), limit).await.unwrap();
        assert!(step.seen <= limit, "more work than was asked for");
        sum.seen += step.seen;
        sum.resealed += step.resealed;
        sum.busy += step.busy;
        sum.newer += step.newer;
        sum.unreadable += step.unreadable;
        from = step.next;
        if from.is_none() {
            return sum;
        }
    }
}

/// Every kind of row, with and without group and expiry: afterwards the new secret alone opens them.
#[tokio::test]
async fn after_a_pass_the_old_secret_can_go() {
    let rotation = Rotation::new();
    let old = rotation.vault(&rotation.old);
    for n in 0..30 {
        let record = session(n, Some("k"));
        add(&old, &record).await;
        let gone = RevocationRecord::of(&record, Timestamp(1), Timestamp(1_000));
        add(&old, &gone).await;
    }
    let foreign = Vault::new(
        Arc::clone(&rotation.store),
        &rotation.old,
        "another client",
        Arc::clone(&rotation.clock) as _,
    );
    add(&foreign, &session(99, None)).await;
    let before = rotation.rows().await;
    let both = rotation.vault(&rotation.both);
    let done = pass(&both, 7).await;
    let expected = Resealed {
        seen: 60,
        resealed: 60,
        ..Resealed::default()
    };
    assert_eq!(done, expected);
    let again = pass(&both, 100).await;
    assert_eq!(
        (again.seen, again.resealed),
        (60, 0),
        "nothing is left to do"
    );

    let new = rotation.vault(&rotation.new);
    for n in 0..30 {
        let id = session(n, None).id();
        let found = new.get::<SessionRecord>(&id).await.unwrap().unwrap();
        assert_eq!(
            found.version, 2,
            "it counts as a change, so that others read it again"
        );
        assert!(new.get::<RevocationRecord>(&id).await.unwrap().is_some());
        let stranger = rotation.vault(&rotation.old);
        let error = stranger.get::<SessionRecord>(&id).await.unwrap_err();
        assert!(
            error.to_string().contains("put that secret back"),
            "{error}"
        );
    }
    for ((key, was), (_, is)) in before.iter().zip(&rotation.rows().await) {
        let ours = new.own_id(&key.id).is_some();
        assert_eq!((&was.group, was.expires_at), (&is.group, is.expires_at));
        assert_eq!(was == is, !ours, "only rows of this client are touched");
    }
}

/// A step costs what it was told to, and another process goes on where one stopped.
#[tokio::test]
async fn a_pass_goes_on_elsewhere() {
    let rotation = Rotation::new();
    let old = rotation.vault(&rotation.old);
    for n in 0..10 {
        add(&old, &session(n, None)).await;
    }
    let first = rotation.vault(&rotation.both);
    let step = first.reseal(None, 4).await.unwrap();
    assert_eq!((step.seen, step.resealed), (4, 4));
    let second = rotation.vault(&rotation.both);
    let mut from = step.next;
    let mut resealed = 4;
    while let Some(place) = from {
        let step = second.reseal(Some(&place), 4).await.unwrap();
        resealed += step.resealed;
        from = step.next;
    }
    assert_eq!(resealed, 10);
    for place in ["", "9:", "x:y", "1", "1:nonsense"] {
        let error = second.reseal(Some(place), 4).await.unwrap_err();
        assert!(
            error.to_string().contains("start at the beginning"),
            "{error}"
        );
    }
}

/// A refresh token is on its way: its row must not change, or the answer has nowhere to go.
#[tokio::test]
async fn never_a_session_that_is_being_refreshed() {
    let rotation = Rotation::new();
    let old = rotation.vault(&rotation.old);
    let mut record = session(1, None);
    record.refreshing = Some(RefreshLease {
        holder: [1; 16],
        deadline: Timestamp(20),
    });
    add(&old, &record).await;
    let before = rotation.rows().await;
    let both = rotation.vault(&rotation.both);
    let done = pass(&both, 9).await;
    assert_eq!((done.busy, done.resealed), (1, 0));
    assert_eq!(rotation.rows().await, before);
    rotation.clock.0.store(20, Ordering::SeqCst);
    assert_eq!(pass(&both, 9).await.resealed, 1);
}

/// Fault of the field: what does not open is neither passed through nor thrown away, and text that
/// was never sealed stays what it is.
#[tokio::test]
async fn never_seals_what_it_cannot_open() {
    let rotation = Rotation::new();
    let (old, both) = (
        rotation.vault(&rotation.old),
        rotation.vault(&rotation.both),
    );
    for n in 0..4 {
        add(&old, &session(n, None)).await;
    }
    let lost = rotation.vault(&Secrets::generate().unwrap());
    add(&lost, &session(4, None)).await;
    // An attacker with the database: a changed bit, plain text, and the name of the newest secret on both.
    let mut rows = rotation.rows().await;
    let changes = rows.iter_mut().take(3).enumerate().map(|(n, (key, row))| {
        let mut value = row.value.to_vec();
        match n {
            0 => *value.last_mut().unwrap() ^= 1,
            1 => value = b"{\"access_token\":\"plain\"}".to_vec(),
            _ => {
                let label = Label {
                    key,
                    version: 1,
                    group: "",
                    expires_at: None,
                };
                let named = both.0.sealer.seal(label, b"x").unwrap();
                value.splice(1..5, named[1..5].iter().copied());
            }
        }
        row.value = value.into();
        row.version = 2;
        Change::Put(key.clone(), row.clone())
    });
    let _ = rotation.store.commit(changes.collect()).await.unwrap();
    let before = rotation.rows().await;
    let done = pass(&both, 9).await;
    // The third says that it is under the newest secret, so nothing is to be done; it never opens.
    assert_eq!((done.seen, done.resealed, done.unreadable), (5, 1, 3));
    let both_times = before.iter().zip(rotation.rows().await);
    assert_eq!(both_times.filter(|(was, is)| *was != is).count(), 1);
    assert_eq!(
        both.scan::<SessionRecord>(None, 9)
            .await
            .unwrap()
            .unreadable,
        4
    );
}

/// An old version must not become a new one.
#[tokio::test]
async fn never_a_rolled_back_row_made_new() {
    let rotation = Rotation::new();
    let (old, both) = (
        rotation.vault(&rotation.old),
        rotation.vault(&rotation.both),
    );
    let record = session(1, None);
    add(&old, &record).await;
    let (key, row) = rotation.rows().await.remove(0);
    let next = vec![old.put(&record, Some(1)).unwrap()];
    assert_eq!(old.commit(next).await.unwrap(), Commit::Done);
    assert!(
        both.get::<SessionRecord>(&record.id())
            .await
            .unwrap()
            .is_some()
    );
    let delete = vec![Change::Delete(key.clone(), None)];
    let _ = rotation.store.commit(delete).await.unwrap();
    let back = vec![Change::Put(key, row)];
    let _ = rotation.store.commit(back).await.unwrap();
    let done = pass(&both, 9).await;
    assert_eq!((done.resealed, done.unreadable), (0, 1));
}

/// A later version wrote it. It is not known here whether its tokens are being refreshed, so it stays as it is, and
/// the operator is not told that the old secret can go.
#[tokio::test]
async fn never_done_with_the_old_secret_while_a_newer_version_needs_it() {
    let rotation = Rotation::new();
    let record = session(1, Some("k"));
    add(&rotation.vault(&rotation.old), &record).await;
    let (key, mut row) = rotation.rows().await.remove(0);
    let old = rotation.vault(&rotation.old);
    let mut plain = old.0.sealer.open(label(&key, &row), &row.value).unwrap();
    plain[0] = u8::MAX;
    row.value = old.0.sealer.seal(label(&key, &row), &plain).unwrap();
    let gone = Change::Delete(key.clone(), None);
    assert_eq!(
        rotation.store.commit(vec![gone]).await.unwrap(),
        Commit::Done
    );
    let put = Change::Put(key.clone(), row.clone());
    assert_eq!(
        rotation.store.commit(vec![put]).await.unwrap(),
        Commit::Done
    );

    let done = pass(&rotation.vault(&rotation.both), 7).await;
    let expected = Resealed {
        seen: 1,
        newer: 1,
        ..Resealed::default()
    };
    assert_eq!(done, expected);
    assert_eq!(rotation.rows().await, [(key.clone(), row.clone())]);
    // CA-07: nor is it counted as a session without a key.
    for secrets in [&rotation.both, &rotation.new] {
        let counted = rotation.vault(secrets).sessions_by_kid().await.unwrap();
        assert!(counted.by_kid.is_empty());
        assert_eq!(counted.unreadable, 1);
    }
}
