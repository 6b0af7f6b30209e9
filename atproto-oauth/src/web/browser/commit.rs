//! Attaches a session to the browser under a new cookie id; [`commit`] keeps it, [`rollback`] removes it.
//!
//! The old id passes its sessions on to one sign-in only, the first that is committed. A sign-in with an id that has
//! ended already, because it was overtaken or because the id was stolen, gets its own account and nothing else: the two
//! cannot be told apart.

use secrecy::SecretString;

use super::record::{Browser, BrowserId};
use super::store::{busy, change, get, is_alive, write};
use crate::client::{OAuthClient, SessionKey};
use crate::error::{Error, ErrorKind};
use crate::jose::random_token;
use crate::store::{Commit, Stored};
use crate::web::policy::{BROWSER_CHANGE_ATTEMPTS, MAX_ACCOUNTS};
use crate::web::state::WebState;

/// A browser under its new id, with the session of the sign-in; its cookie is not set yet.
#[derive(Debug)]
pub(crate) struct NewBrowser {
    pub(crate) id: BrowserId,
    /// For the session cookie.
    pub(crate) cookie: SecretString,
    /// The id before, if there was one that had not ended.
    previous: Option<BrowserId>,
    key: SessionKey,
    /// Sessions that come from the id before.
    carried: Vec<SessionKey>,
    /// Sessions whose place the new one takes.
    replaced: Vec<SessionKey>,
}

/// The result of [`begin`].
#[derive(Debug)]
pub(crate) enum BeginOutcome {
    Begun(NewBrowser),
    /// The browser holds as many accounts as it may; nothing was changed.
    Full,
}

/// Adds a session that was just made, under a new id. What it replaces still works until
/// [`commit`]: the account's session of before, all others where there is room for one only, and
/// `upgraded`, whose place among the accounts it takes. Any other sign-in comes first.
///
/// # Errors
/// The store fails; nothing was changed.
pub(crate) async fn begin(
    client: &OAuthClient,
    old: Option<BrowserId>,
    key: SessionKey,
    upgraded: Option<&SessionKey>,
    limit: u16,
) -> Result<BeginOutcome, Error> {
    // Read again: the exchange took its time, and the browser may have signed out meanwhile.
    let old = match old {
        Some(id) => get(client, id).await?.map(|stored| stored.record),
        None => None,
    };
    let old = old.filter(|old| !old.is_retired());
    let mut carried = old
        .as_ref()
        .map_or_else(Vec::new, |old| old.sessions().to_vec());
    let is_replaced = |one: &SessionKey| limit <= 1 || one.did() == key.did();
    let before = carried.clone();
    let mut replaced: Vec<_> = carried.extract_if(.., |one| is_replaced(one)).collect();
    if let Some(upgraded) = upgraded.filter(|one| !before.contains(one)) {
        replaced.push(upgraded.clone());
    }
    let limit = usize::from(limit.clamp(1, MAX_ACCOUNTS));
    if carried.len() >= limit {
        let mut alive = Vec::new();
        for one in carried {
            if is_alive(client, &one).await? {
                alive.push(one);
            }
        }
        carried = alive;
    }
    if carried.len() >= limit {
        return Ok(BeginOutcome::Full);
    }
    let sessions = in_order(&before, &carried, &key, upgraded);
    let cookie = random_token()?;
    let id = BrowserId::of_cookie(&cookie);
    let vault = client.vault();
    let mut browser = Browser::new(id, sessions, client.now());
    browser.switch(&key);
    let put = vault.put(&browser, None)?;
    if vault.commit(vec![put]).await? != Commit::Done {
        return Err(Error::new(
            ErrorKind::SessionStoreFailed,
            "the store has this browser already; sign in again",
        ));
    }
    Ok(BeginOutcome::Begun(NewBrowser {
        id,
        cookie: cookie.into(),
        previous: old.as_ref().map(Browser::id),
        key,
        carried,
        replaced,
    }))
}

/// The sessions of a browser once `key` is among them.
fn in_order(
    before: &[SessionKey],
    carried: &[SessionKey],
    key: &SessionKey,
    upgraded: Option<&SessionKey>,
) -> Vec<SessionKey> {
    let place = before.iter().position(|one| Some(one) == upgraded);
    let newer = before.iter().take(place.unwrap_or(0));
    let place = newer.filter(|one| carried.contains(one)).count();
    let (newer, older) = carried.split_at(place);
    [newer, std::slice::from_ref(key), older].concat()
}

/// Keeps the new id: the old one ends soon, and so do the sessions that were replaced.
pub(crate) async fn commit(client: &OAuthClient, begun: &NewBrowser) {
    if let Some(previous) = begun.previous
        && let Err(error) = retire_previous(client, previous, begun).await
    {
        tracing::warn!(%error, "the browser's old id was not ended");
    }
    for key in &begun.replaced {
        match client.start_revoking(key).await {
            Ok(_at_server) => {}
            Err(error) if error.needs_login() => {}
            Err(error) => tracing::warn!(%error, "a replaced session was not ended"),
        }
    }
}

/// Ends the old id and, in the same commit, leaves the new one only the sessions that the old one still had.
async fn retire_previous(
    client: &OAuthClient,
    previous: BrowserId,
    begun: &NewBrowser,
) -> Result<(), Error> {
    let vault = client.vault();
    for _ in 0..BROWSER_CHANGE_ATTEMPTS {
        let (old, new) = (get(client, previous).await?, get(client, begun.id).await?);
        let mut steps = Vec::new();
        if let Some(Stored {
            mut record,
            version,
        }) = new
        {
            let gives = old.as_ref().map(|old| &old.record);
            let gives = gives.filter(|old| !old.is_retired());
            let mut lost = begun.carried.clone();
            lost.retain(|key| !gives.is_some_and(|old| old.has(key)));
            record.remove(&lost, None);
            steps.push(write(client, &record, version)?);
        }
        if let Some(Stored {
            mut record,
            version,
        }) = old
        {
            record.retire(&begun.replaced, client.now());
            steps.push(write(client, &record, version)?);
        }
        let answer = vault.commit(steps).await;
        // Also after an error: the rows may have changed all the same.
        for id in [previous, begun.id] {
            WebState::of(client).browsers.invalidate(id);
        }
        if answer? == Commit::Done {
            return Ok(());
        }
    }
    Err(busy())
}

/// Removes the new id and its session; everything is as before.
pub(crate) async fn rollback(client: &OAuthClient, begun: &NewBrowser) {
    let gone = change(client, begun.id, Browser::clear).await;
    let revoked = client.start_revoking(&begun.key).await;
    let revoked = revoked.err().filter(|error| !error.needs_login());
    for error in [gone.err(), revoked].into_iter().flatten() {
        tracing::error!(%error, "a sign-in was not rolled back completely; its session may live on");
    }
}

/// Rolls back because the application refuses the account, and signs the account out if it was signed in before.
pub(crate) async fn refuse(client: &OAuthClient, begun: &NewBrowser) {
    rollback(client, begun).await;
    let Some(previous) = begun.previous else {
        return;
    };
    let mut known = Vec::new();
    let edit = |old: &mut Browser| {
        known = old.sessions_of(begun.key.did());
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

#[cfg(test)]
mod tests;
