//! Fresh tokens are written before anybody uses them; where the store fails they are kept in memory
//! until it works again. They are never thrown away.

use std::sync::{Arc, Weak};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::later;
use crate::client::Inner;
use crate::client::live::{Current, Live, ended, same_refresh_token};
use crate::store::{Commit, SessionRecord, StoreError};
use crate::{Error, ErrorKind};

/// How often writing is tried while others write the same row.
const TRIES: usize = 8;

/// The first and the longest wait before a failed write is tried again. Whoever else needs the session does not
/// wait long for it once the store is back.
const RETRY: Duration = Duration::from_millis(200);
const MAX_RETRY: Duration = Duration::from_secs(1);

impl Inner {
    /// Writes `next`, whose `unsaved` is the access token it replaces, over the row at its version
    /// (TK-01). If the store fails it is used from memory and written as soon as that works again.
    ///
    /// # Errors
    /// The session was signed out meanwhile.
    pub(super) async fn save(
        self: &Arc<Self>,
        live: &Arc<Live>,
        mut next: Current,
    ) -> Result<Arc<Current>, Error> {
        let id = live.key.to_string();
        for _ in 0..TRIES {
            match self.write(&next.record, next.version).await {
                Ok(Commit::Done) => {
                    next.version += 1;
                    return Ok(self.saved(live, next));
                }
                Ok(Commit::Conflict(_)) => {}
                Err(error) => return Ok(self.unsaved(live, next, &error)),
            }
            // Another process may have waited out our lease, or a failed write was none.
            let stored = match self.vault.get::<SessionRecord>(&id).await {
                Ok(Some(stored)) => stored,
                Ok(None) => {
                    // Signed out: what was just issued must not live on.
                    self.live.end(&id);
                    // Also where this process has another handle on it by now.
                    live.end();
                    match self.queue_fresh(&next.record).await {
                        Ok(()) => self.live.saved(&id),
                        Err(error) => {
                            let kept = self.unsaved(live, next, &error);
                            self.revoke_kept(&kept.record);
                        }
                    }
                    return Err(ended());
                }
                Err(error) => return Ok(self.unsaved(live, next, &error)),
            };
            let token = stored.record.access_token.expose_secret();
            let replaced = next.unsaved.as_ref().map(SecretString::expose_secret);
            if next.has_token(token) && same_refresh_token(&next.record, &stored.record) {
                next.version = stored.version;
                return Ok(self.saved(live, next));
            }
            if replaced != Some(token) {
                // Somebody else renewed it too, later than we did.
                return Ok(self.saved(live, Current::new(stored.record, stored.version)));
            }
            next.version = stored.version;
        }
        Ok(self.unsaved(live, next, &StoreError::down("others keep writing")))
    }

    fn saved(&self, live: &Live, mut next: Current) -> Arc<Current> {
        next.unsaved = None;
        self.live.saved(&live.key.to_string());
        live.advance(next)
    }

    fn unsaved(
        self: &Arc<Self>,
        live: &Arc<Live>,
        next: Current,
        error: &StoreError,
    ) -> Arc<Current> {
        tracing::error!(%error, "fresh tokens could not be written; keeping them in memory");
        let current = live.set(next);
        if self.live.keep(live) {
            let (inner, going_on) = (Arc::downgrade(self), self.work.goes_on());
            tokio::spawn(async move {
                write_later(&inner).await;
                drop(going_on);
            });
        }
        current
    }

    /// One more try to write the newest tokens of a session.
    pub(super) async fn save_again(
        self: &Arc<Self>,
        live: &Arc<Live>,
    ) -> Result<Arc<Current>, Error> {
        let current = live.current();
        let Some(base) = &current.unsaved else {
            return Ok(current);
        };
        let mut next = current.rewritten(current.record.clone(), current.version);
        next.unsaved = Some(base.clone());
        let current = self.save(live, next).await?;
        if current.unsaved.is_some() {
            // Without a row there is no intent, and without an intent nothing is spent.
            return Err(later(None));
        }
        Ok(current)
    }

    pub(super) async fn write(
        &self,
        record: &SessionRecord,
        version: u64,
    ) -> Result<Commit, StoreError> {
        let change = self.vault.put(record, Some(version))?;
        self.vault.commit(vec![change]).await
    }

    /// The server says that the refresh token in `sent` is no good: deletes the row. Somebody else may have renewed
    /// the session, and this is it then.
    ///
    /// # Errors
    /// The store cannot tell now whether there is anything newer, or somebody else is about to ask the server the
    /// same and will hear the same.
    pub(super) async fn forget(
        &self,
        live: &Live,
        sent: &SessionRecord,
        mut version: u64,
    ) -> Result<Option<Arc<Current>>, Error> {
        let id = live.key.to_string();
        for _ in 0..TRIES {
            let delete = self.vault.delete::<SessionRecord>(&id, Some(version));
            let stored = match self.vault.commit(vec![delete]).await? {
                Commit::Done => None,
                Commit::Conflict(_) => self.vault.get::<SessionRecord>(&id).await?,
            };
            let Some(stored) = stored else {
                self.live.end(&id);
                self.live.saved(&id);
                return Ok(None);
            };
            if !same_refresh_token(sent, &stored.record) {
                return Ok(Some(live.adopt(stored)));
            }
            if stored.record.refreshing != sent.refreshing {
                break;
            }
            version = stored.version;
        }
        Err(later(None))
    }
}

/// Tries to write what is only in memory, until nothing is.
async fn write_later(inner: &Weak<Inner>) {
    let mut wait = RETRY;
    loop {
        tokio::time::sleep(wait).await;
        wait = MAX_RETRY.min(wait * 2);
        let Some(inner) = Weak::upgrade(inner) else {
            return;
        };
        for live in inner.live.unsaved() {
            let _turn = live.turn.lock().await;
            if live.check().is_err() {
                // Signed out meanwhile: nobody uses these tokens, and they must not live on.
                if inner.queue_fresh(&live.current().record).await.is_ok() {
                    inner.live.saved(&live.key.to_string());
                }
                continue;
            }
            match inner.save_again(&live).await {
                Ok(_) => tracing::info!("tokens that were kept in memory are written"),
                Err(error) if error.kind() == ErrorKind::TemporarilyUnavailable => {}
                Err(error) => tracing::info!(%error, "tokens that were kept in memory are void"),
            }
        }
        if inner.live.is_all_saved() {
            return;
        }
    }
}
