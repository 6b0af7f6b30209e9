//! The browsers in the store: who is asking, who signs in, who leaves.
//!
//! All changes are made by compare and swap, so that two tabs, or two processes, never undo each
//! other's.

use std::sync::Arc;

use http::request::Parts;
use secrecy::SecretString;

use super::browser::{Browser, BrowserId};
use super::known::Known;
use super::state::WebState;
use crate::jose::random_token;
use crate::store::{Commit, StoreError, Stored};
use crate::{Error, ErrorKind, OAuthClient, SessionKey};

/// Attempts to change a row that others change too.
const TRIES: usize = 8;

/// In a request's extensions: the browser it counts as, whatever its cookie says. Hooks see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountsAs(pub(crate) BrowserId);

/// A browser in which somebody has just signed in; its cookie is not set yet.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) id: BrowserId,
    /// For the session cookie.
    pub(crate) cookie: SecretString,
    /// The id before, if there was one.
    previous: Option<BrowserId>,
    key: SessionKey,
    /// Sessions whose place the new one takes.
    replaced: Vec<SessionKey>,
}

/// What became of a sign-in in its browser.
#[derive(Debug)]
pub(crate) enum Arrived {
    In(Arrival),
    /// The browser holds as many accounts as it may; nothing was changed.
    Full,
}

/// The browser of a request, if the store knows it. Writes down once a day that it was here.
///
/// # Errors
/// The store cannot answer.
pub(crate) async fn find(client: &OAuthClient, parts: &Parts) -> Result<Option<Browser>, Error> {
    Ok(known(client, parts)
        .await?
        .map(|known| known.browser.clone()))
}

/// As [`find`], with what is at hand.
///
/// # Errors
/// As there.
pub(crate) async fn known(
    client: &OAuthClient,
    parts: &Parts,
) -> Result<Option<Arc<Known>>, Error> {
    let web = WebState::of(client);
    let id = match parts.extensions.get::<CountsAs>() {
        Some(CountsAs(id)) => *id,
        None => match web.cookies.session_id(&parts.headers) {
            Some(cookie) => BrowserId::of_cookie(cookie),
            None => return Ok(None),
        },
    };
    let now = client.now();
    let known = if let Some(known) = web.known.get(id, now) {
        known
    } else {
        let mark = web.known.mark();
        let Some(Stored { record, .. }) = get(client, id).await? else {
            return Ok(None);
        };
        let known = Known::new(record);
        web.known.keep(&known, mark);
        known
    };
    if known.browser.is_seen_again(now) {
        let client = client.clone();
        tokio::spawn(async move {
            let see = |browser: &mut Browser| {
                if browser.is_seen_again(now) {
                    browser.see(now);
                }
            };
            if let Err(error) = change(&client, id, see).await {
                tracing::debug!(%error, "a browser's visit was not written down");
            }
        });
    }
    Ok(Some(known))
}

/// Changes the browser's row, or deletes it when no session is left. `None`: there is none.
///
/// # Errors
/// The store fails, or the row changes all the time.
pub(crate) async fn change(
    client: &OAuthClient,
    id: BrowserId,
    mut edit: impl FnMut(&mut Browser),
) -> Result<Option<Browser>, Error> {
    let vault = client.vault();
    for _ in 0..TRIES {
        let Some(Stored {
            mut record,
            version,
        }) = get(client, id).await?
        else {
            return Ok(None);
        };
        let before = record.clone();
        edit(&mut record);
        if record == before {
            return Ok(Some(record));
        }
        let step = if record.sessions().is_empty() {
            vault.delete::<Browser>(&id.row(), Some(version))
        } else {
            vault.put(&record, Some(version))?
        };
        let answer = vault.commit(vec![step]).await;
        // Also after an error: nobody knows what became of it.
        WebState::of(client).known.changed(id);
        if answer? == Commit::Done {
            return Ok(Some(record));
        }
    }
    Err(Error::new(
        ErrorKind::TemporarilyUnavailable,
        "this browser's accounts are changing all the time; try again",
    ))
}

