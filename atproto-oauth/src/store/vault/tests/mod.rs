mod beside;
mod hostile;
mod overtaken;
mod passes;
mod resealing;

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinSet;

use super::*;
use crate::store::{Kind, MemoryStore, Reader};

/// The smallest record.
#[derive(Clone, Debug, PartialEq)]
struct Note {
    id: String,
    group: String,
    text: String,
    expires_at: Option<Timestamp>,
}

impl Record for Note {
    const KIND: Kind = Kind::Session;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn group(&self) -> String {
        self.group.clone()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.expires_at
    }

    fn encode(&self, out: &mut Writer) {
        out.text(&self.group);
        out.text(&self.text);
        out.option(self.expires_at, Writer::time);
    }

    fn decode(id: &str, input: &mut Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id.into(),
            group: input.text()?.into(),
            text: input.text()?.into(),
            expires_at: input.option(Reader::time)?,
        })
    }
}

fn note(id: &str, text: &str) -> Note {
    Note {
        id: id.into(),
        group: "g".into(),
        text: text.into(),
        expires_at: None,
    }
}

#[derive(Debug, Default)]
struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Two vaults over one store, as two processes have them.
struct Bench {
    store: Arc<dyn Store>,
    clock: Arc<TestClock>,
    secrets: Secrets,
}

impl Bench {
    fn new() -> Self {
        let clock = Arc::new(TestClock::default());
        Self {
            store: Arc::new(MemoryStore::with_clock(Arc::clone(&clock) as _)),
            clock,
            secrets: Secrets::generate().unwrap(),
        }
    }

    fn vault(&self, client_id: &str) -> Vault {
        let store = Arc::clone(&self.store);
        Vault::new(
            store,
            &self.secrets,
            client_id,
            Arc::clone(&self.clock) as _,
        )
    }

    async fn row(&self, vault: &Vault, id: &str) -> Row {
        self.store
            .get(&vault.key::<Note>(id))
            .await
            .unwrap()
            .unwrap()
    }

    /// Past the vault, as an attacker who can write to the store.
    async fn overwrite(&self, vault: &Vault, id: &str, row: Row) {
        let key = vault.key::<Note>(id);
        let fresh = Row {
            version: 1,
            ..row.clone()
        };
        let _ = self
            .store
            .commit(vec![Change::Delete(key.clone(), None)])
            .await
            .unwrap();
        let _ = self
            .store
            .commit(vec![Change::Put(key.clone(), fresh)])
            .await
            .unwrap();
        for version in 2..=row.version {
            let next = Row {
                version,
                ..row.clone()
            };
            let _ = self
                .store
                .commit(vec![Change::Put(key.clone(), next)])
                .await
                .unwrap();
        }
    }
}

async fn write(vault: &Vault, note: &Note, previous: Option<u64>) -> Commit {
    vault
        .commit(vec![vault.put(note, previous).unwrap()])
        .await
        .unwrap()
}

async fn read(vault: &Vault, id: &str) -> Result<Option<(Note, u64)>, StoreError> {
    let found = vault.get::<Note>(id).await?;
    Ok(found.map(|stored| (stored.record, stored.version)))
}

#[tokio::test]
async fn what_is_put_is_found_at_its_version() {
    let vault = Bench::new().vault("https://app.example/client.json");
    assert_eq!(read(&vault, "a").await.unwrap(), None);
    assert_eq!(write(&vault, &note("a", "one"), None).await, Commit::Done);
    assert_eq!(
        write(&vault, &note("a", "other"), None).await,
        Commit::Conflict(0)
    );
    assert_eq!(
        write(&vault, &note("a", "two"), Some(1)).await,
        Commit::Done
    );
    assert_eq!(
        write(&vault, &note("a", "late"), Some(1)).await,
        Commit::Conflict(0)
    );
    assert_eq!(
        read(&vault, "a").await.unwrap(),
        Some((note("a", "two"), 2))
    );
    let delete = vault.delete::<Note>("a", Some(2));
    assert_eq!(vault.commit(vec![delete]).await.unwrap(), Commit::Done);
    assert_eq!(read(&vault, "a").await.unwrap(), None);
}

/// AR-13: what is expired is gone, whatever the store still has.
#[tokio::test]
async fn never_an_expired_record() {
    let bench = Bench::new();
    let vault = bench.vault("c");
    let ends = Note {
        expires_at: Some(Timestamp(10)),
        ..note("a", "x")
    };
    assert_eq!(write(&vault, &ends, None).await, Commit::Done);
    bench.clock.0.store(9, Ordering::SeqCst);
    assert!(read(&vault, "a").await.unwrap().is_some());
    bench.clock.0.store(10, Ordering::SeqCst);
    assert_eq!(read(&vault, "a").await.unwrap(), None);
    assert_eq!(vault.take::<Note>("a").await.unwrap(), None);
    assert!(
        vault
            .list::<Note>("g", None, 9)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert_eq!(
        bench.row(&vault, "a").await.version,
        1,
        "the store still has it"
    );
    assert_eq!(vault.sweep(9).await.unwrap(), 1);
    assert_eq!(vault.sweep(9).await.unwrap(), 0);
}

/// CB-02, scenario 20.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_takers_one_gets_it() {
    let vault = Bench::new().vault("c");
    assert_eq!(write(&vault, &note("a", "x"), None).await, Commit::Done);
    let mut takers = JoinSet::new();
    for _ in 0..100 {
        let vault = vault.clone();
        takers.spawn(async move { vault.take::<Note>("a").await.unwrap() });
    }
    let taken: Vec<_> = takers.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken, [note("a", "x")]);
}

#[tokio::test]
async fn lists_page_by_page() {
    let vault = Bench::new().vault("c");
    for id in ["a", "b", "c", "d", "e"] {
        assert_eq!(write(&vault, &note(id, id), None).await, Commit::Done);
    }
    let elsewhere = Note {
        group: "h".into(),
        ..note("f", "f")
    };
    assert_eq!(write(&vault, &elsewhere, None).await, Commit::Done);
    let (mut all, mut after) = (String::new(), None::<String>);
    loop {
        let page = vault.list::<Note>("g", after.as_deref(), 2).await.unwrap();
        all.extend(page.items.into_iter().map(|stored| stored.record.text));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all, "abcde");
}
