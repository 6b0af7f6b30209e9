//! Browsers in the store: finds the one of a request, and changes its row.
//!
//! All changes are made by compare and swap, so that two tabs, or two processes, never undo each
//! other's.

use std::error::Error as _;
use std::sync::Arc;

use axum::response::Response;
use http::header::SET_COOKIE;
use http::request::Parts;

use super::cache::CachedBrowser;
use super::record::{Browser, BrowserId};
use crate::client::read_error;
use crate::client::{OAuthClient, SessionKey};
use crate::error::{Error, ErrorKind};
use crate::store::{Change, Commit, StoreError, Stored};
use crate::web::policy::BROWSER_CHANGE_ATTEMPTS;
use crate::web::state::WebState;

/// In a request's extensions: the browser it belongs to, whatever its cookie says. Hooks get it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountsAs(pub(crate) BrowserId);

/// The browser of a request, if the store has it now. Writes its visit once a day.
///
/// # Errors
/// The store cannot answer.
pub(crate) async fn find(client: &OAuthClient, parts: &Parts) -> Result<Option<Browser>, Error> {
    // In one process the cache is what the store has.
    let is_shared = client.staleness().is_some();
    let known = look_up(client, parts, !is_shared).await?;
    Ok(known.map(|known| known.browser.clone()))
}

/// As [`find`], for a sign-in. A row that only another secret or another version can read makes way for a new
/// one, and stays as it is: otherwise no one could sign in again after the secret was lost.
///
/// # Errors
/// As there.
pub(crate) async fn find_at_sign_in(
    client: &OAuthClient,
    parts: &Parts,
) -> Result<Option<Browser>, Error> {
    match find(client, parts).await {
        Err(error) if is_unknown(&error) => Ok(None),
        otherwise => otherwise,
    }
}

fn is_unknown(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    cause.is_some_and(StoreError::is_unknown)
}

/// As [`find`], from the cache where it is current; for requests that change nothing.
///
/// # Errors
/// As there.
pub(crate) async fn find_cached(
    client: &OAuthClient,
    parts: &Parts,
) -> Result<Option<Arc<CachedBrowser>>, Error> {
    let cookies = &WebState::of(client).cookies;
    look_up(client, parts, !cookies.is_changed(&parts.headers)).await
}

async fn look_up(
    client: &OAuthClient,
    parts: &Parts,
    use_cache: bool,
) -> Result<Option<Arc<CachedBrowser>>, Error> {
    let web = WebState::of(client);
    let id = match parts.extensions.get::<CountsAs>() {
        Some(CountsAs(id)) => *id,
        None => match web.cookies.session_id(&parts.headers) {
            Some(cookie) => BrowserId::of_cookie(cookie),
            None => return Ok(None),
        },
    };
    let now = client.now();
    let known = web.browsers.get(id, now).filter(|_| use_cache);
    let known = match known {
        Some(known) if client.is_current(known.read_at) => known,
        known => {
            let (mark, read_at) = (web.browsers.mark(), client.read_mark());
            match (get(client, id).await, known) {
                (Ok(None), _) => return Ok(None),
                (Ok(Some(Stored { record, .. })), _) => {
                    let known = CachedBrowser::new(record, read_at);
                    web.browsers.insert(&known, mark);
                    known
                }
                (Err(_), Some(known)) if client.serves_during_outage(known.read_at) => known,
                (Err(error), _) => return Err(error),
            }
        }
    };
    if known.browser.is_visit_due(now) {
        let client = client.clone();
        tokio::spawn(async move {
            let see = |browser: &mut Browser| {
                if browser.is_visit_due(now) {
                    browser.record_visit(now);
                }
            };
            if let Err(error) = change(&client, id, see).await {
                tracing::debug!(%error, "a browser's visit was not written");
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
    for _ in 0..BROWSER_CHANGE_ATTEMPTS {
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
        let step = write(client, &record, version)?;
        let answer = vault.commit(vec![step]).await;
        // Also after an error: the row may have changed all the same.
        WebState::of(client).browsers.invalidate(id);
        if answer? == Commit::Done {
            return Ok(Some(record));
        }
    }
    Err(busy())
}

/// Sets a short-lived cookie that makes every process bypass its cache, after a change of the browser's accounts.
pub(crate) fn with_bypass_cookie(client: &OAuthClient, mut response: Response) -> Response {
    if let Some(limit) = client.staleness().filter(|limit| !limit.is_zero()) {
        let cookie = WebState::of(client).cookies.set_changed(limit);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The change that makes `record` the browser's row in place of `version`; no row without a session.
///
/// # Errors
/// It cannot be sealed.
pub(crate) fn write(
    client: &OAuthClient,
    record: &Browser,
    version: u64,
) -> Result<Change, StoreError> {
    if record.sessions().is_empty() {
        let row = record.id().row();
        return Ok(client.vault().delete::<Browser>(&row, Some(version)));
    }
    client.vault().put(record, Some(version))
}

/// After [`BROWSER_CHANGE_ATTEMPTS`] attempts.
pub(crate) fn busy() -> Error {
    Error::new(
        ErrorKind::TemporarilyUnavailable,
        "this browser's accounts are changing all the time; try again",
    )
}

/// The account that becomes active when `leaving` go: the newest of the others whose session has not ended.
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

/// Whether there is a session under `key`.
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

/// The row of a browser. One that is unreadable is retried at first; the vault has logged it.
///
/// # Errors
/// The store fails.
pub(crate) async fn get(
    client: &OAuthClient,
    id: BrowserId,
) -> Result<Option<Stored<Browser>>, Error> {
    let row = id.row();
    match client.vault().get::<Browser>(&row).await {
        Ok(found) => {
            client.note_readable(&row);
            Ok(found)
        }
        Err(error) if client.note_unreadable(&row, &error) => Ok(None),
        Err(error) => Err(read_error(error)),
    }
}
