//! The page that asks whether to sign out.

use super::html::{document, escape, hidden};

/// What the sign-out page shows. Its form posts `session`, and `all` where everything is signed out.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SignOut<'a> {
    /// The application's name, or its host.
    pub app: &'a str,
    /// Where the form posts to.
    pub action: &'a str,
    /// Who is signed out: a handle, or a DID.
    pub account: &'a str,
    /// The key of the session this page was made for.
    pub session: &'a str,
    /// Sign out of every account of this browser.
    pub all: bool,
    /// The application's own page to go back to.
    pub home: &'a str,
}

impl<'a> SignOut<'a> {
    /// The page of the application `app`; its form posts to `action` and ends `session` of `account`.
    #[must_use]
    pub fn new(app: &'a str, action: &'a str, account: &'a str, session: &'a str) -> Self {
        Self {
            app,
            action,
            account,
            session,
            all: false,
            home: "/",
        }
    }
}

pub(super) fn render(styles: &str, page: &SignOut<'_>) -> String {
    let main = format!(
        "<form method=\"post\" action=\"{}\">\n{}{}<button>Sign out</button>\n</form>\n",
        escape(page.action),
        hidden("session", Some(page.session)),
        hidden("all", page.all.then_some("true")),
    );
    document(styles, page.app, "Sign out", &main)
}
