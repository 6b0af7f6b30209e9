//! Permissions that a page needs: asked for when they are missing.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use super::pages::{ErrorPage, words};
use super::refusal::{here, of_extractor_or, see_other, with_query};
use super::respond::{OAuthError, Policy, is_person_navigation, page};
use super::state::WebState;
use super::{HasOAuth, OAuthApp, fetch};
use crate::scope::{Scope, ScopeSet};
use crate::{Error, ErrorKind, Session};

/// Goes on only if the session has all of `required`: what `#[session(requires = […])]` does.
///
/// A person's navigation without them is sent through consent and comes back here. If the permission
/// was asked for and not granted, or if another site led here, there is a page that offers to ask;
/// so nobody goes round in circles, and no other site starts anything. A program is told
/// `insufficient_scope`.
///
/// # Errors
/// The answer to give instead.
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
    let missing: Vec<&str> = required
        .iter()
        .copied()
        .filter(|permission| !has(session, permission))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let wanted = wanted::<A>(session, &missing);
    let query = [
        ("handle", session.did().as_str()),
        ("scope", &*wanted),
        ("return_to", here(parts)),
    ];
    let consent = with_query(A::PATHS.login(), &query);
    let requested = session.requested();
    let was_asked = missing
        .iter()
        .all(|permission| is_among(&requested, permission));
    let is_person = is_person_navigation(parts);
    if is_person && fetch::is_own_navigation(&parts.headers) && !was_asked {
        return Err(see_other(&consent));
    }
    let error = Error::new(
        ErrorKind::InsufficientScope,
        format!(
            "the session lacks `{}`; it has to be granted first",
            missing.join("`, `")
        ),
    );
    let web = WebState::of(state.app().oauth());
    let offer = |error: OAuthError| {
        if !is_person {
            return error.into_response();
        }
        let words = words(error.kind());
        let status = StatusCode::FORBIDDEN;
        let (code, request_id) = (error.code(), error.request_id());
        let shown = ErrorPage {
            request_id,
            login: Some(&consent),
            ..ErrorPage::new(&web.name, code, status.as_u16(), words.title, words.message)
        };
        page(status, web.pages.error(&shown), Policy::Page, &*web.pages)
    };
    Err(of_extractor_or::<A, S>(parts, state, error, offer).await)
}

/// It was asked for and granted; of a permission set, what was in it.
fn has<A>(session: &Session<A>, permission: &str) -> bool {
    session.allows(permission)
}

fn is_among(requested: &ScopeSet, permission: &str) -> bool {
    requested.contains(permission)
        || permission
            .parse::<Scope>()
            .is_ok_and(|permission| requested.covers(&permission))
}

/// What to ask for: what is granted already, as it is declared, and what covers the missing ones.
fn wanted<A: OAuthApp>(session: &Session<A>, missing: &[&str]) -> String {
    let declared = || {
        A::SCOPES
            .scopes()
            .iter()
            .chain(A::SCOPES.optional())
            .copied()
    };
    let helps = |literal: &str| missing.iter().any(|missing| is_part_of(literal, missing));
    let list: Vec<&str> = declared()
        .filter(|literal| *literal == "atproto" || has(session, literal) || helps(literal))
        .collect();
    list.join(" ")
}

/// A declared permission covers some of what is missing.
fn is_part_of(literal: &str, missing: &str) -> bool {
    literal == missing
        || match (ScopeSet::parse_granted(literal), missing.parse::<Scope>()) {
            (Ok(one), Ok(missing)) => one.touches(&missing),
            _ => false,
        }
}
