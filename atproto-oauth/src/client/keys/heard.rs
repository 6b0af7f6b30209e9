//! What other processes say of the keys, heard in time: a key that leaked is neither published nor used for
//! longer than [`store_staleness`](crate::OAuthClientBuilder::store_staleness), without a restart.

use bytes::Bytes;

use super::{KnownKeys, Records};
use crate::client::Inner;
use crate::client::fresh::Look;
use crate::protocol::key_set;
use crate::store::{ClientAuth, SessionRecord};

impl Inner {
    /// The key set document, without keys that somebody else may have (CA-08, CM-14).
    pub(in crate::client) fn key_set(&self) -> Bytes {
        let keys = &self.identity.keys;
        if !keys.iter().any(|key| self.is_compromised(key.kid())) {
            return self.identity.key_set.clone();
        }
        let usable = self.usable_keys().into_iter().map(|(key, _)| key);
        // Their names were compared when the client was built.
        key_set::json(usable).unwrap_or_default().into()
    }

    /// Asks the store what became of the keys, unless that is known. A store that does not answer changes
    /// nothing.
    pub(crate) async fn hear_of_keys(&self) {
        if self.knows_of_keys() {
            return;
        }
        let _turn = self.keys.turn.lock().await;
        if self.knows_of_keys() {
            return;
        }
        let look = self.look();
        match self.stored_keys().await {
            Ok(stored) => {
                let records = stored.into_iter().map(|(kid, stored)| (kid, stored.record));
                self.know_keys(records.collect(), look);
            }
            Err(error) => tracing::debug!(%error, "nothing was heard of the client's keys"),
        }
    }

    pub(crate) fn knows_of_keys(&self) -> bool {
        let has_none = || self.identity.keys.is_empty() && self.keys.records().is_empty();
        let is_fresh = |look| self.is_fresh(look);
        self.keys.look().is_some_and(is_fresh) || self.was_just_down() || has_none()
    }

    /// Takes over what the store says. Sessions at hand whose key is newly compromised are over.
    pub(super) fn know_keys(&self, records: Records, look: Look) {
        let leaked = self.keys.set(records, look);
        if leaked.is_empty() {
            return;
        }
        for kid in &leaked {
            if self.identity.keys.iter().any(|key| key.kid() == kid) {
                tracing::error!(
                    kid,
                    "a client key of this process was declared compromised elsewhere; it is neither \
                     published nor used from now on: take it out of `ATPROTO_CLIENT_KEYS`"
                );
            }
        }
        self.live
            .end_where(|session: &SessionRecord| match &session.auth {
                ClientAuth::PrivateKeyJwt { kid, .. } => leaked.contains(kid),
                ClientAuth::None => false,
            });
    }
}

impl KnownKeys {
    fn look(&self) -> Option<Look> {
        *super::lock(&self.looked)
    }

    /// The names of those that are compromised now and were not before. What is, stays so, whatever a store
    /// has lost.
    fn set(&self, mut records: Records, look: Look) -> Vec<String> {
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
        *super::lock(&self.looked) = Some(look);
        leaked
    }
}
