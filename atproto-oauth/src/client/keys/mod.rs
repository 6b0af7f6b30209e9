//! The client's keys as all its processes know them: since when each is published, and which one signs.

mod census;
mod heard;
mod info;
mod life;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};

use super::Inner;
use super::client_auth::thumbprint_of;
use super::fresh::Look;
use crate::jose::ClientKey;
use crate::store::{ClientKeyRecord, Commit, StoreError, Stored};
use crate::{Error, ErrorKind};
pub use info::ClientKeyInfo;
pub use life::KeyState;
use life::{Here, Since};

/// Attempts to change a record that others change too.
const TRIES: usize = 16;

/// Records that are read at a time.
const PAGE: usize = 100;

type Records = BTreeMap<String, ClientKeyRecord>;

/// What the store said about the keys when this process last looked.
#[derive(Debug, Default)]
pub(crate) struct KnownKeys {
    records: RwLock<Arc<Records>>,
    looked: Mutex<Option<Look>>,
    /// Who is looking.
    turn: tokio::sync::Mutex<()>,
    /// It has said which sessions wait for a key.
    has_warned: AtomicBool,
}

impl KnownKeys {
    fn records(&self) -> Arc<Records> {
        let records = self.records.read().unwrap_or_else(PoisonError::into_inner);
        records.clone()
    }
}

impl Inner {
    /// The key that signs new sign-ins, chosen anew each time; none for a public client (CA-07).
    ///
    /// # Errors
    /// There are keys, and somebody else may have every one of them.
    pub(crate) fn active_key(&self) -> Result<Option<&ClientKey>, Error> {
        let keys = &self.identity.keys;
        let usable = self.usable_keys();
        let since: Vec<Since> = usable.iter().map(|(_, since)| *since).collect();
        let active = life::active(&since, self.clock.now());
        match active.and_then(|place| usable.get(place)) {
            Some((key, _)) => Ok(Some(*key)),
            None if keys.is_empty() => Ok(None),
            None => Err(compromised("every client key")),
        }
    }

    /// Somebody else may have this key: said by the settings, or by another process (CA-08).
    pub(crate) fn is_compromised(&self, kid: &str) -> bool {
        let known = |record: &ClientKeyRecord| record.compromised_at.is_some();
        self.says_compromised(kid) || self.keys.records().get(kid).is_some_and(known)
    }

    fn says_compromised(&self, kid: &str) -> bool {
        self.identity.compromised_keys.iter().any(|one| one == kid)
    }

    /// The keys of this process that may be used, in their order, and since when they are published.
    fn usable_keys(&self) -> Vec<(&ClientKey, Since)> {
        let (records, now) = (self.keys.records(), self.clock.now());
        let all = self.identity.keys.iter();
        all.filter(|key| !self.is_compromised(key.kid()))
            .map(|key| {
                let since = records.get(key.kid()).map(Since::of);
                let new = Since {
                    first_seen: now,
                    published_at: now,
                };
                (key, since.unwrap_or(new))
            })
            .collect()
    }

    /// Tells the other processes which keys this one has, and hears what they have (CA-07). Of several
    /// that start at once, all know the same afterwards.
    ///
    /// # Errors
    /// A key of this process cannot be used, or the store fails.
    pub(super) async fn compare_keys(&self) -> Result<(), Error> {
        // The client of development has none, and a store of its own.
        if self.is_loopback() {
            return Ok(());
        }
        let look = self.look();
        let mut stored = self.stored_keys().await?;
        let own = self.identity.keys.iter().map(ClientKey::kid);
        let kids: BTreeSet<String> = own
            .chain(stored.keys().map(String::as_str))
            .map(str::to_owned)
            .collect();
        let mut records = Records::new();
        for kid in kids {
            let (here, now) = (self.has_key(&kid), self.clock.now());
            let edit = |record: Option<&ClientKeyRecord>| life::noted(&kid, record, here, now);
            let (record, _) = self.edit_key(&kid, stored.remove(&kid), edit).await?;
            records.extend(record.map(|record| (kid, record)));
        }
        self.know_keys(records, look);
        self.check_keys()
    }

