//! The client's keys as all its processes know them: since when each is published, and which one signs.

mod client_auth;
mod info;
mod lifecycle;
mod sync;
mod usage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockWriteGuard};

use super::config::registration::ClientRegistration;
use super::policy::{KEY_EDIT_ATTEMPTS, KEY_PAGE};
use super::session::registry::SessionRegistry;
use super::session::staleness::{ReadMark, Staleness};
use crate::error::Error;
use crate::jose::{ClientKey, sha256};
use crate::store::{ClientKeyRecord, Commit, StoreError, Stored};
pub(crate) use client_auth::auth_of;
pub use info::ClientKeyInfo;
pub use lifecycle::KeyState;
use lifecycle::{LocalKey, PublishedSince};

type Records = BTreeMap<String, ClientKeyRecord>;

/// The keys of this process, and what the store says of them.
pub(crate) struct ClientKeys {
    registration: Arc<ClientRegistration>,
    staleness: Staleness,
    /// Ends the sessions in memory whose key is compromised.
    registry: Arc<SessionRegistry>,
    /// What the store said when this process last read it.
    records: RwLock<Arc<Records>>,
    read_at: Mutex<Option<ReadMark>>,
    /// Held by the task that reads the store.
    turn: tokio::sync::Mutex<()>,
    /// The log has said which sessions wait for a key.
    has_warned: AtomicBool,
}

impl ClientKeys {
    pub(crate) fn new(
        registration: Arc<ClientRegistration>,
        staleness: Staleness,
        registry: Arc<SessionRegistry>,
    ) -> Self {
        Self {
            registration,
            staleness,
            registry,
            records: RwLock::default(),
            read_at: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            has_warned: AtomicBool::default(),
        }
    }

    /// Whether this process has any key.
    pub(crate) fn has_any(&self) -> bool {
        self.registration.is_confidential()
    }

    fn records(&self) -> Arc<Records> {
        let records = self.records.read().unwrap_or_else(PoisonError::into_inner);
        records.clone()
    }

    /// The key that signs new sign-ins, chosen anew each time; none for a public client (AT Protocol OAuth:
    /// Confidential Client Authentication).
    ///
    /// # Errors
    /// There are keys, and every one of them is compromised.
    pub(crate) fn active_key(&self) -> Result<Option<&ClientKey>, Error> {
        let keys = &self.registration.keys;
        let usable = self.usable_keys();
        let since: Vec<PublishedSince> = usable.iter().map(|(_, since)| *since).collect();
        let active = lifecycle::active(&since, self.staleness.now());
        match active.and_then(|place| usable.get(place)) {
            Some((key, _)) => Ok(Some(*key)),
            None if keys.is_empty() => Ok(None),
            None => Err(compromised("every client key")),
        }
    }

    /// Whether this key is compromised, by the settings or by another process (AT Protocol OAuth: Confidential
    /// Client Authentication).
    pub(crate) fn is_compromised(&self, kid: &str) -> bool {
        let known = |record: &ClientKeyRecord| record.compromised_at.is_some();
        self.is_configured_compromised(kid) || self.records().get(kid).is_some_and(known)
    }

    fn is_configured_compromised(&self, kid: &str) -> bool {
        self.registration
            .compromised_keys
            .iter()
            .any(|one| one == kid)
    }

    /// The keys of this process that may be used, in their order, and since when they are published.
    fn usable_keys(&self) -> Vec<(&ClientKey, PublishedSince)> {
        let (records, now) = (self.records(), self.staleness.now());
        let all = self.registration.keys.iter();
        all.filter(|key| !self.is_compromised(key.kid()))
            .map(|key| {
                let since = records.get(key.kid()).map(PublishedSince::of);
                let new = PublishedSince {
                    first_seen: now,
                    published_at: now,
                };
                (key, since.unwrap_or(new))
            })
            .collect()
    }

