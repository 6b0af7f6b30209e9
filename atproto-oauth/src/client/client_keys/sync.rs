//! Syncs the client keys with what other processes write: a compromised key is neither published nor used for longer
//! than [`store_staleness`](crate::OAuthClientBuilder::store_staleness), without a restart.

use bytes::Bytes;

use super::{ClientKeys, Records};
use crate::client::session::staleness::ReadMark;
use crate::protocol::key_set;
use crate::store::{ClientAuth, SessionRecord};

impl ClientKeys {
    /// The key set document, without compromised keys (RFC 7517 §4).
    pub(crate) fn key_set(&self) -> Bytes {
        let keys = &self.registration.keys;
        if !keys.iter().any(|key| self.is_compromised(key.kid())) {
            return self.registration.key_set.clone();
        }
        let usable = self.usable_keys().into_iter().map(|(key, _)| key);
        // Their names were compared when the client was built.
        key_set::json(usable).unwrap_or_default().into()
    }

    /// Reads the keys' records, unless what was read is current. A store that does not answer changes nothing.
    pub(crate) async fn sync(&self) {
        if self.is_synced() {
            return;
        }
        let _turn = self.turn.lock().await;
        if self.is_synced() {
            return;
        }
        let mark = self.staleness.mark();
        match self.stored_keys().await {
            Ok(stored) => {
                let records = stored.into_iter().map(|(kid, stored)| (kid, stored.record));
                self.set_records(records.collect(), mark);
            }
            Err(error) => tracing::debug!(%error, "the client's keys could not be read"),
        }
    }

    pub(crate) fn is_synced(&self) -> bool {
        let has_none = || self.registration.keys.is_empty() && self.records().is_empty();
        let is_current = |mark| self.staleness.is_current(mark);
        self.read_at().is_some_and(is_current) || self.staleness.was_just_down() || has_none()
    }

    /// Takes over the stored records, and ends the sessions in memory whose key is newly compromised.
    pub(super) fn set_records(&self, records: Records, mark: ReadMark) {
        let leaked = self.replace_records(records, mark);
        if leaked.is_empty() {
            return;
        }
        for kid in &leaked {
            if self.registration.keys.iter().any(|key| key.kid() == kid) {
                tracing::error!(
                    kid,
                    "a client key of this process was declared compromised elsewhere; it is neither \
                     published nor used from now on: take it out of `ATPROTO_CLIENT_KEYS`"
                );
            }
        }
        self.registry
            .end_where(|session: &SessionRecord| match &session.auth {
                ClientAuth::PrivateKeyJwt { kid, .. } => leaked.contains(kid),
                ClientAuth::None => false,
            });
    }
}

impl ClientKeys {
    fn read_at(&self) -> Option<ReadMark> {
        *super::lock(&self.read_at)
    }

    /// Replaces the records; the names of the keys that are newly compromised. A compromised key stays so, even if the
    /// store lost its record.
    fn replace_records(&self, mut records: Records, mark: ReadMark) -> Vec<String> {
        let mut known = super::write(&self.records);
        for (kid, before) in known.iter() {
            if before.compromised_at.is_some() {
                let record = records.entry(kid.clone()).or_insert_with(|| before.clone());
                record.compromised_at = record.compromised_at.or(before.compromised_at);
            }
        }
        let is_new = |kid: &&String| {
            known
                .get(*kid)
                .is_none_or(|old| old.compromised_at.is_none())
        };
        let compromised = records
            .iter()
            .filter(|(_, one)| one.compromised_at.is_some());
        let kids = compromised.map(|(kid, _)| kid).filter(is_new).cloned();
        let leaked = kids.collect();
        *known = records.into();
        *super::lock(&self.read_at) = Some(mark);
        leaked
    }
}