    fn has_key(&self, kid: &str) -> Here {
        if self.says_compromised(kid) {
            return Here::Compromised;
        }
        let key = self.identity.keys.iter().find(|key| key.kid() == kid);
        key.map_or(Here::Lacks, |key| Here::Has(thumbprint_of(key)))
    }

    /// A name is for one key, and a key that leaked is not used again.
    fn check_keys(&self) -> Result<(), Error> {
        let records = self.keys.records();
        for key in &self.identity.keys {
            let kid = key.kid();
            let Some(record) = records.get(kid) else {
                continue;
            };
            if record.thumbprint != thumbprint_of(key) {
                return Err(Error::new(
                    ErrorKind::Configuration,
                    format!(
                        "the client key `{kid}` is another one than before; give the new key a `kid` of \
                         its own in `ATPROTO_CLIENT_KEYS`, and keep the old one after it"
                    ),
                ));
            }
            if record.compromised_at.is_some() {
                return Err(compromised(&format!("the client key `{kid}`")));
            }
        }
        Ok(())
    }

    async fn stored_keys(&self) -> Result<BTreeMap<String, Stored<ClientKeyRecord>>, StoreError> {
        let (mut all, mut after) = (BTreeMap::new(), None::<String>);
        loop {
            let group = ClientKeyRecord::KEYS;
            let page = self
                .vault
                .list::<ClientKeyRecord>(group, after.as_deref(), PAGE);
            let page = page.await?;
            let named = |stored: Stored<ClientKeyRecord>| (stored.record.kid.clone(), stored);
            all.extend(page.items.into_iter().map(named));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// Changes the record of `kid`, last read as `stored`, to what `edit` makes of it. The record as it is
    /// then, and whether this changed it.
    async fn edit_key(
        &self,
        kid: &str,
        mut stored: Option<Stored<ClientKeyRecord>>,
        edit: impl Fn(Option<&ClientKeyRecord>) -> Option<ClientKeyRecord>,
    ) -> Result<(Option<ClientKeyRecord>, bool), Error> {
        let id = ClientKeyRecord::id_of(kid);
        for _ in 0..TRIES {
            let record = stored.as_ref().map(|stored| &stored.record);
            let Some(next) = edit(record) else {
                return Ok((stored.map(|stored| stored.record), false));
            };
            let version = stored.as_ref().map(|stored| stored.version);
            let change = self.vault.put(&next, version)?;
            if self.vault.commit(vec![change]).await? == Commit::Done {
                return Ok((Some(next), true));
            }
            stored = match self.vault.get::<ClientKeyRecord>(&id).await {
                Ok(stored) => stored,
                // It may say that somebody else has the key, so it is never made anew.
                Err(error) if error.is_unreadable() => return Err(unreadable(kid, error)),
                Err(error) => return Err(error.into()),
            };
        }
        Err(StoreError::down("the record of a client key changes all the time; try again").into())
    }

    /// Says once, soon after the start, which sessions wait for a key that is not there.
    fn warn_of_missing_keys(&self) {
        if self.keys.has_warned.swap(true, Ordering::Relaxed) {
            return;
        }
        for record in self.keys.records().values() {
            let is_missing = matches!(self.has_key(&record.kid), Here::Lacks);
            let waiting = record.sessions.filter(|count| *count > 0);
            if let Some(sessions) = waiting.filter(|_| is_missing) {
                warn_of_missing(&record.kid, sessions);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

fn warn_of_missing(kid: &str, sessions: u64) {
    tracing::warn!(
        kid,
        sessions,
        "sessions wait for a client key that is not here; put it back into `ATPROTO_CLIENT_KEYS`, after the \
         new one"
    );
}

fn unreadable(kid: &str, error: StoreError) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!(
            "what is stored of the client key `{kid}` cannot be read here; put the secret that is missing back \
             at the end of `ATPROTO_SECRET`, run the version that wrote it, or start with a new key in its \
             place, which `atproto-oauth keygen` makes"
        ),
    )
    .with_source(error)
}

fn compromised(which: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!(
            "{which} was declared compromised and is not used again; make a new one with `atproto-oauth \
             keygen` and set `ATPROTO_CLIENT_KEYS` to it"
        ),
    )
}
