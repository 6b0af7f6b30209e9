//! An application for two accounts a browser, with a page for everything that `Accounts` does, and a `logout` hook.

use std::time::Duration;

use atproto_oauth::prelude::*;
use atproto_oauth::{ErrorKind, OAuthClientBuilder};
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::site::Site;
use crate::support::{Ahead, SECRET};

#[atproto_oauth(
    callback = signed_in,
    logout = signed_out,
    scopes = ["atproto", "repo:com.example.note"],
    optional_scopes = ["blob:*/*"],
    accounts = 2,
)]
#[derive(Clone)]
pub(crate) struct TwoAccounts {
    pub(crate) oauth: OAuthClient,
}

async fn signed_in(login: Login<TwoAccounts>, session: TwoAccountsSession) -> Redirect {
    assert_eq!(
        login.session().key(),
        session.key(),
        "the session in the hook is the new one"
    );
    Redirect::to(login.return_to())
}

/// The account that left and the one that is active.
async fn signed_out(gone: LoggedOut<TwoAccounts>) -> Response {
    let name = |key: Option<&TwoAccountsSessionKey>| {
        key.map_or("none".into(), |key| key.did().to_string())
    };
    let body = format!(
        "{} left, {} is active",
        name(gone.accounts().first()),
        name(gone.active())
    );
    ([("x-left", gone.accounts().len().to_string())], body).into_response()
}

/// The active account, by an optional session.
async fn home(session: Option<TwoAccountsSession>) -> String {
    session.map_or("signed out".into(), |session| {
        session.display_name().to_owned()
    })
}

async fn me(session: TwoAccountsSession) -> String {
    session.display_name().to_owned()
}

async fn form(session: TwoAccountsSession) -> String {
    session.logout_form()
}

async fn list(accounts: Accounts<TwoAccounts>) -> String {
    let active = accounts.active();
    let line = |key: &TwoAccountsSessionKey| {
        format!(
            "{} {key}\n",
            if Some(key) == active.as_ref() {
                "*"
            } else {
                "-"
            }
        )
    };
    accounts.list().iter().map(line).collect()
}

async fn revoke(accounts: Accounts<TwoAccounts>, Path(key): Path<TwoAccountsSessionKey>) -> String {
    match accounts.revoke(&key).await {
        Ok(()) => format!("ok, {} left", accounts.list().len()),
        Err(error) => error.code().into(),
    }
}

async fn switch(accounts: Accounts<TwoAccounts>, Path(key): Path<TwoAccountsSessionKey>) -> String {
    accounts
        .switch(&key)
        .await
        .map_or_else(|error| error.code().into(), |()| "ok".into())
}

async fn remove(accounts: Accounts<TwoAccounts>, Path(key): Path<TwoAccountsSessionKey>) -> String {
    accounts
        .remove(&key)
        .await
        .map_or_else(|error| error.code().into(), |()| "ok".into())
}

async fn fails() -> Result<String, XrpcError> {
    Err(Error::new(
        ErrorKind::TemporarilyUnavailable,
        "the server is away; try again",
    )
    .into())
}

impl TwoAccounts {
    /// On a network, with a store that is read on every request.
    pub(crate) async fn site() -> Site {
        let change = |builder: OAuthClientBuilder| builder.store_staleness(Duration::ZERO);
        Site::of::<Self>(&Ahead::default(), change, Self::router).await
    }

    /// Without a network: for what is answered before a server is asked.
    pub(crate) async fn offline(base_url: &str) -> Router {
        let builder = Self::oauth_builder().base_url(base_url).secret(SECRET);
        let client = builder.store_url("memory:").build().await;
        Self::router(client.unwrap())
    }

    pub(crate) fn router(oauth: OAuthClient) -> Router {
        Self::oauth_routes()
            .route("/", get(home))
            .route("/me", get(me).post(me))
            .route("/form", get(form))
            .route("/list", get(list))
            .route("/revoke/{key}", get(revoke))
            .route("/switch/{key}", get(switch))
            .route("/remove/{key}", get(remove))
            .route("/fails", get(fails))
            .with_state(Self { oauth })
    }
}
