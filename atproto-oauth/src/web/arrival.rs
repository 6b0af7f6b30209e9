//! A sign-in reaches its browser: first on trial, under a new id; then it stands, or is undone.
//!
//! The id before gives its sessions to one sign-in only, the first that stands. A sign-in that comes
//! with an id that has ended already, because it was overtaken or because the id was stolen, holds its
//! own account and nothing else: nobody can tell the two apart.

use secrecy::SecretString;

use super::browser::{Browser, BrowserId};
use super::browsers::{TRIES, busy, change, get, is_alive, write};
use super::state::WebState;
use crate::jose::random_token;
use crate::store::{Commit, Stored};
use crate::{Error, ErrorKind, OAuthClient, SessionKey};

/// Accounts in one browser, whatever the application says: they are one row, and some pages look at all of them.
pub(crate) const MOST: u16 = 100;

/// A browser in which somebody has just signed in; its cookie is not set yet.
#[derive(Debug)]
pub(crate) struct Arrival {
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

/// What became of a sign-in in its browser.
#[derive(Debug)]
pub(crate) enum Arrived {
    In(Arrival),
    /// The browser holds as many accounts as it may; nothing was changed.
    Full,
}

/// Adds a session that was just made, under a new id (CB-18). What it replaces still works until
/// [`settle`]: the account's session of before, all others where there is room for one only, and
/// `upgraded`, whose place among the accounts it takes (SC-18). Any other sign-in comes first.
///
/// # Errors
/// The store fails; nothing was changed.
pub(crate) async fn arrive(
    client: &OAuthClient,
    old: Option<BrowserId>,
    key: SessionKey,
    upgraded: Option<&SessionKey>,
    limit: u16,
) -> Result<Arrived, Error> {
    // As it is now: the exchange took its time, and somebody may have signed out meanwhile.
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
    let limit = usize::from(limit.clamp(1, MOST));
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
        return Ok(Arrived::Full);
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
    Ok(Arrived::In(Arrival {
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

/// The sign-in stands: the old id ends soon, and so do the sessions that were replaced.
pub(crate) async fn settle(client: &OAuthClient, arrival: &Arrival) {
    if let Some(previous) = arrival.previous
        && let Err(error) = take_over(client, previous, arrival).await
    {
        tracing::warn!(%error, "the browser's old id was not ended");
    }
    for key in &arrival.replaced {
        match client.start_revoking(key).await {
            Ok(_at_server) => {}
            Err(error) if error.needs_login() => {}
            Err(error) => tracing::warn!(%error, "a replaced session was not ended"),
        }
    }
}

/// Ends the old id and, in the same commit, leaves the new one only what the old one still had to give.
async fn take_over(
    client: &OAuthClient,
    previous: BrowserId,
    arrival: &Arrival,
) -> Result<(), Error> {
    let vault = client.vault();
    for _ in 0..TRIES {
        let (old, new) = (get(client, previous).await?, get(client, arrival.id).await?);
        let mut steps = Vec::new();
        if let Some(Stored {
            mut record,
            version,
        }) = new
        {
            let gives = old.as_ref().map(|old| &old.record);
            let gives = gives.filter(|old| !old.is_retired());
            let mut lost = arrival.carried.clone();
            lost.retain(|key| !gives.is_some_and(|old| old.has(key)));
            record.remove(&lost, None);
            steps.push(write(client, &record, version)?);
        }
        if let Some(Stored {
            mut record,
            version,
        }) = old
        {
            record.retire(&arrival.replaced, client.now());
            steps.push(write(client, &record, version)?);
        }
        let answer = vault.commit(steps).await;
        // Also after an error: nobody knows what became of it.
        for id in [previous, arrival.id] {
            WebState::of(client).known.changed(id);
        }
        if answer? == Commit::Done {
            return Ok(());
        }
    }
    Err(busy())
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

#[cfg(test)]
mod tests;