    /// Writes which keys this process has, and reads which ones the others have (AT Protocol OAuth:
    /// Confidential Client Authentication). Of several processes that start at once, all know the same
    /// afterwards.
    ///
    /// # Errors
    /// A key of this process cannot be used, or the store fails.
    pub(crate) async fn compare(&self) -> Result<(), Error> {
        // The client of development has none, and a store of its own.
        if self.registration.is_loopback {
            return Ok(());
        }
        let mark = self.staleness.mark();
        let mut stored = self.stored_keys().await?;
        let own = self.registration.keys.iter().map(ClientKey::kid);
        let kids: BTreeSet<String> = own
            .chain(stored.keys().map(String::as_str))
            .map(str::to_owned)
            .collect();
        let mut records = Records::new();
        for kid in kids {
            let (local, now) = (self.has_key(&kid), self.staleness.now());
            let edit =
                |record: Option<&ClientKeyRecord>| lifecycle::updated(&kid, record, local, now);
            let (record, _) = self.edit_key(&kid, stored.remove(&kid), edit).await?;
            records.extend(record.map(|record| (kid, record)));
        }
        self.set_records(records, mark);
        self.check_keys()
    }

    fn has_key(&self, kid: &str) -> LocalKey {
        if self.is_configured_compromised(kid) {
            return LocalKey::Compromised;
        }
        let key = self.registration.keys.iter().find(|key| key.kid() == kid);
        key.map_or(LocalKey::Lacks, |key| LocalKey::Has(thumbprint_of(key)))
    }

    /// A name is for one key, and a key that leaked is not used again.
    fn check_keys(&self) -> Result<(), Error> {
        let records = self.records();
        for key in &self.registration.keys {
            let kid = key.kid();
            let Some(record) = records.get(kid) else {
                continue;
            };
            if record.thumbprint != thumbprint_of(key) {
                return Err(Error::configuration(format!(
                    "the client key `{kid}` is another one than before; give the new key a `kid` of \
                         its own in `ATPROTO_CLIENT_KEYS`, and keep the old one after it"
                )));
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
            let page =
                self.staleness
                    .vault()
                    .list::<ClientKeyRecord>(group, after.as_deref(), KEY_PAGE);
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
        for _ in 0..KEY_EDIT_ATTEMPTS {
            let record = stored.as_ref().map(|stored| &stored.record);
            let Some(next) = edit(record) else {
                return Ok((stored.map(|stored| stored.record), false));
            };
            let version = stored.as_ref().map(|stored| stored.version);
            let change = self.staleness.vault().put(&next, version)?;
            if self.staleness.vault().commit(vec![change]).await? == Commit::Done {
                return Ok((Some(next), true));
            }
            stored = match self.staleness.vault().get::<ClientKeyRecord>(&id).await {
                Ok(stored) => stored,
                // It may say that the key is compromised, so it is never created anew.
                Err(error) if error.is_unreadable() => return Err(unreadable(kid, error)),
                Err(error) => return Err(error.into()),
            };
        }
        Err(StoreError::down("the record of a client key changes all the time; try again").into())
    }

    /// Says once, soon after the start, which sessions wait for a key that is not there.
    fn warn_of_missing_keys(&self) {
        if self.has_warned.swap(true, Ordering::Relaxed) {
            return;
        }
        for record in self.records().values() {
            let is_missing = matches!(self.has_key(&record.kid), LocalKey::Lacks);
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
    Error::configuration(format!(
            "what is stored of the client key `{kid}` cannot be read here; put the secret that is missing back \
             at the end of `ATPROTO_SECRET`, run the version that wrote it, or start with a new key in its \
             place, which `atproto-oauth keygen` makes"
    ))
    .with_source(error)
}

fn compromised(which: &str) -> Error {
    Error::configuration(format!(
        "{which} was declared compromised and is not used again; make a new one with `atproto-oauth \
             keygen` and set `ATPROTO_CLIENT_KEYS` to it"
    ))
}

/// The RFC 7638 thumbprint, as bytes.
pub(super) fn thumbprint_of(key: &ClientKey) -> [u8; 32] {
    sha256(key.public().jwk_json().as_bytes())
}
