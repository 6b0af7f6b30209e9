//! Consent upgrades: asks for the scopes that a page needs and a session lacks.

mod scopes_to_request;

use axum::response::{IntoResponse, Response};
use http::Method;
use http::header::SET_COOKIE;
use http::request::Parts;

use super::app::{HasOAuth, OAuthApp};
use super::csrf;
use super::error_response::{reject, reject_missing_scopes};
use super::respond::{MissingScopes, SessionRejection, is_navigation, is_person_navigation};
use super::return_to::{came_from, local_path};
use super::state::WebState;
use super::url::{original_path, see_other, with_query};
use crate::client::Upgrade;
use crate::client::{OAuthClient, Session};
use crate::error::{Error, ErrorKind};
use crate::scope::Scope;
use crate::types::Did;

/// Goes on only if the session has all of `required`: what `#[session(requires = […])]` does (AT Protocol
/// Permissions).
///
/// A person's own navigation without them is sent through consent, which asks for what is granted
/// already and for what is missing, and comes back here, if the `callback` hook redirects to
/// [`Login::return_to`](crate::Login::return_to). The session is replaced by the one that consent leads to, and is
/// untouched if it leads to none: a person who withdraws a permission there has one less.
///
/// Everything else is answered `403` with `insufficient_scope`:
///
/// - a person gets a page that says what is missing and offers to ask for it: where another site led
///   here, where it was asked for before and not granted (so that no person goes round in circles), and where a
///   form was sent. What was sent is kept nowhere; the way back leads to the page with the form, which
///   the browser names in `Referer`, or to `/`.
/// - a program gets JSON with `missing`, the permissions, and `consent`, the local address to send its
///   person to; from there they come back to the page that asked, if the browser names it in `Referer`, or
///   to `/`. There is no `WWW-Authenticate`: its challenges ask for an `Authorization` header
///   (RFC 9110, section 11.6.1; RFC 6750, section 3), and a browser that comes with a cookie could not answer.
///
/// ```
/// # use atproto_oauth::prelude::*;
/// use atproto_oauth::web::require;
/// use axum::RequestPartsExt;
/// use axum::extract::FromRequestParts;
/// use axum::response::Response;
/// use http::request::Parts;
/// # #[atproto_oauth(callback = back, optional_scopes = ["repo:com.example.note"])]
/// # #[derive(Clone)]
/// # struct App { oauth: OAuthClient }
/// # async fn back() {}
///
/// struct Author(AppSession);
///
/// impl FromRequestParts<App> for Author {
///     type Rejection = Response;
///
///     async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
///         let session: AppSession = parts.extract_with_state(app).await?;
///         require(parts, app, &session, &["repo:com.example.note?action=create"]).await?;
///         Ok(Self(session))
///     }
/// }
/// ```
///
/// # Errors
/// The answer to give instead. What the application does not declare can never be granted: that is
/// `500`, `configuration`.
pub async fn require<A, S>(
    parts: &Parts,
    state: &S,
    session: &Session<A>,
    required: &[&str],
) -> Result<(), Response>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    let permitted = permit(parts, state, session, required).await;
    permitted.map_err(IntoResponse::into_response)
}

/// As [`require`], and says what is wrong.
pub(super) async fn permit<A, S>(
    parts: &Parts,
    state: &S,
    session: &Session<A>,
    required: &[&str],
) -> Result<(), SessionRejection>
where
    A: OAuthApp,
    S: HasOAuth<A> + Send + Sync + 'static,
{
    let is_missing = |permission: &&str| !has(session, permission);
    let missing: Vec<&str> = required.iter().copied().filter(is_missing).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if let Some(error) = undeclared::<A>(&missing) {
        return Err(reject::<A, S>(parts, state, error).await);
    }
    let client = state.app().oauth();
    let cookies = &WebState::of(client).cookies;
    let more = new_in(session, &with_more(session, &missing));
    let scope = with_more(session, &more.split(' ').collect::<Vec<_>>());
    let was_asked = scopes_to_request::was_asked(&session.requested(), &missing)
        || cookies.was_asked(&parts.headers, &session.key(), &scope);
    let page = page_of::<A>(parts, client);
    let consent = consent_url::<A>(session.did(), &more, page);
    if !was_asked && is_person_navigation(parts) && csrf::is_own_navigation(&parts.headers) {
        let mut there = see_other(&consent);
        let asked = cookies.asked(&session.key(), &scope);
        there.headers_mut().append(SET_COOKIE, asked);
        let kind = Some(ErrorKind::InsufficientScope);
        return Err(SessionRejection::new(kind, there));
    }
    let missing = MissingScopes {
        account: session.display_name().to_owned(),
        permissions: missing.into_iter().map(str::to_owned).collect(),
        consent,
        back: way_back::<A>(parts, client).map(str::to_owned),
        was_asked,
        was_sent: !is_get_or_head(parts),
    };
    Err(reject_missing_scopes::<A, S>(parts, state, missing).await)
}

