//! The context of an error response: the request, the application, its pages.

use std::sync::Arc;

use http::request::Parts;
use serde_json::Value;

use super::negotiate::wants_html;
use crate::client::OAuthClient;
use crate::client::Paths;
use crate::web::pages::Pages;

/// What a response needs beside the error.
#[derive(Clone)]
pub(crate) struct Context {
    /// The application's name, or its host.
    pub(crate) app: String,
    /// Where the sign-in page is.
    pub(crate) paths: Paths,
    /// The pages of the application.
    pub(crate) pages: Arc<dyn Pages>,
    /// A page, not JSON.
    pub(crate) wants_html: bool,
    /// Say what failed and what the server said.
    pub(crate) development: bool,
    /// The local path that the person wanted to go to, already checked.
    pub(crate) return_to: Option<String>,
    /// The address of this request holds a code.
    pub(crate) callback: bool,
    /// The scopes that a signed-in account lacks.
    pub(crate) missing_scopes: Option<MissingScopes>,
}

/// The scopes that a session lacks, and where to ask for them.
#[derive(Clone, Debug)]
pub(crate) struct MissingScopes {
    /// Whose session: a handle, or a DID.
    pub(crate) account: String,
    pub(crate) permissions: Vec<String>,
    /// Where to ask for them and come back.
    pub(crate) consent: String,
    /// The page to go back to without them.
    pub(crate) back: Option<String>,
    /// They were asked for before.
    pub(crate) was_asked: bool,
    /// The request would have changed something.
    pub(crate) was_sent: bool,
}

impl Context {
    /// The context of a request to an application that signs in with `client`. Only the loopback client shows details
    /// for developers.
    pub(crate) fn new(parts: &Parts, client: &OAuthClient, pages: Arc<dyn Pages>) -> Self {
        Self {
            app: app_name(client),
            paths: client.paths(),
            pages,
            wants_html: wants_html(&parts.headers),
            development: client.is_loopback(),
            return_to: None,
            callback: parts.uri.path().ends_with("/callback"),
            missing_scopes: None,
        }
    }

    /// With the scopes that a signed-in account lacks.
    pub(crate) fn missing_scopes(self, missing_scopes: Option<MissingScopes>) -> Self {
        Self {
            missing_scopes,
            ..self
        }
    }

    /// With the path the person wanted to go to; give a checked one.
    pub(crate) fn return_to(self, path: Option<&str>) -> Self {
        Self {
            return_to: path.map(ToOwned::to_owned),
            ..self
        }
    }
}

/// What the application is called on its pages: its name in the client metadata, or its host.
pub(crate) fn app_name(client: &OAuthClient) -> String {
    let metadata: Option<Value> = serde_json::from_slice(client.client_metadata()).ok();
    let name = metadata
        .as_ref()
        .and_then(|m| m.get("client_name")?.as_str());
    name.unwrap_or(client.base_url().host()).to_owned()
}

#[cfg(test)]
mod tests;
