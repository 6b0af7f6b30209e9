//! What an operator can read of the client keys.

use super::lifecycle::{self, PublishedSince};
use super::{KeyState, Records};
use crate::client::client::OAuthClient;
use crate::client::policy::KEY_SET_CACHE;
use crate::error::Error;
use crate::store::{ClientKeyRecord, SessionCounts};
use crate::types::Timestamp;

/// A key of the client, without the key; see [`OAuthClient::client_keys`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientKeyInfo {
    /// Its name.
    pub kid: String,
    /// What it is good for at this moment.
    pub state: KeyState,
    /// When a process of this application first had it.
    pub first_seen: Timestamp,
    /// From when on every authorization server can know it: ten minutes after it was published last.
    pub known_from: Timestamp,
    /// How many sessions it had when they were last counted. That is done of keys that are missing or
    /// compromised, once a day; [`OAuthClient::sessions_by_kid`] counts at any time.
    pub sessions: Option<u64>,
    /// When that was.
    pub counted_at: Option<Timestamp>,
}

impl OAuthClient {
    /// The client's keys: those of this process in their order, then those that other processes have or
    /// had. None for a public client that never had one, and for the loopback client.
    ///
    /// A new key goes in front of the old ones. It is published at once, and signs new sign-ins when
    /// every authorization server can know it, ten minutes after the last process got it. Sessions stay
    /// with the key that they were made with, so an old key stays in the settings, after the new one, until
    /// [`sessions_by_kid`](Self::sessions_by_kid) has none of it (AT Protocol OAuth: Confidential Client Authentication).
    ///
    /// # Errors
    /// The store fails.
    pub async fn client_keys(&self) -> Result<Vec<ClientKeyInfo>, Error> {
        let stored = self.0.sessions.keys.stored_keys().await?;
        let records = stored.into_iter().map(|(kid, stored)| (kid, stored.record));
        let mut records: Records = records.collect();
        let now = self.now();
        let mut known = Vec::new();
        for key in &self.0.registration.keys {
            known.extend(records.remove(key.kid()));
        }
        let is_usable = |record: &ClientKeyRecord| record.compromised_at.is_none();
        let usable = known.iter().filter(|record| is_usable(record));
        let since: Vec<PublishedSince> = usable.map(PublishedSince::of).collect();
        let mut states = lifecycle::states(&since, now).into_iter();
        let own = known.into_iter().map(|record| {
            let state = is_usable(&record).then(|| states.next()).flatten();
            info(record, state.unwrap_or(KeyState::Compromised))
        });
        let mut all: Vec<ClientKeyInfo> = own.collect();
        all.extend(records.into_values().map(|record| {
            let state = if is_usable(&record) {
                KeyState::Missing
            } else {
                KeyState::Compromised
            };
            info(record, state)
        }));
        Ok(all)
    }

    /// How many sessions there are of each client key. One that cannot be read may be of any.
    ///
    /// It reads every session, a few hundred at a time: a command for operators, nothing for a request.
    /// The number is right for a moment only; a key can go when it has none, twice, a day apart.
    ///
    /// # Errors
    /// The store fails, or it cannot be read through.
    pub async fn sessions_by_kid(&self) -> Result<SessionCounts, Error> {
        Ok(self.vault().sessions_by_kid().await?)
    }
}

fn info(record: ClientKeyRecord, state: KeyState) -> ClientKeyInfo {
    ClientKeyInfo {
        kid: record.kid,
        state,
        first_seen: record.first_seen,
        known_from: record.published_at.plus(KEY_SET_CACHE),
        sessions: record.sessions,
        counted_at: record.counted_at,
    }
}