/// The scopes that are still missing after a consent upgrade that failed. `None` if the session has ended meanwhile.
pub(crate) async fn still_missing<A: OAuthApp>(
    client: &OAuthClient,
    upgrade: &Upgrade,
    return_to: Option<&str>,
) -> Option<MissingScopes> {
    let session = client.session(&upgrade.key.for_app::<A>()).await.ok()?;
    let asked = upgrade.scope.split(' ');
    let permissions: Vec<_> = asked
        .filter(|one| !has(&session, one))
        .map(str::to_owned)
        .collect();
    let page = local_path(return_to, A::PATHS);
    Some(MissingScopes {
        account: session.display_name().to_owned(),
        permissions,
        consent: consent_url::<A>(session.did(), &new_in(&session, &upgrade.scope), page),
        back: Some("/".to_owned()),
        was_asked: true,
        was_sent: false,
    })
}

/// What to ask for, so that a session keeps what it has and gets `more`.
pub(crate) fn with_more<A: OAuthApp>(session: &Session<A>, more: &[&str]) -> String {
    let (requested, granted) = (session.requested(), session.scopes());
    let holds_some_of = |set: &Scope| session.holds_some_of(set);
    scopes_to_request::literals(A::SCOPES, &requested, &granted, holds_some_of, more)
}

/// What a link has to say of `scope`: what the session has not got, and what every sign-in asks for, as the
/// session may be gone by then. The rest is known when the link is followed, and may have changed.
fn new_in<A: OAuthApp>(session: &Session<A>, scope: &str) -> String {
    let is_new = |one: &&str| A::SCOPES.scopes().contains(one) || !has(session, one);
    let new: Vec<&str> = scope.split(' ').filter(is_new).collect();
    new.join(" ")
}

/// Whether it was requested and granted; of a permission set, whether its contents were.
fn has<A>(session: &Session<A>, permission: &str) -> bool {
    session.allows(permission)
}

/// Where to ask for `scope`, beside what is granted already, and come back to `page`.
fn consent_url<A: OAuthApp>(did: &Did, scope: &str, page: &str) -> String {
    let query = [
        ("handle", did.as_str()),
        ("scope", scope),
        ("return_to", page),
    ];
    with_query(A::PATHS.login(), &query)
}

/// The page to come back to with the permission: this one or, if it is none or cannot be asked for again,
/// the one that sent the request. What a script fetches is no page.
fn page_of<'a, A: OAuthApp>(parts: &'a Parts, client: &OAuthClient) -> &'a str {
    if is_get_or_head(parts) && is_navigation(parts) {
        local_path(Some(original_path(parts)), A::PATHS)
    } else {
        came_from(&parts.headers, client.base_url(), A::PATHS)
    }
}

/// The page to go back to without the permission, if there is another one.
fn way_back<'a, A: OAuthApp>(parts: &'a Parts, client: &OAuthClient) -> Option<&'a str> {
    let before = came_from(&parts.headers, client.base_url(), A::PATHS);
    let this = original_path(parts);
    if !is_get_or_head(parts) || before != this {
        return Some(before);
    }
    (this != "/").then_some("/")
}

/// Whether the request can be repeated as a link.
fn is_get_or_head(parts: &Parts) -> bool {
    matches!(parts.method, Method::GET | Method::HEAD)
}

/// The error for the first of `missing` that the application does not declare and that can never be granted.
pub(super) fn undeclared<A: OAuthApp>(missing: &[&str]) -> Option<Error> {
    let unknown = missing.iter().find(|one| !A::SCOPES.covers(one))?;
    let message = match (unknown.parse::<Scope>(), A::SCOPES.only_read(unknown)) {
        (Err(reason), _) => format!("a page requires what no server can grant: {reason}"),
        (Ok(_), Some(read)) => format!(
            "a page requires `{unknown}`, and the application declares `{read}`, which is there to read \
             and not to manage; write `{unknown}` in its place"
        ),
        (Ok(_), None) => format!(
            "a page requires `{unknown}`, which the application does not declare; add it to `scopes` \
             or `optional_scopes`"
        ),
    };
    Some(Error::new(ErrorKind::Configuration, message))
}
