//! What an operator does with the rows of a client, whether its processes run or not.

use std::sync::Arc;

use super::StoreError;
use super::open::{Opened, open};
use super::policy::ADMIN_PAGE;
use super::vault::{ClientKeyRecord, Resealed, Secrets, SessionCounts, Vault};
use crate::error::Error;
use crate::types::{SecretText, SystemClock};

/// The rows of one client in a store, for operators: which client keys there are, how many sessions each has, and
/// sealing under a new secret. Every call may read all rows.
///
/// ```no_run
/// # async fn f() -> Result<(), atproto_oauth::Error> {
/// use atproto_oauth::store::StoreAdmin;
///
/// let secrets = std::env::var("ATPROTO_SECRET").unwrap_or_default();
/// let client_id = "https://app.example.com/oauth/client-metadata.json";
/// let admin = StoreAdmin::open("sqlite:/var/lib/app/store.db", &secrets, client_id).await?;
/// println!("{:?}", admin.sessions_by_kid().await?);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct StoreAdmin(Vault);

/// A client key that a store knows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredClientKey {
    /// Its name.
    pub kid: String,
    /// A process was told that the key is compromised.
    pub is_compromised: bool,
    /// A process of the client said that it lacks the key.
    pub is_missing: bool,
}

impl StoreAdmin {
    /// Opens the store that `setting` names, as `ATPROTO_STORE` does, with the secrets of `ATPROTO_SECRET`, for the
    /// rows of the client `client_id`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), when a setting is wrong or the store cannot be opened.
    pub async fn open(setting: &str, secrets: &str, client_id: &str) -> Result<Self, Error> {
        let secrets = Secrets::parse(secrets)?;
        let clock = Arc::new(SystemClock);
        let Opened { store, .. } = open(setting, clock.clone()).await?;
        Ok(Self(Vault::new(store, &secrets, client_id, clock)))
    }

    internal! {
        /// Over the rows of a vault.
        #[must_use]
        pub fn of(vault: &Vault) -> Self {
            Self(vault.clone())
        }
    }

    /// What the store is, without secrets.
    #[must_use]
    pub fn describe(&self) -> String {
        self.0.describe()
    }

    /// The client keys that the store knows, in no particular order.
    ///
    /// # Errors
    /// The store fails.
    pub async fn client_keys(&self) -> Result<Vec<StoredClientKey>, Error> {
        let (mut keys, mut after) = (Vec::new(), None::<String>);
        loop {
            let group = ClientKeyRecord::KEYS;
            let page = self
                .0
                .list::<ClientKeyRecord>(group, after.as_deref(), ADMIN_PAGE);
            let page = page.await?;
            keys.extend(page.items.into_iter().map(|stored| StoredClientKey {
                is_compromised: stored.record.compromised_at.is_some(),
                is_missing: stored.record.missing_at.is_some(),
                kid: stored.record.kid,
            }));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(keys),
            }
        }
    }

    /// How many sessions there are of each client key.
    ///
    /// It reads every session, a few hundred at a time, so it takes as long as there are many. Sessions
    /// that begin or end meanwhile may be counted or not.
    ///
    /// # Errors
    /// The store fails, or it cannot be read through.
    pub async fn sessions_by_kid(&self) -> Result<SessionCounts, StoreError> {
        self.0.sessions_by_kid().await
    }

    /// One step of a pass that seals every row with the first secret: about `limit` rows. `None` starts;
    /// go on from [`Resealed::next`], which may be kept and used by another process.
    ///
    /// Running processes do not notice: a row is written only in place of the version that was read, and
    /// a session whose refresh token is in flight is left for the next pass. Before, every process has to
    /// have both secrets, the new one first. After a pass without [`busy`](Resealed::busy) and
    /// [`newer`](Resealed::newer) rows the old one can go: what cannot be read now could not be read before.
    ///
    /// ```
    /// # async fn f(client: atproto_oauth::OAuthClient) -> Result<(), atproto_oauth::Error> {
    /// let (admin, mut busy, mut from) = (client.store_admin(), 0, None);
    /// loop {
    ///     let step = admin.reseal(from.as_deref(), 500).await?;
    ///     busy += step.busy;
    ///     from = step.next;
    ///     if from.is_none() {
    ///         break;
    ///     }
    /// }
    /// println!("{busy} rows were in use; seal again in a minute");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The store fails, or it cannot be read through. The same step can be done again.
    pub async fn reseal(&self, from: Option<&str>, limit: usize) -> Result<Resealed, StoreError> {
        self.0.reseal(from, limit).await
    }
}

/// A new secret, as `ATPROTO_SECRET` takes it.
///
/// # Errors
/// [`TemporarilyUnavailable`](crate::ErrorKind::TemporarilyUnavailable), when the operating system has no random bytes.
pub fn generate_secret() -> Result<SecretText, Error> {
    Ok(SecretText::new(Secrets::generate_text()?.to_string()))
}
