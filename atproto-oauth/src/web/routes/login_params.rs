//! The parameters of `/oauth/login`, and the start of a sign-in from them.

use axum::response::Response;
use http::request::Parts;
use serde::Deserialize;

use crate::client::Upgrade;
use crate::client::{AuthorizeOptions, OAuthClient, Session};
use crate::error::{Error, ErrorKind};
use crate::types::Did;
use crate::web::app::OAuthApp;
use crate::web::browser::store;
use crate::web::consent::with_more;
use crate::web::return_to::local_path;

/// The parameters of a link or of the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LoginParams {
    handle: String,
    return_to: Option<String>,
    scope: String,
    prompt: String,
}

impl LoginParams {
    /// Who signs in; empty if nothing was typed.
    pub(super) fn handle(&self) -> &str {
        self.handle.trim()
    }

    /// Where to go afterwards; always a path of this site (RFC 9700 §4.11).
    pub(super) fn return_to<A: OAuthApp>(&self) -> &str {
        local_path(self.return_to.as_deref(), A::PATHS)
    }

    /// The permissions to ask for, if not the declared ones.
    pub(super) fn scope(&self) -> Option<&str> {
        Some(self.scope.trim()).filter(|scope| !scope.is_empty())
    }

    pub(super) fn prompt(&self) -> Option<&str> {
        Some(self.prompt.trim()).filter(|prompt| !prompt.is_empty())
    }

    /// Without the parameters that only pages of this site may give.
    pub(super) fn without_own_pages_params(self) -> Self {
        Self {
            scope: String::new(),
            prompt: String::new(),
            ..self
        }
    }

    /// The session of this browser that is to have more permissions: that of an account which is named by
    /// its DID and signed in, as links to consent do. It keeps what it has by now.
    pub(super) async fn upgrade<A: OAuthApp>(
        &self,
        client: &OAuthClient,
        parts: &Parts,
    ) -> Result<Option<Upgrade>, Error> {
        let (Some(scope), Ok(did)) = (self.scope(), self.handle().parse::<Did>()) else {
            return Ok(None);
        };
        let browser = store::find(client, parts).await?;
        let sessions = browser.map_or_else(Vec::new, |browser| browser.sessions_of(&did));
        for key in sessions {
            match client.session(&key.for_app::<A>()).await {
                Ok(session) => {
                    let scope = scope_with_granted(&session, scope).into();
                    return Ok(Some(Upgrade { key, scope }));
                }
                Err(error) if error.needs_login() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Starts the flow: a redirect to the authorization server, and the cookie that binds the flow to this
    /// browser (RFC 9700 §4.7).
    pub(super) async fn start<A: OAuthApp>(
        &self,
        client: &OAuthClient,
        parts: &Parts,
        upgrade: Option<&Upgrade>,
    ) -> Result<Response, Error> {
        if client.paths() != A::PATHS {
            return Err(Error::new(
                ErrorKind::Configuration,
                "the client has other paths than the application; build it with `oauth_builder()`",
            ));
        }
        let scope = upgrade.map_or(self.scope(), |upgrade| Some(&upgrade.scope));
        let mut options = AuthorizeOptions::new().return_to(self.return_to::<A>());
        if let Some(scope) = scope {
            options = options.scope(scope);
        }
        if let Some(prompt) = self.prompt() {
            options = options.prompt(prompt.parse()?);
        }
        if let Some(Upgrade { key, .. }) = upgrade {
            options = options.replaces(key);
        }
        let authorization = client.authorize(self.handle(), options).await?;
        Ok(client.redirect_to(&authorization, &parts.headers))
    }
}

/// `scope`, and what the session has. What is not declared stays alone, to be refused.
fn scope_with_granted<A: OAuthApp>(session: &Session<A>, scope: &str) -> String {
    let declared = [A::SCOPES.scopes(), A::SCOPES.optional()].concat();
    let more: Vec<&str> = scope.split(' ').collect();
    if more.iter().all(|one| declared.contains(one)) {
        with_more(session, &more)
    } else {
        scope.to_owned()
    }
}
