//! The accounts that a browser holds.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::client::{OAuthClient, Session, SessionKey};
use crate::error::{Error, ErrorKind};
use crate::web::app::HasOAuth;
use crate::web::app::OAuthApp;
use crate::web::browser::record::Browser;
use crate::web::browser::store;
use crate::web::error_response;
use crate::web::respond::SessionRejection;

/// The accounts that this browser holds: to list them, to switch between them, to sign them out.
///
/// Empty when no account is signed in. What it changes is stored at once, for this browser only.
pub struct Accounts<A> {
    client: OAuthClient,
    browser: Mutex<Option<Arc<Browser>>>,
    app: PhantomData<fn() -> A>,
}

impl<A> Accounts<A> {
    /// The keys of their sessions, the last sign-in first. A session may have ended meanwhile;
    /// [`session`](Self::session) tells.
    #[must_use]
    pub fn list(&self) -> Vec<SessionKey<A>> {
        let browser = self.browser();
        let keys = browser.iter().flat_map(|browser| browser.sessions());
        keys.map(SessionKey::for_app).collect()
    }

    /// The key of the session that `Session<A>` extracts.
    #[must_use]
    pub fn active(&self) -> Option<SessionKey<A>> {
        self.browser()?.active().map(SessionKey::for_app)
    }

    /// The session of one of these accounts, without switching to it.
    ///
    /// # Errors
    /// [`SessionNotFound`](ErrorKind::SessionNotFound) for a key that is not in this browser,
    /// [`SessionEnded`](ErrorKind::SessionEnded) if its session is over, or the store fails.
    pub async fn session(&self, key: &SessionKey<A>) -> Result<Session<A>, Error> {
        self.owned(key)?;
        self.client.session(key).await.map_err(ended)
    }

    /// Makes another account the active one, from the next request on; in other processes that share the
    /// store within [`store_staleness`](crate::OAuthClientBuilder::store_staleness).
    ///
    /// # Errors
    /// As [`session`](Self::session); then nothing changes.
    pub async fn switch(&self, key: &SessionKey<A>) -> Result<(), Error> {
        let browser = self.owned(key)?;
        self.client.session(key).await.map_err(ended)?;
        let mut known = false;
        let key = key.for_app();
        let changed = store::change(&self.client, browser.id(), |browser| {
            known = browser.switch(&key);
        });
        self.set_browser(changed.await?);
        if known { Ok(()) } else { Err(not_found()) }
    }

    /// Signs an account out: the session ends for all processes and is revoked at its server. If it was the
    /// active one, the newest remaining account is active.
    ///
    /// # Errors
    /// [`SessionNotFound`](ErrorKind::SessionNotFound) for a key that is not in this browser, or the
    /// store fails. Never because a server is down.
    pub async fn revoke(&self, key: &SessionKey<A>) -> Result<(), Error> {
        self.owned(key)?;
        match self.client.revoke(key).await {
            Err(error) if !error.needs_login() => return Err(error),
            _gone => {}
        }
        self.remove(key).await
    }

    /// Takes an account off this browser and lets its session live on: for work in the background, which
    /// keeps the key.
    ///
    /// # Errors
    /// [`SessionNotFound`](ErrorKind::SessionNotFound) for a key that is not in this browser, or the
    /// store fails.
    pub async fn remove(&self, key: &SessionKey<A>) -> Result<(), Error> {
        let browser = self.owned(key)?;
        let keys = [key.for_app()];
        let next = store::next_alive(&self.client, &browser, &keys).await?;
        let edit = |browser: &mut Browser| browser.remove(&keys, next.as_ref());
        let changed = store::change(&self.client, browser.id(), edit).await?;
        self.set_browser(changed);
        Ok(())
    }

    fn browser(&self) -> Option<Arc<Browser>> {
        self.browser
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_browser(&self, browser: Option<Browser>) {
        *self.browser.lock().unwrap_or_else(PoisonError::into_inner) = browser.map(Arc::new);
    }

    /// The browser, if the key is one of its own.
    fn owned(&self, key: &SessionKey<A>) -> Result<Arc<Browser>, Error> {
        self.browser()
            .filter(|browser| browser.has(key))
            .ok_or_else(not_found)
    }
}

fn not_found() -> Error {
    Error::new(
        ErrorKind::SessionNotFound,
        "this browser has no such session; choose one of its accounts, or sign in",
    )
}

fn ended(error: Error) -> Error {
    if error.needs_login() {
        Error::new(
            ErrorKind::SessionEnded,
            "that account's session ended; sign in again",
        )
        .with_source(error)
    } else {
        error
    }
}

impl<A> fmt::Debug for Accounts<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts")
            .field("list", &self.list())
            .field("active", &self.active())
            .finish_non_exhaustive()
    }
}

impl<A, S> FromRequestParts<S> for Accounts<A>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    type Rejection = SessionRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, SessionRejection> {
        let client = state.app().oauth();
        match store::find(client, parts).await {
            Ok(browser) => Ok(Self {
                client: client.clone(),
                browser: Mutex::new(browser.map(Arc::new)),
                app: PhantomData,
            }),
            Err(error) => Err(error_response::reject::<A, S>(parts, state, error).await),
        }
    }
}