/// Adds a session that was just made, under a new id (CB-18). What it replaces still works until
/// [`settle`].
///
/// # Errors
/// The store fails; nothing was changed.
pub(crate) async fn arrive(
    client: &OAuthClient,
    old: Option<&Browser>,
    key: SessionKey,
    limit: u16,
) -> Result<Arrived, Error> {
    let mut sessions = old.map(|old| old.sessions().to_vec()).unwrap_or_default();
    let is_replaced = |one: &SessionKey| limit <= 1 || one.did() == key.did();
    let replaced: Vec<_> = sessions.extract_if(.., |one| is_replaced(one)).collect();
    let limit = usize::from(limit.max(1));
    if sessions.len() >= limit {
        let mut alive = Vec::new();
        for one in sessions {
            if is_alive(client, &one).await? {
                alive.push(one);
            }
        }
        sessions = alive;
    }
    if sessions.len() >= limit {
        return Ok(Arrived::Full);
    }
    sessions.insert(0, key.clone());
    let cookie = random_token()?;
    let id = BrowserId::of_cookie(&cookie);
    let vault = client.vault();
    let put = vault.put(&Browser::new(id, sessions, client.now()), None)?;
    if vault.commit(vec![put]).await? != Commit::Done {
        return Err(Error::new(
            ErrorKind::SessionStoreFailed,
            "the store has this browser already; sign in again",
        ));
    }
    let previous = old.map(Browser::id);
    Ok(Arrived::In(Arrival {
        id,
        cookie: cookie.into(),
        previous,
        key,
        replaced,
    }))
}

/// The sign-in stands: the old id ends soon, and so do the sessions that were replaced.
pub(crate) async fn settle(client: &OAuthClient, arrival: &Arrival) {
    let now = client.now();
    if let Some(previous) = arrival.previous {
        let retire = |old: &mut Browser| old.retire(&arrival.key, &arrival.replaced, now);
        if let Err(error) = change(client, previous, retire).await {
            tracing::warn!(%error, "the browser's old id was not ended");
        }
    }
    for key in &arrival.replaced {
        match client.start_revoking(key).await {
            Ok(_at_server) => {}
            Err(error) if error.needs_login() => {}
            Err(error) => tracing::warn!(%error, "a replaced session was not ended"),
        }
    }
}

/// The sign-in does not stand: its session and the new id are gone, and all is as before.
pub(crate) async fn undo(client: &OAuthClient, arrival: &Arrival) {
    let gone = change(client, arrival.id, Browser::clear).await;
    let revoked = client.start_revoking(&arrival.key).await;
    let revoked = revoked.err().filter(|error| !error.needs_login());
    for error in [gone.err(), revoked].into_iter().flatten() {
        tracing::error!(%error, "a sign-in was not undone completely; its session may live on");
    }
}

/// The application refuses the account: undone, and signed out if it was here before.
pub(crate) async fn refuse(client: &OAuthClient, arrival: &Arrival) {
    undo(client, arrival).await;
    let Some(previous) = arrival.previous else {
        return;
    };
    let mut known = Vec::new();
    let edit = |old: &mut Browser| {
        known = old.sessions_of(arrival.key.did());
        old.remove(&known, None);
    };
    if let Err(error) = change(client, previous, edit).await {
        tracing::error!(%error, "a refused account was not taken off its browser");
    }
    for key in known {
        if let Err(error) = client.start_revoking(&key).await {
            tracing::warn!(%error, "a session of a refused account was not ended");
        }
    }
}

/// Who becomes active when `leaving` go: the newest of the others whose session has not ended.
///
/// # Errors
/// The store cannot tell.
pub(crate) async fn next_alive(
    client: &OAuthClient,
    browser: &Browser,
    leaving: &[SessionKey],
) -> Result<Option<SessionKey>, Error> {
    for key in browser
        .sessions()
        .iter()
        .filter(|key| !leaving.contains(key))
    {
        if is_alive(client, key).await? {
            return Ok(Some(key.clone()));
        }
    }
    Ok(None)
}

/// There is a session under `key`.
///
/// # Errors
/// The store cannot tell.
pub(crate) async fn is_alive(client: &OAuthClient, key: &SessionKey) -> Result<bool, Error> {
    match client.session(key).await {
        Ok(_) => Ok(true),
        Err(error) if error.needs_login() => Ok(false),
        Err(error) => Err(error),
    }
}

/// A row that cannot be read is no browser; the vault has reported it.
async fn get(client: &OAuthClient, id: BrowserId) -> Result<Option<Stored<Browser>>, Error> {
    match client.vault().get::<Browser>(&id.row()).await {
        Ok(found) => Ok(found),
        Err(error) if StoreError::is_unreadable(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
